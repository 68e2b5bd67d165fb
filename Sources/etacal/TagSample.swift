import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import FileAccess
import FlavourTagging
import JetPhysics

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

    private func source(_ role: SampleRole, tagger: Tagger? = nil, jets: TagAcceptance? = nil) throws -> SimulatedSource
    {
        let meter = meter
        return SimulatedSource(
            truth: named.truth, detector: .ofSimulation(card, data: nil), role: role, seed: seed,
            plan: try EventPlan(events: events, truth: named.truth, detector: card, role: role), threads: threads,
            progress: { meter.add($0) }, tagger: tagger, trackedJets: jets)
    }

    func train(_ jets: TagAcceptance, charmFraction: Double) throws -> Tagger {
        meter.begin("tracks", expected: events)
        let untuned = try source(.simulation, jets: jets)
            .reduceTracks(TrackSums(acceptance: jets), blocks: { $1.add($0) }, { $2.add($0, $1) })
            .templates(detector: card.name, charmFraction: charmFraction)
        meter.begin("working points", expected: events)
        // Of other events, which the templates do not know.
        let tagger = try untuned.tuned(
            try source(.pseudoData, tagger: untuned).reduce(DiscriminantSums()) { $1.add($0) })
        meter.finish()
        return tagger
    }

    /// On events of their own.
    func check(_ tagger: Tagger) throws -> TagPerformance {
        meter.begin("tags", expected: events)
        let sums = try source(.closureSimulation, tagger: tagger).reduce(ScoreSums()) { $1.add($0) }
        meter.finish()
        return TagPerformance(sums, tagger: tagger)
    }
}
