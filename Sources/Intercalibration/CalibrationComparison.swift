public import Balance
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// How the constants of one calibration differ from those of a reference, bin by bin, in units of what is known.
///
/// Both are brought to one gauge first: that of the reference calibration's region, over the bins of it that both have.
/// Differences are d = ln (c / c_ref). Their variance depends on how much of their statistics the two have in common:
///
/// - `none`: other events. Var d = V + V_ref.
/// - `nested`: the events of one are those of the other or a part of them. For an efficient estimate a and any other b
///   of the same Cov(a, b) = Var a, so that Var d = |V − V_ref| (J. A. Hausman, Econometrica 46 (1978) 1251). That of all the
///   events is efficient beside that of a part. Where the two variances are the same within 5 % their difference is of the
///   size of what is neglected, and says nothing: such bins have no uncertainty, such directions no part in χ².
///
/// A correlation of one, σ_d = |σ − σ_ref|, is not offered: it is the least that σ_d can be, which no two fits have.
/// Constants of different pT bins are independent. What a constant's mean pT differs by is neglected.
public struct CalibrationComparison: Sendable {
    public enum Correlation: String, Sendable, CaseIterable {
        case none
        case nested
    }

    /// Variances that differ by less than this share of the smaller one are the same.
    public static let leastGain = 0.05

    public let correlation: Correlation
    /// Of the reference: edges, and the reference region whose gauge both have here.
    public let binning: BalanceBinning
    /// The pT bins that both quote; the others are not compared.
    public let ptBins: Range<Int>
    /// [η bin][pT bin] as all tables here: ln (c / c_ref); nil where not compared.
    public let differences: [[Double?]]
    /// One standard deviation of the difference; nil also where there is none, as of a bin that the gauge alone fixes.
    public let uncertainties: [[Double?]]
    /// Constants in the common gauge, and their own uncertainties.
    public struct Constants: Sendable {
        public fileprivate(set) var values: [[Double?]]
        public fileprivate(set) var uncertainties: [[Double?]]

        fileprivate mutating func set(_ eta: Int, _ pt: Int, _ gauged: GaugedConstants) {
            let value = exp(gauged.logConstants[eta])
            values[eta][pt] = value
            uncertainties[eta][pt] = value * max(0, gauged.covariance[eta][eta]).squareRoot()
        }
    }
    public let constants: Constants
    public let referenceConstants: Constants
    /// Quoted bins that are compared, and those with a constant in this calibration alone, in the reference alone.
    public let bins: Int
    public let onlyHere: Int
    public let onlyInReference: Int
    /// Bins with a constant in both that are left out all the same.
    public let excluded: Int
    /// Bins that all have, in pT bins where they share no bin of the reference region, so that nothing ties them.
    public let untied: Int
    /// Whether the reference regions differ.
    public let isRegauged: Bool
    /// Whether the reference is the more precise of the two.
    public let referenceIsMorePrecise: Bool

    /// One pT bin: what χ² is made from.
    struct Block: Sendable {
        /// η bins that are compared.
        let bins: [Int]
        let gauge: [Double]
        let differences: [Double]
        let covariance: [[Double]]
        let referenceCovariance: [[Double]]
    }
    let blocks: [Block]

    /// Bins [η][pT] with a constant in all calibrations of one binning.
    /// - Precondition: there is a calibration, and all have the same edges.
    public static func common(_ calibrations: [Calibration]) -> [[Bool]] {
        let binning = calibrations[0].binning
        return (0..<binning.eta.count).map { eta in
            (0..<binning.ptAverage.count).map { pt in calibrations.allSatisfy { $0.constants[eta][pt] != nil } }
        }
    }

