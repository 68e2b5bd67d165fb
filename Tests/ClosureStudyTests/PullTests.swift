import Balance
import Binning
import CardFiles
import ClosureStudy
import DijetGeneration
import Foundation
import Intercalibration
import JetPhysics
import Testing

/// Two hundred pseudo-experiments on the uniform detector without any mis-response: every constant is 1 within its
/// uncertainty, and the uncertainties are right.
struct PullTests {
    static let experiments = 200

    @Test func pullsOfAUniformDetector() throws {
        let binning = BalanceBinning.coarse
        let options = DerivationOptions(method: .matrix, selection: .standard, binning: binning, passes: 2)
        let card = try LoadedCard("uniform").card
        // Regions of |η|: reference, centre, endcap and forward; each by pT bin.
        let regions: [(name: String, range: Range<Double>)] = [
            ("reference", 0..<0.8), ("centre", 0.8..<1.93), ("endcap", 1.93..<3.139), ("forward", 3.139..<4.5),
        ]
        var pulls = regions.map { _ in [Double]() }
        var chiSquared = 0.0
        var freedom = 0
        for seed in 1...Self.experiments {
            let run = try ClosureRun(
                card: card, dataCard: card, truth: FallingSpectrum(), events: 150_000, seed: UInt64(seed),
                options: options,
                threads: 2)
            let calibration = try Derivation(
                data: run.source(.pseudoData), simulation: run.source(.simulation), scale: nil, options: options
            ).calibration
            for pt in binning.quotedPtBins {
                chiSquared += calibration.fits[pt].chiSquared
                freedom += calibration.fits[pt].degreesOfFreedom
                for eta in 0..<binning.eta.count {
                    guard let constant = calibration.constants[eta][pt] else { continue }
                    let region = regions.firstIndex { $0.range.contains(abs(binning.eta.centre(eta))) }
                    pulls[try #require(region)].append(
                        log(constant) / calibration.logCovariance[pt][eta][eta].squareRoot())
                }
            }
        }
        for (region, values) in zip(regions, pulls) {
            let mean = values.reduce(0, +) / Double(values.count)
            let width = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
            let coverage = Double(values.count { abs($0) < 1 }) / Double(values.count)
            print(
                "pulls, \(region.name): mean \(mean), width \(width), coverage \(coverage), \(values.count) constants")
            #expect(abs(mean) < 0.1, "\(region.name): mean pull \(mean)")
            #expect(width > 0.9 && width < 1.1, "\(region.name): width \(width)")
            #expect(abs(coverage - 0.683) < 0.04, "\(region.name): coverage \(coverage)")
        }
        // The sum of many χ² is normal: 5 standard deviations.
        print("pulls: summed χ²/ndf = \(chiSquared)/\(freedom)")
        #expect(abs(chiSquared - Double(freedom)) < 0.05 * Double(freedom))
    }
}
