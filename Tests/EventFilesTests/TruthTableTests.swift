import EventFiles
import Foundation
import JetPhysics
import Testing
import TruthValidation

/// The excerpt of Pythia events, observed here and by `Fixtures/observables.py`, which shares no code.
struct TruthTableTests {
    private struct Expected: Decodable {
        struct Slice: Decodable {
            let events: Double
            let dijets: Double
            let selected: Double
            let probes: [[Double]?]
            let gluon: [Double]
            let charm: [Double]
            let bottom: [Double]
            let eta1: [Double]
            let delta_eta: [Double]
            let asymmetry: [Double]
            let delta_phi: Double
            let alpha: Double
            let both: [Double?]
        }
        let slices: [Slice]
        let spectrum_pb: [Double]
    }

    private static func fixture(_ name: String) throws -> URL {
        try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
    }

    private static func table() throws -> TruthTable {
        try TruthTable(
            fixture("pythia8_excerpt_dijets.csv.gz").path, crossSections: fixture("pythia8_excerpt_xsec.csv").path)
    }

    private static func observed(_ table: TruthTable) throws -> ObservedTruth {
        let sums = try TruthObservables(events: table.counts, threads: 2) { block, slice, first, count in
            table.fill(block, slice: slice, first: first, count: count)
        }
        return ObservedTruth(
            slices: table.slices, crossSectionUncertainties: table.crossSectionUncertainties, observables: sums)
    }

    private static func expected() throws -> Expected {
        try JSONDecoder().decode(Expected.self, from: Data(contentsOf: fixture("observables.json")))
    }

    private func near(_ value: Double?, _ expected: Double?, _ tolerance: Double = 1e-9) -> Bool {
        guard let value, let expected else { return value == nil && expected == nil }
        return abs(value - expected) <= tolerance
    }

    @Test func slicesAreThoseOfAnIndependentReader() throws {
        let truth = try Self.observed(Self.table())
        let expected = try Self.expected()
        #expect(truth.slices.count == expected.slices.count)
        for (slice, there) in expected.slices.enumerated() {
            let sums = truth.observables
            #expect(sums.events(slice: slice).weight == there.events)
            #expect(sums.dijets(slice: slice).weight == there.dijets)
            #expect(sums.selected(slice: slice).weight == there.selected)
            for jet in 0..<2 {
                #expect(near(sums.flavour(.gluon, jet: jet, slice: slice)?.value, there.gluon[jet]))
                #expect(near(sums.flavour(.charm, jet: jet, slice: slice)?.value, there.charm[jet]))
                #expect(near(sums.flavour(.bottom, jet: jet, slice: slice)?.value, there.bottom[jet]))
            }
            #expect(near(sums.passing(.deltaPhi, gap: nil, slice: slice)?.value, there.delta_phi))
            #expect(near(sums.passing(.alpha, gap: nil, slice: slice)?.value, there.alpha))
            for (gap, share) in there.both.enumerated() {
                #expect(near(sums.passing(.both, gap: gap, slice: slice)?.value, share), "slice \(slice), gap \(gap)")
            }
            // Powers are sums of multiples of 2⁻²⁰.
            for (moment, values) in [
                (TruthMoment.eta1, there.eta1), (.deltaEta, there.delta_eta), (.asymmetry, there.asymmetry),
            ] {
                let found = try #require(sums.moments(moment, slice: slice))
                #expect(near(found.mean.value, values[0], 1e-6), "\(moment)")
                #expect(near(found.spread.value, values[1], 3e-6), "\(moment)")
            }
        }
    }

    @Test func summedQuantitiesAreThoseOfAnIndependentReader() throws {
        let truth = try Self.observed(Self.table())
        let expected = try Self.expected()
        let spectrum = truth.crossSections(of: .pt1, slices: Array(truth.slices.indices))
        for (offset, bin) in TruthComparison.spectrumBins.enumerated() {
            let value = expected.spectrum_pb[offset]
            #expect(near(spectrum[bin].weight, value, 1e-9 * value), "bin \(offset)")
        }
        #expect(TruthComparison.spectrumBins.count == expected.spectrum_pb.count)
        for (slice, values) in expected.slices.enumerated() {
            for (bin, moments) in values.probes.enumerated() {
                let found = truth.observables.probeMoments(bin: bin, slice: slice)
                #expect((found == nil) == (moments == nil), "slice \(slice), bin \(bin)")
                guard let found, let moments else { continue }
                // Sums are kept in steps of 10⁻⁶, which a few events feel.
                #expect(near(found.mean.value, moments[0], 2e-6), "slice \(slice), bin \(bin)")
                #expect(near(found.spread.value, moments[1], 2e-5))
            }
        }
    }

    /// Nothing is left out: what `TruthSampleFile` drops is here.
    @Test func everyEventIsThere() throws {
        let table = try Self.table()
        let sample = try TruthSampleFile(
            Self.fixture("pythia8_excerpt_dijets.csv.gz").path,
            crossSections: Self.fixture("pythia8_excerpt_xsec.csv").path)
        #expect(table.counts.reduce(0, +) == sample.events)
        #expect(sample.dropped > 0)
        #expect(table.crossSectionUncertainties.allSatisfy { $0 > 0 })
    }

    @Test func columnsGoWhereTheyBelong() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("TruthTable-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (events, slices) = (folder.appendingPathComponent("a.csv"), folder.appendingPathComponent("b.csv"))
        try """
        slice,event,pt1,eta1,phi1,flavour1,pt2,eta2,phi2,flavour2,soft_px,soft_py,inv_px,inv_py,soft_sumet
        7,4,80,1,0.5,21,70,-1,-2.5,-4,1,2,3,4,99
        7,5,,,,,,,,,,,,,
        7,6,60,2,4,5,50,0,0,0,,,,,

        """.write(to: events, atomically: true, encoding: .utf8)
        try "slice,pthat_min_GeV,pthat_max_GeV,sigma_pb\n7,50,100,1e6\n"
            .write(to: slices, atomically: true, encoding: .utf8)
        let table = try TruthTable(events.path, crossSections: slices.path)
        #expect(table.counts == [3] && table.crossSectionUncertainties == [0])
        let block = TruthBlock(capacity: 4)
        table.fill(block, slice: 0, first: 0, count: 3)
        #expect(block.count == 3 && block.slice == 0)
        #expect((0..<3).map { block.event[$0] } == [4, 5, 6])
        #expect((0..<3).map { block.pt[$0] } == [80, 0, 60])
        #expect((0..<3).map { block.eta[4 + $0] } == [-1, 0, 0])
        #expect(abs(block.phi[2] - (4 - 2 * Double.pi)) < 1e-12)
        #expect((0..<3).map { block.flavour[4 + $0] } == [-4, 0, 0])
        #expect([block.softX[0], block.softY[0], block.invisibleX[0], block.invisibleY[0]] == [1, 2, 3, 4])
        #expect([block.softX[2], block.softY[2], block.invisibleX[2], block.invisibleY[2]] == [0, 0, 0, 0])
        // The second event on, into the same block: nothing stays of what was there.
        table.fill(block, slice: 0, first: 1, count: 1)
        #expect(block.pt[0] == 0 && block.softX[0] == 0 && block.flavour[0] == 0)
    }
}
