public import ArgumentParser
public import Intercalibration
public import Reporting

extension Method: ExpressibleByArgument {}
extension DetectorPicture.View: ExpressibleByArgument {}
