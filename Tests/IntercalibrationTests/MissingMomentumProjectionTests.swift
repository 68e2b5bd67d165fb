import Balance
import Binning
import Foundation
import Intercalibration
import JetPhysics
import Testing

/// Dijets with a third jet and a soft term that balance in truth, measured with given responses.
struct MissingMomentumProjectionTests {
    private typealias Responses = MissingMomentumProjection.Responses
    private typealias Contrast = MissingMomentumProjection.Contrast

    /// Of one event along its tag, over 2 pT_avg.
    private struct Parts {
        var (jets, other, unclustered) = (0.0, 0.0, 0.0)

        mutating func add(_ parts: Parts, weight: Double) {
            jets += weight * parts.jets
            other += weight * parts.other
            unclustered += weight * parts.unclustered
        }
    }

    /// In truth; the leading jets are back to back, as far as the formula is exact.
    private struct Event {
        let weight: Double
        let angle: Double
        let tag: Double
        let probe: Double
        let third: (pt: Double, phi: Double)
        /// What balances the jets.
        var soft: (x: Double, y: Double) {
            (
                (probe - tag) * cos(angle) - third.pt * cos(third.phi),
                (probe - tag) * sin(angle) - third.pt * sin(third.phi)
            )
        }

        func parts(probeResponse: Double, _ responses: Responses) -> Parts {
            let twice = tag + probeResponse * probe
            return Parts(
                jets: (probeResponse * probe - tag) / twice,
                other: -responses.other * third.pt * cos(third.phi - angle) / twice,
                unclustered: -responses.unclustered * (soft.x * cos(angle) + soft.y * sin(angle)) / twice)
        }
    }

    private static let events = (0..<1000).map { index in
        func share(_ salt: Double) -> Double { (Double(index) * salt).truncatingRemainder(dividingBy: 1) }
        return Event(
            weight: 0.5 + share(0.7548776662466927), angle: 6 * share(0.5698402909980532) - 3,
            tag: 80 + 20 * share(0.8191725133961645), probe: 78 + 20 * share(0.6710436067037893),
            third: (15 * share(0.5497004779019703), 6 * share(0.4503599627370496) - 3))
    }

    private static func means(probeResponse: Double, _ responses: Responses) -> Parts {
        var (sum, weight) = (Parts(), 0.0)
        for event in events {
            sum.add(event.parts(probeResponse: probeResponse, responses), weight: event.weight)
            weight += event.weight
        }
        return Parts(jets: sum.jets / weight, other: sum.other / weight, unclustered: sum.unclustered / weight)
    }

    struct Case: Sendable {
        let ratio: Double
        let other: Double
        let unclustered: Double
    }

    /// To rounding, whatever the responses; so does the equation in x that it solves.
    @Test(arguments: [
        Case(ratio: 1.1, other: 1, unclustered: 0.8), Case(ratio: 0.7, other: 0.9, unclustered: 0.5),
        Case(ratio: 1.3, other: 1.1, unclustered: 1),
    ])
    func theDecompositionIsExact(of truth: Case) {
        let responses = Responses(other: truth.other, unclustered: truth.unclustered)
        let means = Self.means(probeResponse: truth.ratio, responses)
        let found = Contrast(jets: means.jets, other: means.other, unclustered: means.unclustered, responses)
        #expect(abs(found.ratio / truth.ratio - 1) < 1e-14)
        let x = truth.ratio
        let whole = means.jets + means.other + means.unclustered
        let right =
            whole + (2 * x / ((x + 1) * truth.other) - 1) * means.other
            + (2 * x / ((x + 1) * truth.unclustered) - 1) * means.unclustered
        #expect(abs((x - 1) / (x + 1) - right) < 1e-15)
        // The means are not small beside what is claimed.
        #expect(abs(means.other) > 1e-4 && abs(means.unclustered) > 1e-3)
    }

