import Balance
import Binning
import Foundation
import JetPhysics
import Testing
import TruthResponse

struct SimulationScaleTests {
    private let uncorrected = JetCorrection(scale: nil, residual: nil)

    /// A response that falls towards low pT and in the forward region.
    private func response(eta: Double, pt: Double) -> Double { 0.95 - 0.05 * abs(eta) + 0.05 * log(pt / 100) }

    private func sums() -> TruthResponseSums {
        let axes = SimulationScale.axes(absEtaMaximum: 3)
        var sums = TruthResponseSums(eta: axes.eta, truePt: axes.truePt, residual: nil, slices: 1)
        let block = ReconstructedBlock(capacity: 3000)
        for etaBin in 0..<axes.eta.count {
            block.count = 3000
            for row in 0..<3000 {
                let pt = 15 * pow(100, Double(row) / 3000)
                let eta = axes.eta.centre(etaBin)
                for jet in 1..<3 { (block.pt[jet * 3000 + row], block.truePt[jet * 3000 + row]) = (0, .nan) }
                block.pt[row] = pt * response(eta: eta, pt: pt) * (row % 2 == 0 ? 1.1 : 0.9)
                (block.eta[row], block.truePt[row], block.trueEta[row], block.relativeWeight[row]) = (eta, pt, eta, 1)
                block.detectorEta[row] = eta
            }
            uncorrected.apply(to: block)
            sums.add(block)
        }
        return sums
    }

    @Test func theResponseIsFoundAndInverted() throws {
        let scale = try SimulationScale(sums(), weights: [1])
        let correction = scale.correction
        for (eta, pt) in [(0.0, 30.0), (1.2, 90), (-2.2, 200), (2.7, 700)] {
            let bin = try Axis(edges: scale.etaEdges).index(of: eta)
            #expect(abs(try #require(scale.response(etaBin: bin, pt: pt)) - response(eta: eta, pt: pt)) < 4e-3)
            let raw = pt * response(eta: eta, pt: pt)
            #expect(abs(raw * correction.value(eta: eta, pt: raw) / pt - 1) < 6e-3)
        }
    }

    @Test func aScaleSurvivesBeingStored() throws {
        let scale = try SimulationScale(sums(), weights: [1])
        let again = SimulationScale(etaEdges: scale.etaEdges, coefficients: scale.coefficients, range: scale.range)
        for (eta, pt) in [(0.1, 20.0), (-1.7, 333)] {
            #expect(scale.correction.value(eta: eta, pt: pt) == again.correction.value(eta: eta, pt: pt))
        }
    }

    @Test func aKeptCorrectionIsTheSame() throws {
        let scale = try SimulationScale(sums(), weights: [1])
        #expect(scale.keepingCorrection == scale)
        for (eta, pt) in [(0.1, 20.0), (-1.7, 333), (2.9, 90)] {
            let kept = scale.keepingCorrection.correction.value(eta: eta, pt: pt)
            #expect(kept == scale.correction.value(eta: eta, pt: pt))
        }
    }

    @Test func binsWithoutJetsBorrowFromTheCentre() throws {
        let axes = SimulationScale.axes(absEtaMaximum: 1)
        let bins = axes.eta.count
        let coefficients = (0..<bins).map { bin in abs(axes.eta.centre(bin)) < 0.6 ? [0.8] : [] }
        let scale = SimulationScale(
            etaEdges: axes.eta.edges, coefficients: coefficients, range: coefficients.map { $0.isEmpty ? [] : [-2, 2] })
        for eta in [-0.95, 0, 0.95] { #expect(abs(scale.correction.value(eta: eta, pt: 80) - 1.25) < 1e-6) }
        let empty = SimulationScale(
            etaEdges: axes.eta.edges, coefficients: coefficients.map { _ in [] }, range: coefficients.map { _ in [] })
        #expect(empty.correction.value(eta: 0, pt: 80) == 1)
    }
}

struct TruthResponseSumsTests {
    @Test func meansVariancesAndSharesAreThoseOfAPlainLoop() throws {
        let eta = try Axis(edges: [-1, 1])
        let map = ResidualMap(eta: eta, constants: [[1.1, 1.3]], ptMean: [[50, 100]])
        var sums = TruthResponseSums(eta: eta, truePt: try Axis(edges: [60, 90]), residual: .steps(map), slices: 2)
        let block = ReconstructedBlock(capacity: 200)
        block.count = 200
        var responses: [(weight: Double, base: Double, calibrated: Double, share: Double)] = []
        for row in 0..<200 {
            let (pt, base) = (61 + 0.1 * Double(row), 55 + Double(row * 37 % 50))
            let slice = row % 2
            block.slice[row] = Int32(slice)
            block.relativeWeight[row] = 0.5 + 0.5 * Double(row % 3 == 0 ? 1 : 0)
            (block.pt[row], block.eta[row], block.truePt[row], block.trueEta[row]) = (base, 0, pt, 0)
            let share = min(1, log(base / 50) / log(2))
            responses.append(
                (block.relativeWeight[row] * (slice == 0 ? 2 : 7), base / pt, base * (1.1 + 0.2 * share) / pt, share))
        }
        JetCorrection(scale: nil, residual: .steps(map)).apply(to: block)
        sums.add(block)
        let cell = try #require(sums.response(eta: 0, pt: 0, weights: [2, 7]))
        let total = responses.reduce(0) { $0 + $1.weight }
        let base = responses.reduce(0) { $0 + $1.weight * $1.base } / total
        let calibrated = responses.reduce(0) { $0 + $1.weight * $1.calibrated } / total
        let share = responses.reduce(0) { $0 + $1.weight * $1.share } / total
        let squares = responses.reduce(0) { $0 + $1.weight * $1.weight }
        let effective = total * total / squares
        let variance =
            responses.reduce(0) { $0 + pow($1.weight * ($1.calibrated - calibrated), 2) } / (total * total) * effective
            / (effective - 1)
        #expect(cell.rows == 200)
        #expect(abs(cell.base - base) < 1e-8 && abs(cell.calibrated - calibrated) < 1e-8)
        #expect(abs(cell.calibratedVariance / variance - 1) < 1e-5)
        #expect(abs(cell.shares[1] - share) < 1e-8 && abs(cell.shares[0] + cell.shares[1] - 1) < 1e-8)
    }

    @Test func jetsWithoutTruthAreLeftOut() throws {
        let axis = try Axis(edges: [-1, 1])
        var sums = TruthResponseSums(eta: axis, truePt: try Axis(edges: [1, 1000]), residual: nil, slices: 1)
        let block = ReconstructedBlock(capacity: 4)
        block.count = 4
        for row in 0..<4 {
            for jet in 0..<3 { (block.pt[jet * 4 + row], block.truePt[jet * 4 + row]) = (50, .nan) }
            block.relativeWeight[row] = 1
        }
        sums.add(block)
        #expect(sums.response(eta: 0, pt: 0, weights: [1]) == nil)
    }
}
