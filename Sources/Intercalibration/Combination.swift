#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
internal import GSL

/// The best linear unbiased combination of calibrations of the same events by several methods (Lyons, Gibaut and Clifford, Nucl. Instrum.
/// Meth. A 270 (1988) 110).
///
/// In each bin ln ĉ = Σ w_a ln c_a with Σ w = 1 and the least variance wᵀC w: w = C⁻¹1/(1ᵀC⁻¹1), C the covariance of the methods' ln c from
/// replicas of the same events. C is of a bin and as large as there are methods, so that it is known from few replicas; covariances between
/// bins follow from the combined replicas, and nothing else is inverted. A weight is negative where two methods fluctuate more alike
/// than ρ = σ_1/σ_2 of the more over the less precise one: correct as far as C is, and a sign that little more is known
/// than the more precise of them tells.
///
/// All are brought to one gauge first, that of the reference bins that all determine; the result is held there.
public struct Combination: Sendable {
    public enum Weights: String, Sendable, CaseIterable {
        case unbounded
        /// None below zero: the least variance that such weights have.
        case positive
    }

    public struct Input: Sendable {
        public let calibration: Calibration
        public let replicas: Bootstrap

        /// - Parameter replicas: of the fit that the constants came from.
        public init(_ calibration: Calibration, replicas: Bootstrap) {
            self.calibration = calibration
            self.replicas = replicas
        }
    }

    /// What a bin's methods say of each other.
    public struct Bin: Sendable, Equatable {
        /// Of each method in its order; 0 of those that do not determine the bin.
        public let weights: [Double]
        /// ln c of the methods in the common gauge, and their standard deviations.
        public let logConstants: [Double?]
        public let deviations: [Double?]
        /// (x − x̂)ᵀC⁻¹(x − x̂) with the unbounded x̂, and the methods less one.
        public let chiSquared: Double
        public let degreesOfFreedom: Int
    }

    /// Below this C would be known too badly: by √(2/R) each of its elements.
    public static let leastReplicas = 100

    /// Constants, statuses and covariance combined; the rest is that of the first.
    public let calibration: Calibration
    /// [η bin][pT bin]; nil where none determines it.
    public let bins: [[Bin?]]
    /// Σ χ² and Σ ndf over the quoted bins that the gauge does not fix, and the share of replicas (with the data) whose own is as large:
    /// bins are correlated.
    public let chiSquared: Double
    public let degreesOfFreedom: Int
    public let probability: Double?
    public let replicas: Int

    /// Bins with a weight below zero.
    public var negative: [(eta: Int, pt: Int)] {
        bins.indices.flatMap { eta in
            bins[eta].indices.filter { bins[eta][$0]?.weights.contains { $0 < 0 } ?? false }.map { (eta, $0) }
        }
    }

