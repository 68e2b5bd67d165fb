internal import CDijets
internal import DetectorModel
internal import InstructionSets

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// A detector's tables where the loop in C finds them. Written once, then only read.
final class DetectorMemory: @unchecked Sendable {
    private let detector: UnsafeMutablePointer<EtaCalDetector>
    private var owned: [AnyObject] = []

    func withDetector(_ body: (UnsafePointer<EtaCalDetector>) -> Void) { body(UnsafePointer(detector)) }

    init(_ tables: DetectorTables) {
        // The loop knows the shapes of the tables by constants of its own.
        precondition(
            DetectorTables.octaves == Int(EtaCalOctaveCount) && DetectorTables.muSteps == Int(EtaCalMuSteps)
                && DetectorTables.deficitSteps == Int(EtaCalDeficitSteps)
                && DetectorTables.largestWidth == Double(EtaCalLargestWidth)
                && DetectorTables.softScale == Double(EtaCalSoftScale)
                && tables.flavours.count == FlavourResponses.names.count * Int(EtaCalPtNodeCount)
                && tables.periodStride == (tables.etaNodes + 1) * Int(EtaCalPtNodeCount) * DetectorTables.gridColumns,
            "tables of the shape that the loop reads")
        detector = .allocate(capacity: 1)
        var made = EtaCalDetector()
        made.grid = copy(tables.grid)
        made.period_stride = tables.periodStride
        made.eta_nodes = Int32(tables.etaNodes)
        made.eta_limit = Float(tables.etaLimit)
        made.eta_scale = Float(Double(tables.etaNodes - 1) / (2 * tables.etaLimit))
        made.period_count = Int32(tables.periods.count)
        var sum = 0.0
        made.period_ends = copy(
            tables.periods.map { period -> UInt32 in
                sum += period.share
                return UInt32(min(sum * 0x1p32, 0x1p32 - 1))
            })
        made.flavours = copy(tables.flavours)
        made.tail_edges = copy(tables.tails.regions.dropLast().map { Float($0.high) } + [0])
        made.tail_count = Int32(tables.tails.regions.count)
        made.tails_signed = tables.tails.convention == .signed
        made.left_shares = copy(tables.lowShares)
        made.shapes = copy(tables.shapes)
        made.deficits = copy(tables.deficits)
        made.modules = copy(
            tables.modules.map { EtaCalWindow($0.window, sharpness: 1 / tables.moduleBlur, loss: $0.loss) })
        made.module_count = Int32(tables.modules.count)
        made.vetoes = copy(tables.acceptance.vetoes.map { EtaCalWindow($0, sharpness: 1e4, loss: 1) })
        made.veto_count = Int32(tables.acceptance.vetoes.count)
        made.acceptance = Float(tables.acceptance.absEtaMaximum)
        made.threshold = Float(tables.acceptance.ptMinimum)
        made.mu = copy(tables.interactions)
        made.mu_weights = copy(tables.weights)
        made.soft_response = copy(tables.softResponse)
        made.setGeometry(tables.features)
        made.setPileUp(tables.features.pileUp)
        let soft = tables.softTerm
        made.soft_parallel = Float(soft.parallel)
        made.soft_perpendicular = Float(soft.perpendicular)
        made.soft_noise = Float(soft.noise)
        made.soft_noise_growth = Float(soft.noiseGrowth)
        made.energy = Float(soft.energy)
        made.energy_per_mu = Float(soft.energyPerInteraction)
        detector.initialize(to: made)
    }

    deinit { detector.deallocate() }

    private func copy<Value: BitwiseCopyable & Sendable>(_ values: [Value]) -> UnsafePointer<Value> {
        let table = AlignedTable(values)
        owned.append(table)
        return table.address
    }
}

extension EtaCalDetector {
    fileprivate mutating func setGeometry(_ features: CardFeatures) {
        if let envelope = features.envelope {
            vertex_spread = Float(envelope.vertexSpread)
            inverse_radius = Float(1 / envelope.barrelRadius)
            inverse_length = Float(1 / envelope.endcapDistance)
            corner = Float(envelope.endcapDistance / envelope.barrelRadius)
        }
        if let directions = features.directions {
            eta_noise = Float(directions.etaNoise)
            eta_floor2 = Float(directions.etaFloor * directions.etaFloor)
            phi_noise = Float(directions.phiNoise)
            phi_floor2 = Float(directions.phiFloor * directions.phiFloor)
        }
    }

    fileprivate mutating func setPileUp(_ pileUp: PileUp?) {
        reference_mu = Float(pileUp?.resolutionMu ?? 0)
        pile_up_power = 0.25
        guard let jets = pileUp?.jets else { return }
        // What is left of them inside the tracker, and outside; the rejection ends at a pT that hardly any of them reaches.
        let inside = jets.trackerAbsEta / jets.absEtaMaximum * (1 - jets.rejection)
        pile_up_rate = Float(jets.rate * jets.remainingShare)
        pile_up_power = Float(1 / jets.power)
        pile_up_central = jets.remainingShare > 0 ? Float(inside / jets.remainingShare) : 0
        tracker_limit = Float(jets.trackerAbsEta)
        pile_up_limit = Float(jets.absEtaMaximum)
        vertex_loss = Float(jets.hardLoss)
        vertex_loss_limit = Float(jets.rejectionPtMaximum)
    }
}

extension EtaCalWindow {
    fileprivate init(_ window: Window, sharpness: Double, loss: Double) {
        self.init(
            eta: Float(0.5 * (window.etaLow + window.etaHigh)), eta_half: Float(0.5 * (window.etaHigh - window.etaLow)),
            phi: Float(window.phiCentre), phi_half: Float(0.5 * window.phiWidth), sharpness: Float(sharpness),
            loss: Float(loss))
    }
}
