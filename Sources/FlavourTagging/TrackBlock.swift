internal import CDijets
internal import JetPhysics

/// Tracks of the jets of some rows of a block, one column a quantity; those of a jet stand together.
public final class TrackBlock {
    /// Rows whose tracks are made at a time, so that they stay in the cache.
    public static let rows = 64
    static let mostTracks = rows * ReconstructedBlock.jetCount * Int(EtaCalMostTracks)

    public fileprivate(set) var count = 0
    /// Position of the jet in the columns of jets of the block.
    public let jet: UnsafeMutablePointer<Int32>
    /// Raw value of the `TrackOrigin`.
    public let origin: UnsafeMutablePointer<Int32>
    /// GeV.
    public let pt: UnsafeMutablePointer<Float>
    /// pT times the distance to the jet's measured axis in η and φ, GeV.
    public let relativePt: UnsafeMutablePointer<Float>
    /// d0 with and without the tracker's resolution, and that resolution with the spread of the beam spot, mm.
    public let trueImpact: UnsafeMutablePointer<Float>
    public let impact: UnsafeMutablePointer<Float>
    public let resolution: UnsafeMutablePointer<Float>
    /// |d0| over its resolution, positive where the track crosses the jet's axis downstream.
    public let significance: UnsafeMutablePointer<Float>

    public init() {
        // The loop writes whole vectors.
        let capacity = Self.mostTracks + Int(EtaCalMostLanes)
        func column<Value: Numeric>() -> UnsafeMutablePointer<Value> {
            let pointer = UnsafeMutablePointer<Value>.allocate(capacity: capacity)
            pointer.initialize(repeating: 0, count: capacity)
            return pointer
        }
        (jet, origin) = (column(), column())
        (pt, relativePt, trueImpact) = (column(), column(), column())
        (impact, resolution, significance) = (column(), column(), column())
    }

    deinit {
        for column in [jet, origin] { column.deallocate() }
        for column in [pt, relativePt, trueImpact, impact, resolution, significance] { column.deallocate() }
    }

    /// Runs `body` with the jets that have tracks: their position in the block's columns, and which tracks are theirs.
    @inline(__always)
    func forEachJet(_ body: (_ position: Int, _ tracks: Range<Int>) -> Void) {
        var first = 0
        while first < count {
            var end = first + 1
            while end < count, jet[end] == jet[first] { end += 1 }
            body(Int(jet[first]), first..<end)
            first = end
        }
    }

    /// Runs `body`, which says how many tracks it has put into the columns.
    func fill(_ body: (inout EtaCalTracks) -> Int) {
        var columns = EtaCalTracks(
            jet: jet, origin: origin, pt: pt, relative_pt: relativePt, true_impact: trueImpact,
            impact: impact,
            resolution: resolution,
            significance: significance)
        count = body(&columns)
        precondition(count <= Self.mostTracks, "as many tracks as there is room for")
    }
}

/// What a track comes from.
public enum TrackOrigin: Int32, Sendable, CaseIterable {
    /// The vertex of the event.
    case vertex = -1
    /// A hadron of bottom, not by way of charm; one of charm that a hadron of bottom decayed to; one of charm otherwise.
    case bottom = 0
    case charmOfBottom = 1
    case charm = 2
    case kaon = 3
    case lambda = 4
}