    /// - Parameters:
    ///   - included: bins [η][pT] to compare, such as those of `common`; what either has no constant for is left out.
    /// - Throws: what keeps the two from being compared.
    public init(
        _ calibration: Calibration, with reference: Calibration, correlation: Correlation, included: [[Bool]]? = nil
    ) throws(CalibrationComparisonError) {
        try CalibrationComparisonError.check(calibration, reference)
        let binning = reference.binning
        let (eta, pt) = (0..<binning.eta.count, 0..<binning.ptAverage.count)
        let empty = eta.map { _ in [Double?](repeating: nil, count: pt.count) }
        let gauge = binning.gaugeWeights
        let quoted =
            max(
                binning.quotedPtBins.lowerBound, calibration.binning.quotedPtBins.lowerBound)..<binning.ptAverage.count
        var differences = empty
        var (constants, referenceConstants) = (
            Constants(values: empty, uncertainties: empty), Constants(values: empty, uncertainties: empty)
        )
        var (only, onlyReference, excluded, untied) = (0, 0, 0, 0)
        var blocks: [Block] = []
        var gain = 0.0
        for pt in pt {
            var bins: [Int] = []
            for eta in eta where quoted.contains(pt) {
                switch (calibration.constants[eta][pt] != nil, reference.constants[eta][pt] != nil) {
                case (true, true): if included?[eta][pt] != false { bins.append(eta) } else { excluded += 1 }
                case (true, false): only += 1
                case (false, true): onlyReference += 1
                case (false, false): break
                }
            }
            let total = bins.reduce(0) { $0 + gauge[$1] }
            if total <= 0 {
                untied += bins.count
                bins = []
            }
            let weights = eta.map { bins.contains($0) ? gauge[$0] / total : 0 }
            let one = GaugedConstants(calibration, pt: pt, bins: bins, gauge: weights)
            let other = GaugedConstants(reference, pt: pt, bins: bins, gauge: weights)
            for bin in bins {
                differences[bin][pt] = one.logConstants[bin] - other.logConstants[bin]
                constants.set(bin, pt, one)
                referenceConstants.set(bin, pt, other)
                let variance = one.covariance[bin][bin]
                if weights[bin] < 1, variance > 0, other.covariance[bin][bin] > 0 {
                    gain += log(variance / other.covariance[bin][bin])
                }
            }
            blocks.append(
                Block(
                    bins: bins, gauge: weights, differences: eta.map { differences[$0][pt] ?? 0 },
                    covariance: one.covariance, referenceCovariance: other.covariance))
        }
        self.correlation = correlation
        self.binning = binning
        self.blocks = blocks
        self.differences = differences
        self.constants = constants
        self.referenceConstants = referenceConstants
        ptBins = quoted
        uncertainties = eta.map { eta in
            pt.map { pt in differences[eta][pt].flatMap { _ in blocks[pt].uncertainty(eta, correlation) } }
        }
        bins = differences.joined().count { $0 != nil }
        (onlyHere, onlyInReference, self.excluded, self.untied) = (only, onlyReference, excluded, untied)
        isRegauged = calibration.binning.gaugeWeights != gauge
        referenceIsMorePrecise = gain >= 0
    }

    public var pulls: [[Double?]] {
        differences.indices.map { eta in differences[eta].indices.map { pull(eta: eta, pt: $0) } }
    }

    /// The difference in standard deviations.
    public func pull(eta: Int, pt: Int) -> Double? {
        guard let difference = differences[eta][pt], let uncertainty = uncertainties[eta][pt] else { return nil }
        return difference / uncertainty
    }
}

extension CalibrationComparison.Block {
    /// nil where nothing is known of the difference.
    fileprivate func uncertainty(_ bin: Int, _ correlation: CalibrationComparison.Correlation) -> Double? {
        // The gauge fixes a bin that makes the whole region, up to rounding.
        guard gauge[bin] < 1 else { return nil }
        let (one, other) = (covariance[bin][bin], referenceCovariance[bin][bin])
        let variance: Double
        switch correlation {
        case .none: variance = one + other
        case .nested:
            variance = abs(one - other)
            guard variance >= CalibrationComparison.leastGain * min(one, other) else { return nil }
        }
        return variance > 0 ? variance.squareRoot() : nil
    }
}

/// Calibrations that cannot be compared.
public enum CalibrationComparisonError: Error, Equatable, CustomStringConvertible {
    /// Edges that one alone has; `key` is that of the file.
    case otherEdges(key: String, here: [Double], inReference: [Double])
    case otherKind(Calibration.Kind, reference: Calibration.Kind)

    /// Whether two calibrations have the same edges and are of one kind.
    public static func check(
        _ calibration: Calibration, _ reference: Calibration
    ) throws(CalibrationComparisonError) {
        for (key, one, other) in [
            ("eta_edges", calibration.binning.eta.edges, reference.binning.eta.edges),
            ("pt_edges", calibration.binning.ptAverage.edges, reference.binning.ptAverage.edges),
        ] where one != other {
            throw .otherEdges(
                key: key, here: one.filter { !other.contains($0) }, inReference: other.filter { !one.contains($0) })
        }
        guard calibration.kind == reference.kind else {
            throw .otherKind(calibration.kind, reference: reference.kind)
        }
    }

    /// The key of the file that is the matter.
    public var key: String {
        switch self {
        case .otherEdges(let key, _, _): key
        case .otherKind: "kind"
        }
    }

    public var description: String {
        func list(_ edges: [Double]) -> String {
            edges.prefix(6).map { "\($0)" }.joined(separator: ", ")
                + (edges.count > 6 ? " and \(edges.count - 6) more" : "")
        }
        switch self {
        case .otherEdges(_, let here, let reference):
            let parts = [
                here.isEmpty ? nil : "\(list(here)) only here",
                reference.isEmpty ? nil : "\(list(reference)) only there",
            ].compactMap { $0 }
            return "edges are others than those of the reference: \(parts.joined(separator: ", "))"
        case .otherKind(let kind, let reference):
            return "the constants are of kind '\(kind.rawValue)', those of the reference '\(reference.rawValue)'"
        }
    }
}
