import Balance
import Binning
import Foundation
import Intercalibration
import Testing

/// Small calibrations made by hand.
private enum Handmade {
    static let edges: [Double] = [-3, -2, -1, 0, 1, 2, 3]

    static func binning(
        reference: Double = 1, edges: [Double] = edges, pts: [Double] = [50, 100, 200], quoted: Double = 50
    )
        throws -> BalanceBinning
    {
        try BalanceBinning(
            eta: try Axis(edges: edges), ptAverage: try Axis(edges: pts), referenceAbsEtaMaximum: reference,
            quotedPtMinimum: quoted)
    }

    /// - Parameters:
    ///   - logs: [pT][η] of ln c, nil where undetermined.
    ///   - covariances: [pT] of ln c.
    static func calibration(
        _ binning: BalanceBinning, _ logs: [[Double?]], _ covariances: [[[Double]]],
        kind: Calibration.Kind = .dataOverSimulation
    ) -> Calibration {
        let eta = 0..<binning.eta.count
        let table = eta.map { eta in logs.map { $0[eta].map { exp($0) } } }
        let response = ResponseTable(values: table, uncertainties: table)
        let quality = FitQuality(
            chiSquared: 0, degreesOfFreedom: 0, probability: nil, pairs: 0, rank: 0, expectedRank: 0,
            conditionNumber: 1,
            iterations: 1, converged: true, components: [], invalidReason: nil)
        return Calibration(
            method: .matrix, kind: kind, binning: binning, constants: table,
            ptMean: table.map { $0.map { $0.map { _ in 80 } } },
            status: table.map { $0.map { $0 == nil ? .unconstrained : .ok } }, logCovariance: covariances,
            fits: logs.map { _ in quality }, dataResponse: response, simulationResponse: response, passes: 1)
    }

    /// Σ_k a_k a_kᵀ + diag: positive definite, with correlations of both signs.
    static func covariance(_ scale: Double, _ turn: Double = 0) -> [[Double]] {
        let size = edges.count - 1
        return (0..<size).map { row in
            (0..<size).map { column in
                let (one, other) = (Double(row), Double(column))
                let common = sin(one * 1.3 + turn) * sin(other * 1.3 + turn) + 0.4 * cos(one * 2.1) * cos(other * 2.1)
                return scale * scale * (common + (row == column ? 1 + 0.3 * one : 0))
            }
        }
    }

    /// x − Σ g x and (1 − 1 gᵀ) V (1 − g 1ᵀ), matrix product by matrix product.
    static func gauged(_ values: [Double], _ covariance: [[Double]], _ gauge: [Double]) -> ([Double], [[Double]]) {
        let size = values.count
        let projection = (0..<size).map { row in (0..<size).map { (row == $0 ? 1 : 0) - gauge[$0] } }
        func product(_ one: [[Double]], _ other: [[Double]]) -> [[Double]] {
            one.map { row in (0..<size).map { column in (0..<size).reduce(0) { $0 + row[$1] * other[$1][column] } } }
        }
        let transposed = (0..<size).map { row in (0..<size).map { projection[$0][row] } }
        return (
            projection.map { zip($0, values).reduce(0) { $0 + $1.0 * $1.1 } },
            product(product(projection, covariance), transposed)
        )
    }

    /// dᵀ V⁻¹ d by elimination, of some rows and columns.
    static func chiSquared(_ differences: [Double], _ covariance: [[Double]], _ bins: [Int]) -> Double {
        var rows = bins.map { row in bins.map { covariance[row][$0] } + [differences[row]] }
        var sum = 0.0
        for pivot in rows.indices {
            sum += rows[pivot][bins.count] * rows[pivot][bins.count] / rows[pivot][pivot]
            for row in rows.indices where row > pivot {
                let factor = rows[row][pivot] / rows[pivot][pivot]
                for column in pivot...bins.count { rows[row][column] -= factor * rows[pivot][column] }
            }
        }
        return sum
    }

    static func sum(_ one: [[Double]], _ other: [[Double]], _ sign: Double = 1) -> [[Double]] {
        zip(one, other).map { zip($0, $1).map { $0 + sign * $1 } }
    }
}

struct CalibrationComparisonTests {
    private static let first = [0.08, 0.03, -0.004, 0.004, 0.02, 0.05]
    private static let second = [0.05, 0.035, 0.002, -0.002, 0.025, 0.09]
    private static let gauge = [0, 0, 0.5, 0.5, 0, 0]

