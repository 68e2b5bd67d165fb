public import JetPhysics

/// Truth events of a generator, in memory, to be smeared again and again.
///
/// Simulation and pseudo-data take disjoint halves (even and odd events), unless the sample is for one of them alone, and
/// what re-uses an event is marked as the same event: a truth event's own imbalance does not average out by smearing it anew.
public struct TruthSample: DijetTruth {
    /// Jets of one slice, jet-major like a block.
    public struct Events: Sendable {
        public var event: [UInt64] = []
        /// One array a jet, `TruthBlock.jetCount` of them; an absent jet has pT 0.
        public var pt: [[Double]] = Array(repeating: [], count: TruthBlock.jetCount)
        public var eta: [[Double]] = Array(repeating: [], count: TruthBlock.jetCount)
        public var phi: [[Double]] = Array(repeating: [], count: TruthBlock.jetCount)
        public var flavour: [[Int32]] = Array(repeating: [], count: TruthBlock.jetCount)
        /// Transverse momentum of what is visible and in no jet, and of neutrinos; GeV.
        public var softX: [Double] = []
        public var softY: [Double] = []
        public var invisibleX: [Double] = []
        public var invisibleY: [Double] = []

        public init() {}
        public var count: Int { event.count }
    }

    public let slices: [Slice]
    private let events: [Events]
    /// Whether simulation and pseudo-data share the events.
    private var isShared = true

    /// - Parameters:
    ///   - slices: cross-sections of the events given, after whatever was dropped.
    ///   - events: at least two a slice.
    public init(slices: [Slice], events: [Events]) {
        precondition(slices.count == events.count && events.allSatisfy { $0.count >= 2 }, "events for each slice")
        precondition(events.allSatisfy { $0.softX.count == $0.count }, "a soft recoil for each event")
        self.slices = slices
        self.events = events
    }

    public var closureIsIndependent: Bool { false }

    public func forOneKind() -> TruthSample {
        var sample = self
        sample.isShared = false
        return sample
    }

    /// Truth events of a slice that a role may use.
    public func available(slice: Int, role: SampleRole) -> Int {
        let count = events[slice].count
        return isShared ? (count + (role.isPseudoData ? 0 : 1)) / 2 : count
    }

    public func replicas(slice: Int, draws: Int, role: SampleRole) -> Int {
        let events = available(slice: slice, role: role)
        return max(1, (draws + events - 1) / events)
    }

    public func fill(
        _ block: TruthBlock, slice: Int, first: Int, count: Int, replicas: Int, role: SampleRole, seed: UInt64
    ) {
        precondition(count <= block.capacity, "more draws than the block holds")
        let source = events[slice]
        let (step, start) = isShared ? (2, role.isPseudoData ? 1 : 0) : (1, 0)
        block.slice = slice
        block.count = count
        for row in 0..<count {
            let index = (first + row) / replicas * step + start
            block.event[row] = source.event[index]
            block.draw[row] = UInt64(first + row)
            block.softX[row] = source.softX[index]
            block.softY[row] = source.softY[index]
            block.invisibleX[row] = source.invisibleX[index]
            block.invisibleY[row] = source.invisibleY[index]
            for jet in 0..<TruthBlock.jetCount {
                let position = jet * block.capacity + row
                block.pt[position] = source.pt[jet][index]
                block.eta[position] = source.eta[jet][index]
                block.phi[position] = source.phi[jet][index]
                block.flavour[position] = source.flavour[jet][index]
            }
        }
    }
}
