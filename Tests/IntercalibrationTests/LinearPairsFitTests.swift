import Foundation
import Intercalibration
import Testing

struct LinearPairsFitTests {
    private typealias Ratio = LinearPairsFit.Ratio

    /// Ratios of given responses that miss by one uncertainty, up and down by turns.
    private func ratios(_ responses: [Double], uncertainty: Double) -> [Ratio] {
        var ratios: [Ratio] = []
        for high in 1..<responses.count {
            for low in 0..<high {
                let sign = (low + high * high) % 3 == 0 ? 1.0 : -1
                let value = responses[low] / responses[high] + sign * uncertainty
                ratios.append(Ratio(low: low, high: high, value: value, variance: uncertainty * uncertainty))
            }
        }
        return ratios
    }

    private func mean(_ fit: LinearPairsFit) -> Double {
        let constants = fit.constants.compactMap { $0 }
        return constants.reduce(0, +) / Double(constants.count)
    }

    /// χ² that goes with the data, not with the uncertainties alone: for 20 to 200 bins 190 to 19900 pairs.
    @Test(arguments: [20, 40, 100, 200], [1e6, 1e4]) func theMeanConstantIsWhatThePenaltyLeaves(
        bins: Int, penalty: Double
    ) throws {
        let responses = (0..<bins).map { 1 + 0.2 * sin(Double($0)) }
        let fit = try LinearPairsFit(
            bins: bins, ratios: ratios(responses, uncertainty: 0.05), reference: Array(0..<bins), penalty: penalty)
        let mean = mean(fit)
        // Exactly so with χ² of constants of mean 1, to 1 % with the one at the minimum while χ² is small against K.
        let atMeanOne = fit.chiSquared / (mean * mean)
        #expect(abs(mean / (penalty / (penalty + atMeanOne)) - 1) < 1e-9)
        if penalty == 1e6 { #expect(abs(mean / (penalty / (penalty + fit.chiSquared)) - 1) < 0.01) }
        #expect(atMeanOne > 0.4 * Double(bins * (bins - 1) / 2))
    }

    @Test func thePenaltyChangesNothingButTheScale() throws {
        let input = ratios([0.8, 1.1, 0.9, 1.2, 1, 0.7], uncertainty: 0.03)
        let (weak, strong) = (
            try LinearPairsFit(bins: 6, ratios: input, reference: [2, 3], penalty: 10),
            try LinearPairsFit(bins: 6, ratios: input, reference: [2, 3], penalty: 1e7)
        )
        let scale = mean(strong) / mean(weak)
        #expect(scale > 1.1)
        for (one, other) in zip(weak.constants, strong.constants) {
            #expect(abs(try #require(other) / (try #require(one) * scale) - 1) < 1e-9)
        }
    }

    @Test func exactRatiosGiveExactConstants() throws {
        let responses = [0.7, 1.2, 0.9, 1.1]
        var exact: [Ratio] = []
        for high in 1..<4 {
            for low in 0..<high {
                exact.append(Ratio(low: low, high: high, value: responses[low] / responses[high], variance: 1e-4))
            }
        }
        let fit = try LinearPairsFit(bins: 4, ratios: exact, reference: [0])
        #expect(fit.chiSquared < 1e-15)
        let scale = try #require(fit.constants[0]) * responses[0]
        for bin in 1..<4 { #expect(abs(try #require(fit.constants[bin]) * responses[bin] / scale - 1) < 1e-9) }
    }

    /// Two bins that many events compare from either side are the same measurement; the linear sum makes constants differ by
    /// the variance, the symmetric one does not.
    @Test func constantsAtTheEndsAreBiasedByTheVariance() throws {
        let (bins, uncertainty, experiments) = (12, 0.2, 300)
        var numbers = Numbers(seed: 7)
        var (first, last) = (0.0, 0.0)
        for _ in 0..<experiments {
            var input: [Ratio] = []
            for high in 1..<bins {
                for low in 0..<high {
                    input.append(
                        Ratio(
                            low: low, high: high, value: 1 + uncertainty * numbers.normal(),
                            variance: uncertainty * uncertainty))
                }
            }
            let fit = try LinearPairsFit(bins: bins, ratios: input, reference: Array(0..<bins), penalty: 1e9)
            first += try #require(fit.constants[0]) - 1
            last += try #require(fit.constants[bins - 1]) - 1
        }
        // About −Δ²/2 and +Δ²/2 = 2 %, known to 0.2 / √(11 · 300) = 0.35 %.
        #expect(abs(first / Double(experiments) + 0.02) < 0.014)
        #expect(abs(last / Double(experiments) - 0.02) < 0.014)
    }

    @Test func whatIsNotTiedToTheReferenceHasNoConstant() throws {
        let ratios = [
            Ratio(low: 0, high: 1, value: 1, variance: 1e-4), Ratio(low: 2, high: 3, value: 1.1, variance: 1e-4),
        ]
        let fit = try LinearPairsFit(bins: 5, ratios: ratios, reference: [3])
        #expect(fit.constants[0] == nil && fit.constants[1] == nil && fit.constants[4] == nil)
        let ratio = try #require(fit.constants[3]) / (try #require(fit.constants[2]))
        #expect(abs(ratio - 1.1) < 1e-6)
        let nothing = try LinearPairsFit(bins: 5, ratios: [], reference: [3])
        #expect(nothing.constants.allSatisfy { $0 == nil })
    }
}