    /// (1 + <B0>) / (1 − <B0>) takes all that recoils to respond like the mean of tag and probe.
    @Test func thePlainFormIsOffByTheSoftTerm() {
        let responses = Responses(other: 1, unclustered: 0.8)
        let means = Self.means(probeResponse: 1.1, responses)
        let plain = Contrast(jets: means.jets, other: means.other, unclustered: means.unclustered, nil)
        let expected =
            -2 * ((2 * 1.1 / 2.1 - 1) * means.other + (2 * 1.1 / (2.1 * 0.8) - 1) * means.unclustered)
        #expect(abs(log(plain.ratio / 1.1) - expected) < 0.1 * abs(expected))
        #expect(abs(expected) > 1e-3)
        let balanced = Self.means(probeResponse: 1, .init(other: 1, unclustered: 1))
        let even = Contrast(jets: balanced.jets, other: balanced.other, unclustered: balanced.unclustered, nil)
        #expect(abs(even.value) < 1e-14)
    }

    @Test(arguments: [nil, 0.8]) func theGradientIsThatOfTheValue(unclustered: Double?) {
        let responses = unclustered.map { Responses(other: 1.05, unclustered: $0) }
        let point = [0.12, -0.03, 0.05]
        func contrast(_ point: [Double]) -> Contrast {
            Contrast(jets: point[0], other: point[1], unclustered: point[2], responses)
        }
        for part in 0..<3 {
            let step = 1e-5
            var (above, below) = (point, point)
            above[part] += step
            below[part] -= step
            let slope = (contrast(above).value - contrast(below).value) / (2 * step)
            #expect(abs(contrast(point).gradient[part] - slope) < 1e-8)
        }
    }

    /// The same events as blocks, with probes of several responses: sums, fit and constants.
    @Test func constantsAreThoseThatTheEventsWereMadeWith() throws {
        let binning = try BalanceBinning(
            eta: Axis(edges: [-2.5, -0.8, 0.8, 2.5]), ptAverage: Axis(edges: [50, 150]), referenceAbsEtaMaximum: 0.8,
            quotedPtMinimum: 50)
        let selection = try Selection(deltaPhiMinimum: 2.7, alphaMaximum: 0.5, thirdJetFloor: 0, absEtaMaximum: 5)
        let responses = Responses(other: 1, unclustered: 1)
        func sample(_ low: Double, _ high: Double) -> BalanceSample {
            let block = ReconstructedBlock(capacity: 4 * Self.events.count)
            var sums = MissingMomentumSums(binning: binning, selection: selection, slices: 1)
            var balance = BalanceSums(binning: binning, selection: selection, slices: 1)
            for event in Self.events {
                for (probe, response) in [(-1.5, low), (1.5, high), (0.4, 1), (-0.4, 1)] {
                    let row = block.count
                    block.count += 1
                    block.event[row] = UInt64(row)
                    block.relativeWeight[row] = event.weight / 2
                    let jets = [
                        (event.tag, 0.1, event.angle), (response * event.probe, probe, event.angle + Double.pi),
                        (responses.other * event.third.pt, 3, event.third.phi),
                    ].sorted { $0.0 > $1.0 }
                    for (jet, (pt, eta, phi)) in jets.enumerated() {
                        let position = jet * block.capacity + row
                        (block.pt[position], block.basePt[position]) = (pt, pt)
                        (block.eta[position], block.detectorEta[position]) = (eta, eta)
                        block.phi[position] = wrappedAzimuth(phi)
                    }
                    block.softX[row] = responses.unclustered * event.soft.x
                    block.softY[row] = responses.unclustered * event.soft.y
                }
            }
            sums.add(block)
            balance.add(block)
            return BalanceSample(sums: balance, missingMomentum: sums, weights: [1])
        }
        let (data, simulation) = (sample(1.1, 0.9), sample(1, 1))
        let calibration = try Calibration(
            method: .mpf, data: data, simulation: simulation, requirement: EventRequirement())
        #expect(calibration.isValid)
        #expect(calibration.constants[1][0] == 1)
        // Probes of the same events, so that all but the recoil, which the plain form neglects, is the same.
        for (bin, response) in [(0, 1.1), (2, 0.9)] {
            let constant = try #require(calibration.constants[bin][0])
            #expect(abs(constant * response - 1) < 2e-3, "\(constant)")
            let uncertainty = try #require(calibration.uncertainty(eta: bin, pt: 0))
            #expect(uncertainty > 1e-4 && uncertainty < 1e-2)
        }
        let bare = BalanceSample(sums: data.sums, weights: data.weights)
        #expect(throws: MethodError.needsMissingMomentum(.mpf)) {
            try Calibration(method: .mpf, data: bare, simulation: nil, requirement: EventRequirement())
        }
    }
}
