import Balance
import Binning
import ClosureStudy
import Foundation
import JetPhysics
import Sampling
import Testing

/// Resolutions from dijets whose jets fluctuate by known widths about a truth of known imbalance.
struct ResolutionToyTests {
    /// Dijets of one pT_avg: A = T + σ_1 z_1 − σ_2 z_2, T normal and wider the harder the third jet.
    private struct Toys {
        static let cuts = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3]
        /// Of the jets in |η| < 1 and beyond.
        var widths = [0.10, 0.18]
        /// What an event of each slice stands for; slices have as many events each.
        var sliceWeights = [1.0]
        /// σ(T) = 0.02 + 0.6 α.
        var imbalance = { (alpha: Double) in 0.02 + 0.6 * alpha }

        func sample(events: Int, seed: UInt64, isSimulation: Bool) throws -> WidthSample {
            let binning = try BalanceBinning(
                eta: try Axis(edges: [-4, -0.8, 0.8, 4]), ptAverage: try Axis(edges: [50, 100]),
                referenceAbsEtaMaximum: 0.8, quotedPtMinimum: 50)
            var sums = WidthSums(
                binning: binning, selection: .standard, cuts: try AlphaCuts(Self.cuts, selection: .standard),
                tellsImbalance: isSimulation, slices: sliceWeights.count)
            let stream = RandomStream(seed: seed, sample: isSimulation ? 0 : 1, slice: 0)
            let block = ReconstructedBlock(capacity: events)
            block.count = events
            let average = 75.0
            for row in 0..<events {
                let noise = normals(stream.words(event: UInt64(row), purpose: .jetResponse))
                let places = stream.words(event: UInt64(row), purpose: .kinematics)
                let alpha = 0.3 * uniform(places.x)
                let etas = [uniform(places.y), uniform(places.z)].map { 3 * $0 - 1.5 }
                let own = etas.map { abs($0) < 0.8 ? widths[0] : widths[1] }
                let imbalance = imbalance(alpha) * noise.z
                let asymmetry = imbalance + own[0] * noise.x - own[1] * noise.y
                block.event[row] = UInt64(row)
                block.slice[row] = Int32(row * sliceWeights.count / events)
                block.relativeWeight[row] = 1
                for jet in 0..<3 {
                    let position = jet * block.capacity + row
                    let sign = jet == 0 ? 0.5 : -0.5
                    block.pt[position] = jet == 2 ? alpha * average : average * (1 + sign * asymmetry)
                    block.truePt[position] = jet == 2 ? .nan : average * (1 + sign * imbalance)
                    block.detectorEta[position] = jet == 2 ? 0 : etas[jet]
                    block.phi[position] = [0, 3.1, 1][jet]
                }
            }
            sums.add(block)
            return WidthSample(sums: sums, weights: sliceWeights)
        }

