#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Balance
internal import GSL

/// The extrapolation of constants to α → 0: cell by cell, and smooth in η.
///
/// Radiation beyond the two jets moves their balance. What data and simulation share of it cancels in their ratio; the rest vanishes
/// with α, as far as it is of third jets. k_FSR is what the constants gain from the nominal cut to α = 0, measured for probes
/// against the reference region (arXiv:1607.03663).
public struct AlphaExtrapolation: Sendable, Equatable {
    /// Below this probability that one curve for all pT describes their cells as well, each pT bin has its own.
    public static let commonProbability = 0.01

    public let cuts: [Double]
    public let binning: BalanceBinning
    public let cells: [AlphaCell]
    /// Of the cells of all pT bins together; nil where there are too few.
    public let common: FactorCurve?
    /// Of each pT bin's own cells; nil where there are too few.
    public let own: [FactorCurve?]
    /// That one curve describes all pT bins that have one of their own, by the χ² that they gain; nil where fewer than two have.
    public let probabilityOfCommon: Double?
    /// [η][pT]: where curves are taken for a bin, at the mean η of its probes where that is known.
    private let places: [[Double]]

    /// Whether pT bins have their own curves, where these are.
    public var dependsOnPt: Bool { probabilityOfCommon.map { $0 < Self.commonProbability } ?? false }

    /// The curve that acts in a pT bin.
    public func curve(ptBin: Int) -> FactorCurve? { dependsOnPt ? own[ptBin] ?? common : common }

    /// - Parameters:
    ///   - data: after the constants that are to be extrapolated, or before any.
    ///   - simulation: nil where constants make data uniform.
    public init(data: AlphaSample, simulation: AlphaSample?, requirement: EventRequirement) throws {
        let binning = data.sums.binning
        let reference = Set(binning.referenceBins)
        cuts = data.sums.cuts.cuts
        self.binning = binning
        var cells: [AlphaCell] = []
        for ptBin in 0..<binning.ptAverage.count {
            for etaBin in 0..<binning.eta.count where !reference.contains(etaBin) {
                let cell = AlphaCell(
                    data: data, simulation: simulation, etaBin: etaBin, ptBin: ptBin, requirement: requirement)
                if let cell, cell.variance > 0 { cells.append(cell) }
            }
        }
        self.cells = cells
        var places = (0..<binning.eta.count).map { eta in
            Array(repeating: binning.eta.centre(eta), count: binning.ptAverage.count)
        }
        for cell in cells { places[cell.etaBin][cell.ptBin] = cell.eta }
        self.places = places
        let gauge = binning.gaugeWeights
        func curve(_ cells: [AlphaCell]) throws -> FactorCurve? {
            try FactorCurve(
                cells.map {
                    .init(eta: $0.eta, value: $0.logFactor, variance: $0.variance)
                }, reference: binning.referenceBins.map { (binning.eta.centre($0), gauge[$0]) })
        }
        common = try curve(cells)
        let curves = try (0..<binning.ptAverage.count).map { pt in try curve(cells.filter { $0.ptBin == pt }) }
        own = curves
        let alone = curves.compactMap { $0 }
        guard alone.count > 1, let together = try curve(cells.filter { curves[$0.ptBin] != nil }) else {
            probabilityOfCommon = nil
            return
        }
        let gain = together.chiSquared - alone.reduce(0) { $0 + $1.chiSquared }
        let parameters = alone.reduce(0) { $0 + $1.parameterCount } - together.parameterCount
        probabilityOfCommon =
            parameters > 0 ? chiSquaredProbability(max(0, gain), degreesOfFreedom: parameters) : nil
    }

    /// ln k_FSR of a bin by the curve; nil where none acts.
    public func logFactor(eta: Int, pt: Int) -> Double? { curve(ptBin: pt)?.value(places[eta][pt]) }

    /// k_FSR of a bin by the curve, with its uncertainty.
    public func factor(eta: Int, pt: Int) -> (value: Double, uncertainty: Double)? {
        logFactor(eta: eta, pt: pt).map { (exp($0), exp($0) * max(0, covariance(pt: pt, eta, eta)).squareRoot()) }
    }

    /// Covariance of `logFactor` of two η bins in a pT bin.
    func covariance(pt: Int, _ eta: Int, _ other: Int) -> Double {
        curve(ptBin: pt)?.covariance(places[eta][pt], places[other][pt]) ?? 0
    }

    /// Whether there are pT bins with one curve.
    var tiesPtBins: Bool {
        let curves = own.indices.compactMap { curve(ptBin: $0) }
        return curves.indices.contains { curves[..<$0].contains(curves[$0]) }
    }

    /// The same of two bins of any pT, which have a curve in common or nothing.
    func covariance(_ one: SmoothedConstants.Place, _ other: SmoothedConstants.Place) -> Double {
        guard let curve = curve(ptBin: one.pt), curve == self.curve(ptBin: other.pt) else { return 0 }
        return curve.covariance(places[one.eta][one.pt], places[other.eta][other.pt])
    }
}

extension Method {
    /// Whether constants follow from balances below the cut on α, which a balance at α = 0 can stand for.
    public var isExtrapolable: Bool {
        switch self {
        case .matrix, .matrixLinear, .central: true
        case .fold, .imported, .mpf, .likelihood: false
        }
    }

    /// - Throws: `MethodError` where constants cannot be extrapolated.
    public func requireExtrapolable() throws(MethodError) {
        guard isExtrapolable else { throw .cannotExtrapolate(self) }
    }
}

extension Calibration {
    /// Multiplies constants by the smooth k_FSR, whose uncertainty is common to all η, and to all bins of pT that have one curve.
    ///
    /// The curve follows from all cells, so that the events of one bin hardly tie it to that bin's constant: that correlation is
    /// neglected.
    public func extrapolated(by extrapolation: AlphaExtrapolation) -> Calibration {
        precondition(extrapolation.binning == binning, "an extrapolation of the same bins")
        var result = self
        result.extrapolation = extrapolation
        for pt in 0..<binning.ptAverage.count {
            let determined = (0..<binning.eta.count).filter { constants[$0][pt] != nil }
            guard extrapolation.curve(ptBin: pt) != nil else {
                result.fits[pt].invalidReason =
                    fits[pt].invalidReason ?? "too few bins can be extrapolated in alpha"
                continue
            }
            for eta in determined {
                result.constants[eta][pt]? *= exp(extrapolation.logFactor(eta: eta, pt: pt) ?? 0)
                for other in determined {
                    result.logCovariance[pt][eta][other] += extrapolation.covariance(pt: pt, eta, other)
                }
                result.samplingVariances?[eta][pt] += extrapolation.covariance(pt: pt, eta, eta)
            }
        }
        // Of smooth constants the covariance below is of all bins of pT.
        if smoothing == nil, extrapolation.tiesPtBins {
            let pts = logCovariance.indices
            result.crossLogCovariance = pts.map { one in
                (one + 1..<pts.count).map { other in
                    constants.indices.map { row in
                        constants.indices.map { column in
                            guard constants[row][one] != nil, constants[column][other] != nil else { return 0 }
                            return logCovariance((row, one), (column, other))
                                + extrapolation.covariance(.init(eta: row, pt: one), .init(eta: column, pt: other))
                        }
                    }
                }
            }
        }
        if let smoothing {
            for (row, one) in smoothing.bins.enumerated() {
                for (column, other) in smoothing.bins.enumerated() {
                    result.smoothing?.covariance[row][column] += extrapolation.covariance(one, other)
                }
            }
        }
        return result
    }
}
