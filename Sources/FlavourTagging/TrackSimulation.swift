internal import CDijets
public import DetectorModel
public import InstructionSets
public import JetPhysics
internal import Sampling

/// Makes the tracks of reconstructed jets from the true jets that they are: a function of seed, sample, slice, draw and true jet.
/// docs/physics.md has the model; the loop is in C (`CDijets`).
public struct TrackSimulation: Sendable {
    public let tracker: Tracker
    public let role: SampleRole
    public let seed: UInt64
    private let memory: TrackMemory
    private let kernels: TrackKernels

    /// - Parameters:
    ///   - jets: whose tracks are made; those of others are not.
    ///   - instructionSet: of the loop; no result depends on it.
    public init(
        tracker: Tracker, model: TrackModel = .monash, jets: TagAcceptance, role: SampleRole, seed: UInt64,
        instructionSet: InstructionSet = .chosen
    ) {
        self.tracker = tracker
        self.role = role
        self.seed = seed
        memory = TrackMemory(tracker, model, jets)
        kernels = TrackKernels(instructionSet)
    }

    /// Makes the tracks of some rows, at most `TrackBlock.rows`, of a block that was reconstructed from `truth` with `tags`.
    public func simulate(_ truth: TruthBlock, _ block: ReconstructedBlock, rows: Range<Int>, into tracks: TrackBlock) {
        guard let tags = block.tags else { preconditionFailure("a block with tags") }
        precondition(rows.count <= TrackBlock.rows && rows.upperBound <= truth.count, "rows of the block")
        guard !rows.isEmpty else { return }
        var input = EtaCalTruth(
            pt: truth.pt, eta: truth.eta, phi: truth.phi, flavour: truth.flavour, jet_stride: truth.capacity,
            soft_x: nil, soft_y: nil, weight: nil)
        var jets = EtaCalTrackJets(
            pt: block.pt, eta: block.eta, phi: block.phi, source: tags.source, jet_stride: block.capacity)
        var stream = EtaCalStream(RandomStream(seed: seed, sample: role.rawValue, slice: truth.slice))
        tracks.fill { columns in
            memory.withTables { model, tracker in
                kernels.makeTracks(
                    model, tracker, &stream, &input, &jets, rows.lowerBound, rows.count, truth.draw[0], &columns)
            }
        }
    }
}

/// The loop over tracks, in C; every choice gives the same bits.
private struct TrackKernels: @unchecked Sendable {
    let makeTracks:
        @convention(c) (
            UnsafePointer<EtaCalTrackModel>?, UnsafePointer<EtaCalTracker>?, UnsafePointer<EtaCalStream>?,
            UnsafePointer<EtaCalTruth>?, UnsafePointer<EtaCalTrackJets>?, Int, Int, UInt64,
            UnsafeMutablePointer<EtaCalTracks>?
        ) -> Int

    init(_ set: InstructionSet) { makeTracks = etacal_kernels(EtaCalInstructionSet(set.number)).make_tracks }
}

extension EtaCalStream {
    fileprivate init(_ stream: RandomStream) {
        self.init(
            key: (stream.key.x, stream.key.y), slice: stream.sliceWord,
            purposes: (
                RandomPurpose.tracks.rawValue, RandomPurpose.jetTracks.rawValue, RandomPurpose.beamSpot.rawValue, 0, 0,
                0
            ))
    }
}
