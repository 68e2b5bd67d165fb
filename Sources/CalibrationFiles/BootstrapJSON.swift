internal import Intercalibration

/// What calibration.json says of a bootstrap.
enum BootstrapJSON {
    static let keys = ["bootstrap": ["replicas", "sub_samples", "uncertainty", "shift", "covariance"]]

    /// Of the constants themselves, in the shapes of those of the calibration.
    static func json(_ bootstrap: Bootstrap, _ calibration: Calibration) -> JSONText {
        let (eta, pt) = (0..<calibration.binning.eta.count, 0..<calibration.binning.ptAverage.count)
        let covariances = pt.map(bootstrap.covariance)
        return .object([
            ("replicas", .int(bootstrap.replicas)), ("sub_samples", .int(bootstrap.subSamples)),
            (
                "uncertainty",
                .table(
                    eta.map { eta in
                        pt.map { pt in
                            guard bootstrap.shift(ptBin: pt, eta: eta) != nil else { return nil }
                            return calibration.constants[eta][pt].map { $0 * covariances[pt][eta][eta].squareRoot() }
                        }
                    })
            ),
            ("shift", .table(eta.map { eta in pt.map { bootstrap.shift(ptBin: $0, eta: eta).map { -$0 } } })),
            (
                "covariance",
                .list(
                    pt.map { pt in
                        let known = eta.map { bootstrap.shift(ptBin: pt, eta: $0) != nil }
                        let table = CalibrationJSON.scaled(covariances[pt], calibration, pt: (pt, pt))
                        return .table(eta.map { row in eta.map { known[row] && known[$0] ? table[row][$0] : nil } })
                    })
            ),
        ])
    }
}
