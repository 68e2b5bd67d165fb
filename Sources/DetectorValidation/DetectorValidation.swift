public import ClosureStudy
public import DetectorModel
public import DijetGeneration
internal import Balance
internal import Binning
internal import DijetSimulation
internal import JetPhysics
internal import Threads

/// What simulated events show of all that a detector card promises.
public struct DetectorValidation: Sendable {
    /// GeV, each a sample of its own.
    public static let pts = [20.0, 30, 60, 100, 300, 1000]

    public let card: DetectorCard
    public let criteria: [DetectorCriterion]
    /// Rows of jets of each sample.
    public let events: Int
    /// Standard deviations that chance gives one of all criteria once in a hundred validations.
    public let chance: Double

    public var failed: [DetectorCriterion] { criteria.filter { !$0.holds(chance: chance) } }
    public var passed: Bool { failed.isEmpty }

    /// How much there is to do, in rows.
    public static func rows(_ card: DetectorCard, events: Int) -> Int {
        (events + surroundingsRows(events)) * (card.pseudoData == nil ? 1 : 2) + 3 * projectionEvents(events)
    }

    private static func surroundingsRows(_ events: Int) -> Int { events / 2 }
    private static func projectionEvents(_ events: Int) -> Int { max(events / 6, 1000) }
    private static let blockRows = 512
    /// Vertices are looked at in one block of so many: more would cost time and show nothing more.
    private static let vertexBlocks = 8

    /// - Parameters:
    ///   - truth: dijets for what needs whole events.
    ///   - events: rows of four jets for simulation and again for data; at least 60.
    ///   - softTerm: the working point; nil for the card's first.
    ///   - passes: goes through the rows, in two rounds: jets, surroundings and the scale of dijets; then the projection.
    ///   - progress: told the rows of each finished part.
    /// - Throws: `IncompleteRound` when `passes` makes a part of the sums; what the dijets throw.
    public init(
        _ card: DetectorCard, truth: any DijetTruth, events: Int, seed: UInt64, threads: Int,
        softTerm: SoftTerm? = nil, passes: PassLedger = PassLedger(), progress: (@Sendable (Int) -> Void)? = nil
    ) throws {
        try self.init(
            card, simulated: card, truth: truth, events: events, seed: seed, threads: threads, softTerm: softTerm,
            passes: passes, progress: progress)
    }

    /// What events of another card, of the same shape, show of this one: whether a difference is seen.
    package init(
        _ card: DetectorCard, simulated: DetectorCard, truth: any DijetTruth, events: Int, seed: UInt64, threads: Int,
        softTerm: SoftTerm? = nil, passes: PassLedger = PassLedger(), progress: (@Sendable (Int) -> Void)? = nil
    ) throws {
        precondition(events >= 60, "some rows for each pT")
        self.card = card
        self.events = events
        let samples: [DetectorCriterion.Sample] = card.pseudoData == nil ? [.simulation] : [.simulation, .data]
        let passing = Passing(seed: seed, threads: threads, passes: passes, progress: progress)
        // All sums that need no others come first: they are of one round.
        let measured = try samples.map { sample in
            let detector = Detector(card, pseudoData: sample == .data, softTerm: softTerm)
            let other = Self.simulation(of: simulated, sample, softTerm)
            let quiet = Self.simulation(of: try simulated.withoutPileUpJets(), sample, softTerm)
            let jets = try Self.jets(detector, other, sample, rows: events / Self.pts.count, passing)
            let surroundings = try Self.surroundings(
                detector, (quiet, other), sample, ExpectedInteractions(card, sample),
                rows: Self.surroundingsRows(events) / SurroundingsSums.recoils.count, passing)
            return (sample: sample, detector: detector, jets: jets, surroundings: surroundings)
        }
        let projection = try ProjectionStudy(
            simulated, truth: truth, events: Self.projectionEvents(events), seed: seed, threads: threads,
            softTerm: softTerm, passes: passes, progress: progress)
        var criteria: [DetectorCriterion] = []
        for (sample, detector, jets, surroundings) in measured {
            let (sums, around) = (try jets.complete(), try surroundings.sums.complete())
            criteria += GridCriteria.all(card, detector, sample)
            criteria += JetCriteria(sums.jets, detector, sample).all
            if let vertices = sums.vertices { criteria += VertexCriteria(vertices, sample).all }
            criteria += SurroundingsCriteria(around, surroundings.edges, detector, sample).all
        }
        self.criteria = criteria + projection.criteria
        chance = DetectorCriterion.chance(among: self.criteria.count)
    }

    /// With weights to data's μ on events of simulation, which only criteria of these look at.
    private static func simulation(
        of card: DetectorCard, _ sample: DetectorCriterion.Sample, _ softTerm: SoftTerm?
    ) -> Detector {
        sample == .data
            ? Detector(card, pseudoData: true, softTerm: softTerm)
            : .ofSimulation(card, data: nil, softTerm: softTerm)
    }

    /// Of jets and of their vertices; those nil for a card without an envelope.
    private struct GunSums: StorableSums {
        var jets: JetSums
        var vertices: VertexSums?

        mutating func merge(_ other: GunSums) {
            jets.merge(other.jets)
            if let more = other.vertices { vertices?.merge(more) }
        }

        var record: SumsRecord {
            var record = SumsRecord()
            record["jets"] = jets.record
            if let vertices { record["vertices"] = vertices.record }
            return record
        }

