#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
package import Intercalibration

/// The constants of one pseudo-experiment, as far from the Asimov ones as statistics have brought them.
package struct ToyOutcome: Sendable {
    /// A constant, or why there is none.
    package enum Bin: Sendable, Equatable {
        /// ln c − ln c_Asimov, how much that fluctuates by the experiment's own account, squared, and the variance of ln c that it
        /// quotes, which may hold more than fluctuations.
        case determined(deviation: Double, variance: Double, quoted: Double)
        /// Too few events, or nothing that ties the bin to the reference.
        case undetermined
        /// The fit of the pT bin must not be used.
        case invalid
    }

    /// [η][quoted pT bin]; empty when the method failed altogether.
    let bins: [[Bin]]
    let failure: String?

    package init(against asimov: Calibration, _ derive: () throws -> Calibration) {
        do {
            let calibration = try derive()
            bins = calibration.binning.indices { eta, pt in Self.bin(calibration, asimov, eta, pt) }
            failure = nil
        } catch {
            bins = []
            failure = "\(error)"
        }
    }

    private static func bin(_ calibration: Calibration, _ asimov: Calibration, _ eta: Int, _ pt: Int) -> Bin {
        guard calibration.fits[pt].isValid else { return .invalid }
        let variance = calibration.samplingVariance(eta: eta, pt: pt)
        // Without an uncertainty there is no pull; without the Asimov constant nothing to count it from.
        guard let constant = calibration.constants[eta][pt], let centre = asimov.constants[eta][pt], variance > 0,
            variance.isFinite
        else { return .undetermined }
        return .determined(
            deviation: log(constant / centre), variance: variance, quoted: calibration.logCovariance[pt][eta][eta])
    }
}

extension BalanceBinning {
    /// A table [η][quoted pT bin].
    func indices<Value>(_ value: (_ eta: Int, _ pt: Int) -> Value) -> [[Value]] {
        (0..<eta.count).map { eta in quotedPtBins.map { value(eta, $0) } }
    }
}

