#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Balance
internal import Sampling
internal import Threads

/// Log responses of replicas of the same events, in which each event counts a Poisson number of times (ATL-PHYS-PUB-2021-011).
///
/// What fluctuates are the mean balances of data and of simulation; bins, weights of the fit and corrections that jets already
/// have stay. So the covariance holds what truth events have in common across cells and bins of pT, which the analytic one takes for
/// independent, and holds it for any method alike: replica k of two methods is of the same events.
public struct Bootstrap: Sendable, Equatable {
    /// Sub-samples of each sample, see `SubSampleSums`.
    public let subSamples: Int
    /// [pT bin][η bin] of ln r of the events themselves.
    public let fitted: [[Double?]]
    /// Of these, the variance that the fit quotes.
    public private(set) var quotedVariances: [[Double]]
    /// [pT bin][replica][η bin] of ln r; nil for a bin that the fit does not determine.
    public private(set) var logResponses: [[[Double?]]]

    /// In steps of this the replicas are made, so that all that is needed at a time stays small.
    private static let chunk = 64
    public static let largestReplicas = 10_000

    public var replicas: Int { logResponses.first?.count ?? 0 }

    /// - Parameters:
    ///   - data: what is fitted, with its sub-samples; likewise of simulation, where there is one.
    ///   - replicas: at least two.
    /// - Throws: `MethodError` for a method that does not work on sums.
    public init(
        _ method: Method, data: BalanceSample, dataSubSamples: SubSampleSums, simulation: BalanceSample?,
        simulationSubSamples: SubSampleSums?, requirement: EventRequirement, replicas: Int, threads: Int
    ) throws {
        precondition(replicas >= 2 && (simulation == nil) == (simulationSubSamples == nil), "replicas of all samples")
        let fits = try (0..<data.sums.binning.ptAverage.count).map {
            try method.fit(data: data, simulation: simulation, ptBin: $0, requirement: requirement)
        }
        let chunks = (replicas + Self.chunk - 1) / Self.chunk
        let made = concurrentMap(fits.count * chunks, threads: threads) { task in
            Result {
                let (ptBin, first) = (task / chunks, task % chunks * Self.chunk)
                let solver = try method.replicaFit(
                    data: data, simulation: simulation, ptBin: ptBin, requirement: requirement, fit: fits[ptBin])
                let cells = solver.cells
                let ofData = Self.replicas(dataSubSamples, sample: 0, ptBin, cells, first)
                let ofSimulation = simulationSubSamples.map { Self.replicas($0, sample: 1, ptBin, cells, first) }
                return try (0..<min(Self.chunk, replicas - first)).map {
                    try solver.logResponse(data: ofData, simulation: ofSimulation, replica: $0)
                }
            }
        }
        let parts = try made.map { try $0.get() }
        logResponses = fits.indices.map { ptBin in
            Array(parts[ptBin * chunks..<(ptBin + 1) * chunks].joined())
        }
        fitted = fits.map(\.logResponse)
        quotedVariances = fits.map { fit in fit.covariance.indices.map { fit.covariance[$0][$0] } }
        subSamples = min(dataSubSamples.count, simulationSubSamples?.count ?? dataSubSamples.count)
    }

    /// What a file has kept.
    /// - Parameters: in the shapes of the properties of the same names.
    public init(subSamples: Int, fitted: [[Double?]], quotedVariances: [[Double]], logResponses: [[[Double?]]]) {
        precondition(fitted.count == logResponses.count && fitted.count == quotedVariances.count, "rows of pT bins")
        self.subSamples = subSamples
        self.fitted = fitted
        self.quotedVariances = quotedVariances
        self.logResponses = logResponses
    }

