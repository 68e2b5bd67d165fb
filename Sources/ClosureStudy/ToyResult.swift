#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Balance
public import Intercalibration

/// What pseudo-experiments have shown.
public struct ToyResult: Sendable {
    public let binning: BalanceBinning
    /// Of data and of simulation, each, of one experiment, and of the Asimov sample.
    public let events: Int
    public let experiments: Int
    public let asimovEvents: Int
    public let methods: [ToyMethodResult]
}

/// A mean over pseudo-experiments with its statistical uncertainty, which counts correlations of bins.
public struct ToyEstimate: Sendable, Equatable {
    public let value: Double
    public let uncertainty: Double?

    public init(value: Double, uncertainty: Double?) {
        self.value = value
        self.uncertainty = uncertainty
    }
}

/// Pulls (ln c − ln c_Asimov)/σ(ln c), σ as each experiment quotes it.
public struct ToyPulls: Sendable, Equatable {
    /// 0 is expected; its uncertainty counts that of the Asimov constants.
    public let mean: ToyEstimate
    /// Standard deviation about the mean of each bin; 1 is expected. nil for fewer than two experiments.
    public let width: ToyEstimate?
    /// Share of the intervals of 68.27 % and of 95 % that hold the Asimov constant, widened by what is not known of that.
    public let coverage68: ToyEstimate
    public let coverage95: ToyEstimate
}

/// One bin of η and pT. Relative differences are fractions.
public struct ToyBin: Sendable {
    /// Experiments with a constant, without one, and with a fit of the pT bin that must not be used. The rest failed.
    public let experiments: Int
    public let undetermined: Int
    public let invalid: Int
    /// What the method gives without fluctuations, with what is not known of it; nil where undetermined.
    public let asimov: ToyEstimate?
    /// What the response in the detector cards asks for; nil where the Asimov constant is.
    public let expected: Double?
    /// Geometric mean over the experiments; its uncertainty is that of the mean alone.
    public let mean: ToyEstimate?
    /// Standard deviation of ln c over experiments, and the root mean square of the quoted ones.
    public let spread: Double?
    public let quoted: Double?
    public let pulls: ToyPulls?

    /// c_Asimov/c_expected − 1: the bias of the method.
    public var bias: ToyEstimate? {
        guard let asimov, let expected else { return nil }
        return ToyEstimate(
            value: asimov.value / expected - 1, uncertainty: asimov.uncertainty.map { $0 / expected })
    }

    /// Mean over c_Asimov − 1: the bias that few events bring.
    public var shift: ToyEstimate? {
        guard let asimov, let mean else { return nil }
        let own = mean.uncertainty.map { $0 / mean.value }
        let other = asimov.uncertainty.map { $0 / asimov.value }
        return ToyEstimate(
            value: mean.value / asimov.value - 1,
            uncertainty: own.flatMap { own in other.map { (own * own + $0 * $0).squareRoot() } })
    }
}

/// Averages over bins of a range of |η|.
public struct ToyRegion: Sendable {
    /// A bin belongs to the region that holds its centre.
    public let absEta: ClosedRange<Double>
    /// Bins with an Asimov constant.
    public let bins: Int
    /// nil without a constant of any experiment.
    public let pulls: ToyPulls?
    /// Mean of the bins' `ToyBin.bias`, weighted with their precision; nil where none is known.
    public let bias: ToyEstimate?

    /// The reference region and the parts beyond it, those that have bins.
    static func ranges(of binning: BalanceBinning) -> [(range: ClosedRange<Double>, etaBins: [Int])] {
        let reference = binning.referenceAbsEtaMaximum
        let reach = max(-binning.eta.lowest, binning.eta.highest)
        let edges = [0, reference] + [1.3, 2.5, 3.2].filter { $0 > reference && $0 < reach } + [max(reach, reference)]
        return zip(edges, edges.dropFirst()).enumerated().compactMap { number, ends in
            let isLast = number == edges.count - 2
            let bins = (0..<binning.eta.count).filter { bin in
                let centre = abs(binning.eta.centre(bin))
                return centre >= ends.0 && (isLast || centre < ends.1)
            }
            return bins.isEmpty ? nil : (ends.0...ends.1, bins)
        }
    }
}

