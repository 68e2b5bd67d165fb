public import Balance
internal import GSL
public import JetPhysics

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// How much more jets of b and c quarks respond than light jets in data, relative to simulation, from how the balance of dijets depends on
/// the probe's b-tagging score; and what of it moves constants of all jets together.
///
/// In a bin of the probe's η and of the reference's pT, for probes of a score, y = ln(r_data/r_MC) with r = (2 + ⟨A⟩)/(2 − ⟨A⟩), the ratio
/// of the probe's response to the reference's, is a + Σ_f (P_f − Q_f) κ_f, to first order in κ. a is the same for all scores, P and Q are the
/// shares of flavour f among probes and references of simulation, and κ_f = ln[(R_f/R_light)_data / (R_f/R_light)_MC] is common
/// to all η. A bin without two scores says nothing.
public struct FlavourResponse: Sendable {
    /// κ of b and c jets.
    public struct Fit: Sendable, Equatable {
        public let bottom: Double
        public let charm: Double
        /// In this order.
        public let covariance: [[Double]]
        public let chiSquared: Double
        public let degreesOfFreedom: Int
        /// nil without degrees of freedom.
        public let probability: Double?

        /// κ, and 0 of light jets.
        public func value(_ kind: JetKind) -> Double { kind == .bottom ? bottom : kind == .charm ? charm : 0 }
        public func uncertainty(_ kind: JetKind) -> Double {
            kind == .light ? 0 : covariance[kind.rawValue][kind.rawValue].squareRoot()
        }
    }

    /// A number and its standard deviation.
    public struct Estimate: Sendable, Equatable {
        public let value: Double
        public let uncertainty: Double
    }

    /// Of jets: all, and those that pass the working point of 70 %.
    public static let allScores = FlavourSums.scores
    public static let taggedScores = (JetTags.leastScore(workingPoint: 70) ?? 1)..<FlavourSums.scores.upperBound

    /// Fewest dijets of equal weight, in each sample, of a bin and score, or with truth of a bin and kind of jet, that counts.
    public static let fewestDijets = 30.0

    public let data: FlavourSample
    public let simulation: FlavourSample
    /// By bin of the reference's pT; nil where too few bins have dijets, or scores do not tell b and c jets.
    public let fits: [Fit?]
    /// Of all pT together.
    public let average: Fit?
    private let knowsTruth: Bool
    /// By bin of the reference's pT, η and score.
    private let points: [[[Point]]]

    public var binning: BalanceBinning { data.binning }

    /// - Parameters:
    ///   - data, simulation: of the same bins.
    ///   - knowsTruth: whether data have true flavours and responses; simulation has to have them.
    public init(data: FlavourSample, simulation: FlavourSample, knowsTruth: Bool) throws {
        precondition(data.binning == simulation.binning, "the same bins")
        (self.data, self.simulation, self.knowsTruth) = (data, simulation, knowsTruth)
        points = (0..<data.binning.ptAverage.count).map { pt in
            (0..<data.binning.eta.count).map { Self.points(data, simulation, eta: $0, pt: pt) }
        }
        fits = try points.map(Self.fit)
        average = try Self.fit(Array(points.joined()))
    }

    /// y of a score, its variance, and P − Q of b and c jets.
    private struct Point {
        let score: Int
        var value: Double
        let variance: Double
        var bottom: Double
        var charm: Double
    }

    private static func points(_ data: FlavourSample, _ simulation: FlavourSample, eta: Int, pt: Int) -> [Point] {
        // Jets that are not tagged lie elsewhere, where a tagger does not reach.
        let scores = FlavourSums.scores.dropFirst()
        let (measured, expected) = (
            scores.map { data.cell(eta: eta, pt: pt, score: $0) },
            scores.map { simulation.cell(eta: eta, pt: pt, score: $0) }
        )
        let widths = (squaredWidth(measured), squaredWidth(expected))
        return zip(scores, zip(measured, expected)).compactMap { score, cells in
            guard let one = ratio(cells.0, widths.0), let other = ratio(cells.1, widths.1),
                let probe = shares(cells.1.probe), let reference = shares(cells.1.reference)
            else { return nil }
            let (bottom, charm) = (JetKind.bottom.rawValue, JetKind.charm.rawValue)
            return Point(
                score: score, value: one.value - other.value, variance: one.variance + other.variance,
                bottom: probe[bottom] - reference[bottom], charm: probe[charm] - reference[charm])
        }
    }

    /// Variance of A of one dijet, of all scores together: that of few dijets with different weights goes with their mean.
    private static func squaredWidth(_ cells: [FlavourSample.Cell]) -> Double {
        let means = cells.compactMap(\.balance)
        let total = means.map(\.effective).reduce(0, +)
        return total > 0 ? means.map { $0.variance * $0.effective * $0.effective }.reduce(0, +) / total : 0
    }

    /// ln r and its variance.
    private static func ratio(_ cell: FlavourSample.Cell, _ squaredWidth: Double) -> (value: Double, variance: Double)?
    {
        guard let mean = cell.balance, abs(mean.value) < 2, mean.effective >= fewestDijets else { return nil }
        let slope = 4 / (4 - mean.value * mean.value)
        return (2 * atanh(mean.value / 2), slope * slope * squaredWidth / mean.effective)
    }

