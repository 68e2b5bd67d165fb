import CardFiles
import DijetGeneration
import Foundation
import JetPhysics
import Reporting
import Testing
import TruthValidation

/// Figures of a validation with six judged slices, drawn once for all tests.
private struct SmallValidation {
    static let shared = Result { try SmallValidation() }

    let figures: [Figure]
    let comparison: TruthComparison
    let directory: String

    private init() throws {
        let truth = try QCDDijets(
            HardProcess(density: .builtIn, sqrtS: 13000, edges: [20, 30, 60, 120, 250, 500, 1000, 2000]),
            radiation: RadiationTune.builtIn.model)
        func observed(_ seed: UInt64) throws -> ObservedTruth {
            let sums = try TruthObservables(events: truth.slices.map { _ in 5000 }, threads: 2) {
                block, slice, first, count in
                truth.fill(
                    block, slice: slice, first: first, count: count, replicas: 1, role: .simulation, seed: seed)
                for row in 0..<count {
                    for jet in 0..<2 {
                        block.flavour[jet * block.capacity + row] = [21, 4, 5, 1][(first + row + jet) % 4]
                    }
                }
            }
            return ObservedTruth(
                slices: truth.slices, crossSectionUncertainties: truth.slices.map { _ in 0 }, observables: sums)
        }
        comparison = try TruthComparison(model: observed(1), reference: observed(2))
        figures =
            ValidationFigures(
                comparison, label: FigureLabel(sample: "a \"sample\"\\ of `echo` {events}", selection: "a selection")
            ).all
        directory = try SmallRun.emptyDirectory()
        try #require(try FigureWriter.write(figures, to: directory) == .drawn)
    }

    func drawing(_ name: String) throws -> Drawing { try Drawing("\(directory)/validation-\(name).svg") }

    /// Rows of each block of a figure's data; NaN reads as nil.
    func blocks(_ name: String) throws -> [[[Double?]]] { try SmallRun.blocks("\(directory)/validation-\(name).dat") }
}

struct ValidationFigureTests {
    private static let slicewise = [
        "pt1", "pt2", "pt3", "mass", "eta1", "eta2", "eta3", "delta-eta", "delta-phi", "alpha", "asymmetry", "passing",
    ]
    private static let single = ["spectrum", "mean-asymmetry"]
    private static let names = slicewise + single + ["flavours-pt", "flavours-eta"]

    @Test func allAreThere() throws {
        let figures = try SmallValidation.shared.get().figures
        #expect(figures.map(\.name).sorted() == Self.names.map { "validation-\($0)" }.sorted())
        #expect(figures.allSatisfy { $0.caption.count > 40 && $0.caption.hasSuffix(".") })
    }

    @Test(arguments: names) func labelsAreReadable(name: String) throws {
        let drawing = try SmallValidation.shared.get().drawing(name)
        #expect(drawing.count("a \"sample\"\\ of `echo` {events}") == 1)
        #expect(drawing.count("a selection") == 1)
        #expect(drawing.collisions == [], "\(name)")
        // Each panel has a strip below.
        #expect(drawing.panels.count == (Self.single.contains(name) ? 2 : 12))
    }

    /// Slices from 30 GeV, each normalised to its dijets.
    @Test(arguments: slicewise) func slicesHaveTheirPanels(name: String) throws {
        let run = try SmallValidation.shared.get()
        #expect(try run.blocks(name).count == 6)
        let drawing = try run.drawing(name)
        for title in ["30–60 GeV", "120–250 GeV", "1000–2000 GeV"] { #expect(drawing.count(title) == 1, "\(title)") }
    }

    @Test func sharesAddUp() throws {
        let run = try SmallValidation.shared.get()
        for name in ["pt1", "delta-phi", "alpha", "eta1"] {
            for block in try run.blocks(name) {
                // The last row closes the steps.
                let bins = block.dropLast()
                #expect(abs(bins.reduce(0) { $0 + ($1[2] ?? 0) } - 1) < 0.01, "reference of \(name)")
                #expect(abs(bins.reduce(0) { $0 + ($1[4] ?? 0) } - 1) < 0.01, "model of \(name)")
            }
        }
    }

    /// What the figures show is what the criteria judge.
    @Test func numbersAreThoseOfTheCriteria() throws {
        let run = try SmallValidation.shared.get()
        let gaps = run.comparison.criteria.filter { $0.quantity == .passingInGap(.both) && $0.slice == 1 }
        let rows = try #require(run.blocks("passing").first)
        for (criterion, row) in zip(gaps, rows) where row[10] != nil {
            #expect(row[10] == criterion.reference?.value && row[12] == criterion.model?.value)
        }
        let spectrum = run.comparison.criteria.filter { $0.quantity == .spectrum }
        let bins = try #require(run.blocks("spectrum").first)
        for criterion in spectrum {
            let bin = try #require(criterion.bin)
            guard let row = bins.first(where: { $0[0] == bin.lowerBound && $0[1] == bin.upperBound }),
                let shown = row[2], let value = criterion.reference?.value
            else { continue }
            #expect(abs(shown * (bin.upperBound - bin.lowerBound) / value - 1) < 1e-9)
        }
    }
}
