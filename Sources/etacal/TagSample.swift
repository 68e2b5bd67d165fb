import Balance
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import FileAccess
import FlavourTagging
import Foundation
import JetPhysics
import Reporting

/// Simulated events whose jets have tracks.
struct TagSample {
    private let card: DetectorCard
    private let named: NamedTruth
    private let events: Int
    private let seed: UInt64
    private let threads: Int
    private let meter: ProgressMeter

    init(_ detector: String, _ truth: TruthOptions, events: Int, _ common: CommonOptions) throws {
        let loaded = try LoadedCard(detector)
        card = try loaded.withTracker()
        var generator = GeneratorConfiguration()
        try truth.configure(&generator)
        named = try NamedTruth(
            path: truth.truth, crossSections: truth.crossSections, generator: generator, threads: common.threadCount)
        self.events = events
        seed = common.seed ?? 1
        threads = common.threadCount
        meter = ProgressMeter(quiet: common.quiet)
    }

    private func source(
        _ role: SampleRole, seed: UInt64, tagger: Tagger? = nil, jets: TagAcceptance? = nil
    ) throws -> SimulatedSource {
        let meter = meter
        return SimulatedSource(
            truth: named.truth, detector: .ofSimulation(card, data: nil), role: role, seed: seed,
            plan: try EventPlan(events: events, truth: named.truth, detector: card, role: role), threads: threads,
            progress: { meter.add($0) }, tagger: tagger, trackedJets: jets)
    }

    /// Of events that no other verb makes with the same seed.
    private var trainingSeed: UInt64 { seed ^ 0x6b17_a61e_5ca1_ab1e }

    /// What the events come from.
    var truth: String { named.description }

    func train(_ jets: TagAcceptance, charmFraction: Double) throws -> Tagger {
        meter.begin("tracks", expected: events)
        let untuned = try source(.simulation, seed: trainingSeed, jets: jets)
            .reduceTracks(TrackSums(acceptance: jets)) { $3.add($0, rows: $1, $2) }
            .templates(detector: card.name, charmFraction: charmFraction)
        meter.begin("working points", expected: events)
        // Of other events, which the templates do not know.
        let tagger = try untuned.tuned(
            try source(.pseudoData, seed: trainingSeed, tagger: untuned).reduce(DiscriminantSums()) { $1.add($0) })
        meter.finish()
        return tagger
    }

    /// On events of their own.
    func check(_ tagger: Tagger) throws -> TagPerformance {
        meter.begin("tags", expected: events)
        let sums = try source(.closureSimulation, seed: seed, tagger: tagger).reduce(TaggedJets()) { $1.add($0) }
        meter.finish()
        return TagPerformance(sums.scores, sums.discriminants.reference, tagger: tagger, detector: card.name)
    }

    /// Of tracks of the same events.
    func impacts(_ tagger: Tagger) throws -> ImpactSums {
        meter.begin("impact parameters", expected: events)
        let sums = try source(.closureSimulation, seed: seed, jets: tagger.acceptance).reduceTracks(ImpactSums()) {
            $3.add($0, $2)
        }
        meter.finish()
        return sums
    }

    func label(_ tagger: Tagger) -> FigureLabel {
        let jets = tagger.acceptance
        let number = events < 1_000_000 ? "\(events)" : String(format: "%g million", Double(events) / 1e6)
        return FigureLabel(
            sample:
                "\(tagger.detector == card.name ? "" : "tagger of \(tagger.detector) in ")\(card.name) · \(named.title) · \(number) events",
            selection: String(
                format: "reference jets: %g < pT < %g GeV before calibration, |η| < %g · all jets count alike · seed ",
                jets.ptMinimum, Tagger.referencePtMaximum, jets.absEtaMaximum) + "\(seed)")
    }
}

/// What jets of a pass are by score and by discriminant.
private struct TaggedJets: MergeableSums {
    var scores = ScoreSums()
    var discriminants = DiscriminantSums()

    mutating func add(_ block: ReconstructedBlock) {
        scores.add(block)
        discriminants.add(block)
    }

    mutating func merge(_ other: TaggedJets) {
        scores.merge(other.scores)
        discriminants.merge(other.discriminants)
    }
}