    /// nil for sums of nothing.
    private static func shares(_ weights: [Double]) -> [Double]? {
        let total = weights.reduce(0, +)
        return total > 0 ? weights.map { $0 / total } : nil
    }

    /// Relative to the mean of a group of points that share their a, which drops out of this.
    private static func centred(_ group: [Point]) -> [Point] {
        let total = group.map { 1 / $0.variance }.reduce(0, +)
        func mean(_ quantity: (Point) -> Double) -> Double {
            group.map { quantity($0) / $0.variance }.reduce(0, +) / total
        }
        let (value, bottom, charm) = (mean(\.value), mean(\.bottom), mean(\.charm))
        return group.map {
            Point(
                score: $0.score, value: $0.value - value, variance: $0.variance, bottom: $0.bottom - bottom,
                charm: $0.charm - charm)
        }
    }

    private static func fit(_ groups: [[Point]]) throws -> Fit? {
        let groups = groups.filter { $0.count > 1 }
        let points = groups.flatMap(centred)
        let freedom = points.count - groups.count - 2
        guard freedom >= 0 else { return nil }
        let result = try LinearFit(
            design: points.map { [$0.bottom, $0.charm] }, values: points.map(\.value),
            weights: points.map { 1 / $0.variance })
        // Where no score has more b or c jets than another one, singular values vanish.
        guard (0..<2).allSatisfy({ result.covariance[$0][$0] > 0 && result.covariance[$0][$0] < 1 }) else { return nil }
        return Fit(
            bottom: result.coefficients[0], charm: result.coefficients[1], covariance: result.covariance,
            chiSquared: result.chiSquared, degreesOfFreedom: freedom,
            probability: freedom > 0 ? chiSquaredProbability(result.chiSquared, degreesOfFreedom: freedom) : nil)
    }

    /// ln of data over simulation of the balance of probes with a score in a bin of the reference's pT, relative to the mean of all scores:
    /// the mean over η, and what the fit makes of it. Its uncertainty is that of this score alone.
    public struct ScoreBalance: Sendable, Equatable {
        public let value: Double
        public let uncertainty: Double
        public let fitted: Double
    }

    /// nil where no bin of η has dijets with this and another score, or there is no fit.
    public func balance(score: Int, pt: Int) -> ScoreBalance? {
        let points = points[pt].filter { $0.count > 1 }.flatMap(Self.centred).filter { $0.score == score }
        let total = points.map { 1 / $0.variance }.reduce(0, +)
        guard total > 0, let fit = fits[pt] else { return nil }
        func mean(_ quantity: (Point) -> Double) -> Double {
            points.map { quantity($0) / $0.variance }.reduce(0, +) / total
        }
        return ScoreBalance(
            value: mean(\.value), uncertainty: 1 / total.squareRoot(),
            fitted: mean(\.bottom) * fit.bottom + mean(\.charm) * fit.charm)
    }

    /// κ of truth in some bins of the reference's pT: the mean over bins of η, where responses differ more than between flavours.
    public func truth(_ kind: JetKind, pts: Range<Int>) -> Estimate? {
        guard knowsTruth else { return nil }
        var (sum, weight) = (0.0, 0.0)
        for pt in pts {
            for eta in 0..<binning.eta.count {
                let means = [(data, kind), (simulation, .light), (data, .light), (simulation, kind)].compactMap {
                    $0.0.response($0.1, eta: eta, pt: pt)
                }
                guard means.count == 4, means.allSatisfy({ $0.value > 0 && $0.effective >= Self.fewestDijets }) else {
                    continue
                }
                let value = log(means[0].value * means[1].value / (means[2].value * means[3].value))
                let inverse = 1 / means.map { $0.variance / ($0.value * $0.value) }.reduce(0, +)
                sum += inverse * value
                weight += inverse
            }
        }
        return weight > 0 ? Estimate(value: sum / weight, uncertainty: 1 / weight.squareRoot()) : nil
    }

    /// Shares of kinds among the leading jets of a bin with some scores, of simulation; nil without jets.
    public func composition(eta: Int, pt: Int, scores: Range<Int> = allScores) -> [Double]? {
        Self.shares(simulation.jets(eta: eta, pt: pt, scores: scores))
    }

    /// By how much ln of a constant of all jets together moves because data's flavours respond differently and are not as frequent in this
    /// bin as in the reference region: constants multiply data's pT, and fall where the response rises.
    public func shift(eta: Int, pt: Int) -> Estimate? {
        let all = binning.referenceBins.map { simulation.jets(eta: $0, pt: pt) }.reduce([0, 0, 0]) {
            zip($0, $1).map(+)
        }
        guard let fit = fits[pt], let own = composition(eta: eta, pt: pt), let reference = Self.shares(all) else {
            return nil
        }
        let difference = zip(reference, own).map(-)
        var (value, variance) = (0.0, 0.0)
        for row in 0..<2 {
            value += difference[row] * fit.value(JetKind.allCases[row])
            for column in 0..<2 { variance += difference[row] * difference[column] * fit.covariance[row][column] }
        }
        return Estimate(value: value, uncertainty: max(0, variance).squareRoot())
    }
}
