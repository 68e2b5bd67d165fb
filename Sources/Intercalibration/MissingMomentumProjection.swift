internal import Balance

/// The projection of the missing momentum on the reference jet (MPF): each η bin against all jets of the reference region.
///
/// With B0 = B2 + Bn + Bu (`Projection`), momenta that balance in truth and a probe whose response is x times the tag's, as those
/// of the third jet and of the soft term are R_n and R_u times,
///
///     (x − 1)/(x + 1) = B0 + [2x/((x + 1) R_n) − 1] Bn + [2x/((x + 1) R_u) − 1] Bu.
///
/// Since 2x/(x + 1) is 1 + (x − 1)/(x + 1), that is linear, and
///
///     (x − 1)/(x + 1) = (B2 + N)/(1 − N),   N = Bn/R_n + Bu/R_u,
///
/// of the means: mean first, ratio after. Without responses it is the plain form (x − 1)/(x + 1) = B0, in which all that recoils counts
/// as responding like the mean of tag and probe. Each event is exact where its jets are back to back; what they are not is of second
/// order in the angle between them.
package struct MissingMomentumProjection {
    /// Relative to that of the tag.
    package struct Responses: Sendable, Equatable {
        package let other: Double
        package let unclustered: Double

        package init(other: Double, unclustered: Double) {
            self.other = other
            self.unclustered = unclustered
        }
    }

    let gauge: [Double]
    let requirement: EventRequirement

    func solve(data: BalanceSample, simulation: BalanceSample?, ptBin: Int) throws -> FitResult {
        try logResponses(data, ptBin).fit(less: try simulation.map { try logResponses($0, ptBin) }, gauge: gauge)
    }

    private func logResponses(_ sample: BalanceSample, _ ptBin: Int) throws -> LogResponses {
        guard let sums = sample.missingMomentum else { throw MethodError.needsMissingMomentum(.mpf) }
        return ReferenceMeans(requirement: requirement).logResponses(
            of: gauge.indices.map { probe in
                contributions(of: sums.cells(ptBin: ptBin, probe: probe, weights: sample.weights), sample.responses)
            }
        ).symmetrized
    }

    /// Of the cells of a probe: B0 is A/2 of jets that balance otherwise, and so is (x − 1)/(x + 1), which is linear in the means about
    /// that of all cells.
    private func contributions(
        of cells: [MissingMomentumMoments], _ responses: Responses?
    ) -> [ReferenceMeans.Contribution] {
        let weight = cells.reduce(0) { $0 + $1.weight }
        let mean = (0..<3).map { part in cells.reduce(0) { $0 + $1.weight * $1.means[part] } / weight }
        let contrast = Contrast(jets: mean[0], other: mean[1], unclustered: mean[2], responses)
        return cells.map { cell in
            let distance = (0..<3).reduce(0) { $0 + contrast.gradient[$1] * (cell.means[$1] - mean[$1]) }
            let variance = 4 * cell.variance(along: contrast.gradient)
            return .init(
                tag: cell.tag, rows: cell.rows, asymmetry: 2 * (contrast.value + distance), weight: cell.weight,
                own: variance.isFinite ? cell.weight * cell.weight * variance : 0,
                squares: cell.weight * cell.weight / cell.effectiveEvents)
        }
    }

    /// (x − 1)/(x + 1), x the response of probe over tag.
    package struct Contrast {
        package let value: Double
        /// By B2, Bn and Bu.
        package let gradient: [Double]
        /// x.
        package var ratio: Double { (1 + value) / (1 - value) }

        /// - Parameter responses: nil for the plain form.
        package init(jets: Double, other: Double, unclustered: Double, _ responses: Responses?) {
            guard let responses else {
                value = jets + other + unclustered
                gradient = [1, 1, 1]
                return
            }
            let recoil = other / responses.other + unclustered / responses.unclustered
            let value = (jets + recoil) / (1 - recoil)
            self.value = value
            gradient = [1, (1 + value) / responses.other, (1 + value) / responses.unclustered].map { $0 / (1 - recoil) }
        }
    }
}

extension BalanceSample {
    /// What recoils is taken to respond like; nil for the plain form.
    var responses: MissingMomentumProjection.Responses? { softResponse.map { .init(other: 1, unclustered: $0) } }
}
