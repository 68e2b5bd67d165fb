/// A number by region of η: steps, without transitions.
public struct EtaSteps: Sendable, Equatable {
    public let convention: EtaConvention
    public let regions: [(low: Double, high: Double, value: Double)]

    public static func == (one: EtaSteps, other: EtaSteps) -> Bool {
        one.convention == other.convention && one.regions.elementsEqual(other.regions, by: ==)
    }

    /// The same everywhere.
    public init(_ value: Double) {
        convention = .absolute
        regions = [(0, Self.everywhere, value)]
    }

    /// - Parameter domain: what the numbers may be, as it is told.
    public init(
        convention: EtaConvention, regions: [(low: Double, high: Double, value: Double)],
        in range: ClosedRange<Double>, path: [String]
    ) throws(CardError) {
        self.convention = convention
        self.regions = regions
        try requireContiguous(regions.map { ($0.low, $0.high) }, convention, path + ["regions"])
        for (index, region) in regions.enumerated() {
            try requireRange(region.value, range, path + ["regions", "\(index)", "value"])
        }
    }

    /// Whether it is one number for all η.
    public var isConstant: Bool { regions[0].high == Self.everywhere }
    /// No region of a card reaches there.
    private static let everywhere = Double.infinity

    public func value(eta signedEta: Double) -> Double {
        let eta = convention == .absolute ? abs(signedEta) : signedEta
        var index = 0
        while index < regions.count - 1, eta >= regions[index].high { index += 1 }
        return regions[index].value
    }
}

func requireRange(
    _ value: Double, _ range: ClosedRange<Double>, _ path: [String], unit: String = ""
) throws(CardError) {
    guard value.isFinite, range.contains(value) else {
        let bounds = "\(range.lowerBound) to \(range.upperBound)"
        throw CardError(path, "\(value) is out of range", "give \(bounds)\(unit.isEmpty ? "" : " " + unit)")
    }
}