        func resolution(data: Toys, events: Int, seed: UInt64) throws -> JetResolution {
            try JetResolution(
                data: try data.sample(events: events, seed: seed, isSimulation: false),
                simulation: try sample(events: events, seed: seed, isSimulation: true))
        }
    }

    /// Events of one slice and of slices with weights 20 apart. Mean and pulls of 100 samples of 20 000 events; limits are 4 standard
    /// deviations of these.
    @Test(arguments: [[1.0], [4, 1, 0.2]]) func widthsAndScaleFactorsAreRecovered(sliceWeights: [Double]) throws {
        let simulation = Toys(sliceWeights: sliceWeights)
        let data = Toys(widths: [0.11, 0.171], sliceWeights: sliceWeights)
        let samples = 100
        /// By what is measured: its deviations and pulls.
        var found: [String: [(value: Double, pull: Double)]] = [:]
        for seed in 1...samples {
            let resolution = try simulation.resolution(data: data, events: 20_000, seed: UInt64(seed))
            for region in 0..<2 {
                let value = try #require(resolution.values[region][0])
                #expect(abs(value.truePt / 75 - 1) < 0.02)
                func add(_ name: String, _ square: Double, _ variance: Double, _ width: Double) {
                    let off = square - width * width
                    found["\(name) \(region)", default: []].append((off / (width * width), off / variance.squareRoot()))
                }
                let (expected, measured) = (simulation.widths[region], data.widths[region])
                add("MC", value.combined.simulation, value.combined.simulationVariance, expected)
                add("data", value.combined.data, value.combined.dataVariance, measured)
                let own = try #require(value.sameEta)
                add("same-η MC", own.simulation, own.simulationVariance, expected)
                add("same-η data", own.data, own.dataVariance, measured)
                if region == 1 {
                    let forward = try #require(value.forward)
                    add("forward MC", forward.simulation, forward.simulationVariance, expected)
                    add("forward data", forward.data, forward.dataVariance, measured)
                }
                let factor = try #require(resolution.scaleFactors[region])
                let off = factor.value - measured / expected
                found["factor \(region)", default: []].append((off, off / factor.uncertainty))
            }
        }
        #expect(found.count == 12)
        for (name, values) in found {
            let count = Double(samples)
            let mean = values.reduce(0) { $0 + $1.value } / count
            let spread = (values.reduce(0) { $0 + $1.value * $1.value } / count - mean * mean).squareRoot()
            // Weights that follow from few events, and what the mean and the slope take, leave up to a per cent of s.
            #expect(abs(mean) < 4 * spread / count.squareRoot() + 0.005, "\(name): \(mean), spread \(spread)")
            let centre = values.reduce(0) { $0 + $1.pull } / count
            let width = (values.reduce(0) { $0 + $1.pull * $1.pull } / count - centre * centre).squareRoot()
            #expect(abs(width - 1) < 4 / (2 * count).squareRoot(), "\(name): pulls are \(width) wide")
        }
    }

    /// Exactly √2 and 2: the variance of A = (pT1 − pT2)/pT_avg is 2σ² of one region, and that of two is σ_1² + σ_2².
    @Test func varianceOfAIsTheSumOfSquares() throws {
        let toys = Toys(imbalance: { _ in 0 })
        let sample = try toys.sample(events: 400_000, seed: 9, isSimulation: false)
        let (inner, outer) = (toys.widths[0] * toys.widths[0], toys.widths[1] * toys.widths[1])
        for (pair, expected) in [(0, 2 * inner), (1, inner + outer), (2, 2 * outer)] {
            let moments = try #require(sample.sums.moments(ptBin: 0, pair: pair, weights: sample.weights))
            #expect(abs(moments.variance[5] - expected) < 4 * moments.covariance[5][5].squareRoot())
            // Of a Gaussian: 2 σ⁴/n.
            let textbook = 2 * expected * expected / Double(moments.rows[5])
            #expect(abs(moments.covariance[5][5] / textbook - 1) < 0.03)
        }
    }

    /// Variances below nested cuts fluctuate together as their covariance says, σ_a³/(2 n_b σ_b) for widths: 2 σ_a⁴/n_b for a in b.
    /// Of 1000 samples a covariance is known to √(1 + r²) / √1000 of its scale.
    @Test func nestedVariancesFluctuateTogetherAsTheySay() throws {
        let toys = Toys(sliceWeights: [3, 1])
        var sums = (0..<6).map { _ in (0..<6).map { _ in 0.0 } }
        var quoted = sums
        var means = Array(repeating: 0.0, count: 6)
        let samples = 1000
        for seed in 1...samples {
            let sample = try toys.sample(events: 4000, seed: UInt64(seed), isSimulation: false)
            let moments = try #require(sample.sums.moments(ptBin: 0, pair: 1, weights: sample.weights))
            for one in 0..<6 {
                means[one] += moments.variance[one] / Double(samples)
                for two in 0..<6 {
                    sums[one][two] += moments.variance[one] * moments.variance[two] / Double(samples)
                    quoted[one][two] += moments.covariance[one][two] / Double(samples)
                }
            }
        }
        for one in 0..<6 {
            // A width of events of one α would be that of their class.
            let classes = [0.5, 1.5, 2.5, 3.5, 4.5, 5.5].map { toys.imbalance(0.05 * $0) }
            let spread = classes[...one].reduce(0) { $0 + $1 * $1 } / Double(one + 1)
            let expected = spread + pow(toys.widths[0], 2) + pow(toys.widths[1], 2)
            #expect(abs(means[one] / expected - 1) < 0.01, "\(one): \(means[one]), expected \(expected)")
            for two in one..<6 {
                let seen = sums[one][two] - means[one] * means[two]
                let scale = (quoted[one][one] * quoted[two][two]).squareRoot()
                let correlation = quoted[one][two] / scale
                let precision = ((1 + correlation * correlation) / Double(samples)).squareRoot()
                #expect(abs(seen - quoted[one][two]) < 4 * precision * scale, "\(one), \(two)")
            }
        }
    }
}