    private static func pair(
        _ scales: (Double, Double) = (0.01, 0.013)
    ) throws -> (reference: Calibration, other: Calibration, covariances: ([[Double]], [[Double]])) {
        let binning = try Handmade.binning()
        let (x, v) = Handmade.gauged(first, Handmade.covariance(scales.0), gauge)
        let (y, w) = Handmade.gauged(second, Handmade.covariance(scales.1, 0.7), gauge)
        return (
            Handmade.calibration(binning, [x, x], [v, v]), Handmade.calibration(binning, [y, y], [w, w]), (v, w)
        )
    }

    @Test func independentOnesAddTheirVariances() throws {
        let (reference, other, (v, w)) = try Self.pair()
        let comparison = try CalibrationComparison(other, with: reference, correlation: .none)
        let total = Handmade.sum(v, w)
        let differences = zip(Self.second, Self.first).map { $0 - $1 }
        for eta in 0..<6 {
            for pt in 0..<2 {
                #expect(abs(try #require(comparison.differences[eta][pt]) - differences[eta]) < 1e-14)
                #expect(abs(try #require(comparison.uncertainties[eta][pt]) - total[eta][eta].squareRoot()) < 1e-15)
            }
        }
        let pulls = differences.indices.map { differences[$0] / total[$0][$0].squareRoot() }
        let one = comparison.summary(ptBins: 1..<2)
        #expect(one.bins == 6 && one.pulls == 6 && comparison.bins == 12 && !comparison.isRegauged)
        #expect(abs(try #require(one.maximum) - 0.04) < 1e-14)
        #expect(abs(try #require(one.rms) - (differences.reduce(0) { $0 + $1 * $1 } / 6).squareRoot()) < 1e-14)
        #expect(abs(try #require(one.pullMean) - pulls.reduce(0, +) / 6) < 1e-12)
        #expect(abs(try #require(one.pullRMS) - (pulls.reduce(0) { $0 + $1 * $1 } / 6).squareRoot()) < 1e-12)
        #expect(one.beyondTwo == pulls.count { abs($0) > 2 } && one.beyondThree == pulls.count { abs($0) > 3 })
        // The gauge takes one direction: whichever of its bins is left out, χ² is the same.
        for left in [2, 3] {
            let expected = Handmade.chiSquared(differences, total, (0..<6).filter { $0 != left })
            #expect(abs(try #require(one.chiSquared) / expected - 1) < 1e-9)
        }
        #expect(one.degreesOfFreedom == 5)
        // Different pT bins are independent.
        let all = comparison.summary()
        #expect(abs(try #require(all.chiSquared) / (2 * (try #require(one.chiSquared))) - 1) < 1e-12)
        #expect(all.degreesOfFreedom == 10 && all.bins == 12)
        let forward = comparison.summary(ptBins: 0..<1) { $0 == 0 || $0 == 5 }
        #expect(abs(try #require(forward.chiSquared) / Handmade.chiSquared(differences, total, [0, 5]) - 1) < 1e-9)
        #expect(forward.degreesOfFreedom == 2 && forward.bins == 2)
        // Exchanged, all signs change and nothing else.
        let back = try CalibrationComparison(reference, with: other, correlation: .none).summary()
        #expect(abs(try #require(back.chiSquared) / (try #require(all.chiSquared)) - 1) < 1e-12)
        #expect(abs(try #require(back.pullMean) + (try #require(all.pullMean))) < 1e-12)
    }

    /// The textbook p-value of the worked example: five degrees of freedom.
    @Test func probabilitiesAreThoseOfChiSquared() throws {
        let (reference, other, _) = try Self.pair()
        let summary = try CalibrationComparison(other, with: reference, correlation: .none).summary(ptBins: 0..<1)
        let x = try #require(summary.chiSquared)
        // Q(5/2, x/2) in closed form.
        let expected = erfc((x / 2).squareRoot()) + (2 * x / .pi).squareRoot() * exp(-x / 2) * (1 + x / 3)
        #expect(abs(try #require(summary.probability) - expected) < 1e-9)
    }

