/// The largest tolerated non-closure, by |η|.
public struct Tolerance: Sendable, Equatable {
    public struct Band: Sendable, Equatable {
        public let absEtaMaximum: Double
        public let value: Double

        public init(absEtaMaximum: Double, value: Double) {
            self.absEtaMaximum = absEtaMaximum
            self.value = value
        }
    }

    /// In order of |η|; bins beyond the last are reported without being judged.
    public let bands: [Band]

    public init(bands: [Band]) { self.bands = bands }

    /// What the default binning of the built-in cards is held to.
    public static let standard = Tolerance(bands: [
        Band(absEtaMaximum: 2.4, value: 0.005), Band(absEtaMaximum: 4.5, value: 0.02),
    ])

    /// The same everywhere.
    public static func uniform(_ value: Double) -> Tolerance {
        Tolerance(bands: [Band(absEtaMaximum: 100, value: value)])
    }

    /// A bin is judged by the band that its centre lies in.
    public func value(etaLow: Double, etaHigh: Double) -> Double? {
        let centre = abs(0.5 * (etaLow + etaHigh))
        return bands.first { centre < $0.absEtaMaximum }?.value
    }
}

/// The figures that a closure is judged by: |δ| − 2u against the tolerance, in every determined bin.
public struct ClosureVerdict: Sendable {
    public struct Bin: Sendable, Equatable {
        public let eta: [Double]
        public let pt: [Double]
        public let nonclosure: Double
        public let uncertainty: Double
        public let excess: Double
    }

    public let maximum: Double
    public let rms: Double
    /// √max(0, <δ² − u²>) over all determined bins.
    public let rmsExcess: Double
    /// The bin whose |δ| − 2u is nearest to, or farthest beyond, its tolerance.
    public let worst: Bin?
    public let binsDetermined: Int
    public let binsOutside: Int
    /// Determined bins whose 2u exceeds the tolerance: they cannot tell, and hardly fail.
    public let binsWithoutPower: Int
    /// Bins with enough test jets, but without a constant to test.
    public let binsWithoutConstant: Int
    /// Mean and width of δ/u and the share of |δ| < u, over the bins of this one experiment.
    public let pullMean: Double?
    public let pullWidth: Double?
    public let coverage: Double?
    public let medianUncertainty: Double?

    /// Whether each quoted pT bin was fitted: closure of what is left of a failed fit proves nothing.
    public let fitIsValid: Bool

    public var passed: Bool { fitIsValid && binsDetermined > 0 && binsOutside == 0 }

    public init(_ closure: TruthClosure, tolerance: Tolerance, fitIsValid: Bool) {
        self.fitIsValid = fitIsValid
        var (maximum, squares, excessSquares, count, outside) = (0.0, 0.0, 0.0, 0, 0)
        var (powerless, untested) = (0, 0)
        var pulls: [Double] = []
        var worst: (bin: Bin, margin: Double)?
        var uncertainties: [Double] = []
        for eta in closure.nonclosure.indices {
            for pt in closure.nonclosure[eta].indices {
                guard let value = closure.nonclosure[eta][pt], let uncertainty = closure.uncertainty[eta][pt] else {
                    if closure.events[eta][pt] >= TruthClosure.smallestRows { untested += 1 }
                    continue
                }
                // Where one bin makes the whole reference, it is 1 by definition and tests nothing.
                guard uncertainty > 1e-9 else { continue }
                count += 1
                pulls.append(value / uncertainty)
                maximum = max(maximum, abs(value))
                squares += value * value
                excessSquares += value * value - uncertainty * uncertainty
                uncertainties.append(uncertainty)
                let edges = [closure.etaEdges[eta], closure.etaEdges[eta + 1]]
                guard let limit = tolerance.value(etaLow: edges[0], etaHigh: edges[1]) else { continue }
                let excess = abs(value) - 2 * uncertainty
                if excess >= limit { outside += 1 }
                if 2 * uncertainty > limit { powerless += 1 }
                if excess - limit > (worst?.margin ?? -.infinity) {
                    let bin = Bin(
                        eta: edges, pt: [closure.ptEdges[pt], closure.ptEdges[pt + 1]], nonclosure: value,
                        uncertainty: uncertainty, excess: excess)
                    worst = (bin, excess - limit)
                }
            }
        }
        self.maximum = maximum
        rms = count > 0 ? (squares / Double(count)).squareRoot() : 0
        rmsExcess = count > 0 ? max(0, excessSquares / Double(count)).squareRoot() : 0
        self.worst = worst?.bin
        binsDetermined = count
        binsOutside = outside
        binsWithoutPower = powerless
        binsWithoutConstant = untested
        let mean = pulls.isEmpty ? nil : pulls.reduce(0, +) / Double(pulls.count)
        pullMean = mean
        pullWidth = mean.map { mean in
            (pulls.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(pulls.count)).squareRoot()
        }
        coverage = pulls.isEmpty ? nil : Double(pulls.count { abs($0) < 1 }) / Double(pulls.count)
        medianUncertainty = uncertainties.isEmpty ? nil : uncertainties.sorted()[uncertainties.count / 2]
    }
}
