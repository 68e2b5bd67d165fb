import ArgumentParser
import CardFiles
import DijetGeneration
import EventFiles

/// Options that say which collisions the built-in truth is made of.
struct HardProcessOptions: ParsableArguments {
    @Option(
        name: .customLong("sqrt-s"),
        help: ArgumentHelp("Collision energy in GeV, 900 to 100000 (default: 13000).", valueName: "energy"))
    var sqrtS: Double?

    @Option(
        help: ArgumentHelp(
            "Parton densities, a member of a set for LHAPDF6 (default: NNPDF2.3 LO, alpha_s 0.130, built in).",
            valueName: "file"), completion: .file(extensions: ["dat"]))
    var pdf: String?

    @Option(
        help: ArgumentHelp(
            "Slices of pThat in GeV, a table (default: 17 from 15 to 2500, those below sqrt(s)/2).", valueName: "file"),
        completion: .events)
    var slices: String?

    static let standardSqrtS = 13_000.0

    func validate() throws {
        if let sqrtS, !HardProcess.energies.contains(sqrtS) {
            throw ValidationError("--sqrt-s takes 900 to 100000 (GeV).")
        }
    }

    var isGiven: Bool { sqrtS != nil || pdf != nil || slices != nil }

    /// The hard process that the options ask for.
    func process() throws -> HardProcess {
        let sqrtS = sqrtS ?? Self.standardSqrtS
        return try HardProcess(
            density: try pdf.map { try PartonDensity(file: $0) } ?? .builtIn, sqrtS: sqrtS,
            edges: try slices.map { try SliceEdgesFile($0, sqrtS: sqrtS).edges })
    }

    /// Lays what the options say over the truth of a configuration.
    func configure(_ generator: inout GeneratorConfiguration) throws {
        if let sqrtS { generator.sqrtS = sqrtS }
        if let pdf { generator.pdf = pdf }
        if let slices { generator.edges = try SliceEdgesFile(slices, sqrtS: generator.sqrtS).edges }
    }
}
