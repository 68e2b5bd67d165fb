public import ArgumentParser
public import BatchJobs
public import Intercalibration
public import Reporting

extension Method: ExpressibleByArgument {}
extension LocationEstimator: ExpressibleByArgument {}
extension Smoothing: ExpressibleByArgument {}
extension Combination.Weights: ExpressibleByArgument {}
extension DetectorPicture.View: ExpressibleByArgument {}
extension BatchPlan.Engine: ExpressibleByArgument {}

extension TimeLimit: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
