#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance

/// How constants of bins are smoothed over η and ln pT.
public enum Smoothing: String, Sendable, CaseIterable {
    /// Each bin has what its own events say.
    case none
    /// A spline of ln pT in each η bin (`SplineSmoothing`).
    case spline
    /// Averages with a Gaussian kernel (`KernelSmoothing`).
    case kernel
}

/// What smoothing has made of constants, and what they were.
public struct SmoothedConstants: Sendable, Equatable {
    public let smoothing: Smoothing
    /// What has smoothed them; nil of what a file has kept.
    public let spline: SplineSmoothing?
    public let kernel: KernelSmoothing?
    /// The bins that were smoothed, pT bin by pT bin.
    public let bins: [Place]
    /// Of ln c between these bins, also of different pT.
    public internal(set) var covariance: [[Double]]
    /// [η bin][pT bin] before smoothing.
    public let rawConstants: [[Double?]]
    public let rawUncertainties: [[Double?]]
    /// nil of what a file has kept.
    fileprivate(set) var raw: LogConstants?

    public struct Place: Sendable, Hashable {
        public let eta: Int
        public let pt: Int

        public init(eta: Int, pt: Int) {
            self.eta = eta
            self.pt = pt
        }
    }

    /// What a file has kept.
    public init(
        _ smoothing: Smoothing, spline: SplineSmoothing? = nil, kernel: KernelSmoothing? = nil, bins: [Place],
        covariance: [[Double]], rawConstants: [[Double?]], rawUncertainties: [[Double?]]
    ) {
        precondition(covariance.count == bins.count, "a row for each bin")
        self.smoothing = smoothing
        self.spline = spline
        self.kernel = kernel
        self.bins = bins
        self.covariance = covariance
        self.rawConstants = rawConstants
        self.rawUncertainties = rawUncertainties
    }

    /// Rows of `covariance`: [η bin][pT bin].
    func rows(etaBins: Int, ptBins: Int) -> [[Int?]] {
        var rows = Array(repeating: [Int?](repeating: nil, count: ptBins), count: etaBins)
        for (row, bin) in bins.enumerated() { rows[bin.eta][bin.pt] = row }
        return rows
    }
}

extension Method {
    /// Whether constants of bins can be smoothed afterwards; `fold` has a surface of its own.
    public var canBeSmoothed: Bool { worksOnSums }

    /// - Throws: `MethodError` where constants cannot be smoothed.
    public func require(_ smoothing: Smoothing) throws(MethodError) {
        guard smoothing == .none || canBeSmoothed else { throw .cannotSmooth(self) }
    }
}

extension Calibration {
    /// The same with smooth constants at the places of the determined bins; Σ g ln c of each pT bin stays as it is.
    /// - Throws: `MethodError` where there are too many bins for a spline.
    public func smoothed(_ smoothing: Smoothing) throws -> Calibration {
        switch smoothing {
        case .none: return self
        case .spline: return try splined(nil)
        case .kernel: return averaged(.standard)
        }
    }

    /// - Parameter widths: nil for the most likely ones.
    package func splined(_ widths: SplineSmoothing.Widths?) throws -> Calibration {
        guard let constants = LogConstants(self) else { return self }
        let system = try SplineSystem(constants, binning: binning)
        let result = try system.solve(try widths ?? system.bestWidths())
        return replaced(
            constants, .spline, spline: result.spline, values: result.values, covariance: result.covariance,
            samplingVariances: result.samplingVariances)
    }

    /// −2 ln of the likelihood of widths, up to a constant; nil where nothing can be smoothed.
    package func splineLikelihood(_ widths: SplineSmoothing.Widths) throws -> Double? {
        try LogConstants(self).map { try SplineSystem($0, binning: binning).likelihood(widths) }
    }

    package func averaged(_ kernel: KernelSmoothing) -> Calibration {
        guard let constants = LogConstants(self) else { return self }
        let centres = (0..<binning.eta.count).map { binning.eta.centre($0) }
        let shares = constants.gauged(
            constants.bins.map {
                kernel.shares(of: constants, etaCentres: centres, eta: centres[$0.eta], logPt: $0.logPt)
            })
        return replaced(
            constants, .kernel, kernel: kernel,
            values: shares.map { zip($0, constants.values).reduce(0) { $0 + $1.0 * $1.1 } },
            covariance: constants.propagated(shares), samplingVariances: nil)
    }

    private func replaced(
        _ constants: LogConstants, _ smoothing: Smoothing, spline: SplineSmoothing? = nil,
        kernel: KernelSmoothing? = nil, values: [Double], covariance: [[Double]],
        samplingVariances sampling: [Double]?
    ) -> Calibration {
        var result = self
        result.smoothing = SmoothedConstants(
            smoothing, spline: spline, kernel: kernel, bins: constants.bins.map { .init(eta: $0.eta, pt: $0.pt) },
            covariance: covariance,
            rawConstants: self.constants,
            rawUncertainties: self.constants.indices.map { eta in
                self.constants[eta].indices.map { uncertainty(eta: eta, pt: $0) }
            })
        result.smoothing?.raw = constants
        // All that pT bins have in common is in the covariance of the smooth constants; a bound of unbiased estimates does not hold for them.
        result.crossLogCovariance = []
        result.boundVariances = nil
        var variances = self.constants.indices.map { eta in
            self.constants[eta].indices.map { samplingVariance(eta: eta, pt: $0) }
        }
        for block in constants.blocks {
            for row in block.range {
                let bin = constants.bins[row]
                result.constants[bin.eta][bin.pt] = exp(block.mean + values[row])
                if let sampling { variances[bin.eta][bin.pt] = sampling[row] }
                for column in block.range {
                    result.logCovariance[bin.pt][bin.eta][constants.bins[column].eta] = covariance[row][column]
                }
            }
        }
        if sampling != nil { result.samplingVariances = variances }
        return result
    }

    /// What a kernel makes of the raw constants at places in an η bin, with one standard deviation of the statistics, for the eye; empty for
    /// constants that were read from a file.
    package func averages(
        _ kernel: KernelSmoothing, eta: Int, logPts: [Double]
    ) -> [(constant: Double, uncertainty: Double)] {
        guard let constants = smoothing?.raw else { return [] }
        let centres = (0..<binning.eta.count).map { binning.eta.centre($0) }
        return logPts.map { place in
            let shares = kernel.shares(of: constants, etaCentres: centres, eta: centres[eta], logPt: place)
            let constant = exp(zip(shares, constants.values).reduce(0) { $0 + $1.0 * $1.1 })
            return (constant, constant * max(0, constants.propagated([shares])[0][0]).squareRoot())
        }
    }

    /// Covariance of the mean ln c of some sets of jets by the covariance of all smoothed bins.
    func smoothedCovariance(
        _ smoothing: SmoothedConstants, of sets: [(eta: Int, shares: [Double])]
    ) -> [[Double]] {
        let rows = smoothing.rows(etaBins: binning.eta.count, ptBins: binning.ptAverage.count)
        let terms = sets.map { set in
            set.shares.enumerated().compactMap { pt, share in
                share == 0 ? nil : rows[set.eta][pt].map { (row: $0, share: share) }
            }
        }
        return terms.map { one in
            terms.map { other in
                var value = 0.0
                for first in one {
                    let line = smoothing.covariance[first.row]
                    for second in other { value += first.share * second.share * line[second.row] }
                }
                return value
            }
        }
    }
}
