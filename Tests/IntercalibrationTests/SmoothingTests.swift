import Balance
import Binning
import Foundation
import GSL
import Intercalibration
import Testing

/// Smooth constants: laws and limits, and toys of known surfaces.
struct SmoothingTests {
    private static let toys = Result { try SmoothingToys() }

    private static func logs(_ calibration: Calibration) -> [[Double]] {
        calibration.constants.map { $0.map { log($0 ?? .nan) } }
    }

    /// [η][pT] with a level of its own for each η bin, and with the mean over the reference taken out.
    private static func rough(_ toys: SmoothingToys, seed: UInt64, size: Double) -> [[Double]] {
        var random = Numbers(seed: seed)
        return toys.ptMean.map { row in row.map { _ in size * random.normal() } }
    }

    @Test(arguments: [Smoothing.spline, .kernel]) func theMeanOverTheReferenceStays(smoothing: Smoothing) throws {
        let toys = try Self.toys.get()
        var raw = toys.calibration(Self.rough(toys, seed: 3, size: 0.02))
        // A refined calibration has means that are not exactly 0.
        for eta in raw.constants.indices {
            for pt in raw.constants[eta].indices { raw.constants[eta][pt]? *= exp(1e-4 * Double(pt + 1)) }
        }
        let smooth = try raw.smoothed(smoothing)
        #expect(smooth.constants != raw.constants)
        let gauge = toys.binning.gaugeWeights
        let logs = Self.logs(smooth)
        for pt in 0..<toys.binning.ptAverage.count {
            let mean = logs.indices.reduce(0) { $0 + gauge[$1] * logs[$1][pt] }
            #expect(abs(mean - 1e-4 * Double(pt + 1)) < 1e-14)
            for eta in logs.indices {
                let along = logs.indices.reduce(0) { $0 + gauge[$1] * smooth.logCovariance[pt][eta][$1] }
                #expect(abs(along) < 1e-16)
            }
        }
    }

    /// Levels of η bins that do not depend on pT are what no penalty acts on.
    @Test(arguments: [(0.01, 0.01), (3.0, 0.01), (0.01, 3.0), (1e-3, 1e-4)])
    func levelsAreReproduced(bend: Double, tilt: Double) throws {
        let toys = try Self.toys.get()
        let levels = toys.ptMean.indices.map { 0.1 * cos(3 * Double($0)) }
        let raw = toys.calibration(toys.ptMean.indices.map { eta in toys.ptMean[eta].map { _ in levels[eta] } })
        let smooth = try raw.splined(.init(bend: bend, tilt: tilt))
        let spline = try #require(smooth.smoothing?.spline)
        #expect(spline.chiSquared < 1e-9)
        for (before, after) in zip(Self.logs(raw).joined(), Self.logs(smooth).joined()) {
            #expect(abs(before - after) < 1e-10)
        }
    }

    /// Straight lines of ln pT have no curvature: where slopes are free they are reproduced.
    @Test func linesAreReproducedWhereSlopesAreFree() throws {
        let toys = try Self.toys.get()
        // The mean over the reference region is 0 at each pT: so is that of the slopes.
        let slopes = toys.ptMean.indices.map { 0.05 * sin(2 * Double($0)) }
        let common = zip(toys.binning.gaugeWeights, slopes).reduce(0) { $0 + $1.0 * $1.1 }
        let lines = toys.ptMean.indices.map { eta in
            toys.ptMean[eta].map { 0.1 * cos(3 * Double(eta)) + (slopes[eta] - common) * log($0 / 150) }
        }
        let raw = toys.calibration(lines)
        let smooth = try raw.splined(.init(bend: 1e-3, tilt: 1e4))
        for (before, after) in zip(Self.logs(raw).joined(), Self.logs(smooth).joined()) {
            #expect(abs(before - after) < 1e-7)
        }
        let stiff = try raw.splined(.init(bend: 1e-3, tilt: 1e-4))
        #expect(zip(Self.logs(raw).joined(), Self.logs(stiff).joined()).map { abs($0 - $1) }.max() ?? 0 > 0.02)
    }