        mutating func restore(_ record: SumsRecord) throws(SumsRecordError) {
            try jets.restore(record["jets"])
            try vertices?.restore(record["vertices"])
        }
    }

    /// How rows are gone through.
    private struct Passing {
        let seed: UInt64
        let threads: Int
        let passes: PassLedger
        let progress: (@Sendable (Int) -> Void)?
    }

    private static func jets(
        _ detector: Detector, _ simulated: Detector, _ sample: DetectorCriterion.Sample, rows: Int, _ passing: Passing
    ) throws -> PassSums<GunSums> {
        let seed = passing.seed
        let empty = GunSums(
            jets: JetSums(
                eta: try Axis(edges: Places.edges(limit: detector.absEtaMaximum)), pts: pts,
                expectation: JetExpectation(detector)),
            vertices: detector.tables.features.envelope.map(VertexSums.init))
        let reconstruction = Reconstruction(
            detector: simulated, role: sample == .data ? .pseudoData : .simulation, seed: seed)
        // Other directions for data: nothing is shared by the two tests.
        let gun = JetGun(absEtaMaximum: detector.absEtaMaximum, seed: seed &+ (sample == .data ? 1 << 32 : 0))
        let runs = detector.tables.periods.map { Int32($0.run) }
        return try collect("jets-\(sample.rawValue)", empty, samples: pts.count, rows: rows, passing) {
            place, part, sums in
            gun.fill(place.truth, pt: pts[part.sample], slice: part.sample, first: part.first, count: part.count)
            reconstruction.simulate(place.truth, into: place.block, measured: place.measured)
            sums.jets.add(place.truth, place.measured, place.block, runs: runs)
            if part.first / blockRows % vertexBlocks == 0 {
                sums.vertices?.add(place.truth, place.measured, place.block)
            }
        }
    }

    private static func surroundings(
        _ detector: Detector, _ simulated: (quiet: Detector, whole: Detector), _ sample: DetectorCriterion.Sample,
        _ interactions: ExpectedInteractions?, rows: Int, _ passing: Passing
    ) throws -> (sums: PassSums<SurroundingsSums>, edges: [Double]) {
        let seed = passing.seed
        let term = detector.tables.softTerm
        let energies = detector.tables.interactions.map { term.energy + term.energyPerInteraction * Double($0) }
        // As many events in each bin; one bin where all have the same energy.
        let isSpread = (energies.last ?? 0) > (energies.first ?? 0) * 1.001
        let edges = (0...SurroundingsSums.noiseBins).map { bin in
            let index = bin * DetectorTables.muSteps / SurroundingsSums.noiseBins
            guard isSpread else { return bin == 0 ? 0 : 1e6 * Double(bin) }
            return energies[index].squareRoot() * (bin == SurroundingsSums.noiseBins ? 1.0001 : 1)
        }
        let empty = SurroundingsSums(detector: detector, interactions: interactions, edges: edges)
        let role: SampleRole = sample == .data ? .pseudoData : .simulation
        let reconstructions = [simulated.quiet, simulated.whole].map {
            Reconstruction(detector: $0, role: role, seed: seed)
        }
        let gun = JetGun(absEtaMaximum: detector.absEtaMaximum, seed: seed)
        let samples = SurroundingsSums.recoils.count
        let name = "surroundings-\(sample.rawValue)"
        let sums = try collect(name, empty, samples: samples, rows: rows, passing) { place, part, sums in
            gun.fillSoft(
                place.truth, soft: SurroundingsSums.recoils[part.sample], slice: part.sample, first: part.first,
                count: part.count)
            reconstructions[part.sample == SurroundingsSums.pileUp ? 1 : 0].simulate(place.truth, into: place.block)
            sums.add(place.block, truth: place.truth)
        }
        return (sums, edges)
    }

    /// The blocks of one thread.
    private struct Workplace {
        let truth = TruthBlock(capacity: blockRows)
        let block = ReconstructedBlock(capacity: blockRows)
        let measured = MeasuredJets(capacity: blockRows)
    }

    /// Consecutive rows of one of the samples.
    private struct Part {
        let sample: Int
        let first: Int
        let count: Int
    }

    /// The sums over `rows` rows of each of the samples.
    /// - Parameters:
    ///   - name: of the pass.
    ///   - visit: makes the rows of a part and adds them.
    private static func collect<Sums: StorableSums>(
        _ name: String, _ empty: Sums, samples: Int, rows: Int, _ passing: Passing,
        _ visit: @escaping @Sendable (Workplace, Part, inout Sums) -> Void
    ) throws -> PassSums<Sums> {
        let chunk = 16 * blockRows
        let chunks = (rows + chunk - 1) / chunk
        let progress = passing.progress
        return try passing.passes.sums(name, pieces: samples * chunks, from: empty) { pieces in
            let parts = shareWork(pieces.count, threads: passing.threads) { next in
                let place = Workplace()
                var sums = empty
                while let piece = next() {
                    let number = pieces.lowerBound + piece
                    let start = number % chunks * chunk
                    let end = min(start + chunk, rows)
                    for first in stride(from: start, to: end, by: blockRows) {
                        let part = Part(
                            sample: number / chunks, first: first, count: min(blockRows, end - first))
                        visit(place, part, &sums)
                    }
                    progress?(end - start)
                }
                return sums
            }
            var total = empty
            for part in parts { total.merge(part) }
            return total
        }
    }
}
