internal import Balance
internal import Binning
public import FileAccess
internal import Foundation
public import Intercalibration

/// Constants in bins of (η, pT) that a file of another program holds.
public struct ImportedConstants: Sendable {
    /// What to take where a file does not tell.
    public struct Choices: Sendable {
        /// The correction of a file that has several.
        public var correction: String?
        /// The key of a correction with variations.
        public var variation: String?
        /// Edges for corrections that are not in bins of pT, GeV.
        public var ptEdges: [Double]
        public var referenceAbsEtaMaximum: Double?

        public init(
            correction: String? = nil, variation: String? = nil, ptEdges: [Double],
            referenceAbsEtaMaximum: Double? = nil
        ) {
            self.correction = correction
            self.variation = variation
            self.ptEdges = ptEdges
            self.referenceAbsEtaMaximum = referenceAbsEtaMaximum
        }
    }

    let path: String
    var etaEdges: [Double]
    var ptEdges: [Double]
    /// [η bin][pT bin], nil where there is none.
    public internal(set) var constants: [[Double?]]
    /// One standard deviation; 0 where the file tells none.
    public internal(set) var uncertainties: [[Double]]
    /// GeV, where a constant is.
    public internal(set) var ptMean: [[Double?]]
    var extrapolated: [[Bool]]
    var facts: [String: String] = [:]
    /// Where what jets are corrected with differs most from the file, of corrections that are no steps.
    public private(set) var largestDeviation: Deviation?

    /// A difference of corrections relative to that of the file, at a place (pT in GeV).
    public struct Deviation: Sendable {
        public let value: Double
        public let eta: Double
        public let pt: Double
    }

    /// What corrections of others are looked at with, GeV.
    private static let momenta = (0...120).map { 10 * pow(650, Double($0) / 120) }

    /// Where in a bin of η, from its lower edge on.
    private static let shares = [0.5, 0.01, 0.25, 0.75, 0.99]

    /// Whether the edges are those of |η|.
    enum EtaConvention { case signed, absolute }

    /// - Parameters:
    ///   - isStepwise: whether the correction is one number in each bin.
    ///   - value: the constant at (η, pT) and its uncertainty, nil where there is none.
    init(
        path: String, etaEdges: [Double], _ convention: EtaConvention, ptEdges: [Double], isStepwise: Bool,
        value: (_ eta: Double, _ pt: Double) throws(FileError) -> (constant: Double, uncertainty: Double)?
    ) throws(FileError) {
        self.path = path
        let isAbsolute = convention == .absolute
        let positive = etaEdges.drop { $0 <= 0 }
        let eta = isAbsolute ? positive.reversed().map { -$0 } + (etaEdges[0] > 0 ? [] : [0]) + positive : etaEdges
        // Before anything of that size is made.
        guard (2...400).contains(eta.count - 1), (1...100).contains(ptEdges.count - 1) else {
            throw FileError(
                .malformed, path,
                "there are \(max(0, eta.count - 1)) bins of eta and \(max(0, ptEdges.count - 1)) of pT",
                "give a correction of 2 to 400 bins of eta and at most 100 of pT")
        }
        self.etaEdges = eta
        self.ptEdges = ptEdges
        let (rows, columns) = (eta.count - 1, ptEdges.count - 1)
        constants = Array(repeating: Array(repeating: nil, count: columns), count: rows)
        ptMean = constants
        uncertainties = Array(repeating: Array(repeating: 0, count: columns), count: rows)
        extrapolated = Array(repeating: Array(repeating: false, count: columns), count: rows)
        for row in 0..<rows {
            let place = 0.5 * (eta[row] + eta[row + 1])
            for column in 0..<columns {
                let pt = (ptEdges[column] * ptEdges[column + 1]).squareRoot()
                guard let found = try value(isAbsolute ? abs(place) : place, pt) else { continue }
                guard found.constant > 0.01, found.constant < 100, found.uncertainty >= 0, found.uncertainty < 100
                else {
                    throw FileError(
                        .malformed, path,
                        "at eta = \(place), pT = \(pt) GeV the correction is \(found.constant) with an uncertainty of \(found.uncertainty)",
                        "give a correction from 0.01 to 100")
                }
                constants[row][column] = found.constant
                uncertainties[row][column] = found.uncertainty
                ptMean[row][column] = pt
            }
        }
        guard constants.joined().contains(where: { $0 != nil }) else {
            throw FileError(
                .malformed, path, "no bin has a constant", "give a file of constants in bins of eta")
        }
        guard !isStepwise, let axis = try? Axis(edges: eta) else { return }
        let map = ResidualMap(eta: axis, constants: constants, ptMean: ptMean)
        for row in 0..<rows {
            for share in Self.shares {
                let place = axis.edges[row] + share * (axis.edges[row + 1] - axis.edges[row])
                for pt in Self.momenta {
                    guard let told = try value(isAbsolute ? abs(place) : place, pt)?.constant else { continue }
                    let deviation = map.constant(eta: place, pt: pt) / told - 1
                    if abs(deviation) > abs(largestDeviation?.value ?? 0) {
                        largestDeviation = Deviation(value: deviation, eta: place, pt: pt)
                    }
                }
            }
        }
    }

