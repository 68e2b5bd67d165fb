import Balance
import CardFiles
import ClosureStudy
import DijetGeneration
import Foundation
import Reporting
import Testing

/// Figures of six pseudo-experiments, drawn once for all tests.
private struct SmallToys {
    static let shared = Result { try SmallToys() }

    let result: ToyResult
    let figures: [Figure]
    let directory: String

    private init() throws {
        result = try ToyStudy(
            card: LoadedCard("cms-like").card, dataCard: nil, truth: QCDDijets.builtIn, events: 60_000, experiments: 6,
            asimovEvents: 300_000, seed: 1, methods: [.matrix, .central],
            options: DerivationOptions(method: .matrix, selection: .standard, binning: .coarse, passes: 1), threads: 2
        ).run()
        figures = ToyFigures(result, label: FigureLabel(sample: "a `sample`", selection: "a selection")).all
        directory = try SmallRun.emptyDirectory()
        try #require(try FigureWriter.write(figures, to: directory) == .drawn)
    }

    func blocks(_ name: String) throws -> [[[Double?]]] { try SmallRun.blocks("\(directory)/toys-\(name).dat") }
}

struct ToyFigureTests {
    private static let names = ["pulls", "pulls-eta", "coverage", "bias"]

    @Test func allAreThere() throws {
        let figures = try SmallToys.shared.get().figures
        #expect(figures.map(\.name) == Self.names.map { "toys-\($0)" })
        #expect(figures.allSatisfy { $0.caption.count > 40 && $0.caption.hasSuffix(".") })
    }

    @Test(arguments: [("pulls", 2), ("pulls-eta", 6), ("coverage", 4), ("bias", 6)])
    func labelsAreReadable(name: String, panels: Int) throws {
        let drawing = try Drawing("\(try SmallToys.shared.get().directory)/toys-\(name).svg")
        #expect(drawing.count("a `sample`") == 1 && drawing.count("a selection") == 1)
        #expect(drawing.collisions == [], "\(name)")
        #expect(drawing.panels.count >= panels)
    }

    /// Nothing is lost between the sums and the pictures.
    @Test func numbersAreThoseOfTheStudy() throws {
        let toys = try SmallToys.shared.get()
        for (method, block) in zip(toys.result.methods, try toys.blocks("pulls")) {
            #expect(block.map { $0[2] } == method.histogram.counts.map { Double($0) })
        }
        for (method, block) in zip(toys.result.methods, try toys.blocks("coverage")) {
            #expect(block.count == method.bins.joined().count { $0.pulls != nil })
        }
        // The lowest quoted pT bin: edges in η, then mean, u, width, u of each method.
        for (eta, row) in try #require(toys.blocks("pulls-eta").first).enumerated() {
            #expect(row.count == 10)
            for (number, method) in toys.result.methods.enumerated() {
                let bin = method.bins[eta][0]
                let pulls = bin.experiments >= 2 ? bin.pulls : nil
                #expect(row[2 + 4 * number] == pulls?.mean.value && row[4 + 4 * number] == pulls?.width?.value)
            }
        }
    }

    /// What the scale would be set by is left out, and counted in the picture.
    @Test func constantsThatKnowLittleAreCounted() throws {
        let toys = try SmallToys.shared.get()
        let rows = try toys.blocks("bias").joined()
        let shown = rows.reduce(0) { sum, row in sum + [2, 6].count { row[$0] != nil } }
        let script = try String(contentsOfFile: "\(toys.directory)/toys-bias.gp", encoding: .utf8)
        let hidden = script.matches(of: /(\d+) constants? with/).reduce(0) { $0 + (Int($1.1) ?? 0) }
        let bins = toys.result.methods.flatMap { method in
            method.bins.flatMap { $0.prefix(3) }.filter { $0.bias != nil }
        }
        #expect(shown > 20 && shown + hidden == bins.count)
    }
}