/// Sums over pseudo-experiments of one method, in bins, in regions of |η| and over all; constant memory.
package struct ToyStatistics: Sendable {
    /// Half widths of the intervals whose coverage is counted, in standard deviations: 68.27 % and 95 % of a normal curve.
    static let intervals = [1, 1.959963984540054]

    /// Sums of one bin.
    struct Bin: Sendable {
        var experiments = 0
        var undetermined = 0
        var invalid = 0
        var pull = 0.0
        var pullSquared = 0.0
        /// Of ln c − ln c_Asimov.
        var deviation = 0.0
        var deviationSquared = 0.0
        /// Of the variances by the experiments' own account, and of the quoted ones.
        var variance = 0.0
        var quoted = 0.0
        /// By interval.
        var covered = [0, 0]
    }

    /// Sums over experiments of what one experiment has on the average over the bins of a group: its bins are correlated, and
    /// only the scatter from experiment to experiment tells how well an average is known.
    struct Group: Sendable {
        var bins: [(eta: Int, pt: Int)]
        var experiments = 0
        /// Of the mean pull, the mean squared pull and the covered shares, and of their squares.
        var sums = [0.0, 0, 0, 0]
        var squares = [0.0, 0, 0, 0]

        mutating func add(_ values: [Double]) {
            experiments += 1
            for (index, value) in values.enumerated() {
                sums[index] += value
                squares[index] += value * value
            }
        }

        /// One standard deviation of the mean over experiments; nil for fewer than two.
        func uncertainty(_ index: Int) -> Double? {
            guard experiments > 1 else { return nil }
            let count = Double(experiments)
            let mean = sums[index] / count
            return (max(0, squares[index] / count - mean * mean) / (count - 1)).squareRoot()
        }
    }

    let binning: BalanceBinning
    let asimovVariance: [[Double]]
    private(set) var bins: [[Bin]]
    /// All bins, then the regions.
    private(set) var groups: [Group]
    private(set) var histogram = PullHistogram()
    private(set) var experiments = 0
    private(set) var invalid = 0
    private(set) var failed = 0
    private(set) var firstFailure: String?

    package init(_ asimov: Calibration) {
        binning = asimov.binning
        asimovVariance = binning.indices { eta, pt in max(0, asimov.samplingVariance(eta: eta, pt: pt)) }
        bins = binning.indices { _, _ in Bin() }
        let all = binning.indices { eta, pt in (eta: eta, pt: pt - asimov.binning.quotedPtBins.lowerBound) }
        groups =
            [Group(bins: all.flatMap { $0 })]
            + ToyRegion.ranges(of: binning).map { range in
                Group(bins: all.enumerated().flatMap { range.etaBins.contains($0.offset) ? $0.element : [] })
            }
    }

    /// Adds the next experiment.
    package mutating func add(_ outcome: ToyOutcome) {
        experiments += 1
        if let failure = outcome.failure {
            failed += 1
            if firstFailure == nil { firstFailure = failure }
            return
        }
        if outcome.bins.joined().contains(.invalid) { invalid += 1 }
        for (eta, row) in outcome.bins.enumerated() {
            for (pt, bin) in row.enumerated() { add(bin, eta, pt) }
        }
        for group in groups.indices { addMeans(outcome, &groups[group]) }
    }

    private mutating func add(_ bin: ToyOutcome.Bin, _ eta: Int, _ pt: Int) {
        switch bin {
        case .invalid: bins[eta][pt].invalid += 1
        case .undetermined: bins[eta][pt].undetermined += 1
        case .determined(let deviation, let variance, let quoted):
            let pull = deviation / variance.squareRoot()
            histogram.add(pull)
            bins[eta][pt].experiments += 1
            bins[eta][pt].pull += pull
            bins[eta][pt].pullSquared += pull * pull
            bins[eta][pt].deviation += deviation
            bins[eta][pt].deviationSquared += deviation * deviation
            bins[eta][pt].variance += variance
            bins[eta][pt].quoted += quoted
            for (index, isCovered) in covered(deviation, variance, eta, pt).enumerated() where isCovered {
                bins[eta][pt].covered[index] += 1
            }
        }
    }

    /// The Asimov constant scatters, too: an interval that is asked to hold it has to be wider by that.
    private func covered(_ deviation: Double, _ variance: Double, _ eta: Int, _ pt: Int) -> [Bool] {
        let width = (variance + asimovVariance[eta][pt]).squareRoot()
        return Self.intervals.map { abs(deviation) < $0 * width }
    }

    private func addMeans(_ outcome: ToyOutcome, _ group: inout Group) {
        var sums = [0.0, 0, 0, 0]
        var count = 0
        for (eta, pt) in group.bins {
            guard case .determined(let deviation, let variance, _) = outcome.bins[eta][pt] else { continue }
            let covered = covered(deviation, variance, eta, pt)
            count += 1
            sums[0] += deviation / variance.squareRoot()
            sums[1] += deviation * deviation / variance
            sums[2] += covered[0] ? 1 : 0
            sums[3] += covered[1] ? 1 : 0
        }
        if count > 0 { group.add(sums.map { $0 / Double(count) }) }
    }
}

/// How often pulls have which size.
public struct PullHistogram: Sendable, Equatable {
    public static let lowest = -5.0
    public static let width = 0.2

    /// From `lowest` on, each `width` wide, up to −`lowest`.
    public private(set) var counts = Array(repeating: 0, count: 50)
    /// Beyond either end.
    public private(set) var below = 0
    public private(set) var above = 0

    public var total: Int { counts.reduce(0, +) + below + above }

    mutating func add(_ pull: Double) {
        let place = ((pull - Self.lowest) / Self.width).rounded(.down)
        if place < 0 {
            below += 1
        } else if place >= Double(counts.count) {
            above += 1
        } else {
            counts[Int(place)] += 1
        }
    }
}