/// The pseudo-experiments of one method.
public struct ToyMethodResult: Sendable {
    public let method: Method
    /// [η][quoted pT bin].
    public let bins: [[ToyBin]]
    public let overall: ToyRegion
    public let regions: [ToyRegion]
    /// Scatter of ln c over experiments in units of the event-level bound (`Calibration.boundVariances`), the geometric mean over bins; nil
    /// where no method of the study tells the bound.
    public let scatterOverBound: Double?
    /// Pulls of all bins and experiments.
    public let histogram: PullHistogram
    /// Experiments that gave no constants at all, and why the first did not.
    public let failed: Int
    public let firstFailure: String?
    /// Experiments in which the fit of a quoted pT bin or more must not be used.
    public let invalid: Int

    /// - Parameters:
    ///   - expected: what the cards ask for, [η][pT bin] of the whole axis.
    ///   - bound: on the variance of ln c with the events of one experiment, [pT bin of the whole axis][η].
    package init(
        _ asimov: Calibration, _ statistics: ToyStatistics, expected: [[Double?]], bound: [[Double]]? = nil
    ) {
        method = asimov.method
        let binning = asimov.binning
        let first = binning.quotedPtBins.lowerBound
        let bins = binning.indices { eta, pt in
            ToyBin(
                statistics.bins[eta][pt - first], asimov: asimov.constants[eta][pt],
                variance: statistics.asimovVariance[eta][pt - first], expected: expected[eta][pt])
        }
        self.bins = bins
        let reach = max(-binning.eta.lowest, binning.eta.highest)
        let ranges = [0...reach] + ToyRegion.ranges(of: binning).map(\.range)
        let regions = zip(ranges, statistics.groups).map { range, group in
            ToyRegion(
                absEta: range, bins: group.bins.count { bins[$0.eta][$0.pt].asimov != nil },
                pulls: ToyPulls(group, statistics), bias: Self.bias(of: group.bins, bins, asimov))
        }
        overall = regions[0]
        self.regions = Array(regions.dropFirst())
        scatterOverBound = bound.flatMap { bound in
            let logs = bins.enumerated().flatMap { eta, row in
                row.enumerated().compactMap { pt, bin -> Double? in
                    guard let spread = bin.spread, spread > 0, bound[first + pt][eta] > 0 else { return nil }
                    return log(spread) - 0.5 * log(bound[first + pt][eta])
                }
            }
            return logs.isEmpty ? nil : exp(logs.reduce(0, +) / Double(logs.count))
        }
        histogram = statistics.histogram
        failed = statistics.failed
        firstFailure = statistics.firstFailure
        invalid = statistics.invalid
    }

    /// Weighted with the precision of each bin; the quoted covariance of the bins of a pT bin is carried through.
    private static func bias(
        of places: [(eta: Int, pt: Int)], _ bins: [[ToyBin]], _ asimov: Calibration
    ) -> ToyEstimate? {
        let first = asimov.binning.quotedPtBins.lowerBound
        let known = places.compactMap { place -> (eta: Int, pt: Int, value: Double, weight: Double)? in
            guard let bias = bins[place.eta][place.pt].bias, let uncertainty = bias.uncertainty, uncertainty > 0 else {
                return nil
            }
            return (place.eta, place.pt, bias.value, 1 / (uncertainty * uncertainty))
        }
        let total = known.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return nil }
        var variance = 0.0
        for one in known {
            for other in known {
                variance +=
                    one.weight * other.weight * (1 + one.value) * (1 + other.value)
                    * asimov.logCovariance((one.eta, first + one.pt), (other.eta, first + other.pt))
            }
        }
        return ToyEstimate(
            value: known.reduce(0) { $0 + $1.weight * $1.value } / total,
            uncertainty: max(0, variance).squareRoot() / total)
    }
}

extension ToyStatistics.Bin {
    var meanPull: Double { pull / Double(experiments) }

