import Balance
import Binning
import Foundation
import Intercalibration
import JetPhysics

/// Dijets of a probe against the reference region whose balance depends on the third jet as it is told to.
struct AlphaToys: Sendable {
    /// A = intercept + slope α + noise.
    var intercept = -0.03
    var slope = 0.12
    /// The width of the noise is noise (1 + growth α): it doubles between α < 0.1 and α < 0.3.
    var noise = 0.05
    var growth = 8.0
    /// α falls exponentially, so that its mean below a cut is not in proportion to the cut.
    var fall = 0.12
    /// Third jets below this α are not listed.
    var threshold = 0.0
    /// What an event of each slice stands for; slices have as many events each.
    var sliceWeights = [4.0, 1, 0.2]
    /// Probes in turn; the slope grows as cosh η and is as told at the first.
    var probes = [1.5]
    /// Of a row, and A of a row with its α: in place of what is drawn.
    var alphas: (@Sendable (_ row: Int) -> Double)?
    var balance: (@Sendable (_ row: Int, _ alpha: Double) -> Double)?

    /// In turn, of all probes.
    var averages = [75.0]
    var ptEdges: [Double] = [50, 100]

    static let cuts = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3]

    func sample(events: Int, seed: UInt64) throws -> AlphaSample {
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-4, -3, -2, -1, 1, 2, 3, 4]), ptAverage: try Axis(edges: ptEdges),
            referenceAbsEtaMaximum: 1, quotedPtMinimum: 50)
        var sums = AlphaSums(
            binning: binning, selection: .standard, cuts: try AlphaCuts(Self.cuts, selection: .standard),
            slices: sliceWeights.count)
        var random = Numbers(seed: seed)
        let block = ReconstructedBlock(capacity: events)
        block.count = events
        for row in 0..<events {
            let drawn = -fall * log(1 - random.uniform() * (1 - exp(-0.3 / fall)))
            let alpha = alphas?(row) ?? drawn
            let eta = probes[row % probes.count]
            let average = averages[row / probes.count % averages.count]
            let slope = slope * cosh(eta) / cosh(probes[0])
            let noisy = intercept + slope * alpha + noise * (1 + growth * alpha) * random.normal()
            let asymmetry = balance?(row, alpha) ?? noisy
            let jets = [average * (1 + asymmetry / 2), average * (1 - asymmetry / 2), alpha * average]
            block.event[row] = UInt64(row)
            block.slice[row] = Int32(row * sliceWeights.count / events)
            block.relativeWeight[row] = 1
            for jet in 0..<3 {
                let position = jet * block.capacity + row
                block.pt[position] = jet == 2 && alpha < threshold ? 0 : jets[jet]
                block.basePt[position] = block.pt[position]
                block.detectorEta[position] = [eta, 0, 0][jet]
                block.phi[position] = [0, 3.1, 1][jet]
            }
        }
        sums.add(block)
        return AlphaSample(sums: sums, weights: sliceWeights)
    }

    /// Points at all cuts.
    func points(events: Int, seed: UInt64) throws -> AlphaPoints? {
        let sample = try sample(events: events, seed: seed)
        let moments = sample.sums.moments(ptBin: 0, etaBin: 4, weights: sample.weights)
        return moments.map { AlphaPoints($0, cuts: Array(Self.cuts.indices)) }
    }
}

/// The probability that numbers which are uniform in [0, 1] are as unevenly spread as these: Kolmogorov's test.
func uniformityProbability(_ values: [Double]) -> Double {
    let (sorted, count) = (values.sorted(), Double(values.count))
    let distance = sorted.enumerated().reduce(0) { distance, value in
        max(distance, value.element - Double(value.offset) / count, Double(value.offset + 1) / count - value.element)
    }
    let scaled = (count.squareRoot() + 0.12 + 0.11 / count.squareRoot()) * distance
    // For small distances the series does not converge, and the probability is 1.
    guard scaled > 0.2 else { return 1 }
    var sum = 0.0
    for index in 1...100 {
        let exponent = Double(index) * scaled
        sum += (index % 2 == 1 ? 2.0 : -2.0) * exp(-2 * exponent * exponent)
    }
    return min(1, max(0, sum))
}

func normalDistribution(_ value: Double) -> Double { 0.5 * erfc(-value / 2.0.squareRoot()) }
