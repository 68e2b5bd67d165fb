import Balance
import Binning
import CalibrationFiles
import FileAccess
import Foundation
import Intercalibration
import Testing

struct CalibrationFileTests {
    private func calibration() throws -> Calibration {
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-2, -1, 1, 2]), ptAverage: try Axis(edges: [30, 60, 120]), referenceAbsEtaMaximum: 1,
            quotedPtMinimum: 60)
        let quality = FitQuality(
            chiSquared: 1.0 / 3, degreesOfFreedom: 1, probability: 0.5, pairs: 3, rank: 2, expectedRank: 2,
            conditionNumber: 3, iterations: 4, converged: true, components: [[0, 1, 2]], invalidReason: nil)
        let covariance: [[Double]] = [[1e-4, 0, 3e-5], [0, 0, 0], [3e-5, 0, 1.0 / 7000]]
        let empty = ResponseTable(values: [[1, 1], [1, 1], [1, nil]], uncertainties: [[0, 0], [0, 0], [0, nil]])
        return Calibration(
            method: .matrix, kind: .dataOverSimulation, binning: binning,
            constants: [[1.1, 1 / 0.9], [1, 1], [0.1 + 0.2, nil]], ptMean: [[44.4, 80], [44, 81], [45.1, nil]],
            status: [[.ok, .ok], [.ok, .ok], [.ok, .tooFewEvents]], logCovariance: [covariance, covariance],
            fits: [quality, quality], dataResponse: empty, simulationResponse: nil, passes: 3)
    }

    private let provenance = Provenance(
        version: "1", seed: 5, configuration: "a: \"b\"\n", configurationSHA256: "00",
        inputs: [Provenance.Input(name: "α.csv", sha256: "ff", events: 3)])

    @Test func numbersReadBackBitForBit() throws {
        let calibration = try calibration()
        let text = CalibrationJSON.text(calibration, scale: nil, provenance: provenance)
        let file = try stored(text)
        #expect(file.sha256 == sha256(Data(text.utf8)))
        let again = file.calibration
        #expect(again.constants == calibration.constants)
        #expect(again.ptMean == calibration.ptMean)
        #expect(again.status == calibration.status)
        #expect(again.binning == calibration.binning)
        #expect(again.residualMap == calibration.residualMap)
        for row in [0, 2] {
            #expect(abs(again.logCovariance[0][0][row] / calibration.logCovariance[0][0][row] - 1) < 1e-14)
        }
    }

    /// Keys and shapes that other programs rely on.
    @Test func theFileKeepsItsContract() throws {
        let text = CalibrationJSON.text(try calibration(), scale: nil, provenance: provenance)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(json["schema"] as? String == "etacal.calibration/1")
        #expect(json["kind"] as? String == "data/mc")
        #expect((json["gauge"] as? [String: Double])?["reference_abs_eta_max"] == 1)
        let correction = try #require(json["correction"] as? [[Any]])
        #expect(correction.count == 3 && correction[0].count == 2 && correction[2][1] is NSNull)
        let uncertainty = try #require(json["uncertainty"] as? [[Any]])
        #expect(abs((uncertainty[0][0] as? Double ?? 0) - 1.1 * 0.01) < 1e-15)
        #expect((json["status"] as? [[String]])?[2] == ["ok", "too-few-events"])
        let covariance = try #require(json["covariance"] as? [String: Any])
        #expect(covariance["order"] as? String == "eta-major within a pt bin")
        let blocks = try #require(covariance["blocks"] as? [[[Any]]])
        #expect(abs((blocks[0][0][2] as? Double ?? 0) - 1.1 * (0.1 + 0.2) * 3e-5) < 1e-18)
        let fits = try #require(json["fits"] as? [[String: Any]])
        #expect(Set(fits[0].keys).isSuperset(of: ["pt_bin", "chi2", "ndf", "p_value", "rank", "iterations", "valid"]))
        let record = try #require(json["provenance"] as? [String: Any])
        #expect(Set(record.keys).isSuperset(of: ["version", "seed", "config", "config_sha256", "inputs"]))
        #expect(record["config"] as? String == "a: \"b\"\n")
    }

    @Test(arguments: [
        ("etacal.calibration/1", "other/1", "schema"), ("\"pt_mean\"", "\"pt_maen\"", "pt_mean"),
        (
            "[1.0, 1.0],\n    [0.30000000000000004, null]\n  ],\n  \"uncertainty\"",
            "[1.0, 1.0]\n  ],\n  \"uncertainty\"", "correction"
        ),
        ("[-2.0, -1.0, 1.0, 2.0]", "[-2.0, 1.0, -1.0, 2.0]", "edges"), ("\"matrix\"", "\"magic\"", "method"),
        ("[1.1, ", "[-1.1, ", "correction.0.0"), ("{\n", "[\n", "top level"),
    ])
    func filesThatAreNoCalibrationAreRefused(find: String, replacement: String, place: String) throws {
        let text = CalibrationJSON.text(try calibration(), scale: nil, provenance: provenance)
        let broken = text.replacing(find, with: replacement, maxReplacements: 1)
        #expect(broken != text)
        let error = #expect(throws: FileError.self) { _ = try stored(broken) }
        #expect(error?.kind == .malformed && error?.place.contains(place) == true, "\(error?.place ?? "")")
    }
}

struct JSONTextTests {
    @Test func everyKindOfValueIsJSON() throws {
        let value = JSONText.object([
            ("quoted \"key\"\n", .text("tab\t, \\ and \u{1}, η")),
            ("numbers", .numbers([1, 0.1, 1e300, .nan, .infinity, -0.0])),
            ("nested", .list([.list([.int(1), .bool(false)]), .object([]), .null])), ("empty", .list([])),
            ("wide", .object([("a", .int(1)), ("b", .int(2)), ("c", .int(3)), ("d", .int(4))])),
        ])
        let parsed = try #require(try JSONSerialization.jsonObject(with: Data(value.text.utf8)) as? [String: Any])
        #expect(parsed["quoted \"key\"\n"] as? String == "tab\t, \\ and \u{1}, η")
        let numbers = try #require(parsed["numbers"] as? [Any])
        #expect(
            numbers[1] as? Double == 0.1 && numbers[2] as? Double == 1e300 && numbers[3] is NSNull
                && numbers[4] is NSNull)
        #expect((parsed["wide"] as? [String: Int])?["d"] == 4)
    }
}
