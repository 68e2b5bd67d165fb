public import Balance
internal import GSL

/// The sums over classes of α of a sample, with the weights of its slices.
public struct AlphaSample: Sendable {
    public let sums: AlphaSums
    public let weights: [Double]

    public init(sums: AlphaSums, weights: [Double]) {
        self.sums = sums
        self.weights = weights
    }
}

/// The extrapolation of one bin of the probe's η and of pT_avg.
public struct AlphaCell: Sendable, Equatable {
    /// What was measured and the line through it.
    public struct Trend: Sendable, Equatable {
        public let points: AlphaPoints
        public let line: AlphaLine

        init(_ points: AlphaPoints) throws {
            self.points = points
            line = try AlphaLine(points)
        }
    }

    public let etaBin: Int
    public let ptBin: Int
    /// Mean of the probes of data: in a wide bin they gather where jets are more frequent.
    public let eta: Double
    /// Of ln(pT_probe / pT_ref).
    public let data: Trend
    public let simulation: Trend?
    /// Of data over simulation, the same as `data` where there is none.
    public let ratio: Trend
    /// ln k_FSR, k_FSR = c(α → 0) / c(nominal cut) with c = R_MC / R_data, and its variance.
    public let logFactor: Double
    public let variance: Double

    /// - Returns: nil where fewer than three cuts have enough events, or these say no more than fewer would.
    init?(
        data: AlphaSample, simulation: AlphaSample?, etaBin: Int, ptBin: Int, requirement: EventRequirement
    ) {
        func moments(_ sample: AlphaSample) -> AlphaMoments? {
            sample.sums.moments(ptBin: ptBin, etaBin: etaBin, weights: sample.weights)
        }
        guard let measured = moments(data) else { return nil }
        var expected: AlphaMoments?
        if let simulation {
            guard let model = moments(simulation) else { return nil }
            expected = model
        }
        let kept = Self.usableCuts([measured] + (expected.map { [$0] } ?? []), requirement)
        guard kept.count >= 3 else { return nil }
        self.etaBin = etaBin
        self.ptBin = ptBin
        eta = measured.eta
        let points = AlphaPoints(measured, cuts: kept)
        // Classes whose events are all alike add no point to a line; its covariance is singular then.
        guard let trend = try? Trend(points) else { return nil }
        self.data = trend
        if let expected {
            let model = AlphaPoints(expected, cuts: kept)
            guard let own = try? Trend(model), let relative = try? Trend(points.relative(to: model)) else { return nil }
            (self.simulation, ratio) = (own, relative)
        } else {
            (self.simulation, ratio) = (nil, trend)
        }
        let step = ratio.line.step(beyondLastOf: ratio.points)
        // A constant is the inverse of the response.
        (logFactor, variance) = (-step.value, step.variance)
    }

    /// Cuts below which all samples have enough events, and enough that were not below the one before.
    private static func usableCuts(_ samples: [AlphaMoments], _ requirement: EventRequirement) -> [Int] {
        AlphaCuts.usable(samples.map { ($0.weight, $0.listed) }) { cut in
            samples.allSatisfy {
                requirement.isMet(
                    rows: $0.rows[cut], truthEvents: $0.truthEvents[cut], effectiveEvents: $0.effectiveEvents[cut],
                    asymmetry: $0.asymmetry[cut], variance: $0.covariance[cut][cut])
            }
        }
    }
}