    /// - Parameter inputs: two or more, each with replicas of the same events.
    /// - Throws: `CombinationError`.
    public init(_ inputs: [Input], weights kind: Weights = .unbounded) throws(CombinationError) {
        try CombinationError.check(inputs)
        let binning = inputs[0].calibration.binning
        let replicas = inputs[0].replicas.replicas
        var bins: [[Bin?]] = Array(
            repeating: Array(repeating: nil, count: binning.ptAverage.count), count: binning.eta.count)
        var result = inputs[0].calibration
        result.bootstrap = nil
        result.boundVariances = nil
        result.reaction = nil
        // [pT bin][η bin]: what the combined replicas deviate from their mean; nil where there is no constant.
        var combinedReplicas: [[[Double]?]] = []
        result.pulls = result.pulls.map { _ in [] }
        var ownSum = 0.0
        var sums = Array(repeating: 0.0, count: replicas)
        var freedom = 0
        for pt in 0..<binning.ptAverage.count {
            let columns = inputs.map { GaugedReplicas($0, pt: pt) }
            let shared = binning.referenceBins.filter { bin in columns.allSatisfy { $0.values[bin] != nil } }
            var gauge = Array(repeating: 0.0, count: binning.eta.count)
            let width = shared.reduce(0) { $0 + binning.eta.width($1) }
            for bin in shared { gauge[bin] = binning.eta.width(bin) / width }
            let gauged = shared.isEmpty ? [] : columns.map { $0.gauged(gauge) }
            var combined: [(eta: Int, value: Double, replicas: [Double])] = []
            for eta in 0..<binning.eta.count {
                let known = gauged.indices.filter { gauged[$0].values[eta] != nil }
                guard !known.isEmpty else { continue }
                let values = known.compactMap { gauged[$0].values[eta] }
                let deviations = known.map { gauged[$0].deviations[eta] }
                let covariance = Self.covariance(deviations)
                let isFixed = known.indices.allSatisfy { covariance[$0][$0] < FitResult.leastVariance }
                let best = try Self.best(covariance, isFixed: isFixed, kind: .unbounded, (eta, pt))
                let used =
                    kind == .unbounded ? best : try Self.best(covariance, isFixed: isFixed, kind: kind, (eta, pt))
                var all = Array(repeating: 0.0, count: inputs.count)
                for (place, weight) in zip(known, used) { all[place] = weight }
                let inverse = isFixed || known.count == 1 ? nil : try Self.inverse(covariance, (eta, pt))
                let own = inverse.map { Self.chiSquared(values, best, $0) } ?? 0
                bins[eta][pt] = Bin(
                    weights: all, logConstants: gauged.indices.map { gauged[$0].values[eta] },
                    deviations: gauged.indices.map { place in
                        known.firstIndex(of: place).map { covariance[$0][$0].squareRoot() }
                    },
                    chiSquared: own, degreesOfFreedom: isFixed ? 0 : known.count - 1)
                if binning.quotedPtBins.contains(pt), let inverse {
                    ownSum += own
                    freedom += known.count - 1
                    for replica in 0..<replicas {
                        sums[replica] += Self.chiSquared(deviations.map { $0[replica] }, best, inverse)
                    }
                }
                combined.append(
                    (
                        eta, zip(values, used).reduce(0) { $0 + $1.0 * $1.1 },
                        (0..<replicas).map { replica in
                            zip(deviations, used).reduce(0) { $0 + $1.0[replica] * $1.1 }
                        }
                    ))
            }
            combinedReplicas.append(Self.set(&result, inputs, pt, combined, bins, gauge: gauge))
        }
        result.crossLogCovariance = combinedReplicas.indices.map { pt in
            combinedReplicas[(pt + 1)...].map { later in
                combinedReplicas[pt].map { one in
                    later.map { other in one.flatMap { one in other.map { Self.product(one, $0) } } ?? 0 }
                }
            }
        }
        calibration = result
        self.bins = bins
        chiSquared = ownSum
        degreesOfFreedom = freedom
        probability =
            freedom > 0 ? Double(sums.count { $0 >= ownSum } + 1) / Double(replicas + 1) : nil
        self.replicas = replicas
    }

    private static func covariance(_ deviations: [[Double]]) -> [[Double]] {
        deviations.map { one in deviations.map { product(one, $0) } }
    }

    /// Covariance of what replicas deviate by.
    private static func product(_ one: [Double], _ other: [Double]) -> Double {
        zip(one, other).reduce(0) { $0 + $1.0 * $1.1 } / Double(one.count - 1)
    }

    private static func inverse(_ covariance: [[Double]], _ place: (eta: Int, pt: Int)) throws(CombinationError)
        -> [[Double]]
    {
        // In units of the standard deviations, so that only correlations make it singular.
        let deviations = covariance.indices.map { covariance[$0][$0].squareRoot() }
        guard deviations.allSatisfy({ $0 > 0 }) else { throw .alike(eta: place.eta, pt: place.pt) }
        let size = covariance.count
        var matrix = Matrix(rows: size, columns: size)
        for row in 0..<size {
            for column in 0..<size {
                matrix[row, column] = covariance[row][column] / (deviations[row] * deviations[column])
            }
        }
        do {
            let factor = try Cholesky(matrix)
            guard try factor.conditionNumber() < 1e8 else { throw CombinationError.alike(eta: place.eta, pt: place.pt) }
            let inverse = try factor.inverse().elements()
            return (0..<size).map { row in
                (0..<size).map { inverse[row][$0] / (deviations[row] * deviations[$0]) }
            }
        } catch { throw .alike(eta: place.eta, pt: place.pt) }
    }

