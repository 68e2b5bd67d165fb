public import ArgumentParser
public import Balance
public import BatchJobs
public import ExchangeFiles
public import FlavourTagging
public import Intercalibration
public import Reporting

extension Method: ExpressibleByArgument {
    /// One that derives constants.
    public init?(argument: String) {
        guard let method = Self.allCases.first(where: { $0.rawValue == argument }) else { return nil }
        self = method
    }
}
extension LocationEstimator: ExpressibleByArgument {}
extension CalibrationFunction.Form: ExpressibleByArgument {}
extension CalibrationFunction.Variation: ExpressibleByArgument {}
extension Smoothing: ExpressibleByArgument {}
extension Combination.Weights: ExpressibleByArgument {}
extension DetectorPicture.View: ExpressibleByArgument {}
extension BatchPlan.Engine: ExpressibleByArgument {}

extension TimeLimit: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
extension TagRequirement: ExpressibleByArgument {
    /// `70`, `both:70` or `any:70`.
    public init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard let last = parts.last, let point = Int(last), parts.count <= 2 else { return nil }
        guard let jets = parts.count == 2 ? Jets(rawValue: String(parts[0])) : .both else { return nil }
        try? self.init(jets: jets, workingPoint: point)
    }
}

extension ScaleFactorVariation: ExpressibleByArgument {
    public init?(argument: String) {
        guard let variation = Self.all.first(where: { "\($0)" == argument }) else { return nil }
        self = variation
    }

    public var defaultValueDescription: String { "\(self)" }
    public static var allValueStrings: [String] { all.map { "\($0)" } }
}
