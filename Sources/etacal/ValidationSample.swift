import CalibrationFiles
import CardFiles
import DijetGeneration
import EventFiles
import FileAccess
import Foundation
import JetPhysics
import TruthValidation

/// A sample of another generator, and the built-in truth in its slices.
struct ValidationSample {
    let path: String
    let name: String
    let inputs: [Provenance.Input]
    let generator: GeneratorConfiguration
    private let table: TruthTable

    /// GeV.
    private static let sqrtS = 13000.0

    init(_ path: String, crossSections: String?, generator: GeneratorConfiguration) throws {
        let paths = try TruthSamplePaths(path, crossSections: crossSections)
        table = try TruthTable(path, crossSections: paths.crossSections)
        var generator = generator
        generator.edges = try Self.edges(of: table, paths.crossSections)
        self.generator = generator
        self.path = path
        name = paths.name
        inputs = try paths.inputs(events: table.counts.reduce(0, +))
    }

    var slices: Int { table.slices.count }

    func observed(threads: Int) throws -> ObservedTruth {
        let table = table
        let observables = try TruthObservables(events: table.counts, threads: threads) { block, slice, first, count in
            table.fill(block, slice: slice, first: first, count: count)
        }
        return ObservedTruth(
            slices: table.slices, crossSectionUncertainties: table.crossSectionUncertainties, observables: observables)
    }

    /// The edges of slices that adjoin, below the kinematic limit.
    private static func edges(of table: TruthTable, _ path: String) throws -> [Double] {
        for (below, above) in zip(table.slices, table.slices.dropFirst()) where below.pHatMaximum != above.pHatMinimum {
            throw FileError(
                .malformed, path, "there is a gap between \(below.pHatMaximum) and \(above.pHatMinimum) GeV",
                "give slices that adjoin")
        }
        let edges = table.slices.prefix(1).map(\.pHatMinimum) + table.slices.map(\.pHatMaximum)
        guard let last = edges.last, last < sqrtS / 2 else {
            throw FileError(
                .malformed, path, "the slices reach to \(edges.last ?? 0) GeV",
                "give slices below half of \(Int(sqrtS)) GeV, the energy of the built-in truth")
        }
        return edges
    }
}