    /// Constants in another gauge are the same constants: nothing but the flag tells.
    @Test func anotherReferenceRegionChangesNothing() throws {
        let (reference, other, (v, w)) = try Self.pair()
        let wide = try Handmade.binning(reference: 3)
        let flat = Array(repeating: 1.0 / 6, count: 6)
        func moved(_ values: [Double], _ covariance: [[Double]]) -> Calibration {
            let (x, c) = Handmade.gauged(values, covariance, flat)
            return Handmade.calibration(wide, [x, x], [c, c])
        }
        let same = try CalibrationComparison(moved(Self.first, v), with: reference, correlation: .none)
        #expect(same.isRegauged && same.differences.joined().allSatisfy { abs($0 ?? 1) < 1e-15 })
        for correlation in CalibrationComparison.Correlation.allCases {
            let straight = try CalibrationComparison(other, with: reference, correlation: correlation)
            let around = try CalibrationComparison(moved(Self.second, w), with: reference, correlation: correlation)
            for eta in 0..<6 {
                let (one, two) = (straight.pull(eta: eta, pt: 0), around.pull(eta: eta, pt: 0))
                #expect((one == nil) == (two == nil) && abs((one ?? 0) - (two ?? 0)) < 1e-9, "η bin \(eta)")
            }
            let (a, b) = (straight.summary(), around.summary())
            #expect(abs(try #require(a.chiSquared) - (try #require(b.chiSquared))) < 1e-8)
            #expect(a.degreesOfFreedom == b.degreesOfFreedom && a.contraryDirections == b.contraryDirections)
        }
    }

    // MARK: Nested statistics

    /// An estimate with W more variance than the reference, which holds all that it knows: differences have W.
    @Test(arguments: [true, false]) func whatIsLessPreciseHasTheDifferenceToItself(referenceIsPrecise: Bool) throws {
        let (v, w) = (Handmade.covariance(0.01), Handmade.covariance(0.02, 0.7))
        let binning = try Handmade.binning()
        let (x, precise) = Handmade.gauged(Self.first, v, Self.gauge)
        let (y, other) = Handmade.gauged(Self.second, Handmade.sum(v, w), Self.gauge)
        let (_, gain) = Handmade.gauged(Self.second, w, Self.gauge)
        let one = Handmade.calibration(binning, [x, x], [precise, precise])
        let two = Handmade.calibration(binning, [y, y], [other, other])
        let comparison =
            referenceIsPrecise
            ? try CalibrationComparison(two, with: one, correlation: .nested)
            : try CalibrationComparison(one, with: two, correlation: .nested)
        #expect(comparison.referenceIsMorePrecise == referenceIsPrecise)
        for eta in 0..<6 {
            #expect(abs(try #require(comparison.uncertainties[eta][0]) - gain[eta][eta].squareRoot()) < 1e-12)
        }
        let differences = zip(y, x).map { $0 - $1 }
        let summary = comparison.summary(ptBins: 0..<1)
        let expected = Handmade.chiSquared(differences, gain, [0, 1, 3, 4, 5])
        #expect(abs(try #require(summary.chiSquared) / expected - 1) < 1e-8)
        #expect(summary.degreesOfFreedom == 5 && summary.contraryDirections == 0)
    }

    /// Where variances are the same the difference has no scale: of a calibration and itself, or one of 1 % more.
    @Test func sameVariancesSayNothing() throws {
        let (reference, _, (v, _)) = try Self.pair()
        let more = v.map { $0.map { 1.01 * $0 } }
        let almost = Handmade.calibration(
            reference.binning, [Self.second, Self.second], [more, more])
        for other in [reference, almost] {
            let comparison = try CalibrationComparison(other, with: reference, correlation: .nested)
            let summary = comparison.summary()
            #expect(summary.bins == 12 && summary.pulls == 0 && summary.degreesOfFreedom == 0)
            #expect(summary.chiSquared == 0 && summary.probability == nil && summary.pullMean == nil)
            #expect(summary.maximum != nil)
        }
    }

    /// Neither holds what the other knows: told by directions in which the precise one is not.
    @Test func whatIsNotNestedIsTold() throws {
        let binning = try Handmade.binning()
        func diagonal(_ variances: [Double]) -> [[Double]] {
            variances.indices.map { row in variances.indices.map { row == $0 ? variances[row] : 0 } }
        }
        let (x, v) = Handmade.gauged(Self.first, diagonal([1, 1, 1, 1, 1, 9].map { 1e-4 * $0 }), Self.gauge)
        let (y, w) = Handmade.gauged(Self.second, diagonal([4, 4, 4, 4, 4, 1].map { 1e-4 * $0 }), Self.gauge)
        let summary = try CalibrationComparison(
            Handmade.calibration(binning, [y, y], [w, w]), with: Handmade.calibration(binning, [x, x], [v, v]),
            correlation: .nested
        ).summary(ptBins: 0..<1)
        #expect(summary.contraryDirections == 1 && summary.degreesOfFreedom == 4)
    }

