#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
internal import GSL

/// The fit of one pT bin again and again, to replicas of its cells: log responses alone, with the bins and the weights of the fit to
/// the events themselves.
protocol ReplicaFit {
    /// Cells of the sub-samples that it looks at, by number within the bin of pT_avg.
    var cells: [Int] { get }

    /// - Returns: of each η bin; nil where the fit to the events has none.
    func logResponse(data: ReplicaCells, simulation: ReplicaCells?, replica: Int) throws -> [Double?]
}

extension ReplicaFit {
    /// A number of data, less that of simulation where there is one; nil where one of them has none.
    fileprivate func difference<Sample>(_ samples: [Sample], _ value: (Sample) -> Double?) -> Double? {
        let values = samples.compactMap(value)
        guard values.count == samples.count else { return nil }
        return values.count == 2 ? values[0] - values[1] : values[0]
    }
}

extension Method {
    /// - Parameter fit: of the events themselves.
    func replicaFit(
        data: BalanceSample, simulation: BalanceSample?, ptBin: Int, requirement: EventRequirement, fit: FitResult
    ) throws -> any ReplicaFit {
        guard fit.logResponse.contains(where: { $0 != nil }) else {
            return NoReplicas(bins: data.sums.binning.eta.count)
        }
        return switch self {
        case .matrix, .likelihood:
            try AllPairsReplicas(
                Self.pairs(data: data, simulation: simulation, ptBin: ptBin, requirement: requirement), fit,
                data.sums.binning)
        case .matrixLinear:
            LinearReplicas(data: data, simulation: simulation, ptBin: ptBin, requirement: requirement)
        case .central:
            CentralReplicas(fit, data.sums.binning)
        case .fold:
            throw MethodError.needsEvents(self)
        case .imported:
            throw MethodError.derivesNothing(self)
        case .mpf:
            MissingMomentumReplicas(fit, data: data, simulation: simulation)
        }
    }
}

/// A bin of pT in which nothing is determined.
private struct NoReplicas: ReplicaFit {
    let bins: Int
    let cells: [Int] = []

    func logResponse(data: ReplicaCells, simulation: ReplicaCells?, replica: Int) -> [Double?] {
        Array(repeating: nil, count: bins)
    }
}

/// Steps with the normal matrix of the fit, whose factors are made once: replicas are so near that few are needed.
private final class AllPairsReplicas: ReplicaFit {
    private static let tolerance = 1e-9
    private static let largestSteps = 50

    let cells: [Int]
    private var problem: AllPairsProblem
    private let component: [Int]
    private let bins: Int
    private let start: [Double]
    private let factors: Cholesky

    /// - Parameter fit: with determined bins.
    init(_ balances: [PairBalance], _ fit: FitResult, _ binning: BalanceBinning) throws {
        let component = fit.logResponse.indices.filter { fit.logResponse[$0] != nil }
        var position = Array(repeating: -1, count: binning.eta.count)
        for (index, bin) in component.enumerated() { position[bin] = index }
        let used = balances.filter { position[$0.low] >= 0 && position[$0.high] >= 0 }
        let gauge = binning.gaugeWeights
        let total = component.reduce(0) { $0 + gauge[$1] }
        let problem = AllPairsProblem(
            pairs: used.map { .init(position[$0.low], position[$0.high], $0) },
            gauge: component.map { gauge[$0] / total })
        let start = component.compactMap { fit.logResponse[$0] }
        factors = try problem.factors(at: start)
        cells = used.map { binning.pair($0.low, $0.high) }
        bins = binning.eta.count
        self.problem = problem
        self.component = component
        self.start = start
    }

    /// - Returns: also nil where a replica's fit does not converge.
    func logResponse(data: ReplicaCells, simulation: ReplicaCells?, replica: Int) throws -> [Double?] {
        var result: [Double?] = Array(repeating: nil, count: bins)
        for (index, pair) in cells.enumerated() {
            guard let measured = data.cells[pair]?.mean(replica: replica) else { return result }
            problem.pairs[index].asymmetry = measured
            if let simulation {
                guard let expected = simulation.cells[pair]?.mean(replica: replica) else { return result }
                problem.pairs[index].offset = logRatio(asymmetry: expected)
            }
        }
        var x = start
        for _ in 0..<Self.largestSteps {
            let step = try factors.solve(problem.gradient(problem.residuals(at: x), at: x))
            for index in x.indices { x[index] += step[index] }
            guard step.allSatisfy({ abs($0) < Self.tolerance }) else { continue }
            for (index, bin) in component.enumerated() { result[bin] = x[index] }
            return result
        }
        return result
    }
}

