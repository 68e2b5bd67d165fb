#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Balance
internal import Binning

/// The result of a forward-folded fit, beyond what it says of bins.
public struct FittedSurface: Sendable {
    public var map: SurfaceMap
    /// Of data over simulation; nil where it was not free.
    public var resolution: ResolutionFactor?
    /// Covariance of the surface's coefficients.
    public var covariance: [[Double]]
    /// One standard deviation of ln k by spline of `resolution` and within by node.
    public var resolutionUncertainty: [Double]
    public var smoothness: Smoothness
    /// ν of the whole fit.
    public var effectiveParameters: Double
    /// How many directions the penalty knows more of than data do, and the shares of data in the least known ones, ascending.
    public var penaltyDecides: Int
    public var leastShares: [Double]

    public init(
        map: SurfaceMap, resolution: ResolutionFactor?, covariance: [[Double]], resolutionUncertainty: [Double],
        smoothness: Smoothness, effectiveParameters: Double, penaltyDecides: Int, leastShares: [Double]
    ) {
        self.map = map
        self.resolution = resolution
        self.covariance = covariance
        self.resolutionUncertainty = resolutionUncertainty
        self.smoothness = smoothness
        self.effectiveParameters = effectiveParameters
        self.penaltyDecides = penaltyDecides
        self.leastShares = leastShares
    }

    /// Covariance of ln c between places.
    package func logCovariance(_ rows: [[Double]]) -> [[Double]] { Self.carried(covariance, rows) }

    /// S C Sᵀ of the matrix S of some rows, C of their coefficients and any that follow.
    static func carried(_ covariance: [[Double]], _ rows: [[Double]]) -> [[Double]] {
        // C Sᵀ.
        let products = rows.map { row in
            let used = row.indices.filter { row[$0] != 0 }
            return covariance.map { line in used.reduce(0.0) { $0 + line[$1] * row[$1] } }
        }
        return rows.map { row in
            let used = row.indices.filter { row[$0] != 0 }
            return products.map { product in used.reduce(0.0) { $0 + row[$1] * product[$1] } }
        }
    }
}

extension Calibration {
    /// Places in η over which the constant of a bin is averaged.
    private static let placesInBin = 8

    /// The calibration that a forward-folded fit stands for.
    /// - Parameters:
    ///   - data: before any residual, on the same bins.
    ///   - passes: goes over events of simulation.
    public init(
        _ fit: SurfaceFit, model: SurfaceModel, data: BalanceSample, simulation: BalanceSample,
        requirement: EventRequirement, passes: Int
    ) throws {
        // What data and simulation look like on their own, for the eye.
        var result = try Calibration(method: .matrix, data: data, simulation: simulation, requirement: requirement)
        let binning = data.sums.binning
        let ptBins = 0..<binning.ptAverage.count
        result.method = .fold
        result.passes = passes
        result.lastChange = fit.largestMove
        result.fits = fit.fits
        result.pulls = fit.pulls
        let map = SurfaceMap(
            surface: fit.next.surface, eta: binning.eta,
            ranges: Self.ranges(fit.status, binning, model.logPt.breaks, result.ptMean))
        let shares = try fit.dataShares()
        let surface = FittedSurface(
            map: map, resolution: fit.next.resolution,
            covariance: (0..<model.surfaceCount).map { Array(fit.covariance[$0][..<model.surfaceCount]) },
            resolutionUncertainty: (model.surfaceCount..<model.count).map {
                max(0, fit.covariance[$0][$0]).squareRoot()
            },
            smoothness: .expected, effectiveParameters: fit.effectiveParameters,
            penaltyDecides: shares.count { $0 < 0.5 }, leastShares: Array(shares.prefix(8)))
        result.surface = surface

        // ---- The constants of bins
        let isValid = fit.fits.contains { $0.isValid }
        var sampling = Array(repeating: Array(repeating: 0.0, count: binning.ptAverage.count), count: binning.eta.count)
        result.status = fit.status
        for ptBin in ptBins {
            let fallback = (binning.ptAverage.edges[ptBin] * binning.ptAverage.edges[ptBin + 1]).squareRoot()
            var rows: [[Double]] = []
            var growth: [Double] = []
            for bin in 0..<binning.eta.count {
                let logPt = log(result.ptMean[bin][ptBin] ?? fallback)
                let isNear = fit.status[bin].contains(.ok)
                guard isValid, isNear else {
                    result.constants[bin][ptBin] = nil
                    rows.append(Array(repeating: 0, count: model.surfaceCount))
                    growth.append(0)
                    continue
                }
                if fit.status[bin][ptBin] != .ok {
                    result.status[bin][ptBin] = .extrapolated
                    result.ptMean[bin][ptBin] = exp(logPt)
                }
                let (value, row) = Self.mean(map, eta: (binning.eta.edges[bin], binning.eta.edges[bin + 1]), logPt)
                result.constants[bin][ptBin] = exp(value)
                rows.append(row)
                let distance = map.distance(eta: binning.eta.centre(bin), logPt: logPt)
                growth.append(distance > 0 ? surface.growth(eta: binning.eta.centre(bin), logPt, distance) : 0)
            }
            var block = surface.logCovariance(rows)
            for bin in growth.indices { block[bin][bin] += growth[bin] }
            result.logCovariance[ptBin] = block
            for (bin, row) in FittedSurface.carried(fit.samplingCovariance, rows).enumerated() {
                sampling[bin][ptBin] = row[bin]
            }
        }
        result.samplingVariances = sampling
        self = result
    }

