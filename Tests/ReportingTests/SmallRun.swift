import Balance
import Binning
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import Foundation
import Intercalibration
import Reporting
import Testing

/// Figures of one small closure run, drawn once for all tests.
struct SmallRun {
    let directory: String
    let figures: [Figure]
    let result: ClosureRun.Result
    let binning: BalanceBinning

    static let shared = Result { try SmallRun(binning: .standard, events: 1_000_000, replicas: 100) }
    /// One pT bin, a reference of one bin, and η on one side alone.
    static let narrow = Result {
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-4, -2.5, -1.3, -0.5, 0.5]), ptAverage: try Axis(edges: [60, 1000]),
            referenceAbsEtaMaximum: 0.5, quotedPtMinimum: 60)
        return try SmallRun(binning: binning, events: 200_000, replicas: 20)
    }

    /// Constants extrapolated in α, with the resolution.
    static let extrapolated = Result {
        try SmallRun(
            binning: .coarse, events: 400_000, replicas: 0,
            alphaCuts: try AlphaCuts(AlphaCuts.standard(.standard), selection: .standard))
    }

    /// Smooth constants.
    static let smoothed = Result {
        try SmallRun(binning: .coarse, events: 400_000, replicas: 0, smoothing: .spline)
    }

    private init(
        binning: BalanceBinning, events: Int, replicas: Int, alphaCuts: AlphaCuts? = nil, smoothing: Smoothing = .none
    ) throws {
        self.binning = binning
        let card = try LoadedCard("cms-like").card
        let options = DerivationOptions(
            method: .matrix, selection: .standard, binning: binning, passes: 2, alphaCuts: alphaCuts,
            replicas: replicas, resolutionCuts: alphaCuts, smoothing: smoothing)
        result = try ClosureRun(
            card: card, dataCard: nil, truth: QCDDijets.builtIn, events: events, seed: 7, options: options,
            threads: 2
        ).run()
        figures =
            RunFigures(
                card: card, dataCard: nil, triggers: nil, derivation: result.derivation, closure: result.test.truth,
                resolution: result.resolution, tolerance: .standard,
                label: FigureLabel(sample: "a \"sample\"\\ of `echo` {events}", selection: "Δφ > 2.7")
            ).all
        directory = try Self.emptyDirectory()
        try #require(try FigureWriter.write(figures, to: directory) == .drawn)
    }

    /// A directory that goes away with the process.
    static func emptyDirectory() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-figures-\(UUID()) ä").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        removeAtExit(path)
        return path
    }

    func drawing(_ name: String) throws -> Drawing { try Drawing("\(directory)/\(name).svg") }

    func blocks(_ name: String) throws -> [[[Double?]]] { try Self.blocks("\(directory)/\(name).dat") }

    /// Rows of each block of a figure's data; NaN reads as nil.
    static func blocks(_ path: String) throws -> [[[Double?]]] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return text.components(separatedBy: "\n\n\n").map { block in
            block.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
                line.split(separator: " ").map { $0 == "NaN" ? nil : Double($0) }
            }
        }.filter { !$0.isEmpty }
    }

    /// The value of a variable in a figure's script.
    func variable(_ variable: String, of name: String) throws -> String {
        let script = try String(contentsOfFile: "\(directory)/\(name).gp", encoding: .utf8)
        let line = script.split(separator: "\n").first { $0.hasPrefix("\(variable) = ") }
        return String(try #require(line, "\(name).gp sets no \(variable)").dropFirst(variable.count + 3))
    }
}

/// Directories that go away with the process.
nonisolated(unsafe) private var leftovers: [String] = []

private func removeAtExit(_ directory: String) {
    if leftovers.isEmpty {
        atexit { for path in leftovers { try? FileManager.default.removeItem(atPath: path) } }
    }
    leftovers.append(directory)
}