    // MARK: Bins

    @Test func onlyWhatBothDetermineIsCompared() throws {
        let (full, _, (v, _)) = try Self.pair()
        var holes: [Double?] = Self.first
        holes[0] = nil
        // In the upper pT bin nothing of the reference region is there.
        var untied: [Double?] = Self.first
        (untied[2], untied[3]) = (nil, nil)
        let other = Handmade.calibration(full.binning, [holes, untied], [v, v])
        let comparison = try CalibrationComparison(other, with: full, correlation: .none)
        #expect(comparison.bins == 5 && comparison.onlyInReference == 3 && comparison.onlyHere == 0)
        #expect(comparison.untied == 4)
        #expect(comparison.differences[0] == [nil, nil] && comparison.differences[5][1] == nil)
        #expect(comparison.differences[1][0] != nil)
        #expect(comparison.summary(ptBins: 0..<1).degreesOfFreedom == 4)
        #expect(comparison.summary(ptBins: 1..<2) == comparison.summary { _ in false })
        let back = try CalibrationComparison(full, with: other, correlation: .none)
        #expect(back.onlyHere == 3 && back.onlyInReference == 0 && back.bins == 5)
        // With a third: what all of them have.
        let common = CalibrationComparison.common([full, full, other])
        let masked = try CalibrationComparison(full, with: full, correlation: .none, included: common)
        #expect(masked.bins == 5 && masked.onlyHere == 0 && masked.excluded == 3)
    }

    /// One bin of the reference region is missing in one of them: the rest of the region is the gauge of both.
    @Test func aReferenceBinThatOneLacksIsNoGauge() throws {
        let (full, _, (v, _)) = try Self.pair()
        var holes: [Double?] = Self.first.map { $0 + 0.1 }
        holes[2] = nil
        let other = Handmade.calibration(full.binning, [holes, holes], [v, v])
        let comparison = try CalibrationComparison(other, with: full, correlation: .none)
        for eta in [0, 1, 3, 4, 5] { #expect(abs(try #require(comparison.differences[eta][0])) < 1e-14) }
        // The one bin that is left of it is fixed by the gauge.
        #expect(comparison.pull(eta: 3, pt: 0) == nil && comparison.pull(eta: 4, pt: 0) != nil)
        #expect(comparison.summary(ptBins: 0..<1).degreesOfFreedom == 4)
    }

    @Test func onlyQuotedBinsCount() throws {
        let (full, other, (v, _)) = try Self.pair()
        let high = Handmade.calibration(
            try Handmade.binning(quoted: 100), [Self.first, Self.first], [v, v])
        let comparison = try CalibrationComparison(other, with: high, correlation: .none)
        #expect(comparison.ptBins == 1..<2 && comparison.bins == 6)
        #expect(try CalibrationComparison(high, with: full, correlation: .none).ptBins == 1..<2)
    }

    @Test func regionsAreOfTheirCentres() throws {
        let (reference, other, _) = try Self.pair()
        let regions = try CalibrationComparison(other, with: reference, correlation: .none).regions([0, 1, 1.6, 2, 4])
        #expect(regions.map(\.low) == [0, 1, 2] && regions.map(\.high) == [1, 1.6, 3])
        #expect(regions.map(\.summary.bins) == [4, 4, 4])
    }

    // MARK: Refusals

    @Test func otherEdgesAreTold() throws {
        let (reference, _, (v, _)) = try Self.pair()
        func error(_ binning: BalanceBinning, _ kind: Calibration.Kind = .dataOverSimulation)
            -> CalibrationComparisonError?
        {
            let other = Handmade.calibration(binning, [Self.first, Self.first], [v, v], kind: kind)
            return #expect(throws: CalibrationComparisonError.self) {
                _ = try CalibrationComparison(other, with: reference, correlation: .none)
            }
        }
        let eta = error(try Handmade.binning(edges: [-3, -2.5, -1, 0, 1, 2, 3.5]))
        #expect(eta == .otherEdges(key: "eta_edges", here: [-2.5, 3.5], inReference: [-2, 3]))
        #expect(eta?.description.contains("-2.5, 3.5 only here, -2.0, 3.0 only there") == true)
        let pt = error(try Handmade.binning(pts: [50, 110, 200]))
        #expect(pt == .otherEdges(key: "pt_edges", here: [110], inReference: [100]))
        #expect(error(try Handmade.binning(), .single) == .otherKind(.single, reference: .dataOverSimulation))
    }
}
