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
/// uncertainty, and the uncertainties are right, those of the first pass and those of refined constants.
struct PullTests {
    static let experiments = 200

    @Test(arguments: [1, 2])
    func pullsOfAUniformDetector(passes: Int) throws {
        let binning = BalanceBinning.coarse
        let options = DerivationOptions(method: .matrix, selection: .standard, binning: binning, passes: passes)
        let card = try LoadedCard("uniform").card
        // Regions of |η|: reference, centre, endcap and forward; each by pT bin.
        let regions: [(name: String, range: Range<Double>)] = [
            ("reference", 0..<0.8), ("centre", 0.8..<1.93), ("endcap", 1.93..<3.139), ("forward", 3.139..<4.5),
        ]
        var pulls = regions.map { _ in [Double]() }
        var neighbours = (found: 0.0, stated: 0.0, count: 0.0)
        var chiSquared = 0.0
        var freedom = 0
        for seed in 1...Self.experiments {
            let run = try ClosureRun(
                card: card, dataCard: card, truth: QCDDijets.builtIn, events: 150_000, seed: UInt64(seed),
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
                    guard pt + 1 < binning.ptAverage.count, let next = calibration.constants[eta][pt + 1] else {
                        continue
                    }
                    let scale =
                        (calibration.logCovariance[pt][eta][eta] * calibration.logCovariance[pt + 1][eta][eta])
                        .squareRoot()
                    neighbours.found += log(constant) * log(next) / scale
                    if passes > 1 { neighbours.stated += calibration.crossLogCovariance[pt][0][eta][eta] / scale }
                    neighbours.count += 1
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
            // Constants of a region and seed are correlated (by the gauge the reference's are mirror images): half of
            // them count, and 3.5 standard deviations.
            #expect(width > 0.9 && width < 1.1, "\(region.name): width \(width)")
            let tolerance = 3.5 * (0.683 * 0.317 / (0.5 * Double(values.count))).squareRoot()
            #expect(abs(coverage - 0.683) < tolerance, "\(region.name): coverage \(coverage)")
        }
        // Of neighbouring pT bins: some 5000 products, half of which count, are known to 0.02.
        let (found, stated) = (neighbours.found / neighbours.count, neighbours.stated / neighbours.count)
        print("pulls: correlation of neighbouring pT bins \(found), stated \(stated), \(neighbours.count) pairs")
        #expect(abs(found - stated) < 0.06)
        #expect(passes == 1 || stated > 0.06)
        // Variances of pairs are estimated from as few as 20 effective events N, which makes χ² larger by (N − 1)/(N − 3), a tenth
        // at most: 5 standard deviations of the sum of many χ² to either side of none and half of it.
        print("pulls: summed χ²/ndf = \(chiSquared)/\(freedom)")
        #expect(chiSquared > 0.95 * Double(freedom) && chiSquared < 1.1 * Double(freedom))
    }
}
