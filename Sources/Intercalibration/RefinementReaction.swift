#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
package import Balance
internal import GSL
internal import Sampling

/// How the constants that a refinement finds react to those that data were corrected with.
///
/// Constants that do not depend on what was applied would be found with the scatter that a fit quotes. They do depend: a jet that is
/// scaled takes its event to another bin of pT_avg and beyond the cut on α, and constants act between the bins of pT that they are of.
/// With ln c′ = D ln c + n, n the scatter of a fit, constants of k passes scatter like (1 + D + … + D^(k−1)) n. D is measured with the same events and
/// constants that are moved up and down by `step` in a random pattern: of each pT bin's constant by its own and its neighbours' moves.
package struct RefinementReaction: Sendable, Equatable {
    /// Of ln c.
    static let step = 0.04
    /// Of D in one pT bin about the line in ln pT.
    private static let ownScatter = 0.05

    /// 1 + D + … + D^(k−1), [pT bin][pT bin].
    package let scatter: [[Double]]

    package init(scatter: [[Double]]) { self.scatter = scatter }

    private static func move(eta: Int, pt: Int) -> Double {
        splitMix(UInt64(eta) << 32 | UInt64(pt)) & 1 == 0 ? step : -step
    }

    /// What data corrected by a calibration are to be corrected with once more.
    package static func moves(of calibration: Calibration) -> ResidualMap {
        ResidualMap(
            eta: calibration.binning.eta,
            constants: calibration.constants.enumerated().map { eta, row in
                row.enumerated().map { pt, constant in constant.map { _ in exp(move(eta: eta, pt: pt)) } }
            }, ptMean: calibration.ptMean)
    }

    /// - Parameters:
    ///   - moved: corrected by the calibration and its `moves`.
    ///   - data: the same events, corrected by the calibration.
    /// - Returns: nil where too few bins react.
    package init?(
        of calibration: Calibration, moved: BalanceSample, data: BalanceSample, simulation: BalanceSample,
        requirement: EventRequirement
    ) throws {
        let method = calibration.method
        let (bins, ptBins) = (calibration.binning.eta.count, calibration.binning.ptAverage.count)
        let isMoved = calibration.constants.map { $0.map { $0 != nil } }
        var observations: [Observation] = []
        for pt in 0..<ptBins {
            let fits = try [moved, data].map {
                try method.fit(data: $0, simulation: simulation, ptBin: pt, requirement: requirement)
            }
            for eta in 0..<bins {
                guard let after = fits[0].logResponse[eta], let before = fits[1].logResponse[eta],
                    let applied = method.meansOfJets(moved, eta: eta, ptBin: pt)?.residual,
                    fits[1].covariance[eta][eta] > FitResult.leastVariance, isMoved[eta][pt]
                else { continue }
                func move(_ place: Int) -> Double {
                    (0..<ptBins).contains(place) && isMoved[eta][place] ? Self.move(eta: eta, pt: place) : 0
                }
                observations.append(
                    Observation(
                        pt: pt, moves: [move(pt), move(pt - 1), move(pt + 1)], value: applied - (after - before),
                        weight: 1 / fits[1].covariance[eta][eta]))
            }
        }
        guard let coefficients = try Self.coefficients(observations, calibration.binning) else { return nil }
        var reaction = Array(repeating: Array(repeating: 0.0, count: ptBins), count: ptBins)
        for pt in 0..<ptBins {
            for (place, value) in zip([pt, pt - 1, pt + 1], coefficients[pt]) where (0..<ptBins).contains(place) {
                reaction[pt][place] = value
            }
        }
        // 1 + D + D² + …, by Horner.
        let unit = (0..<ptBins).map { row in (0..<ptBins).map { $0 == row ? 1.0 : 0 } }
        var scatter = unit
        for _ in 0..<calibration.passes {
            let before = scatter
            for row in 0..<ptBins {
                for column in 0..<ptBins {
                    var sum = unit[row][column]
                    for between in 0..<ptBins { sum += reaction[row][between] * before[between][column] }
                    scatter[row][column] = sum
                }
            }
        }
        self.scatter = scatter
    }

    /// What a constant of one pT bin did.
    private struct Observation {
        let pt: Int
        /// Of the constant's own pT bin, of the one below and of the one above.
        let moves: [Double]
        let value: Double
        let weight: Double
    }

    /// D of each pT bin by its own, the lower and the upper neighbour's constant: linear in ln pT, and beside that as its own events have it,
    /// from which it differs by `ownScatter`.
    /// - Returns: nil where there are too few observations.
    private static func coefficients(_ all: [Observation], _ binning: BalanceBinning) throws -> [[Double]]? {
        let ptBins = binning.ptAverage.count
        guard all.count > 2 * (6 + ptBins) else { return nil }
        let places = (0..<ptBins).map { log(binning.ptAverage.edges[$0] * binning.ptAverage.edges[$0 + 1]) / 2 }
        let middle = places.reduce(0, +) / Double(ptBins)
        // What all η bins have in common is the gauge's.
        func common(_ pt: Int) -> [Double] { (0..<ptBins).map { $0 == pt ? 1 : 0 } }
        let line = try LinearFit(
            design: all.map { one in one.moves + one.moves.map { $0 * (places[one.pt] - middle) } + common(one.pt) },
            values: all.map(\.value), weights: all.map(\.weight))
        // Moved events are nearly those that were there: what they scatter tells the residuals alone.
        let noise = line.chiSquared / Double(all.count - 6 - ptBins)
        return try (0..<ptBins).map { pt in
            let linear = (0..<3).map { line.coefficients[$0] + line.coefficients[$0 + 3] * (places[pt] - middle) }
            let own = all.filter { $0.pt == pt }
            guard !own.isEmpty, noise > 0 else { return linear }
            let prior = (0..<3).map { row in (0..<4).map { $0 == row ? 1.0 : 0 } }
            return Array(
                try LinearFit(
                    design: own.map { $0.moves + [1] } + prior, values: own.map(\.value) + linear,
                    weights: own.map { $0.weight / noise }
                        + Array(repeating: 1 / (ownScatter * ownScatter), count: 3)
                ).coefficients.prefix(3))
        }
    }

    /// Of log constants, where their scatter is that of independent pT bins without a reaction.
    /// - Parameters:
    ///   - blocks: [pT bin], over η bins.
    ///   - isDetermined: [pT bin][η bin].
    /// - Returns: covariance of pT bin `one` (rows) with pT bin `other`.
    func covariance(_ blocks: [[[Double]]], _ isDetermined: [[Bool]], _ one: Int, _ other: Int) -> [[Double]] {
        let bins = isDetermined[one].indices
        var result = bins.map { _ in bins.map { _ in 0.0 } }
        for (pt, block) in blocks.enumerated() {
            let share = scatter[one][pt] * scatter[other][pt]
            for row in bins where isDetermined[one][row] {
                for column in bins where isDetermined[other][column] {
                    result[row][column] += share * block[row][column]
                }
            }
        }
        return result
    }
}