    /// The widths belong to ln c and not to its uncertainty; a common factor on both changes nothing.
    @Test func variancesAndSquaredWidthsScaleTogether() throws {
        let toys = try Self.toys.get()
        let noise = Self.rough(toys, seed: 5, size: 0.02)
        let one = try toys.calibration(noise).splined(.init(bend: 0.05, tilt: 0.08))
        let other = try toys.calibration(noise, scale: 9).splined(.init(bend: 0.15, tilt: 0.24))
        for (first, second) in zip(Self.logs(one).joined(), Self.logs(other).joined()) {
            #expect(abs(first - second) < 1e-11)
        }
        let (before, after) = (try #require(one.smoothing?.covariance), try #require(other.smoothing?.covariance))
        for (first, second) in zip(before.joined(), after.joined()) { #expect(abs(9 * first - second) < 1e-12) }
    }

    /// Where constants are known better than anything is expected of them, they are returned, whatever they are.
    @Test(arguments: [Smoothing.spline, .kernel]) func tinyUncertaintiesLeaveConstantsAlone(smoothing: Smoothing) throws
    {
        let toys = try Self.toys.get()
        let raw = toys.calibration(Self.rough(toys, seed: 8, size: 0.02), scale: 1e-10)
        let smooth = try raw.smoothed(smoothing)
        let changes = zip(Self.logs(raw).joined(), Self.logs(smooth).joined()).map { abs($0 - $1) }
        if smoothing == .spline {
            #expect(changes.max() ?? 1 < 1e-5)
            let ratios = smooth.constants.indices.flatMap { eta in
                smooth.constants[eta].indices.map { pt in
                    (smooth.uncertainty(eta: eta, pt: pt) ?? 0) / (raw.uncertainty(eta: eta, pt: pt) ?? 1)
                }
            }
            #expect(ratios.allSatisfy { 0.9 < $0 && $0 < 1.1 })
        } else {
            // Averages do not become better with the statistics.
            #expect(changes.max() ?? 0 > 0.01)
        }
    }

    /// Widths of zero: one level an η bin, by generalised least squares. Here in closed form, of uncorrelated bins.
    @Test func infinitePenaltiesLeaveWeightedMeans() throws {
        let toys = try SmoothingToys(etaEdges: [-1.6, -0.8, 0.8, 1.6])
        let values = Self.rough(toys, seed: 4, size: 0.02)
        let raw = toys.calibration(values)
        let smooth = try raw.splined(.init(bend: 1e-6, tilt: 1e-6))
        let logs = Self.logs(raw)
        // The reference is one bin, with ln c = 0; the others' 2 × 2 blocks add up.
        var (information, right) = ((0.0, 0.0, 0.0), (0.0, 0.0))
        for (pt, block) in raw.logCovariance.enumerated() {
            let determinant = block[0][0] * block[2][2] - block[0][2] * block[0][2]
            let inverse = (block[2][2] / determinant, -block[0][2] / determinant, block[0][0] / determinant)
            information = (information.0 + inverse.0, information.1 + inverse.1, information.2 + inverse.2)
            right.0 += inverse.0 * logs[0][pt] + inverse.1 * logs[2][pt]
            right.1 += inverse.1 * logs[0][pt] + inverse.2 * logs[2][pt]
        }
        let determinant = information.0 * information.2 - information.1 * information.1
        let levels = [
            (information.2 * right.0 - information.1 * right.1) / determinant, 0,
            (information.0 * right.1 - information.1 * right.0) / determinant,
        ]
        for (eta, row) in Self.logs(smooth).enumerated() {
            for value in row { #expect(abs(value - levels[eta]) < 1e-7) }
        }
        let spline = try #require(smooth.smoothing?.spline)
        #expect(abs(spline.effectiveParameters - 2) < 1e-4)
        let variance = try #require(smooth.smoothing?.covariance[0][0])
        #expect(abs(variance / (information.2 / determinant) - 1) < 1e-4)
    }

    /// The same where pT bins share what they fluctuate by: generalised least squares with the covariance of all.
    @Test func neighbouringBinsOfPtCountTogether() throws {
        let toys = try SmoothingToys(etaEdges: [-1.6, -0.8, 0.8, 1.6])
        var raw = toys.calibration(Self.rough(toys, seed: 4, size: 0.02))
        let pts = raw.logCovariance.count
        let blocks = raw.logCovariance
        raw.crossLogCovariance = (0..<pts).map { pt in
            (pt + 1..<pts).map { later in
                (0..<3).map { row in
                    (0..<3).map { column -> Double in
                        let product = blocks[pt][row][column] * blocks[later][row][column]
                        let correlation = pow(0.3, Double(later - pt)) * (row == column ? 1 : 0.2)
                        return correlation * abs(product).squareRoot()
                    }
                }
            }
        }
        let places = [0, 2].flatMap { eta -> [(eta: Int, pt: Int)] in (0..<pts).map { (eta: eta, pt: $0) } }
        let logs = Self.logs(raw)
        let design: [[Double]] = places.map { $0.eta == 0 ? [1, 0] : [0, 1] }
        let fit = try LinearFit(
            design: design, values: places.map { logs[$0.eta][$0.pt] },
            covariance: places.map { one in places.map { raw.logCovariance(one, $0) } })
        let smooth = try raw.splined(.init(bend: 1e-6, tilt: 1e-6))
        for (level, eta) in [0, 2].enumerated() {
            for value in Self.logs(smooth)[eta] { #expect(abs(value - fit.coefficients[level]) < 1e-7) }
        }
        let variance = try #require(smooth.smoothing?.covariance[0][0])
        #expect(abs(variance / fit.covariance[0][0] - 1) < 1e-4)
        var independent = raw
        independent.crossLogCovariance = []
        let other = try #require(try independent.splined(.init(bend: 1e-6, tilt: 1e-6)).smoothing?.covariance[0][0])
        #expect(variance > 1.2 * other)
    }

    /// Surfaces as the widths expect them, with noise as quoted: over many surfaces the quoted uncertainty, of noise and of what is
    /// smoothed away, is that of the difference from the truth. 84 constants × 60 toys; a toy has ν = 16 independent numbers or more, so
    /// that the mean square is known to √(2/960) = 4.6 %, and the limit is 4 of these.
    @Test func toysOfExpectedSurfacesHavePullsOfOne() throws {
        let toys = try Self.toys.get()
        var random = Numbers(seed: 12)
        let gauge = toys.binning.gaugeWeights
        var (pulls, smoothSquares, rawSquares, count, sampling) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for _ in 0..<60 {
            // Neighbouring η bins have slopes that differ by 0.06, and steps of 0.1; pT is curved a little.
            var (slope, truth) = (0.0, [[Double]]())
            for eta in toys.ptMean.indices {
                slope += 0.06 * random.normal()
                let (level, bend) = (0.1 * random.normal(), 0.03 * random.normal())
                truth.append(
                    toys.ptMean[eta].map { pt in
                        let place = log(pt / 160)
                        return level + slope * place + 0.5 * bend * place * place
                    })
            }
            let noise = toys.noise(&random)
            let raw = toys.calibration(truth.indices.map { eta in zip(truth[eta], noise[eta]).map { $0 + $1 } })
            let smooth = try raw.smoothed(.spline)
            let (fitted, unsmoothed) = (Self.logs(smooth), Self.logs(raw))
            for pt in toys.ptMean[0].indices {
                let mean = truth.indices.reduce(0) { $0 + gauge[$1] * truth[$1][pt] }
                for eta in truth.indices {
                    let (off, before) = (
                        fitted[eta][pt] - truth[eta][pt] + mean, unsmoothed[eta][pt] - truth[eta][pt] + mean
                    )
                    pulls += off * off / smooth.logCovariance[pt][eta][eta]
                    sampling += smooth.samplingVariance(eta: eta, pt: pt) / smooth.logCovariance[pt][eta][eta]
                    smoothSquares += off * off
                    rawSquares += before * before
                    count += 1
                }
            }
        }
        #expect(abs(pulls / count - 1) < 0.18, "mean square of pulls \(pulls / count)")
        #expect(smoothSquares < 0.6 * rawSquares)
        // Statistics alone are a part of what is quoted.
        #expect(sampling / count < 0.97 && sampling / count > 0.5)
    }

    @Test func undeterminedBinsStayUndetermined() throws {
        let toys = try Self.toys.get()
        var raw = toys.calibration(Self.rough(toys, seed: 6, size: 0.01))
        (raw.constants[0][6], raw.ptMean[0][6], raw.status[0][6]) = (nil, nil, .tooFewEvents)
        for bin in 0..<12 { (raw.logCovariance[6][0][bin], raw.logCovariance[6][bin][0]) = (0, 0) }
        for smoothing in [Smoothing.spline, .kernel] {
            let smooth = try raw.smoothed(smoothing)
            #expect(smooth.constants[0][6] == nil && smooth.status == raw.status)
            #expect(smooth.smoothing?.bins.count == 12 * 7 - 1)
            #expect(smooth.smoothing?.rawConstants == raw.constants)
        }
        #expect(try raw.smoothed(.none).smoothing == nil)
    }

    @Test func theCovarianceOfJetsUsesThatAcrossPt() throws {
        let toys = try Self.toys.get()
        let smooth = try toys.calibration(Self.rough(toys, seed: 9, size: 0.01)).smoothed(.spline)
        let covariance = try #require(smooth.smoothing?.covariance)
        var shares = Array(repeating: 0.0, count: 7)
        (shares[2], shares[3]) = (0.25, 0.75)
        let value = smooth.logCovariance(of: [(eta: 10, shares: shares)])[0][0]
        let (one, other) = (2 * 12 + 10, 3 * 12 + 10)
        let expected =
            0.0625 * covariance[one][one] + 0.5625 * covariance[other][other] + 0.375 * covariance[one][other]
        #expect(abs(value - expected) < 1e-15 && covariance[one][other] > 0.3 * covariance[other][other])
    }

    @Test func whatCannotBeSmoothedSaysSo() throws {
        #expect(throws: MethodError.cannotSmooth(.fold)) { try Method.fold.require(.spline) }
        try Method.fold.require(.none)
        try Method.mpf.require(.kernel)
        let edges = (0...240).map { -3 + 0.025 * Double($0) }
        let wide = try SmoothingToys(etaEdges: edges, ptEdges: (0...12).map { 40 * pow(1.3, Double($0)) })
        let raw = wide.calibration(wide.ptMean.map { $0.map { _ in 0 } })
        #expect(throws: MethodError.tooManyToSmooth(239 * 12)) { try raw.smoothed(.spline) }
    }
}
