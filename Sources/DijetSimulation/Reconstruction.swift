internal import CDijets
public import DetectorModel
public import InstructionSets
public import JetPhysics
internal import Sampling

/// Turns truth into what the detector sees: jets with the response, resolution and tails of the card, lost, displaced and
/// joined by pile-up, and the soft term. docs/physics.md has the model; the loop is in C (`CDijets`).
public struct Reconstruction: Sendable {
    public let detector: Detector
    public let role: SampleRole
    public let seed: UInt64
    private let memory: DetectorMemory
    private let kernels: Kernels

    /// - Parameter instructionSet: of the loop; no result depends on it.
    public init(detector: Detector, role: SampleRole, seed: UInt64, instructionSet: InstructionSet = .chosen) {
        self.detector = detector
        self.role = role
        self.seed = seed
        kernels = Kernels(instructionSet)
        memory = DetectorMemory(detector.tables)
    }

    /// Fills `block` from `truth`, whose draws are consecutive; the three hardest jets that are seen are kept, in order of
    /// reconstructed pT.
    /// - Parameter measured: told each true jet's measurement before any is lost, when it is wanted; it also goes to `trueJets` of the
    ///   block then.
    public func simulate(_ truth: TruthBlock, into block: ReconstructedBlock, measured: MeasuredJets? = nil) {
        precondition(truth.count <= block.capacity, "more events than the block holds")
        precondition(measured.map { $0.capacity == block.capacity } ?? true, "measured jets for the same block")
        precondition(block.tags.map { $0.capacity == block.capacity } ?? true, "tags of the same block")
        block.count = truth.count
        guard truth.count > 0 else { return }
        assert(truth.draw[truth.count - 1] == truth.draw[0] + UInt64(truth.count - 1), "consecutive draws")
        block.event.update(from: truth.event, count: truth.count)
        block.slice.update(repeating: Int32(truth.slice), count: truth.count)
        block.triggers.update(repeating: 0, count: truth.count)
        var input = EtaCalTruth(
            pt: truth.pt, eta: truth.eta, phi: truth.phi, flavour: truth.flavour, jet_stride: truth.capacity,
            soft_x: truth.softX, soft_y: truth.softY, weight: truth.weight)
        var output = EtaCalReconstructed(
            pt: block.pt, eta: block.eta, detector_eta: block.detectorEta, phi: block.phi, true_pt: block.truePt,
            true_eta: block.trueEta, flavour: block.flavour, jet_stride: block.capacity, soft_x: block.softX,
            soft_y: block.softY, sum_et: block.sumEt, mu: block.mu, weight: block.relativeWeight, period: block.run,
            measured_pt: measured?.pt, measured_eta: measured?.eta, measured_phi: measured?.phi,
            measured_offset: measured?.offset, source: block.tags?.source)
        var stream = EtaCalStream(RandomStream(seed: seed, sample: role.rawValue, slice: truth.slice))
        memory.withDetector { kernels.reconstruct($0, &stream, &input, &output, truth.count, truth.draw[0]) }
        let periods = detector.tables.periods
        for row in 0..<truth.count { block.run[row] = Int32(truncatingIfNeeded: periods[Int(block.run[row])].run) }
        if let measured, let jets = block.trueJets { Self.copy(truth, measured, block, to: jets) }
    }

    private static func copy(
        _ truth: TruthBlock, _ measured: MeasuredJets, _ block: ReconstructedBlock, to jets: ReconstructedBlock
    ) {
        precondition(jets.capacity == block.capacity, "true jets of the same block")
        let count = block.count
        jets.count = count
        jets.event.update(from: block.event, count: count)
        jets.slice.update(from: block.slice, count: count)
        jets.relativeWeight.update(from: block.relativeWeight, count: count)
        for jet in 0..<ReconstructedBlock.jetCount {
            let (source, target) = (jet * truth.capacity, jet * jets.capacity)
            (jets.pt + target).update(from: measured.pt + target, count: count)
            (jets.eta + target).update(from: measured.eta + target, count: count)
            (jets.phi + target).update(from: measured.phi + target, count: count)
            (jets.truePt + target).update(from: truth.pt + source, count: count)
            (jets.trueEta + target).update(from: truth.eta + source, count: count)
            (jets.flavour + target).update(from: truth.flavour + source, count: count)
            for row in target..<target + count { jets.detectorEta[row] = measured.eta[row] + measured.offset[row] }
        }
    }
}

/// Each true jet as it is measured, before thresholds, losses and order; columns as in `TruthBlock`.
public final class MeasuredJets {
    public let capacity: Int
    public let pt: UnsafeMutablePointer<Double>
    public let eta: UnsafeMutablePointer<Double>
    public let phi: UnsafeMutablePointer<Double>
    /// What the vertex adds to η as seen from the detector's centre.
    public let offset: UnsafeMutablePointer<Double>

    public init(capacity: Int) {
        self.capacity = capacity
        func column() -> UnsafeMutablePointer<Double> {
            let pointer = UnsafeMutablePointer<Double>.allocate(capacity: capacity * TruthBlock.jetCount)
            pointer.initialize(repeating: 0, count: capacity * TruthBlock.jetCount)
            return pointer
        }
        (pt, eta, phi, offset) = (column(), column(), column(), column())
    }

    deinit { for column in [pt, eta, phi, offset] { column.deallocate() } }
}

/// The loop over events, in C; every choice gives the same bits.
private struct Kernels: @unchecked Sendable {
    let reconstruct:
        @convention(c) (
            UnsafePointer<EtaCalDetector>?, UnsafePointer<EtaCalStream>?, UnsafePointer<EtaCalTruth>?,
            UnsafePointer<EtaCalReconstructed>?, Int, UInt64
        ) -> Void

    init(_ set: InstructionSet) { reconstruct = etacal_kernels(EtaCalInstructionSet(set.number)).reconstruct }
}

extension EtaCalStream {
    fileprivate init(_ stream: RandomStream) {
        self.init(
            key: (stream.key.x, stream.key.y), slice: stream.sliceWord,
            purposes: (
                RandomPurpose.jetResponse.rawValue, RandomPurpose.surroundings.rawValue, RandomPurpose.pileUp.rawValue,
                0, 0, 0
            ))
    }
}
