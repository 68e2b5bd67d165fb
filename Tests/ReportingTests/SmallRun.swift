import Balance
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import Foundation
import Reporting
import Testing

/// Figures of one small closure run, drawn once for all tests.
struct SmallRun {
    let directory: String
    let figures: [Figure]
    let result: ClosureRun.Result
    let binning: BalanceBinning

    static let shared = Result { try SmallRun() }

    private init() throws {
        binning = .standard
        let card = try LoadedCard("cms-like").card
        let options = DerivationOptions(method: .matrix, selection: .standard, binning: binning, passes: 2)
        result = try ClosureRun(
            card: card, dataCard: nil, truth: FallingSpectrum(), events: 1_000_000, seed: 7, options: options,
            threads: 2
        ).run()
        figures =
            RunFigures(
                card: card, dataCard: nil, derivation: result.derivation, closure: result.test.truth,
                tolerance: .standard,
                label: FigureLabel(sample: "a \"sample\"\\ of `echo` {events}", selection: "Δφ > 2.7")
            ).all
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-figures-\(UUID()) ä").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        removeAtExit(directory)
        try #require(try FigureWriter.write(figures, to: directory) == .drawn)
    }

    func drawing(_ name: String) throws -> Drawing { try Drawing("\(directory)/\(name).svg") }

    /// Rows of each block of a figure's data; NaN reads as nil.
    func blocks(_ name: String) throws -> [[[Double?]]] {
        let text = try String(contentsOfFile: "\(directory)/\(name).dat", encoding: .utf8)
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
