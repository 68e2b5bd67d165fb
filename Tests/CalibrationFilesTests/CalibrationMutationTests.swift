import Balance
import Binning
import CalibrationFiles
import FileAccess
import Foundation
import Intercalibration
import Testing
import TruthResponse

/// Whatever is done to a calibration: it is refused with its place, or every number is taken as it stands there.
struct CalibrationMutationTests {
    private static let text: String = {
        let eta = [-2.5, -1, 0, 1, 2.5]
        let pt = [30.0, 60, 120, 240]
        guard let etaAxis = try? Axis(edges: eta), let ptAxis = try? Axis(edges: pt),
            let binning = try? BalanceBinning(
                eta: etaAxis, ptAverage: ptAxis, referenceAbsEtaMaximum: 1, quotedPtMinimum: 60)
        else { preconditionFailure("the binning is valid") }
        let quality = FitQuality(
            chiSquared: 3.25, degreesOfFreedom: 4, probability: 0.5, pairs: 6, rank: 3, expectedRank: 3,
            conditionNumber: 3,
            iterations: 4, converged: true, components: [[0, 1, 2, 3]], invalidReason: nil)
        let covariance = (0..<4).map { row in (0..<4).map { row == $0 ? 1e-4 / Double(row + 1) : -1e-5 } }
        func table(_ value: (Int, Int) -> Double?) -> [[Double?]] {
            (0..<4).map { row in (0..<3).map { row == 3 && $0 == 2 ? nil : value(row, $0) } }
        }
        let values = table { 0.9 + 0.05 * Double($0) + 0.01 * Double($1) / 3 }
        let calibration = Calibration(
            method: .matrix, kind: .dataOverSimulation, binning: binning, constants: values,
            ptMean: table { 45 * Double(1 << $1) + Double($0) },
            status: (0..<4).map { row in (0..<3).map { row == 3 && $0 == 2 ? .tooFewEvents : .ok } },
            logCovariance: [covariance, covariance, covariance], fits: [quality, quality, quality],
            dataResponse: ResponseTable(values: values, uncertainties: table { _, _ in 0.01 }),
            simulationResponse: nil, passes: 3)
        let scale = SimulationScale(
            etaEdges: [-2.5, -1.25, 0, 1.25, 2.5], coefficients: [[0.9, 0.02], [], [0.95, 0.01, -0.001], [0.9]],
            range: [[-1, 2], [], [-1.5, 1.75], [0, 0.5]])
        let provenance = Provenance(
            version: "1", seed: 5, configuration: "a: \"b\"\n", configurationSHA256: "00",
            inputs: [Provenance.Input(name: "α.csv", sha256: "ff", events: 3)])
        return CalibrationJSON.text(calibration, scale: scale, provenance: provenance)
    }()

    private static let signs = [
        "{", "}", "[", "]", ",", ":", "\"", "null", "null,", "true", "\\u0065", "\"correction\": 1,", "[[", "]]", "\n",
        "//",
        "\"status\": [],", "\"x\": 1,",
    ]

