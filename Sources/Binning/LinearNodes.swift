/// Nodes that numbers are given at: linear between them, frozen outside.
public struct LinearNodes: Sendable, Equatable {
    /// Increasing.
    public let places: [Double]
    public var count: Int { places.count }

    /// - Parameter places: increasing, at least one.
    public init(_ places: [Double]) {
        precondition(!places.isEmpty && zip(places, places.dropFirst()).allSatisfy { $0 < $1 }, "nodes increase")
        self.places = places
    }

    /// The nodes on both sides and the share of the upper one; twice the same beyond an end.
    public func position(of place: Double) -> (low: Int, high: Int, share: Double) {
        guard let above = places.firstIndex(where: { $0 > place }) else { return (count - 1, count - 1, 0) }
        guard above > 0 else { return (0, 0, 0) }
        let low = places[above - 1]
        return (above - 1, above, (place - low) / (places[above] - low))
    }

    /// - Parameter values: at the nodes.
    public func value(of values: [Double], at place: Double) -> Double {
        let (low, high, share) = position(of: place)
        return values[low] + share * (values[high] - values[low])
    }
}