private struct LinearReplicas: ReplicaFit {
    let cells: [Int]
    private let samples: [[PairBalance]]
    private let binning: BalanceBinning

    init(data: BalanceSample, simulation: BalanceSample?, ptBin: Int, requirement: EventRequirement) {
        let binning = data.sums.binning
        let samples = ([data] + (simulation.map { [$0] } ?? [])).map {
            Method.pairs(data: $0, simulation: nil, ptBin: ptBin, requirement: requirement)
        }
        cells = Array(Set(samples.joined().map { binning.pair($0.low, $0.high) })).sorted()
        self.samples = samples
        self.binning = binning
    }

    func logResponse(data: ReplicaCells, simulation: ReplicaCells?, replica: Int) throws -> [Double?] {
        let fits = try zip(samples, [data] + (simulation.map { [$0] } ?? [])).map { balances, cells in
            try LinearPairsFit(
                bins: binning.eta.count,
                ratios: balances.map { balance in
                    let ratio = LinearPairsFit.Ratio(balance)
                    let cell = cells.cells[binning.pair(balance.low, balance.high)]
                    let asymmetry = cell?.mean(replica: replica) ?? balance.asymmetry
                    return .init(
                        low: balance.low, high: balance.high, value: (2 + asymmetry) / (2 - asymmetry),
                        variance: ratio.variance)
                }, reference: binning.referenceBins, hasCovariance: false)
        }
        return FitResult.gauged(LinearPairs.logResponse(fits), gauge: binning.gaugeWeights)
    }
}

private struct CentralReplicas: ReplicaFit {
    private let determined: [Int]
    private let binning: BalanceBinning

    init(_ fit: FitResult, _ binning: BalanceBinning) {
        determined = fit.logResponse.indices.filter { fit.logResponse[$0] != nil }
        self.binning = binning
    }

    var cells: [Int] {
        Array(
            Set(
                determined.flatMap { probe in binning.referenceBins.map { binning.pair(min(probe, $0), max(probe, $0)) }
                })
        ).sorted()
    }

    func logResponse(data: ReplicaCells, simulation: ReplicaCells?, replica: Int) throws -> [Double?] {
        let samples = [data] + (simulation.map { [$0] } ?? [])
        var values: [Double?] = Array(repeating: nil, count: binning.eta.count)
        for probe in determined {
            values[probe] = difference(samples) { cells in
                var (weight, sum) = (0.0, 0.0)
                for tag in binning.referenceBins {
                    guard let cell = cells.cells[binning.pair(min(probe, tag), max(probe, tag))] else { continue }
                    // Pairs inside one bin count with both jets as probe.
                    weight += cell.weights[replica] * (probe == tag ? 2 : 1)
                    if probe != tag { sum += (probe < tag ? 1 : -1) * cell.sums[0][replica] }
                }
                return weight > 0 ? logRatio(asymmetry: sum / weight) : nil
            }
        }
        return FitResult.gauged(values, gauge: binning.gaugeWeights)
    }
}

private struct MissingMomentumReplicas: ReplicaFit {
    let cells: [Int]
    /// By η bin; none of a bin that the fit does not determine.
    private let ofProbe: [[Int]]
    /// Of data, and of simulation where there is one.
    private let responses: [MissingMomentumProjection.Responses?]
    private let gauge: [Double]

    init(_ fit: FitResult, data: BalanceSample, simulation: BalanceSample?) {
        ofProbe = fit.logResponse.enumerated().map { probe, value in
            value == nil ? [] : data.missingMomentum?.cellNumbers(probe: probe) ?? []
        }
        cells = Array(ofProbe.joined())
        responses = ([data] + (simulation.map { [$0] } ?? [])).map(\.responses)
        gauge = data.sums.binning.gaugeWeights
    }

    func logResponse(data: ReplicaCells, simulation: ReplicaCells?, replica: Int) -> [Double?] {
        let samples = Array(zip([data] + (simulation.map { [$0] } ?? []), responses))
        let values = ofProbe.map { numbers in
            difference(samples) { sample, responses in
                let cells = numbers.compactMap { sample.cells[$0] }
                let weight = cells.reduce(0) { $0 + $1.weights[replica] }
                guard weight > 0 else { return nil }
                let means = (0..<3).map { part in cells.reduce(0) { $0 + $1.sums[part][replica] } / weight }
                let contrast = MissingMomentumProjection.Contrast(
                    jets: means[0], other: means[1], unclustered: means[2], responses)
                return abs(contrast.value) < 1 ? logRatio(asymmetry: 2 * contrast.value) : nil
            }
        }
        return FitResult.gauged(values, gauge: gauge)
    }
}