    /// Sum of squared distances of the pulls from their mean.
    var pullScatter: Double { max(0, pullSquared - pull * meanPull) }

    /// What the Asimov constant scatters in units of an experiment's constant.
    func asimovShare(_ asimovVariance: Double) -> Double {
        variance > 0 ? asimovVariance * Double(experiments) / variance : 0
    }
}

extension ToyBin {
    init(_ sums: ToyStatistics.Bin, asimov: Double?, variance: Double, expected: Double?) {
        experiments = sums.experiments
        undetermined = sums.undetermined
        invalid = sums.invalid
        self.asimov = asimov.map { ToyEstimate(value: $0, uncertainty: $0 * variance.squareRoot()) }
        self.expected = asimov == nil ? nil : expected
        pulls = ToyPulls(sums, asimovVariance: variance)
        guard sums.experiments > 0, let asimov else {
            (mean, spread, quoted) = (nil, nil, nil)
            return
        }
        let count = Double(sums.experiments)
        let average = sums.deviation / count
        spread =
            sums.experiments > 1
            ? (max(0, sums.deviationSquared - sums.deviation * average) / (count - 1)).squareRoot() : nil
        let constant = asimov * exp(average)
        mean = ToyEstimate(value: constant, uncertainty: spread.map { constant * $0 / count.squareRoot() })
        quoted = (sums.quoted / count).squareRoot()
    }
}

extension ToyPulls {
    /// Of a bin, whose experiments are independent; nil without any.
    init?(_ sums: ToyStatistics.Bin, asimovVariance: Double) {
        guard sums.experiments > 0 else { return nil }
        let count = Double(sums.experiments)
        let width = sums.experiments > 1 ? (sums.pullScatter / (count - 1)).squareRoot() : nil
        mean = ToyEstimate(
            value: sums.meanPull,
            uncertainty: width.map { $0 * (1 / count + sums.asimovShare(asimovVariance)).squareRoot() })
        // Of a normal curve.
        self.width = width.map { ToyEstimate(value: $0, uncertainty: $0 / (2 * (count - 1)).squareRoot()) }
        func share(_ covered: Int) -> ToyEstimate {
            // By Laplace's rule of succession: all or none of a few experiments do not tell a share exactly.
            let likely = (Double(covered) + 1) / (count + 2)
            return ToyEstimate(
                value: Double(covered) / count, uncertainty: (likely * (1 - likely) / count).squareRoot())
        }
        coverage68 = share(sums.covered[0])
        coverage95 = share(sums.covered[1])
    }

    /// Of some bins together; nil without any constant.
    init?(_ group: ToyStatistics.Group, _ statistics: ToyStatistics) {
        let filled = group.bins.map {
            (sums: statistics.bins[$0.eta][$0.pt], variance: statistics.asimovVariance[$0.eta][$0.pt])
        }
        .filter { $0.sums.experiments > 0 }
        let count = Double(filled.reduce(0) { $0 + $1.sums.experiments })
        guard count > 0 else { return nil }
        let share =
            filled.reduce(0) { $0 + $1.sums.asimovShare($1.variance) * Double($1.sums.experiments) } / count
        let experiments = Double(group.experiments)
        mean = ToyEstimate(
            value: filled.reduce(0) { $0 + $1.sums.pull } / count,
            uncertainty: group.uncertainty(0).map { $0 * (1 + experiments * share).squareRoot() })
        let freedom = filled.reduce(0) { $0 + $1.sums.experiments - 1 }
        let scatter = filled.reduce(0) { $0 + $1.sums.pullScatter }
        let width = freedom > 0 ? (scatter / Double(freedom)).squareRoot() : nil
        self.width = width.map { width in
            ToyEstimate(
                value: width, uncertainty: width > 0 ? group.uncertainty(1).map { $0 / (2 * width) } : nil)
        }
        func covered(_ index: Int) -> ToyEstimate {
            ToyEstimate(
                value: Double(filled.reduce(0) { $0 + $1.sums.covered[index] }) / count,
                uncertainty: group.uncertainty(2 + index))
        }
        coverage68 = covered(0)
        coverage95 = covered(1)
    }
}
