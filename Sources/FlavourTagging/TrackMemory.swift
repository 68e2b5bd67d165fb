internal import Binning
internal import CDijets
internal import DetectorModel
internal import InstructionSets

/// The model of tracks and a tracker where the loop in C finds them. Written once, then only read.
final class TrackMemory: @unchecked Sendable {
    private let model: UnsafeMutablePointer<EtaCalTrackModel>
    private let tracker: UnsafeMutablePointer<EtaCalTracker>
    private var owned: [AnyObject] = []

    func withTables<Result>(
        _ body: (UnsafePointer<EtaCalTrackModel>, UnsafePointer<EtaCalTracker>) -> Result
    ) -> Result { body(model, tracker) }

    init(_ tracker: Tracker, _ model: TrackModel, _ jets: TagAcceptance) {
        self.model = .allocate(capacity: 1)
        self.tracker = .allocate(capacity: 1)
        self.model.initialize(to: EtaCalTrackModel())
        self.tracker.initialize(to: EtaCalTracker())
        set(model)
        set(tracker, jets)
    }

    deinit {
        model.deallocate()
        tracker.deallocate()
    }

    private func copy<Value: BitwiseCopyable & Sendable>(_ values: [Value]) -> UnsafePointer<Value> {
        let table = AlignedTable(values)
        owned.append(table)
        return table.address
    }

    private func set(_ model: TrackModel) {
        let tables = TrackTables(model)
        let made = self.model
        made.pointee.prompt_counts = copy(tables.promptCounts)
        made.pointee.prompt_spectrum = copy(tables.promptSpectrum)
        made.pointee.kaons = copy(tables.kaons)
        made.pointee.lambdas = copy(tables.lambdas)
        made.pointee.heavy_pairs = copy(tables.heavyPairs)
        made.pointee.single_shares = copy(tables.shares[0])
        made.pointee.pair_shares = copy(tables.shares[1])
        made.pointee.second_shares = copy(tables.shares[2])
        made.pointee.single_angles = copy(tables.angles[0])
        made.pointee.pair_angles = copy(tables.angles[1])
        made.pointee.second_angles = copy(tables.angles[2])
        made.pointee.species_shares = copy(tables.speciesShares)
        made.pointee.masses = copy(tables.masses)
        made.pointee.lifetimes = copy(tables.lifetimes)
        made.pointee.product_counts = copy(tables.productCounts)
        made.pointee.momenta = copy(tables.momenta)
        made.pointee.product_masses = copy(tables.productMasses)
        made.pointee.prompt_angle = Float(model.promptAngle)
        made.pointee.charm_limits = (
            Float(model.charmsPerBottom[0]), Float(model.charmsPerBottom[0] + model.charmsPerBottom[1])
        )
    }

    private func set(_ tracker: Tracker, _ jets: TagAcceptance) {
        var made = EtaCalTracker()
        made.eta_maximum = Float(tracker.absEtaMaximum)
        made.pt_minimum = Float(tracker.ptMinimum)
        made.efficiency = Float(tracker.efficiency)
        made.impact_maximum = Float(tracker.impactMaximum)
        made.radius_maximum = Float(tracker.radiusMaximum)
        let steps = tracker.resolution.enumerated().flatMap { index, region in
            region.steps.enumerated().map { number, step in
                EtaCalTrackStep(
                    eta_low: index == 0 ? 0 : Float(region.low), pt_low: number == 0 ? 0 : Float(step.pt),
                    constant: Float(step.constant), scattering: Float(step.scattering))
            }
        }
        made.steps = copy(steps)
        made.step_count = Int32(steps.count)
        // From the last one on: the loop lets a later one take over.
        var sum = 0.0
        var shares = [Float](repeating: 0, count: Tracker.mostTails)
        var scales = [Float](repeating: 1, count: Tracker.mostTails)
        for (index, tail) in tracker.tails.enumerated().reversed() {
            sum += tail.share
            shares[index] = Float(sum)
            scales[index] = Float(tail.scale)
        }
        made.tail_count = Int32(tracker.tails.count)
        made.tail_shares = (shares[0], shares[1], shares[2], shares[3])
        made.tail_scales = (scales[0], scales[1], scales[2], scales[3])
        let spot = tracker.beamSpot
        made.spot_xx = Float(spot.x * spot.x)
        made.spot_yy = Float(spot.y * spot.y)
        made.spot_xy = Float(spot.correlation * spot.x * spot.y)
        made.spot_x = Float(spot.x)
        made.spot_slope = Float(spot.correlation * spot.y)
        made.spot_rest = Float(spot.y * (1 - spot.correlation * spot.correlation).squareRoot())
        made.jet_pt_minimum = jets.ptMinimum
        made.jet_eta_maximum = jets.absEtaMaximum
        self.tracker.pointee = made
    }
}
