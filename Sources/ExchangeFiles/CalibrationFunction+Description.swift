internal import Intercalibration

/// What an exported file says of the calibration that it was made of, for people and for reading it back.
public struct ExportOrigin: Sendable {
    public let version: String
    /// Of the calibration file.
    public let sha256: String

    public init(version: String, sha256: String) {
        self.version = version
        self.sha256 = sha256
    }
}

extension CalibrationFunction {
    /// `key: value` pairs that no format but our own has a place for.
    func facts(_ origin: ExportOrigin) -> [(key: String, value: String)] {
        let binning = calibration.binning
        return [
            ("EtaCal", origin.version), ("method", calibration.method.rawValue), ("kind", calibration.kind.rawValue),
            ("reference_abs_eta_max", "\(binning.referenceAbsEtaMaximum)"),
            ("quoted_pt_min", "\(binning.quotedPtMinimum)"), ("calibration_sha256", origin.sha256),
        ]
    }

    /// What the numbers are and what they were made of, a line.
    public func description(_ origin: ExportOrigin) -> String {
        "Jet eta-intercalibration constants. They multiply the pT of a jet in "
            + "\(calibration.kind == .single ? "the sample" : "data") that has been brought to the MC-truth scale, in GeV. "
            + facts(origin).map { "\($0.key): \($0.value)" }.joined(separator: "; ")
    }
}
