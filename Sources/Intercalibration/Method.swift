public import Balance

/// How constants are derived from balance sums.
public enum Method: String, Sendable, CaseIterable {
    /// Those that derive constants.
    public static let allCases: [Method] = [.matrix, .matrixLinear, .central, .fold, .mpf, .likelihood]

    /// All pairs of η bins at once, symmetric in the two jets.
    case matrix
    /// All pairs in the form linear in the constants that ATLAS has used, each sample on its own.
    case matrixLinear = "matrix-linear"
    /// Each bin against the reference region.
    case central
    /// Simulation folded with a smooth surface of the mis-response until it looks like data.
    case fold
    /// The missing momentum along the jet of the reference region.
    case mpf
    /// All pairs at once by the likelihood of both jets' pT, given what recoils against them.
    case likelihood
    /// By others: the constants stood in a file of another program.
    case imported

    /// Whether constants follow from sums over events, of which replicas can be made; if not, the events of simulation are gone through again and again.
    public var worksOnSums: Bool { self != .fold }

    /// Whether it takes another place of the asymmetry for the mean.
    public var takesLocations: Bool { [.matrix, .matrixLinear, .central].contains(self) }

    /// Whether there are no constants without a simulation to compare with.
    public var needsSimulation: Bool { !worksOnSums || needsScore }

    /// Whether the sums of a sample have to hold those of the missing momentum.
    public var needsMissingMomentum: Bool { self == .mpf }

    /// Whether the balance of an event is the score of its likelihood (`BalanceScore`), which simulation has to tell first.
    public var needsScore: Bool { self == .likelihood }

    /// Whether events have to hold the missing momentum.
    public var readsMissingMomentum: Bool { needsMissingMomentum || needsScore }

    /// Log responses of one pT bin, of data over simulation where a simulation is given.
    public func fit(
        data: BalanceSample, simulation: BalanceSample?, ptBin: Int, requirement: EventRequirement
    ) throws -> FitResult {
        let binning = data.sums.binning
        let bins = binning.eta.count
        let gauge = binning.gaugeWeights
        var result: FitResult
        switch self {
        case .matrix, .likelihood:
            let pairs = Self.pairs(data: data, simulation: simulation, ptBin: ptBin, requirement: requirement)
            result = try AllPairsFit.solve(bins: bins, pairs: pairs, gauge: gauge)
        case .matrixLinear:
            result = try LinearPairs(gauge: gauge, reference: binning.referenceBins, requirement: requirement)
                .solve(data: data, simulation: simulation, ptBin: ptBin)
        case .central:
            result = CentralReference(
                bins: bins, reference: binning.referenceBins, gauge: gauge, requirement: requirement
            ).solve(data: data, simulation: simulation, ptBin: ptBin)
        case .fold:
            throw MethodError.needsEvents(self)
        case .imported:
            throw MethodError.derivesNothing(self)
        case .mpf:
            result = try MissingMomentumProjection(gauge: gauge, requirement: requirement)
                .solve(data: data, simulation: simulation, ptBin: ptBin)
        }
        let tied = Set(result.quality.components.joined())
        for bin in 0..<bins where result.status[bin] != .ok && !tied.contains(bin) {
            let hasEvents = (0..<bins).contains {
                $0 != bin && data.moments(ptBin: ptBin, low: min(bin, $0), high: max(bin, $0)) != nil
            }
            if hasEvents { result.status[bin] = .tooFewEvents }
        }
        return result
    }

    /// The pairs of different η bins with enough events in every sample.
    public static func pairs(
        data: BalanceSample, simulation: BalanceSample?, ptBin: Int, requirement: EventRequirement
    ) -> [PairBalance] {
        let bins = data.sums.binning.eta.count
        var pairs: [PairBalance] = []
        for high in 1..<bins {
            for low in 0..<high {
                guard let measured = data.moments(ptBin: ptBin, low: low, high: high), requirement.isMet(by: measured)
                else { continue }
                var (expected, expectedVariance) = (0.0, 0.0)
                var parts = [(measured.asymmetryVariance, measured.varianceFreedom)]
                if let simulation {
                    guard let model = simulation.moments(ptBin: ptBin, low: low, high: high),
                        requirement.isMet(by: model)
                    else { continue }
                    let slope = slope(asymmetry: model.asymmetry)
                    expected = logRatio(asymmetry: model.asymmetry)
                    expectedVariance = model.asymmetryVariance / (slope * slope)
                    parts.append((model.asymmetryVariance, model.varianceFreedom))
                }
                pairs.append(
                    PairBalance(
                        low: low, high: high, asymmetry: measured.asymmetry, variance: measured.asymmetryVariance,
                        expectedLogRatio: expected, expectedVariance: expectedVariance,
                        freedom: degreesOfFreedom(parts)))
            }
        }
        return pairs
    }
}

/// Of a sum of variances, each known from so many: (Σ v)² / Σ v²/ν (Welch 1947, Satterthwaite 1946).
private func degreesOfFreedom(_ parts: [(variance: Double, freedom: Double)]) -> Double {
    let sum = parts.reduce(0) { $0 + $1.variance }
    return sum * sum / parts.reduce(0) { $0 + $1.variance * $1.variance / max($1.freedom, 1) }
}

/// A method that cannot do what it is asked for.
public enum MethodError: Error, Equatable, CustomStringConvertible {
    case needsEvents(Method)
    case derivesNothing(Method)
    case needsSimulation(Method)
    case needsMissingMomentum(Method)
    case cannotExtrapolate(Method)
    case locationIsMean(Method)
    case locationHasNo(String)
    case fitsResolution(Method)
    case cannotSmooth(Method)
    /// A number of coefficients.
    case tooManyToSmooth(Int)

    public var description: String {
        switch self {
        case .needsEvents(let method):
            "method '\(method.rawValue)' needs the events of simulation, which it changes; sums alone are not enough"
        case .derivesNothing(let method):
            "constants of method '\(method.rawValue)' come from a file and are derived from no events"
        case .needsSimulation(let method):
            "method '\(method.rawValue)' compares data with simulation and was given none"
        case .needsMissingMomentum(let method):
            "method '\(method.rawValue)' projects the missing momentum, of which there are no sums"
        case .cannotExtrapolate(let method):
            "method '\(method.rawValue)' has no balance at a cut on alpha that could be "
                + "extrapolated: leave out alpha edges, or take matrix, matrix-linear or central"
        case .locationIsMean(let method):
            "method '\(method.rawValue)' works on means: leave out the location, or take matrix, "
                + "matrix-linear or central"
        case .locationHasNo(let what):
            "\(what) are of mean asymmetries: leave them out, or take the location 'mean'"
        case .fitsResolution(let method):
            "method '\(method.rawValue)' changes simulation until its resolution is that of data: leave out the resolution, or take "
                + "another method"
        case .cannotSmooth(let method):
            "method '\(method.rawValue)' has a smooth surface of its own: leave out the smoothing, or take matrix, "
                + "matrix-linear, central or mpf"
        case .tooManyToSmooth(let coefficients):
            "a spline of these bins has \(coefficients) coefficients, more than the \(SplineSystem.largestCount) that can be solved "
                + "for: take wider bins, the smoothing kernel or none"
        }
    }
}

extension BalanceBinning {
    /// Share of each η bin in the gauge Σ g ln r = 0: the bin's part of the reference region's width.
    public var gaugeWeights: [Double] {
        var weights = Array(repeating: 0.0, count: eta.count)
        let reference = referenceBins
        let total = reference.reduce(0) { $0 + eta.width($1) }
        for bin in reference { weights[bin] = eta.width(bin) / total }
        return weights
    }
}
