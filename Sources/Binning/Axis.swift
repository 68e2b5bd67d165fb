/// Increasing bin edges. Bins are half-open [low, high); what lies outside, and NaN, has no bin.
public struct Axis: Sendable, Equatable {
    public let edges: [Double]
    @usableFromInline let lookup: AxisLookup

    /// - Parameter edges: at least two, finite and strictly increasing.
    public init(edges: [Double]) throws(AxisError) {
        guard edges.count >= 2 else { throw .tooFewEdges }
        for (index, edge) in edges.enumerated() {
            guard edge.isFinite else { throw .notFinite(index: index) }
            if index > 0, edge <= edges[index - 1] { throw .notIncreasing(index: index) }
        }
        self.edges = edges
        lookup = AxisLookup(edges: edges)
    }

    public static func == (one: Axis, other: Axis) -> Bool { one.edges == other.edges }

    public var count: Int { edges.count - 1 }
    public var lowest: Double { edges[0] }
    public var highest: Double { edges[edges.count - 1] }
    public func width(_ bin: Int) -> Double { edges[bin + 1] - edges[bin] }
    public func centre(_ bin: Int) -> Double { 0.5 * (edges[bin] + edges[bin + 1]) }

    /// The bin that holds `value`, or −1.
    @inlinable @inline(__always)
    public func index(of value: Double) -> Int { lookup.bin(of: value) }

    /// The bin that holds `value`, or the first or last one, whichever is nearer; the first one for NaN.
    @inlinable @inline(__always)
    public func nearestIndex(of value: Double) -> Int {
        let bin = index(of: value)
        return bin >= 0 ? bin : value >= highest ? count - 1 : 0
    }
}

/// Why a list of numbers is not an axis.
public enum AxisError: Error, Equatable, CustomStringConvertible {
    case tooFewEdges
    case notFinite(index: Int)
    case notIncreasing(index: Int)

    public var description: String {
        switch self {
        case .tooFewEdges: "an axis needs at least two edges"
        case .notFinite(let index): "edge \(index) is not a finite number"
        case .notIncreasing(let index): "edge \(index) is not above the one before it"
        }
    }
}
