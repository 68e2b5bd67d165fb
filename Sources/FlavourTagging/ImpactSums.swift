public import Balance
public import Binning
public import JetPhysics

/// Counts of tracks of reference jets by kind of jet, in bins of the transverse impact parameter and of its significance, both with the
/// sign of their jet.
public struct ImpactSums: MergeableSums {
    public enum Quantity: Int, Sendable, CaseIterable {
        /// d0, mm.
        case impact
        case significance

        public var axis: Axis {
            let edges =
                switch self {
                case .impact: (-50...100).map { 0.01 * Double($0) }
                case .significance: (-40...120).map { 0.25 * Double($0) }
                }
            guard let axis = try? Axis(edges: edges) else { preconditionFailure("the built-in edges increase") }
            return axis
        }
    }

    private let axes = Quantity.allCases.map(\.axis)
    /// By quantity and kind; the last number counts all tracks, also those beyond the axis.
    private var counts: [[[Int64]]]

    public init() {
        counts = axes.map { axis in JetKind.allCases.map { _ in Array(repeating: 0, count: axis.count + 1) } }
    }

    /// Adds the tracks of some rows of a block.
    public mutating func add(_ block: ReconstructedBlock, _ tracks: TrackBlock) {
        tracks.forEachJet { position, range in
            guard block.truePt[position] > 0, block.pt[position] < Tagger.referencePtMaximum else { return }
            let kind = JetKind(flavour: block.flavour[position]).rawValue
            for track in range {
                let significance = Double(tracks.significance[track])
                let impact = Double(abs(tracks.impact[track])) * (significance < 0 ? -1 : 1)
                add(impact, .impact, kind)
                add(significance, .significance, kind)
            }
        }
    }

    private mutating func add(_ value: Double, _ quantity: Quantity, _ kind: Int) {
        let axis = axes[quantity.rawValue]
        let bin = axis.index(of: value)
        if bin >= 0 { counts[quantity.rawValue][kind][bin] += 1 }
        counts[quantity.rawValue][kind][axis.count] += 1
    }

    public mutating func merge(_ other: ImpactSums) {
        for quantity in counts.indices {
            for kind in counts[quantity].indices { counts[quantity][kind].add(other.counts[quantity][kind]) }
        }
    }

    /// The share of the tracks of a kind of jet in each bin.
    public func shares(_ quantity: Quantity, _ kind: JetKind) -> [Double] {
        let row = counts[quantity.rawValue][kind.rawValue]
        let all = Double(max(1, row[row.count - 1]))
        return row.dropLast().map { Double($0) / all }
    }
}