    /// Weights of the least variance.
    private static func best(
        _ covariance: [[Double]], isFixed: Bool, kind: Weights, _ place: (eta: Int, pt: Int)
    ) throws(CombinationError) -> [Double] {
        let count = covariance.count
        guard count > 1, !isFixed else { return Array(repeating: 1 / Double(count), count: count) }
        func weights(_ used: [Int]) throws(CombinationError) -> (weights: [Double], variance: Double) {
            var result = Array(repeating: 0.0, count: count)
            guard used.count > 1 else {
                result[used[0]] = 1
                return (result, covariance[used[0]][used[0]])
            }
            let inverse = try inverse(used.map { row in used.map { covariance[row][$0] } }, place)
            let sums = inverse.map { $0.reduce(0, +) }
            let total = sums.reduce(0, +)
            for (bin, sum) in zip(used, sums) { result[bin] = sum / total }
            return (result, 1 / total)
        }
        guard kind == .positive else { return try weights(Array(0..<count)).weights }
        // The best of those that some methods alone give, as far as all of their weights are positive.
        var best: (weights: [Double], variance: Double) = ([], .infinity)
        for subset in 1..<(1 << count) {
            let trial = try weights((0..<count).filter { subset >> $0 & 1 == 1 })
            if trial.weights.allSatisfy({ $0 >= 0 }), trial.variance < best.variance { best = trial }
        }
        return best.weights
    }

    private static func chiSquared(_ values: [Double], _ best: [Double], _ inverse: [[Double]]) -> Double {
        let mean = zip(values, best).reduce(0) { $0 + $1.0 * $1.1 }
        let residuals = values.map { $0 - mean }
        return zip(residuals, inverse).reduce(0) { sum, row in
            sum + row.0 * zip(row.1, residuals).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }

    /// Puts the combined constants of a pT bin in, in the gauge again, which weights of each bin's own leave.
    /// - Returns: by η bin, what the replicas deviate by in that gauge.
    private static func set(
        _ result: inout Calibration, _ inputs: [Input], _ pt: Int,
        _ combined: [(eta: Int, value: Double, replicas: [Double])], _ bins: [[Bin?]], gauge: [Double]
    ) -> [[Double]?] {
        let etas = result.binning.eta.count
        let mean = combined.reduce(0) { $0 + gauge[$1.eta] * $1.value }
        let replicas = combined.first?.replicas.count ?? 0
        let means = (0..<replicas).map { replica in
            combined.reduce(0) { $0 + gauge[$1.eta] * $1.replicas[replica] }
        }
        result.logCovariance[pt] = Array(repeating: Array(repeating: 0, count: etas), count: etas)
        for eta in 0..<etas {
            result.constants[eta][pt] = nil
            result.status[eta][pt] =
                inputs[0].calibration.status[eta][pt] == .ok ? .unconstrained : inputs[0].calibration.status[eta][pt]
        }
        var deviations = [[Double]?](repeating: nil, count: etas)
        for one in combined { deviations[one.eta] = zip(one.replicas, means).map { $0 - $1 } }
        for one in combined {
            result.constants[one.eta][pt] = exp(one.value - mean)
            result.status[one.eta][pt] = .ok
            let weights = bins[one.eta][pt]?.weights ?? []
            // Places of the methods differ by little.
            result.ptMean[one.eta][pt] = exp(
                zip(weights, inputs).reduce(0) { sum, input in
                    input.0 == 0 ? sum : sum + input.0 * log(input.1.calibration.ptMean[one.eta][pt] ?? 1)
                })
            for other in combined {
                guard let first = deviations[one.eta], let second = deviations[other.eta] else { continue }
                result.logCovariance[pt][one.eta][other.eta] = product(first, second)
            }
        }
        return deviations
    }
}

/// ln c of a calibration's pT bin, and what its replicas deviate from their mean.
private struct GaugedReplicas {
    /// By η bin; nil where either is not known.
    var values: [Double?]
    /// [η bin][replica] of ln c.
    var deviations: [[Double]]

