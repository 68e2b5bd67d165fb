import Balance
import Binning
import Intercalibration

enum FineBinning {
    /// 82 bins along towers of a calorimeter like that of CMS, to ±5.191, and 12 of pT_avg.
    static func make() throws -> BalanceBinning {
        let positive = [
            0.087, 0.174, 0.261, 0.348, 0.435, 0.522, 0.609, 0.696, 0.783, 0.879, 0.957, 1.044, 1.131, 1.218, 1.305,
            1.392, 1.479, 1.566, 1.653, 1.74, 1.83, 1.93, 2.043, 2.172, 2.322, 2.5, 2.65, 2.853, 2.964, 3.139, 3.314,
            3.489, 3.664, 3.839, 4.013, 4.191, 4.363, 4.538, 4.716, 4.889, 5.191,
        ]
        return try BalanceBinning(
            eta: try Axis(edges: positive.reversed().map { -$0 } + [0] + positive),
            ptAverage: try Axis(edges: [30, 35, 40, 47, 55, 65, 75, 87, 100, 120, 140, 170, 200]),
            referenceAbsEtaMaximum: 0.8, quotedPtMinimum: 30)
    }
}

/// What is fitted and what came out, for other programs.
struct FitProblem: Encodable {
    let bins: Int
    /// Weight of each bin of eta in the gauge.
    let gauge: [Double]
    /// By bin of pT.
    let fits: [Fit]

    /// Columns over pairs of bins of eta, then columns over bins.
    struct Fit: Encodable {
        let pairs: [PairBalance]
        var result: FitResult?

        init(_ pairs: [PairBalance]) { self.pairs = pairs }

        func with(_ result: FitResult) -> Fit {
            var other = self
            other.result = result
            return other
        }

        private enum Key: String, CodingKey {
            case low, high, asymmetry, variance, expectedLogRatio, expectedVariance, logResponse, deviation, chi2
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(pairs.map(\.low), forKey: .low)
            try container.encode(pairs.map(\.high), forKey: .high)
            try container.encode(pairs.map(\.asymmetry), forKey: .asymmetry)
            try container.encode(pairs.map(\.variance), forKey: .variance)
            try container.encode(pairs.map(\.expectedLogRatio), forKey: .expectedLogRatio)
            try container.encode(pairs.map(\.expectedVariance), forKey: .expectedVariance)
            guard let result else { return }
            try container.encode(result.logResponse, forKey: .logResponse)
            try container.encode(
                result.covariance.indices.map { max(0, result.covariance[$0][$0]).squareRoot() }, forKey: .deviation)
            try container.encode(result.quality.chiSquared, forKey: .chi2)
        }
    }
}