extension Calibration {
    /// What more passes would make of these constants, which are those of one, with the scatter that they would have.
    package func followed(by reaction: RefinementReaction?) -> Calibration {
        guard let reaction else { return self }
        var result = scattered(by: reaction)
        for (eta, row) in constants.enumerated() {
            for (pt, constant) in row.enumerated() where constant != nil {
                var sum = 0.0
                for (other, value) in row.enumerated() {
                    sum += reaction.scatter[pt][other] * (value.map { log($0) } ?? 0)
                }
                result.constants[eta][pt] = exp(sum)
            }
        }
        return result
    }

    /// With the scatter that constants have after refinements.
    package func scattered(by reaction: RefinementReaction?) -> Calibration {
        guard let reaction else { return self }
        var result = self
        result.reaction = reaction
        let pts = logCovariance.indices
        let isDetermined = pts.map { pt in constants.map { $0[pt] != nil } }
        result.logCovariance = pts.map { reaction.covariance(logCovariance, isDetermined, $0, $0) }
        result.crossLogCovariance = pts.map { one in
            (one + 1..<pts.count).map { reaction.covariance(logCovariance, isDetermined, one, $0) }
        }
        result.bootstrap = bootstrap?.scattered(by: reaction)
        result.boundVariances = boundVariances.map { bounds in
            pts.map { pt in
                constants.indices.map { eta in
                    pts.reduce(0) { $0 + reaction.scatter[pt][$1] * reaction.scatter[pt][$1] * bounds[$1][eta] }
                }
            }
        }
        return result
    }
}
