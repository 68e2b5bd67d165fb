import Balance
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import Foundation
import Intercalibration
import Testing

/// Closures that are made up, on cards that are made up, so that it is known what ails them.
struct ClosureDiagnosisTests {
    /// Simulation responds with 1; data as the overlay says.
    private static func detectors(_ overlay: String) throws -> (simulation: Detector, data: Detector) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).yaml")
            .path
        let text = """
            schema: etacal.detector/1
            name: toy
            summary: For tests.
            acceptance: {abs_eta_max: 5.2}
            response: {eta: absolute, transition: 0, regions: [{eta: [0, 5.2], value: 1.0}]}
            resolution: {eta: absolute, regions: [{eta: [0, 5.2], n: 3.0, s: 0.8, c: 0.04, d: -1}]}
            pseudo_data:
              resolution_scale: 1.0
              response: {eta: signed, transition: 0, regions: [\(overlay)]}

            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let card = try LoadedCard(path).card
        return (Detector(card, pseudoData: false), Detector(card, pseudoData: true))
    }

    private static let flat = "{eta: [-5.2, 5.2], value: 1.0}"

    /// Constants of 1 ± 0.001 in the coarse binning: 12 η bins, pT 35, 65, 130, 260, 520, 1040, quoted from 65.
    private static func calibration(_ constant: (_ eta: Int, _ pt: Int) -> Double? = { _, _ in 1 }) -> Calibration {
        let binning = BalanceBinning.coarse
        let (etas, pts) = (0..<binning.eta.count, 0..<binning.ptAverage.count)
        let table = etas.map { eta in pts.map { constant(eta, $0) } }
        let variance = etas.map { row in etas.map { $0 == row ? 1e-6 : 0.0 } }
        let quality = FitQuality(
            chiSquared: 60, degreesOfFreedom: 60, probability: 0.5, pairs: 72, rank: 11, expectedRank: 11,
            conditionNumber: 10, iterations: 3, converged: true, components: [Array(etas)], invalidReason: nil)
        var calibration = Calibration(
            method: .matrix, kind: .dataOverSimulation, binning: binning, constants: table,
            ptMean: etas.map { _ in pts.map { 1.2 * binning.ptAverage.edges[$0] } },
            status: etas.map { _ in pts.map { _ in BinStatus.ok } }, logCovariance: pts.map { _ in variance },
            fits: pts.map { _ in quality }, dataResponse: ResponseTable(values: table, uncertainties: table),
            simulationResponse: nil, passes: 3)
        calibration.lastChange = 0.1
        return calibration
    }

    /// δ = 0 ± 0.001 everywhere but in one bin.
    private static func closure(_ nonclosure: Double, _ uncertainty: Double, eta: Int, pt: Int) -> TruthClosure {
        let binning = BalanceBinning.coarse
        let columns = binning.quotedPtBins.count
        func table<Value>(_ usual: Value, _ special: Value) -> [[Value]] {
            (0..<binning.eta.count).map { row in
                (0..<columns).map { row == eta && $0 == pt ? special : usual }
            }
        }
        return TruthClosure(
            etaEdges: binning.eta.edges, ptEdges: Array(binning.ptAverage.edges[1...]),
            nonclosure: table(0, nonclosure), uncertainty: table(0.001, uncertainty), events: table(10_000, 700))
    }

    private static func worst(
        _ nonclosure: Double, _ uncertainty: Double = 0.001, _ calibration: Calibration = calibration(), eta: Int = 9,
        pt: Int = 1, overlay: String = flat
    ) throws -> ClosureDiagnosis.Bin {
        let diagnosis = ClosureDiagnosis(
            closure(nonclosure, uncertainty, eta: eta, pt: pt), calibration: calibration, tolerance: .uniform(0.005),
            detectors: try detectors(overlay))
        #expect(diagnosis.binsTested == 48 && diagnosis.bins.count == 8)
        let bin = diagnosis.bins[0]
        #expect(bin.etaBin == eta && bin.ptBin == pt)
        return bin
    }

    @Test func binsComeByWhatIsBeyondTheTolerance() throws {
        let bin = try Self.worst(-0.02, 0.002)
        #expect(bin.eta == [1.93, 2.5] && bin.pt == [130, 260] && bin.jets == 700)
        #expect(bin.isOutside && bin.canTell && abs(bin.excess - 0.016) < 1e-12 && abs(bin.significance - 10) < 1e-9)
        #expect(bin.constant == 1 && bin.applied == 1)
        #expect(abs(try #require(bin.constantUncertainty) - 0.001) < 1e-12)
        #expect(abs(try #require(bin.idealConstant) - 1) < 1e-6)
        #expect(bin.causes == [.unexplained])
    }

    /// Bins beyond the last band are not judged, and so not among the worst.
    @Test func binsWithoutToleranceAreLeftOut() throws {
        let tolerance = Tolerance(bands: [.init(absEtaMaximum: 2, value: 0.005)])
        let diagnosis = ClosureDiagnosis(
            Self.closure(0.5, 0.001, eta: 11, pt: 0), calibration: Self.calibration(), tolerance: tolerance,
            detectors: nil, count: 100)
        #expect(diagnosis.binsTested == 48 && diagnosis.bins.count == 6 * 4)
        #expect(diagnosis.bins.allSatisfy { $0.nonclosure == 0 && $0.idealConstant == nil })
    }

    @Test func withinTwoStandardDeviationsIsStatistics() throws {
        let bin = try Self.worst(0.0199, 0.01)
        guard case .statistics(let events) = bin.causes.first else {
            Issue.record("\(bin.causes)")
            return
        }
        #expect(bin.causes.count == 1 && abs(events - 16) < 1e-9 && !bin.canTell && !bin.isOutside)
        #expect(try Self.worst(0.0201, 0.01).causes != bin.causes)
    }

    /// Data fall from 1 to 0.96 in the middle of 1.93 to 2.5; the constant undoes the mean, as the fit would.
    @Test func aStepInsideABinIsNamed() throws {
        let step = "{eta: [-5.2, 2.215], value: 1.0}, {eta: [2.215, 2.5], value: 0.96}, {eta: [2.5, 5.2], value: 1.0}"
        let constants = Self.calibration { eta, _ in eta == 9 ? 1 / 0.98 : 1 }
        let bin = try Self.worst(0.015, 0.001, constants, overlay: step)
        guard case .etaVariation(let size) = bin.causes.first else {
            Issue.record("\(bin.causes)")
            return
        }
        #expect(bin.causes.count == 1 && abs(size - 0.04) < 1e-3)
        #expect(abs(try #require(bin.idealConstant) - 1 / 0.98) < 1e-3)
        // The same step in the bin next to it, and a deviation larger than the step.
        let elsewhere = try Self.worst(0.015, 0.001, constants, eta: 8, overlay: step).causes
        #expect(!elsewhere.contains { if case .etaVariation = $0 { true } else { false } })
        #expect(try Self.worst(0.05, 0.001, constants, overlay: step).causes == [.unexplained])
    }

    /// Data respond with 1 to 400 GeV and fall towards 0.9 at 1040; the highest constant belongs to 624 GeV.
    @Test func aConstantCarriedOnIsNamed() throws {
        let fall =
            "{eta: [-5.2, 1.7], value: 1.0}, {eta: [1.7, 2.7], pt: [400, 1040], values: [1.0, 0.9]}, "
            + "{eta: [2.7, 5.2], value: 1.0}"
        let asked = [1, 1, 1, 1, 1 / (1 - 0.1 * log(0.96 * 500 / 400) / log(2.6))]
        var constants = Self.calibration { eta, pt in eta == 9 ? asked[pt] : 1 }
        // The highest bin's jets sit at its lower edge.
        for eta in constants.ptMean.indices { constants.ptMean[eta][4] = 480 }
        let bin = try Self.worst(-0.02, 0.001, constants, pt: 3, overlay: fall)
        guard case .flatContinuation(let left, let node, let share) = bin.causes.first else {
            Issue.record("\(bin.causes)")
            return
        }
        #expect(left < -0.008 && left > -0.03 && node == 480 && share > 0.8)
        // The other sign is not explained by it.
        #expect(try Self.worst(0.02, 0.001, constants, pt: 3, overlay: fall).causes == [.unexplained])
    }

    /// Data dip at 200 GeV between nodes at 156 and 312: linear interpolation cannot follow.
    @Test func interpolationIsNamed() throws {
        let dip =
            "{eta: [-5.2, 1.7], value: 1.0}, {eta: [1.7, 2.7], pt: [156, 200, 312], values: [1.0, 0.9, 1.0]}, "
            + "{eta: [2.7, 5.2], value: 1.0}"
        let asked = Self.calibration { _, _ in 1 }
        let bin = try Self.worst(-0.03, 0.001, asked, overlay: dip)
        guard case .ptInterpolation(let left) = bin.causes.first else {
            Issue.record("\(bin.causes)")
            return
        }
        #expect(left < -0.01)
    }

    /// The bin's constants are 1 % too large, ten standard deviations.
    @Test func constantsThatAreOffAreNamed() throws {
        let bin = try Self.worst(0.011, 0.001, Self.calibration { eta, _ in eta == 9 ? 1.01 : 1 })
        guard case .constants(let shift, let pull) = bin.causes.first else {
            Issue.record("\(bin.causes)")
            return
        }
        #expect(bin.causes.count == 1 && abs(shift - 0.01) < 1e-4 && abs(pull - 10 / 1.01) < 0.1)
    }

    @Test func theFitAndItsLastPassAreNamed() throws {
        var calibration = Self.calibration()
        calibration.fits[2].probability = 1e-4
        calibration.lastChange = 4
        let causes = try Self.worst(0.02, 0.001, calibration).causes
        #expect(causes == [.poorFit(probability: 1e-4), .unsettled(change: 4)])
        // Another pT bin has a good fit; one pass has no last change.
        calibration.passes = 1
        #expect(try Self.worst(0.02, 0.001, calibration, pt: 2).causes == [.unexplained])
    }

    /// P(|z| > 2.5) = 0.01242: of 300 bins 3.7 lie as far out, of 48 bins 0.6.
    @Test func oneOfManyMayBeChance() {
        var evidence = ClosureEvidence(nonclosure: 0.0025, uncertainty: 0.001, tolerance: 0.0001, binsTested: 300)
        guard case .chance(let expected, 300) = evidence.causes.first else {
            Issue.record("\(evidence.causes)")
            return
        }
        #expect(abs(expected - 3.726) < 0.001)
        evidence.binsTested = 48
        #expect(evidence.causes == [.unexplained])
    }

    /// What a fit finds is what the cards ask for: 60 constants of a run of its own scatter about it as their uncertainties
    /// say. A root mean square outside 0.7 to 1.3 has p < 0.002 for as many independent bins.
    @Test func cardsAskForWhatFitsFind() throws {
        let card = try LoadedCard("cms-like").card
        let options = DerivationOptions(method: .matrix, selection: .standard, binning: .standard, passes: 2)
        // Few events pass the selection: none are spent where bins are few.
        let process = try HardProcess(density: .builtIn, sqrtS: 13000, edges: [60, 85, 120, 170, 240, 340, 500])
        let calibration = try ClosureRun(
            card: card, dataCard: nil, truth: QCDDijets(process, radiation: RadiationTune.builtIn.model),
            events: 500_000, seed: 3, options: options, threads: 2
        ).run().derivation.calibration
        let binning = calibration.binning
        let closure = TruthClosure(
            etaEdges: binning.eta.edges, ptEdges: Array(binning.ptAverage.edges[binning.quotedPtBins.lowerBound...]),
            nonclosure: calibration.constants.map { $0[binning.quotedPtBins].map { $0 == nil ? nil : 0 } },
            uncertainty: calibration.constants.map { $0[binning.quotedPtBins].map { $0 == nil ? nil : 0.001 } },
            events: calibration.constants.map { $0[binning.quotedPtBins].map { $0 == nil ? 0 : 100 } })
        func pulls(pseudoData: Bool, from lowest: Double = 0.8) -> [Double] {
            let diagnosis = ClosureDiagnosis(
                closure, calibration: calibration, tolerance: .standard,
                detectors: (Detector(card, pseudoData: false), Detector(card, pseudoData: pseudoData)), count: 1000)
            return diagnosis.bins.compactMap { bin in
                // Reference bins are tied to each other by the gauge.
                guard abs(bin.eta[0] + bin.eta[1]) > 2 * lowest, let constant = bin.constant,
                    let ideal = bin.idealConstant, let deviation = bin.constantUncertainty, deviation > 0
                else { return nil }
                return (constant - ideal) / deviation
            }
        }
        func width(_ pulls: [Double]) -> Double {
            (pulls.reduce(0) { $0 + $1 * $1 } / Double(pulls.count)).squareRoot()
        }
        let found = pulls(pseudoData: true)
        #expect(found.count >= 60 && width(found) > 0.7 && width(found) < 1.3, "\(found.count) pulls, \(width(found))")
        // Of data without mis-responses the cards would ask for something else; up to |η| = 2.5 by a few per cent alone.
        let other = width(pulls(pseudoData: false, from: 2.5))
        #expect(other > 1.7, "\(other)")
    }
}
