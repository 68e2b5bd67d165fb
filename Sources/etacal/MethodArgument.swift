public import ArgumentParser
public import Intercalibration

extension Method: ExpressibleByArgument {}