    @Test func theSampleIsValid() throws { #expect(try Self.examine(Array(Self.text.utf8))) }

    @Test(arguments: 0..<Mutants.parts) func mutantsAreRefusedOrTakenAtTheirWord(part: Int) throws {
        var mutator = Mutator(random: Mutants.generator(part: part), signs: Self.signs)
        let text = Array(Self.text.utf8)
        for _ in 0..<Mutants.count(2_000) { try Self.examine(mutator.mutated(text)) }
    }

    @Test(arguments: [
        String(repeating: "[", count: 1_000_000), String(repeating: "{\"a\":", count: 200_000),
        "\"" + String(repeating: "a", count: 10_000_000), String(repeating: " ", count: 10_000_000),
        "{\"schema\": \"" + String(repeating: "x", count: 100_000) + "\"}", "{\"schema\": \"\\u0007\\u001b\"}",
    ])
    func hostileTextIsRefusedAtOnce(text: String) throws {
        let start = ContinuousClock.now
        #expect(try !Self.examine(Array(text.utf8)))
        #expect(ContinuousClock.now - start < Mutants.patience)
    }

    @Test(arguments: [
        ("\"mc_truth\"", "\"mc_truht\"", "mc_truht", "not known"),
        ("\"passes\": 3", "\"passes\": 3,\n  \"passes\": 4", "passes", "twice"),
        ("\"passes\": 3", "\"corr\\u0065ction\": [],\n  \"passes\": 3", "correction", "twice"),
        ("\"reference_abs_eta_max\": 1.0", "\"reference_abs_eta_max\": 1.0, \"other\": 2", "gauge.other", "not known"),
        ("\"too-few-events\"", "\"ok\"", "status.3.2", "no constant"),
        ("[0.9, ", "[null, ", "status.0.0", "no constant"),
        ("[-2.5, -1.25, 0.0, 1.25, 2.5]", "[-2.5, -2.25, -2.0, -1.75, -1.5]", "mc_truth.eta_edges", "symmetric"),
        ("[0.9, 0.02]", "[0.9, 1e300]", "mc_truth.coefficients.0", "not possible"),
        ("[-2.5, -1.0, 0.0, 1.0, 2.5]", "[-1e308, -1.0, 0.0, 1.0, 1e308]", "eta_edges", "bins from"),
    ])
    func faultsAreToldWithTheirPlace(find: String, replacement: String, place: String, problem: String) throws {
        let broken = Self.text.replacing(find, with: replacement, maxReplacements: 1)
        #expect(broken != Self.text)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).json")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try writeText(broken, to: path)
        let error = #expect(throws: FileError.self) { _ = try StoredCalibration(path) }
        #expect(error?.kind == .malformed && error?.place == "\(path): \(place)", "\(error?.place ?? "")")
        #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    }

    @discardableResult
    private static func examine(_ text: [UInt8]) throws -> Bool {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).json")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text).write(to: URL(fileURLWithPath: path))
        let shown = Comment(rawValue: String(decoding: text.prefix(12_000), as: UTF8.self))
        let stored: StoredCalibration
        do { stored = try StoredCalibration(path) } catch let error as FileError {
            let text = error.description
            let isPrintable = !text.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
            #expect(
                error.kind == .malformed && error.place.hasPrefix(path) && !error.problem.isEmpty, "\(error) \(shown)")
            #expect(isPrintable && text.utf8.count < 2500, "\(error) \(shown)")
            return false
        }
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any], shown)
        let difference = difference(stored, json)
        #expect(difference == nil, "\(difference ?? "") \(shown)")
        return true
    }

    private static func numbers(_ value: Any?) -> [[Double?]] {
        (value as? [[Any]] ?? []).map { $0.map { ($0 as? NSNumber)?.doubleValue } }
    }

    private static func list(_ value: Any?) -> [Double?] {
        (value as? [Any] ?? []).map { ($0 as? NSNumber)?.doubleValue }
    }

    /// JSONSerialization may miss a number by one unit in the last place.
    private static func agree(_ said: [[Double?]], _ read: [[Double?]]) -> Bool {
        said.count == read.count
            && zip(said, read).allSatisfy { one, other in
                one.count == other.count
                    && zip(one, other).allSatisfy { said, read in
                        guard let said, let read else { return said == nil && read == nil }
                        return abs(said - read) <= 4e-16 * abs(said)
                    }
            }
    }

    private static func difference(_ stored: StoredCalibration, _ json: [String: Any]) -> String? {
        let calibration = stored.calibration
        let binning = calibration.binning
        let checks: [(String, Bool)] = [
            ("eta_edges", agree([list(json["eta_edges"])], [binning.eta.edges])),
            ("pt_edges", agree([list(json["pt_edges"])], [binning.ptAverage.edges])),
            (
                "quoted_pt_min",
                agree([[json["quoted_pt_min"] as? Double ?? binning.ptAverage.lowest]], [[binning.quotedPtMinimum]])
            ),
            (
                "gauge",
                agree(
                    [[(json["gauge"] as? [String: Double])?["reference_abs_eta_max"]]],
                    [[binning.referenceAbsEtaMaximum]])
            ),
            ("correction", agree(numbers(json["correction"]), calibration.constants)),
            ("pt_mean", agree(numbers(json["pt_mean"]), calibration.ptMean)),
            ("status", json["status"] as? [[String]] == calibration.status.map { $0.map(\.rawValue) }),
            ("method", json["method"] as? String == calibration.method.rawValue),
            ("kind", json["kind"] as? String == calibration.kind.rawValue),
        ]
        for (name, holds) in checks where !holds { return name }
        let values = calibration.constants.joined().compactMap { $0 }
        guard values.allSatisfy({ $0 > 0.01 && $0 < 100 }) else { return "a constant that is not possible" }
        let blocks = (json["covariance"] as? [String: Any])?["blocks"] as? [Any] ?? []
        for (pt, block) in blocks.map({ numbers($0) }).enumerated() {
            for row in block.indices {
                for column in block.indices {
                    guard let one = calibration.constants[row][pt], let other = calibration.constants[column][pt] else {
                        continue
                    }
                    guard let said = block[row][column] else { return "covariance without a value" }
                    let read = calibration.logCovariance[pt][row][column] * one * other
                    guard abs(read - said) <= 1e-12 * abs(said) else { return "covariance \(pt) \(row) \(column)" }
                }
            }
        }
        let scale = json["mc_truth"] as? [String: Any]
        guard agree([list(scale?["eta_edges"])], [stored.scale?.etaEdges ?? []]) else { return "edges of the scale" }
        guard agree(numbers(scale?["coefficients"]), stored.scale?.coefficients ?? []) else { return "coefficients" }
        guard agree(numbers(scale?["ln_pt_range"]), stored.scale?.range ?? []) else { return "range" }
        return nil
    }
}
