public import Binning
public import DetectorModel
public import JetPhysics

/// Factors on how often simulated jets have each b-tagging score, as data ask for, and what these are uncertain by.
public struct ScaleFactors: Sendable, Equatable {
    /// Of a kind of jet.
    public struct Table: Sendable, Equatable {
        private static let range = 0.1...10.0
        private static let largestShare = 0.9

        /// Measured, before calibration, GeV; jets beyond have the nearest bin's.
        public let pt: Axis
        /// By bin of pT and score.
        public let factors: [[Double]]
        /// Added for `up`, taken off for `down`. Negative ones belong to scores that lose what others gain.
        public let uncertainties: [[Double]]

        /// - Throws: unless there are as many rows as bins, of as many numbers as scores, with factors from 0.1 to 10
        ///   and each uncertainty, whatever its sign, up to 0.9 of its factor.
        public init(pt: Axis, factors: [[Double]], uncertainties: [[Double]]) throws(CardError) {
            (self.pt, self.factors, self.uncertainties) = (pt, factors, uncertainties)
            let scores = Tagger.scores.count
            for (key, rows) in [("factors", factors), ("uncertainties", uncertainties)] {
                guard rows.count == pt.count, rows.allSatisfy({ $0.count == scores }) else {
                    throw CardError(
                        [key], "there are not \(scores) numbers for each of \(pt.count) bins",
                        "give a row for each bin of pT, of a number for each score from 1 to \(scores)")
                }
            }
            for bin in factors.indices {
                for score in 0..<scores {
                    let (factor, width) = (factors[bin][score], uncertainties[bin][score])
                    guard Self.range.contains(factor) else {
                        throw CardError(
                            ["factors", "\(bin)"], "\(factor) is out of range",
                            "give factors from \(Self.range.lowerBound) to \(Self.range.upperBound)")
                    }
                    guard abs(width) <= Self.largestShare * factor else {
                        throw CardError(
                            ["uncertainties", "\(bin)"], "\(width) is too large for its factor \(factor)",
                            "give up to \(Self.largestShare) of the factor")
                    }
                }
            }
        }
    }

    /// Kinds that are not there keep their scores.
    public let tables: [JetKind: Table]

    public init(_ tables: [JetKind: Table]) { self.tables = tables }
}

/// Which factors are moved by their uncertainties.
public enum ScaleFactorVariation: Sendable, Equatable, CustomStringConvertible {
    case nominal
    case up(JetKind)
    case down(JetKind)

    public static let all = [nominal] + JetKind.allCases.flatMap { [.up($0), .down($0)] }

    /// As in `bottom-up`.
    public var description: String {
        switch self {
        case .nominal: "nominal"
        case .up(let kind): "\(kind.name)-up"
        case .down(let kind): "\(kind.name)-down"
        }
    }

    /// Of the uncertainties of a kind.
    fileprivate func sign(_ kind: JetKind) -> Double { self == .up(kind) ? 1 : self == .down(kind) ? -1 : 0 }
}

/// Weights of events that bring the scores of simulated jets to those of data and keep the total.
///
/// A jet of known flavour with score s counts SF_s / Σ_t ε_t SF_t, ε being the shares of scores that the tagger is known to give to jets of
/// its flavour, pT and |η|: their mean is 1, and what does not look at scores stays as it is. A variation moves SF by its
/// uncertainty; up and down lie on either side of the jet's nominal weight. An event counts the product of its jets.
public struct TagWeights: Sendable {
    /// Of one flavour.
    private struct Table: Sendable {
        /// All edges of factors and of shares.
        let pt: Axis
        /// By pT, |η| and score.
        let weights: [Double]
    }

    private let absEta: Axis
    /// By flavour; nil for those whose weights are 1.
    private let tables: [Table?]

    public init(_ factors: ScaleFactors, tagger: Tagger, variation: ScaleFactorVariation = .nominal) {
        let efficiencies = tagger.efficiencies
        absEta = efficiencies.absEta
        tables = JetFlavour.allCases.map { flavour in
            guard let table = factors.tables[flavour.kind] else { return nil }
            let sign = variation.sign(flavour.kind)
            let edges = Set(efficiencies.pt.edges + table.pt.edges).sorted()
            guard let pt = try? Axis(edges: edges) else { preconditionFailure("edges that increase") }
            let weights = (0..<pt.count).flatMap { bin -> [Double] in
                let centre = 0.5 * (edges[bin] + edges[bin + 1])
                let row = table.pt.nearestIndex(of: centre)
                let varied = zip(table.factors[row], table.uncertainties[row]).map { $0 + sign * $1 }
                return (0..<efficiencies.absEta.count).flatMap { eta -> [Double] in
                    let shares = efficiencies.shares(
                        flavour, ptBin: efficiencies.pt.nearestIndex(of: centre), absEtaBin: eta)
                    let mean = zip(shares, varied).map(*).reduce(0, +)
                    return varied.map { $0 / mean }
                }
            }
            return Table(pt: pt, weights: weights)
        }
    }

    /// Of a jet with a score; 1 for −1.
    /// - Parameter pt: measured, before calibration, GeV.
    public func weight(_ flavour: JetFlavour, pt: Double, eta: Double, score: Int) -> Double {
        guard score > 0, let table = tables[flavour.rawValue] else { return 1 }
        let bin = table.pt.nearestIndex(of: pt) * absEta.count + absEta.nearestIndex(of: abs(eta))
        return table.weights[bin * Tagger.scores.count + score - 1]
    }

    /// Multiplies the weights of the events of a tagged block, which is not calibrated yet; jets without truth count 1.
    public func apply(to block: ReconstructedBlock) {
        guard let tags = block.tags else { preconditionFailure("a block with tags") }
        for jet in 0..<ReconstructedBlock.jetCount {
            for row in 0..<block.count {
                let position = jet * block.capacity + row
                guard block.pt[position] > 0, block.truePt[position] > 0 else { continue }
                block.relativeWeight[row] *= weight(
                    JetFlavour(flavour: block.flavour[position]), pt: block.pt[position], eta: block.eta[position],
                    score: Int(tags.score[position]))
            }
        }
    }
}
