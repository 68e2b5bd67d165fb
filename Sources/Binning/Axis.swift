/// Increasing bin edges. Bins are half-open [low, high); what lies outside, and NaN, has no bin.
public struct Axis: Sendable, Equatable {
    public let edges: [Double]
    @usableFromInline let lookup: [Int32]
    @usableFromInline let lookupScale: Double

    /// - Parameter edges: at least two, finite and strictly increasing.
    public init(edges: [Double]) throws(AxisError) {
        guard edges.count >= 2 else { throw .tooFewEdges }
        for (index, edge) in edges.enumerated() {
            guard edge.isFinite else { throw .notFinite(index: index) }
            if index > 0, edge <= edges[index - 1] { throw .notIncreasing(index: index) }
        }
        self.edges = edges
        // A uniform table gives a first guess; the loop in `index(of:)` settles the edges exactly.
        let cells = 512
        let width = (edges[edges.count - 1] - edges[0]) / Double(cells)
        lookupScale = 1 / width
        var bin = 0
        lookup = (0..<cells).map { cell in
            while bin + 1 < edges.count - 1, edges[bin + 1] <= edges[0] + Double(cell) * width { bin += 1 }
            return Int32(bin)
        }
    }

    public var count: Int { edges.count - 1 }
    public var lowest: Double { edges[0] }
    public var highest: Double { edges[edges.count - 1] }
    public func width(_ bin: Int) -> Double { edges[bin + 1] - edges[bin] }
    public func centre(_ bin: Int) -> Double { 0.5 * (edges[bin] + edges[bin + 1]) }

    /// The bin that holds `value`, or −1.
    @inlinable @inline(__always)
    public func index(of value: Double) -> Int {
        guard value >= edges[0], value < edges[edges.count - 1] else { return -1 }
        let cell = min(Int((value - edges[0]) * lookupScale), lookup.count - 1)
        var bin = Int(lookup[cell])
        while value >= edges[bin + 1] { bin += 1 }
        while value < edges[bin] { bin -= 1 }
        return bin
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
