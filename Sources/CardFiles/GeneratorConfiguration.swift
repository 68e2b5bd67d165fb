public import DijetGeneration
internal import FileAccess
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// What the built-in truth is made of.
public struct GeneratorConfiguration: Sendable {
    public static let standardSqrtS = 13_000.0
    /// Powers of p̂T that events may be made more often with.
    public static let biases = -2.0...8.0
    private static let mostEdges = 1001

    /// GeV.
    public var sqrtS = standardSqrtS
    /// Path of a grid of parton densities; nil for the built-in one.
    public var pdf: String?
    /// p̂T edges of the slices in GeV; nil for the standard ones.
    public var edges: [Double]?
    public var radiation = RadiationTune.builtIn
    /// Name of one of the tune's variations.
    public var variation: String?
    /// Power of p̂T that events are made more often with, and weighted less.
    public var bias = 0.0

    public init() {}

    init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["sqrt_s", "pdf", "p_hat_edges", "radiation", "variation", "bias"])
        if let entry = keys["sqrt_s"] {
            sqrtS = try entry.double()
            guard HardProcess.energies.contains(sqrtS) else {
                throw entry.error("a collision energy of \(sqrtS) GeV is out of range", "give 900 to 100000 GeV")
            }
        }
        pdf = try keys["pdf"]?.name()
        edges = try keys["p_hat_edges"].map { try Self.edges($0, sqrtS: sqrtS) }
        let choice = try RadiationChoice(keys, standard: radiation)
        (radiation, variation) = (choice.tune, choice.variation)
        if let entry = keys["bias"] {
            bias = try entry.double()
            guard Self.biases.contains(bias) else {
                throw entry.error("a bias of \(bias) is out of range", "give -2 to 8")
            }
        }
    }

    private static func edges(_ list: YAMLValue, sqrtS: Double) throws -> [Double] {
        var edges: [Double] = []
        for value in try list.list() {
            let edge = try value.double()
            guard edge >= HardProcess.smallestPt, edge <= sqrtS / 2 else {
                throw value.error(
                    "slices cannot have an edge at \(edge) GeV",
                    "give edges from \(HardProcess.smallestPt) GeV to \(sqrtS / 2), half the collision energy")
            }
            guard edge >= (edges.last ?? 0) * (1 + 1e-6) else {
                throw value.error("\(edge) is not above the one before", "give edges that increase")
            }
            edges.append(edge)
        }
        guard (2...mostEdges).contains(edges.count) else {
            throw list.error("there are \(edges.count) edges", "give 2 to \(mostEdges)")
        }
        return edges
    }

    /// The hard process, checked.
    public func process() throws -> HardProcess {
        try HardProcess(density: try pdf.map { try PartonDensity(file: $0) } ?? .builtIn, sqrtS: sqrtS, edges: edges)
    }

    private var choice: RadiationChoice { RadiationChoice(tune: radiation, variation: variation) }

    /// The tune with its variation.
    public var model: RadiationModel { choice.model }

    /// The same hard scatterings, radiating otherwise.
    public func radiating(_ choice: RadiationChoice) -> GeneratorConfiguration {
        var other = self
        (other.radiation, other.variation) = (choice.tune, choice.variation)
        return other
    }

    /// Integrates the cross-sections and makes the tables.
    /// - Parameter threads: no result depends on them.
    public func truth(threads: Int) throws -> QCDDijets {
        if isStandard { return .builtIn }
        let process = try process()
        try process.checkWeights(bias: bias)
        return try QCDDijets(process, radiation: model, bias: bias, threads: threads)
    }

    private var isStandard: Bool {
        sqrtS == Self.standardSqrtS && pdf == nil && edges == nil && radiation.isBuiltIn && variation == nil
            && bias == 0
    }

    /// In a few words, for figures.
    public var title: String {
        var words = ["leading-order QCD, √s = \(shortNumber(sqrtS / 1000)) TeV"]
        if let pdf { words.append("densities of \(fileName(pdf))") }
        if !radiation.isBuiltIn || variation != nil { words.append("radiation \(choice.title)") }
        if bias != 0 { words.append("p̂T bias \(shortNumber(bias))") }
        return words.joined(separator: ", ")
    }

    /// As the lines of a YAML mapping; files are named without their directory, which would tie the result to a machine, and a
    /// tune that is not built in stands there whole.
    public var yamlLines: [String] {
        var lines = ["sqrt_s: \(sqrtS)"]
        if let pdf { lines.append("pdf: \(quotedYAML(fileName(pdf)))") }
        if let edges { lines.append("p_hat_edges: \(edges)") }
        lines += choice.yamlLines
        if bias != 0 { lines.append("bias: \(bias)") }
        return lines
    }
}

private func shortNumber(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }

private func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