    init(_ input: Combination.Input, pt: Int) {
        // Constants are inverse responses.
        let deviations = input.replicas.deviations(ptBin: pt).map { $0.map { -$0 } }
        self.deviations = deviations
        let constants = input.calibration.constants
        values = deviations.indices.map { eta in
            deviations[eta].isEmpty ? nil : constants[eta][pt].map { log($0) }
        }
    }

    func gauged(_ gauge: [Double]) -> GaugedReplicas {
        var result = self
        let reference = gauge.indices.filter { gauge[$0] > 0 }
        let mean = reference.reduce(0) { $0 + gauge[$1] * (values[$1] ?? 0) }
        let count = reference.first.map { deviations[$0].count } ?? 0
        let means = (0..<count).map { replica in reference.reduce(0) { $0 + gauge[$1] * deviations[$1][replica] } }
        for eta in values.indices {
            guard let value = values[eta] else { continue }
            result.values[eta] = value - mean
            result.deviations[eta] = zip(deviations[eta], means).map { $0 - $1 }
        }
        return result
    }
}

/// Calibrations that cannot be combined.
public enum CombinationError: Error, Equatable, CustomStringConvertible {
    case tooFew
    case tooMany(Int)
    /// Of the calibration at a place in the list.
    case otherBins(Int)
    case otherKind(Int)
    case otherReplicas(Int, here: [Int], first: [Int])
    case tooFewReplicas(Int)
    case changedAfterTheFit(Int)
    /// Two methods cannot be told apart in a bin.
    case alike(eta: Int, pt: Int)

    public static let largestCount = 8

    /// The calibration that is the matter, by its place.
    public var index: Int? {
        switch self {
        case .otherBins(let index), .otherKind(let index), .otherReplicas(let index, _, _),
            .changedAfterTheFit(let index):
            index
        case .tooFew, .tooMany, .tooFewReplicas, .alike: nil
        }
    }

    public var description: String {
        switch self {
        case .tooFew: "one calibration cannot be combined with itself; give two or more"
        case .tooMany(let count): "\(count) calibrations are too many; give at most \(Self.largestCount)"
        case .otherBins:
            "its edges or its reference region are others than those of the first; derive both with the same binning"
        case .otherKind: "its constants are of another kind than those of the first; combine what was derived alike"
        case .otherReplicas(_, let here, let first):
            "it has \(here[0]) replicas of \(here[1]) sub-samples, the first \(first[0]) of \(first[1]); derive both with the same "
                + "--replicas"
        case .tooFewReplicas(let count):
            "\(count) replicas tell too little of correlations; give at least \(Combination.leastReplicas)"
        case .changedAfterTheFit:
            "its constants were smoothed or extrapolated after the fit that its replicas are of; leave that out"
        case .alike(let eta, let pt):
            "in η bin \(eta), pT bin \(pt) the methods fluctuate so much alike that they cannot be combined; leave one out"
        }
    }

    static func check(_ inputs: [Combination.Input]) throws(CombinationError) {
        guard inputs.count > 1 else { throw .tooFew }
        guard inputs.count <= largestCount else { throw .tooMany(inputs.count) }
        let first = inputs[0]
        for (index, input) in inputs.enumerated() {
            guard input.calibration.smoothing == nil, input.calibration.extrapolation == nil else {
                throw .changedAfterTheFit(index)
            }
            let (one, other) = (input.calibration.binning, first.calibration.binning)
            guard one == other else { throw .otherBins(index) }
            guard input.calibration.kind == first.calibration.kind else { throw .otherKind(index) }
            let (here, there) = (
                [input.replicas.replicas, input.replicas.subSamples],
                [first.replicas.replicas, first.replicas.subSamples]
            )
            guard here == there else { throw .otherReplicas(index, here: here, first: there) }
        }
        guard first.replicas.replicas >= Combination.leastReplicas else {
            throw .tooFewReplicas(first.replicas.replicas)
        }
    }
}
