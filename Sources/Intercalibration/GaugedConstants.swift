#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Log constants of one pT bin in a gauge of choice, with their covariance.
///
/// ln c is known up to one number a pT bin, which a gauge Σ g ln c = 0 fixes. Another gauge takes the mean with its own
/// weights away, and the covariance follows exactly: V' = (1 − 1 gᵀ) V (1 − g 1ᵀ).
struct GaugedConstants {
    /// [η bin]; of no meaning outside the bins asked for.
    let logConstants: [Double]
    let covariance: [[Double]]

    /// - Parameters:
    ///   - bins: η bins that have constants.
    ///   - gauge: a weight for each η bin, zero outside of `bins`; adds up to one.
    init(_ calibration: Calibration, pt: Int, bins: [Int], gauge: [Double]) {
        let count = calibration.binning.eta.count
        var values = Array(repeating: 0.0, count: count)
        for bin in bins { values[bin] = calibration.constants[bin][pt].map { log($0) } ?? 0 }
        let raw = calibration.logCovariance[pt]
        let mean = bins.reduce(0) { $0 + gauge[$1] * values[$1] }
        let along = (0..<count).map { row in bins.reduce(0) { $0 + gauge[$1] * raw[row][$1] } }
        let common = bins.reduce(0) { $0 + gauge[$1] * along[$1] }
        var covariance = Array(repeating: Array(repeating: 0.0, count: count), count: count)
        for row in bins {
            values[row] -= mean
            for column in bins { covariance[row][column] = raw[row][column] - along[row] - along[column] + common }
        }
        logConstants = values
        self.covariance = covariance
    }
}
