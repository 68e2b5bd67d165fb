import Balance
import Binning
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import FlavourTagging
import Foundation
import JetPhysics
import Testing

/// A tagger trained with few events of the CMS-like card, and the truth that makes them.
enum SmallTagger {
    static let truth = Result { try GeneratorConfiguration().truth(threads: 2) }
    static let card = Result { try LoadedCard("cms-like").card }
    static let tagger = Result { try trained(events: 300_000, threads: 2) }

    static func source(
        _ role: SampleRole, events: Int, threads: Int = 2, tagger: Tagger? = nil, tagWeights: TagWeights? = nil,
        tracked: TagAcceptance? = nil
    ) throws -> SimulatedSource {
        let (truth, card) = (try truth.get(), try card.get())
        return SimulatedSource(
            truth: truth, detector: .ofSimulation(card, data: nil), role: role, seed: 1,
            plan: try EventPlan(events: events, truth: truth, detector: card, role: role), threads: threads,
            tagger: tagger, tagWeights: tagWeights, trackedJets: tracked)
    }

    static func trained(events: Int, threads: Int) throws -> Tagger {
        let jets = TagAcceptance.standard
        let untuned = try source(.simulation, events: events, threads: threads, tracked: jets)
            .reduceTracks(TrackSums(acceptance: jets)) { $3.add($0, rows: $1, $2) }
            .templates(detector: "cms-like", charmFraction: Tagger.standardCharmFraction)
        return try untuned.tuned(
            try source(.pseudoData, events: events, threads: threads, tagger: untuned)
                .reduce(DiscriminantSums()) { $1.add($0) })
    }
}

struct TaggerTests {
    private func sums(events: Int = 600_000) throws -> ScoreSums {
        let tagger = try SmallTagger.tagger.get()
        return try SmallTagger.source(.closureSimulation, events: events, tagger: tagger).reduce(ScoreSums()) {
            $1.add($0)
        }
    }

    @Test func workingPointsKeepTheirSharesOfOtherEvents() throws {
        let sums = try sums()
        let jets = sums.jets(.bottom, ptBins: ScoreSums.referenceBins)
        let total = Double(jets.reduce(0, +))
        for (score, expected) in zip(1..., [0.15, 0.08, 0.07, 0.10, 0.60]) {
            let share = Double(jets[score - 1]) / total
            // Of some 7 000 jets that cuts come from and 14 000 that they act on.
            let uncertainty = (expected * (1 - expected) * (1 / total + 2 / total)).squareRoot()
            #expect(abs(share - expected) < 0.005 + 3 * uncertainty, "score \(score): \(share)")
        }
        for point in JetTags.workingPoints {
            let least = try #require(JetTags.leastScore(workingPoint: point))
            let share = JetShare(scores: jets, from: least)
            #expect(abs(share.value - 0.01 * Double(point)) < 0.005 + 3 * 1.7 * share.uncertainty)
        }
        let least = try #require(JetTags.leastScore(workingPoint: 70))
        let charm = JetShare(scores: sums.jets(.charm, ptBins: ScoreSums.referenceBins), from: least)
        let light = JetShare(scores: sums.jets(.light, ptBins: ScoreSums.referenceBins), from: least)
        #expect(charm.rejection > 4.8 && charm.rejection < 15 && light.rejection > 100 && light.rejection < 1000)
    }

    @Test func theTaggerDependsOnNoThreads() throws {
        let one = try SmallTagger.trained(events: 60_000, threads: 1)
        let other = try SmallTagger.trained(events: 60_000, threads: 3)
        #expect(one == other)
    }

    @Test func whatIsWrittenReadsBackAsTheSame() throws {
        let tagger = try SmallTagger.tagger.get()
        let path = NSTemporaryDirectory() + "tagger-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try tagger.yaml(training: [("events", "300000")]).write(toFile: path, atomically: true, encoding: .utf8)
        let again = try Tagger(file: path)
        #expect(again == tagger && again.yaml() == tagger.yaml())
    }

    @Test func scoresFollowFromTheDiscriminant() throws {
        let tagger = try SmallTagger.tagger.get()
        #expect(tagger.cuts == tagger.cuts.sorted())
        for (index, cut) in tagger.cuts.enumerated() {
            #expect(
                tagger.score(discriminant: cut) == index + 2 && tagger.score(discriminant: cut.nextDown) == index + 1)
        }
        try SmallTagger.source(.simulation, events: 20_000, tagger: tagger).forEachBlock(of: 0..<2) { block in
            let tags = try #require(block.tags)
            for jet in 0..<ReconstructedBlock.jetCount {
                for row in 0..<block.count {
                    let position = jet * block.capacity + row
                    let isInside = block.pt[position] >= 20 && abs(block.eta[position]) < 2.5
                    #expect((tags.score[position] > 0) == isInside && tags.discriminant[position].isNaN == !isInside)
                    let leading = (0..<JetTags.significanceCount).map { tags.significance($0, at: position) }
                    let known = leading.filter { !$0.isNaN }
                    #expect(known == known.sorted(by: >) && leading.prefix(known.count).elementsEqual(known))
                    guard isInside else { continue }
                    #expect(Int(tags.score[position]) == tagger.score(discriminant: tags.discriminant[position]))
                }
            }
        }
    }

    @Test func taggingLeavesTheEventsAlone() throws {
        let tagger = try SmallTagger.tagger.get()
        var rows: [[Double]] = []
        for tagger in [tagger, nil] {
            var row: [Double] = []
            try SmallTagger.source(.simulation, events: 10_000, tagger: tagger).forEachBlock(of: 0..<2) { block in
                for index in 0..<block.count { row += [block.pt[index], block.eta[index], block.softX[index]] }
            }
            rows.append(row)
        }
        #expect(rows[0] == rows[1])
    }

    @Test func aSelectionTakesTaggedEvents() throws {
        let tagger = try SmallTagger.tagger.get()
        let requirements = try TagRequirement.Jets.allCases.map { try TagRequirement(jets: $0, workingPoint: 77) }
        var counts: [TagRequirement.Jets: Int] = [:]
        for requirement in requirements {
            let tagged = Selection.standard.with(requiredTag: requirement)
            let source = try SmallTagger.source(.simulation, events: 50_000, tagger: tagger)
            try source.forEachBlock(of: 0..<min(10, source.pieces)) { block in
                JetCorrection(scale: nil, residual: nil).apply(to: block)
                let count = selected(tagged, block)
                counts[requirement.jets, default: 0] += count
                // The same where untagged events have no jets.
                let tags = try #require(block.tags)
                for row in 0..<block.count {
                    let isTagged = [tags.score[row], tags.score[block.capacity + row]].map { $0 >= 3 }
                    let isTaken = requirement.jets == .both ? isTagged[0] && isTagged[1] : isTagged[0] || isTagged[1]
                    if !isTaken { (block.pt[row], block.pt[block.capacity + row]) = (0, 0) }
                }
                #expect(selected(.standard, block) == count)
            }
        }
        #expect((counts[.any] ?? 0) > 3 * (counts[.both] ?? 0) && (counts[.both] ?? 0) > 3)
    }

    private func selected(_ selection: Selection, _ block: ReconstructedBlock) -> Int {
        var sums = BalanceSums(binning: .coarse, selection: selection, slices: 64)
        selection.withDijets(of: block, binning: .coarse) { sums.add($0) }
        return sums.rowsSelected
    }
}