    private static func replicas(
        _ sums: SubSampleSums, sample: Int, _ ptBin: Int, _ cells: [Int], _ first: Int
    ) -> ReplicaCells {
        let numbers = PoissonCounts(sample: sample)
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: sums.count * chunk) { counts in
            for subSample in 0..<sums.count {
                numbers.fill(
                    UnsafeMutableBufferPointer(rebasing: counts[subSample * chunk..<(subSample + 1) * chunk]),
                    subSample: subSample, first: first)
            }
            return sums.replicas(
                ptBin: ptBin, cells: cells, counts: UnsafeBufferPointer(counts), replicas: chunk)
        }
    }

    /// Covariance of ln r over the η bins of one pT bin, about the mean of the replicas; zero where undetermined.
    public func covariance(ptBin: Int) -> [[Double]] { covariance(ptBin: ptBin, with: self, ptBin: ptBin) }

    /// Of ln r in one pT bin (rows) and in another, or of another method that has the same replicas (columns).
    public func covariance(ptBin: Int, with other: Bootstrap, ptBin otherBin: Int) -> [[Double]] {
        precondition(other.replicas == replicas && other.subSamples == subSamples, "replicas of the same events")
        let (rows, columns) = (deviations(ptBin: ptBin), other.deviations(ptBin: otherBin))
        return rows.map { row in
            columns.map { column in
                zip(row, column).reduce(0) { $0 + $1.0 * $1.1 } / Double(replicas - 1)
            }
        }
    }

    /// [η bin][replica]: ln r less its mean over the replicas; empty where undetermined.
    func deviations(ptBin: Int) -> [[Double]] {
        fitted[ptBin].indices.map { eta in
            guard let mean = mean(ptBin: ptBin, eta: eta) else { return [] }
            return logResponses[ptBin].map { ($0[eta] ?? mean) - mean }
        }
    }

    /// Mean of ln r over the replicas less that of the events themselves: what the method's bias at this number of events is like.
    public func shift(ptBin: Int, eta: Int) -> Double? {
        guard let mean = mean(ptBin: ptBin, eta: eta), let value = fitted[ptBin][eta] else { return nil }
        return mean - value
    }

    /// Mean of ln r over the replicas; nil where undetermined.
    private func mean(ptBin: Int, eta: Int) -> Double? {
        var sum = 0.0
        for row in logResponses[ptBin] {
            guard let value = row[eta] else { return nil }
            sum += value
        }
        return sum / Double(replicas)
    }
}

extension Bootstrap {
    /// σ of ln r over the replicas over that quoted by the fit; nil where one of them is not known, or the gauge alone fixes the bin.
    public func ratio(ptBin: Int) -> [Double?] {
        let covariance = covariance(ptBin: ptBin)
        return fitted[ptBin].indices.map { eta in
            guard shift(ptBin: ptBin, eta: eta) != nil, quotedVariances[ptBin][eta] > FitResult.leastVariance else {
                return nil
            }
            return (covariance[eta][eta] / quotedVariances[ptBin][eta]).squareRoot()
        }
    }
}

extension Bootstrap {
    /// Of refined constants, that is of all pT bins together.
    func scattered(by reaction: RefinementReaction) -> Bootstrap {
        var result = self
        let pts = fitted.indices
        for pt in pts {
            for eta in fitted[pt].indices {
                guard let value = fitted[pt][eta] else { continue }
                result.quotedVariances[pt][eta] = pts.reduce(0) { sum, other in
                    let share = reaction.scatter[pt][other]
                    return sum + share * share * quotedVariances[other][eta]
                }
                for replica in 0..<replicas where logResponses[pt][replica][eta] != nil {
                    let deviation = pts.reduce(0.0) { sum, other in
                        guard let own = logResponses[other][replica][eta], let fit = fitted[other][eta] else {
                            return sum
                        }
                        return sum + reaction.scatter[pt][other] * (own - fit)
                    }
                    result.logResponses[pt][replica][eta] = value + deviation
                }
            }
        }
        return result
    }
}

extension Calibration {
    /// By how much the bootstrap's uncertainties exceed those that the fit quotes: the root of the mean square over the bins of the
    /// quoted range. nil without a bootstrap, or without a bin that has both.
    public var bootstrapRatio: Double? {
        guard let bootstrap else { return nil }
        let ratios = binning.quotedPtBins.flatMap { bootstrap.ratio(ptBin: $0).compactMap { $0 } }
        guard !ratios.isEmpty else { return nil }
        return (ratios.reduce(0) { $0 + $1 * $1 } / Double(ratios.count)).squareRoot()
    }
}
