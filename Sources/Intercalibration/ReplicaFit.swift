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
    /// Pairs of η bins that it looks at.
    var pairs: [Int] { get }

    /// - Returns: of each η bin; nil where the fit to the events has none.
    func logResponse(data: ReplicaCells, simulation: ReplicaCells?, replica: Int) throws -> [Double?]
}

extension ReplicaCells {
    /// <A> of a cell with events enough for a fit, some of which every replica has.
    func asymmetry(_ pair: Int, _ replica: Int) -> Double {
        cells[pair].map { $0.asymmetrySums[replica] / $0.weights[replica] } ?? .nan
    }
}

extension Method {
    /// - Parameter fit: of the events themselves.
    func replicaFit(
        data: BalanceSample, simulation: BalanceSample?, ptBin: Int, requirement: EventRequirement, fit: FitResult
    ) throws -> any ReplicaFit {
        switch self {
        case .matrix:
            AllPairsReplicas(
                Self.pairs(data: data, simulation: simulation, ptBin: ptBin, requirement: requirement), fit,
                data.sums.binning)
        case .matrixLinear:
            LinearReplicas(data: data, simulation: simulation, ptBin: ptBin, requirement: requirement)
        case .central:
            CentralReplicas(fit, data.sums.binning)
        case .fold:
            throw MethodError.needsEvents(self)
        }
    }
}

/// Steps with the normal matrix of the fit, whose factors are made once: replicas are so near that few are needed.
private final class AllPairsReplicas: ReplicaFit {
    private static let tolerance = 1e-9
    private static let largestSteps = 50

    let pairs: [Int]
    private var problem: AllPairsProblem
    private let component: [Int]
    private let bins: Int
    private let start: [Double]
    private lazy var factors = Result { try Factors(problem, start) }

    /// A class, since what is not copyable cannot be stored lazily.
    private final class Factors {
        private let cholesky: Cholesky
        init(_ problem: AllPairsProblem, _ start: [Double]) throws { cholesky = try problem.factors(at: start) }
        func solve(_ rightSide: [Double]) throws -> [Double] { try cholesky.solve(rightSide) }
    }

    init(_ balances: [PairBalance], _ fit: FitResult, _ binning: BalanceBinning) {
        bins = binning.eta.count
        component = (0..<bins).filter { fit.logResponse[$0] != nil }
        start = component.compactMap { fit.logResponse[$0] }
        var position = Array(repeating: -1, count: bins)
        for (index, bin) in component.enumerated() { position[bin] = index }
        let used = balances.filter { position[$0.low] >= 0 && position[$0.high] >= 0 }
        pairs = used.map { binning.pair($0.low, $0.high) }
        let gauge = binning.gaugeWeights
        let total = component.reduce(0) { $0 + gauge[$1] }
        problem = AllPairsProblem(
            pairs: used.map { .init(position[$0.low], position[$0.high], $0) },
            gauge: component.map { total > 0 ? gauge[$0] / total : 0 })
    }

    func logResponse(data: ReplicaCells, simulation: ReplicaCells?, replica: Int) throws -> [Double?] {
        var result: [Double?] = Array(repeating: nil, count: bins)
        guard !component.isEmpty else { return result }
        for (index, pair) in pairs.enumerated() {
            problem.pairs[index].asymmetry = data.asymmetry(pair, replica)
            problem.pairs[index].offset = simulation.map { logRatio(asymmetry: $0.asymmetry(pair, replica)) } ?? 0
        }
        let factors = try factors.get()
        var x = start
        for _ in 0..<Self.largestSteps {
            let step = try factors.solve(problem.gradient(problem.residuals(at: x), at: x))
            for index in x.indices { x[index] += step[index] }
            if step.allSatisfy({ abs($0) < Self.tolerance }) { break }
        }
        for (index, bin) in component.enumerated() { result[bin] = x[index] }
        return result
    }
}

private struct LinearReplicas: ReplicaFit {
    let pairs: [Int]
    private let samples: [[PairBalance]]
    private let binning: BalanceBinning

    init(data: BalanceSample, simulation: BalanceSample?, ptBin: Int, requirement: EventRequirement) {
        let binning = data.sums.binning
        let samples = ([data] + (simulation.map { [$0] } ?? [])).map {
            Method.pairs(data: $0, simulation: nil, ptBin: ptBin, requirement: requirement)
        }
        pairs = Array(Set(samples.joined().map { binning.pair($0.low, $0.high) })).sorted()
        self.samples = samples
        self.binning = binning
    }

    func logResponse(data: ReplicaCells, simulation: ReplicaCells?, replica: Int) throws -> [Double?] {
        let fits = try zip(samples, [data] + (simulation.map { [$0] } ?? [])).map { balances, cells in
            try LinearPairsFit(
                bins: binning.eta.count,
                ratios: balances.map { balance in
                    let ratio = LinearPairsFit.Ratio(balance)
                    let asymmetry = cells.asymmetry(binning.pair(balance.low, balance.high), replica)
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

    var pairs: [Int] {
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
            let ratios = samples.map { cells in
                var (weight, sum) = (0.0, 0.0)
                for tag in binning.referenceBins {
                    guard let cell = cells.cells[binning.pair(min(probe, tag), max(probe, tag))] else { continue }
                    // Pairs inside one bin count with both jets as probe.
                    weight += cell.weights[replica] * (probe == tag ? 2 : 1)
                    if probe != tag { sum += (probe < tag ? 1 : -1) * cell.asymmetrySums[replica] }
                }
                return logRatio(asymmetry: sum / weight)
            }
            values[probe] = ratios.count == 2 ? ratios[0] - ratios[1] : ratios[0]
        }
        return FitResult.gauged(values, gauge: binning.gaugeWeights)
    }
}
