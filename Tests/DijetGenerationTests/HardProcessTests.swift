import CardFiles
import DijetGeneration
import Testing

struct HardProcessTests {
    private static func process(_ sqrtS: Double, _ edges: [Double]?) throws(HardProcessError) -> HardProcess {
        try HardProcess(density: .builtIn, sqrtS: sqrtS, edges: edges)
    }

    @Test func standardSlicesStayBelowTheKinematicLimit() throws {
        #expect(try Self.process(13000, nil).edges.count == 18)
        #expect(try Self.process(900, nil).edges.last == 430)
        #expect(try Self.process(5000, nil).edges.last == 1500)
    }

    @Test(arguments: [
        (899.0, nil as [Double]?, "sqrt_s"), (100_001, nil, "sqrt_s"), (.nan, nil, "sqrt_s"), (-13000, nil, "sqrt_s"),
        (13000, [30, 20], "slices"), (13000, [30, 30], "slices"), (13000, [30], "slices"), (13000, [], "slices"),
        (13000, [0, 30], "slices"), (13000, [30, .nan], "slices"), (13000, [.nan, 30], "slices"),
        (13000, [30, 6501], "slices"), (13000, [30, .infinity], "slices"),
    ])
    func whatCannotBeIsRefused(sqrtS: Double, edges: [Double]?, key: String) {
        let error = #expect(throws: HardProcessError.self) { _ = try Self.process(sqrtS, edges) }
        #expect(error?.key == key && error?.remedy.isEmpty == false)
    }

    @Test func slicesAreThoseOfTheIntegrationWhateverTheThreads() throws {
        let process = try Self.process(7000, [30, 50, 80, 7000 / 2])
        let sections = try process.crossSections(seed: 5, threads: 1)
        #expect(sections.map(\.pHatMinimum) == [30, 50, 80])
        #expect(try sections == process.crossSections(seed: 5, threads: 3))
        let alone = try SliceCrossSection(from: 50, to: 80, process: process.leadingOrder, seed: 6)
        #expect(sections[1] == alone)
    }

    @Test func slicesWithoutCrossSectionAreRefused() throws {
        let nothing = try PartonDensity(
            name: "nothing", subgrids: [PartonDensity.Subgrid(x: [0.1, 1], q: [1, 1e4], values: [21: [0, 0, 0, 0]])])
        let process = try HardProcess(density: nothing, sqrtS: 13000, edges: [30, 60])
        let error = #expect(throws: HardProcessError.self) { _ = try process.crossSections() }
        #expect(error?.problem.contains("30.0") == true)
    }
}
