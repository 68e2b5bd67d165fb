import CalibrationFiles
import FileAccess
import Foundation
import Intercalibration

/// The file of a calibration.
func text(of calibration: Calibration) -> String {
    CalibrationJSON.text(
        calibration, scale: nil,
        provenance: Provenance(version: "1", seed: 5, configuration: "", configurationSHA256: "00", inputs: []))
}

/// A calibration whose file has this text.
func stored(_ text: String) throws -> StoredCalibration {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try writeText(text, to: path)
    return try StoredCalibration(path)
}