    /// Takes off what the constants leave of folded simulation.
    public mutating func take(_ remainder: SurfaceRemainder) {
        guard let map = surface?.map.with(remainder) else { return }
        surface?.map = map
        let edges = binning.eta.edges
        for bin in constants.indices {
            for ptBin in constants[bin].indices where constants[bin][ptBin] != nil {
                guard let pt = ptMean[bin][ptBin] else { continue }
                constants[bin][ptBin] = exp(Self.mean(map, eta: (edges[bin], edges[bin + 1]), log(pt)).0)
            }
        }
    }

    /// Mean ln c across an η bin, and its row of −∂/∂θ.
    private static func mean(
        _ map: SurfaceMap, eta edges: (low: Double, high: Double), _ logPt: Double
    ) -> (Double, [Double]) {
        var value = 0.0
        var row = Array(repeating: 0.0, count: map.surface.count)
        for index in 0..<placesInBin {
            let place = edges.low + (edges.high - edges.low) * (Double(index) + 0.5) / Double(placesInBin)
            value += log(map.constant(eta: place, pt: exp(logPt)))
            for (column, element) in map.sensitivities(eta: place, logPt: logPt).enumerated() {
                row[column] += element / Double(placesInBin)
            }
        }
        return (value / Double(placesInBin), row)
    }

    /// Where jets of a bin have been seen by the fit: from the lower edge of its first pT bin to the upper one of its last, in terms
    /// of the jets' own pT.
    private static func ranges(
        _ status: [[BinStatus]], _ binning: BalanceBinning, _ breaks: Axis, _ ptMean: [[Double?]]
    ) -> [ClosedRange<Double>] {
        let edges = binning.ptAverage.edges
        return status.indices.map { bin in
            guard let first = status[bin].firstIndex(of: .ok), let last = status[bin].lastIndex(of: .ok) else {
                return breaks.lowest...breaks.lowest
            }
            func shift(_ ptBin: Int) -> Double {
                ptMean[bin][ptBin].map { log($0 / (edges[ptBin] * edges[ptBin + 1]).squareRoot()) } ?? 0
            }
            let low = first == 0 ? breaks.lowest : log(edges[first]) + shift(first)
            let high = last == edges.count - 2 ? breaks.highest : log(edges[last + 1]) + shift(last)
            return min(low, high)...max(low, high)
        }
    }
}

extension FittedSurface {
    /// One standard deviation of ln c at a place, where no bin tells it; pT in GeV.
    package func logUncertainty(eta: Double, pt: Double) -> Double {
        let logPt = log(pt)
        let distance = map.distance(eta: eta, logPt: logPt)
        let variance = logCovariance([map.sensitivities(eta: eta, logPt: logPt)])[0][0]
        return (max(0, variance) + (distance > 0 ? growth(eta: eta, logPt, distance) : 0)).squareRoot()
    }

    /// What a frozen constant may be off by, squared: the slope that the surface has in ln pT where it is frozen, and its
    /// uncertainty, times the distance.
    func growth(eta: Double, _ logPt: Double, _ distance: Double) -> Double {
        let step = 0.1
        let inward = map.distance(eta: eta, logPt: logPt + 1e-3) < distance ? 1.0 : -1.0
        let edge = logPt + inward * distance
        let rows = [edge, edge + inward * step].map { map.sensitivities(eta: eta, logPt: $0) }
        let values = [edge, edge + inward * step].map { log(map.constant(eta: eta, pt: exp($0))) }
        let difference = zip(rows[0], rows[1]).map { ($1 - $0) / step }
        let variance = logCovariance([difference])[0][0]
        let slope = (values[1] - values[0]) / step
        return (slope * slope + max(0, variance)) * distance * distance
    }
}

extension Calibration {
    /// What data jets are corrected with.
    public var residual: Residual { surface.map { .surface($0.map) } ?? .steps(residualMap) }

    /// Covariance of the mean ln c of some sets of jets.
    /// - Parameters:
    ///   - sets: η bin of the jets, and mean shares of the fitted numbers, `residual.shareCount` of them.
    package func logCovariance(of sets: [(eta: Int, shares: [Double])]) -> [[Double]] {
        if let surface { return surface.logCovariance(sets.map(\.shares)) }
        if let smoothing { return smoothedCovariance(smoothing, of: sets) }
        let terms = sets.map { set in
            set.shares.enumerated().filter { $0.element != 0 }.map {
                (bin: (eta: set.eta, pt: $0.offset), share: $0.element)
            }
        }
        return terms.map { one in
            terms.map { other in
                var value = 0.0
                for first in one {
                    for second in other {
                        value += first.share * second.share * logCovariance(first.bin, second.bin)
                    }
                }
                return value
            }
        }
    }
}