    /// Edges in pT that jets can have.
    static func finite(_ edges: [Double]) -> [Double] {
        guard edges.count >= 2 else { return edges }
        var edges = edges
        if edges[edges.count - 1] > 1e6 { edges[edges.count - 1] = max(largestPt, 2 * edges[edges.count - 2]) }
        if edges[0] <= 0 { edges[0] = min(10, 0.5 * edges[1]) }
        return edges[0] < edges[1] ? edges : []
    }

    /// The largest pT of a jet that a bin without an end is taken to reach to, GeV: half of √s = 13 TeV.
    private static let largestPt = 6500.0

    /// What this program told of a file that it wrote; empty for files of others.
    static func facts(in text: String) -> [String: String] {
        var facts: [String: String] = [:]
        for part in text.split(separator: "; ") {
            let pair = part.split(separator: ": ", maxSplits: 1)
            guard pair.count == 2, let key = pair[0].split(separator: " ").last else { continue }
            facts[String(key)] = String(pair[1])
        }
        guard facts["EtaCal"] != nil else { return [:] }
        for key in ["reference_abs_eta_max", "quoted_pt_min"] where !(facts[key].flatMap(Double.init)?.isFinite ?? true)
        {
            facts[key] = nil
        }
        return facts
    }

    /// A calibration of these constants, statistically independent of each other.
    public func calibration(_ choices: Choices) throws(FileError) -> Calibration {
        let binning: BalanceBinning
        // Other edges than the file's may have been chosen.
        let quoted = facts["quoted_pt_min"].flatMap(Double.init).flatMap { ptEdges.dropLast().contains($0) ? $0 : nil }
        do {
            let eta = try Axis(edges: etaEdges)
            binning = try BalanceBinning(
                eta: eta, ptAverage: try Axis(edges: ptEdges), referenceAbsEtaMaximum: reference(choices),
                quotedPtMinimum: quoted ?? ptEdges[0])
        } catch let error as SelectionError {
            throw FileError(.malformed, "\(path): \(error.key)", error.problem, error.remedy)
        } catch {
            throw FileError(.malformed, path, "the bins cannot be taken: \(error)", "give increasing edges")
        }
        let bins = 0..<binning.eta.count
        let covariance = (0..<binning.ptAverage.count).map { pt in
            bins.map { row in
                bins.map { column -> Double in
                    guard row == column, let constant = constants[row][pt] else { return 0 }
                    let relative = uncertainties[row][pt] / constant
                    return relative * relative
                }
            }
        }
        let empty = constants.map { $0.map { _ in Double?.none } }
        let fits = (0..<binning.ptAverage.count).map { pt in
            let determined = bins.filter { constants[$0][pt] != nil }
            return FitQuality(
                chiSquared: 0, degreesOfFreedom: 0, probability: nil, pairs: 0, rank: determined.count,
                expectedRank: determined.count, conditionNumber: 1, iterations: 0, converged: !determined.isEmpty,
                components: [determined], invalidReason: determined.isEmpty ? "the file has no constants here" : nil)
        }
        return Calibration(
            method: .imported, kind: facts["kind"].flatMap(Calibration.Kind.init) ?? .dataOverSimulation,
            binning: binning, constants: constants, ptMean: ptMean,
            status: bins.map { row in
                constants[row].indices.map { column in
                    constants[row][column] == nil ? .unconstrained : extrapolated[row][column] ? .extrapolated : .ok
                }
            }, logCovariance: covariance, fits: fits,
            dataResponse: ResponseTable(values: empty, uncertainties: empty), simulationResponse: nil, passes: 0)
    }

    /// Bins up to |η| = 1.3 where nobody says more, as CMS does, or the innermost ones where those are wider.
    private func reference(_ choices: Choices) -> Double {
        if let told = choices.referenceAbsEtaMaximum ?? facts["reference_abs_eta_max"].flatMap(Double.init) {
            return told
        }
        let innermost = zip(etaEdges, etaEdges.dropFirst()).map { max(abs($0), abs($1)) }.min() ?? 1.3
        return max(1.3, innermost)
    }
}
