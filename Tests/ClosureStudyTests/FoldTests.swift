import Balance
import Binning
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import Foundation
import Intercalibration
import JetPhysics
import Testing
import TruthResponse

/// The forward-folded method in whole runs.
struct FoldTests {
    private static func options(_ method: Intercalibration.Method = .fold, passes: Int = 2) -> DerivationOptions {
        DerivationOptions(method: method, selection: .standard, binning: .standard, passes: passes)
    }

    private static func run(
        _ card: DetectorCard, data: DetectorCard? = nil, events: Int = 1_000_000, seed: UInt64 = 1, threads: Int = 2,
        options: DerivationOptions = options()
    ) throws -> ClosureRun {
        try ClosureRun(
            card: card, dataCard: data, truth: QCDDijets.builtIn, events: events, seed: seed, options: options,
            threads: threads)
    }

    /// A card whose data have a response and a resolution of their own.
    private static func card(response: String, resolution: Double, more: String = "") throws -> DetectorCard {
        let base = try LoadedCard("uniform").card.yaml.components(separatedBy: "\npseudo_data:")[0]
        let text = base + "\npseudo_data:\n  resolution_scale: \(resolution)\n\(more)  response:\n\(response)\n"
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).yaml")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try LoadedCard(path).card
    }

    private static let tilted = """
            eta: signed
            transition: 0.3
            regions:
              - {eta: [-5.2, -2], pt: [30, 300], values: [0.92, 0.96]}
              - {eta: [-2, 2], value: 1.0}
              - {eta: [2, 5.2], pt: [30, 300], values: [1.03, 1.01]}
        """

    /// Closes on a mis-response with a resolution that is worse in data, and finds the resolution.
    @Test(arguments: [1.1, 0.95])
    func aMisResponseAndAResolutionAreFound(resolution: Double) throws {
        let result = try Self.run(
            Self.card(response: Self.tilted, resolution: resolution), events: 2_000_000
        ).run()
        let calibration = result.derivation.calibration
        #expect(calibration.isValid)
        let surface = try #require(calibration.surface)
        let factor = try #require(surface.resolution)
        for (spline, place) in factor.eta.places.enumerated() where abs(place) < 4 {
            for (node, logPt) in factor.logPt.places.enumerated() {
                let u = surface.resolutionUncertainty[spline * factor.logPt.count + node]
                let found = factor.value(eta: place, logPt: logPt)
                print("fold, k at \(place), node \(node): \(found) ± \(u) for \(resolution)")
                #expect(abs(log(found / resolution)) < 3.5 * u, "k at \(place), node \(node): \(found) ± \(u)")
            }
        }
        let closure = result.test.truth
        let probability = try #require(closure.probability)
        print("fold, resolution \(resolution): chi2/ndf \(closure.chiSquared)/\(closure.degreesOfFreedom)")
        #expect(probability > 1e-4)
        for row in closure.nonclosure.indices {
            for column in closure.nonclosure[row].indices {
                guard let value = closure.nonclosure[row][column], let u = closure.uncertainty[row][column] else {
                    continue
                }
                #expect(abs(value) - 4 * u < 0.003, "η bin \(row), pT bin \(column): \(value) ± \(u)")
            }
        }
        // Far fewer than there are coefficients: the penalty works.
        #expect(surface.effectiveParameters > 5 && surface.effectiveParameters < 0.5 * Double(surface.covariance.count))
    }

    /// A module that is dead in data only, in a ninth of φ: what it adds to the spread matters most where jets fluctuate least.
    @Test func aModuleThatIsDeadInDataWidensAtHighPt() throws {
        let result = try Self.run(
            Self.card(
                response: Self.tilted, resolution: 1,
                more: "  dead_modules:\n    - {eta: [0, 3], phi: [-1.57, -0.87], loss: 0.2}\n"),
            events: 2_000_000
        ).run()
        let surface = try #require(result.derivation.calibration.surface)
        let factor = try #require(surface.resolution)
        // Means over the splines well inside of it, and of the other side's; neighbours are known little better together than alone.
        func mean(_ numbers: [Double], node: Int, _ places: ClosedRange<Double>) -> Double {
            let splines = factor.eta.places.indices.filter { places.contains(factor.eta.places[$0]) }
            return splines.reduce(0) { $0 + numbers[$1 * 2 + node] } / Double(splines.count)
        }
        let (low, high) = (mean(factor.logarithms, node: 0, 0.6...2.4), mean(factor.logarithms, node: 1, 0.6...2.4))
        let u = (0...1).map { mean(surface.resolutionUncertainty, node: $0, 0.6...2.4) }
        print("fold, dead module: ln k \(low) ± \(u[0]), \(high) ± \(u[1])")
        #expect(high > 5 * u[1] && high - low > 2 * u[1])
        #expect(abs(mean(factor.logarithms, node: 1, -2.4 ... -0.6)) < 2 * u[1])
        let closure = result.test.truth
        print("fold, dead module: chi2/ndf \(closure.chiSquared)/\(closure.degreesOfFreedom)")
        #expect(try #require(closure.probability) > 1e-4)
    }

    private static let stepped = """
            eta: signed
            transition: 0.05
            regions:
              - {eta: [-5.2, -2.5], pt: [30, 300], values: [0.80, 0.90]}
              - {eta: [-2.5, 2.964], value: 1.0}
              - {eta: [2.964, 5.2], pt: [30, 300], values: [1.12, 1.10]}
        """

    /// Beside steps at edges of bins, too, the surface is that of the card: no bin takes part of its neighbour's.
    @Test func stepsStayAtTheirEdges() throws {
        let card = try Self.card(response: Self.stepped, resolution: 1)
        let result = try Self.run(card, events: 3_000_000, options: Self.options(passes: 3)).run()
        let surface = try #require(result.derivation.calibration.surface).map.surface
        let pt = 75.0
        // ln f is 0 on average over the reference; there the card has 1.
        for (eta, share) in [
            (-3.2, 1.0), (-2.75, 1), (-2.6, 1), (-2.4, 0), (-2.2, 0), (2.75, 0), (2.87, 0), (3.06, 1), (3.25, 1),
            (3.6, 1),
        ] {
            let along = log(pt / 30) / log(10)
            let truth = share == 0 ? 1 : eta < 0 ? 0.80 + 0.10 * along : 1.12 - 0.02 * along
            let found = exp(surface.value(eta: eta, logPt: log(pt)).value)
            print("fold, step: f at \(eta) is \(found) for \(truth)")
            #expect(abs(found / truth - 1) < 0.02, "f at \(eta): \(found) for \(truth)")
        }
        let closure = result.test.truth
        print("fold, steps: chi2/ndf \(closure.chiSquared)/\(closure.degreesOfFreedom)")
        #expect(try #require(closure.probability) > 1e-4)
    }

    /// ∫ ln f over the bins of the reference region is 0 at each pT, exactly.
    /// To what the last look at it was worth, in every bin where constants are not frozen; a single look leaves 0.3 %.
    @Test func constantsCloseForFoldedSimulation() throws {
        let options = Self.options(passes: 1)
        let run = try Self.run(LoadedCard("stress").card, events: 1_000_000, options: options)
        let simulation = try run.source(.simulation)
        let scale = try simulation.simulationScale(absEtaMaximum: options.scaleAbsEtaMaximum)
        let calibration = try Derivation(
            data: run.source(.pseudoData), simulation: simulation, scale: scale, options: options
        ).calibration
        let fitted = try #require(calibration.surface)
        let fold = FoldMap(surface: fitted.map.surface, resolution: fitted.resolution)
        let axes = (options.binning.eta, options.binning.ptAverage)
        func response(_ residual: Residual?) throws -> TruthResponseSums {
            let correction = JetCorrection(scale: scale.correction, residual: residual)
            let empty = TruthResponseSums(
                eta: axes.0, truePt: axes.1, residual: residual, shares: false, slices: simulation.sliceWeights.count)
            return try simulation.reduce(empty) { block, sums in
                if residual != nil { fold.apply(to: block) }
                correction.apply(to: block)
                sums.add(block)
            }
        }
        let (before, after) = (try response(nil), try response(calibration.residual))
        var largest = 0.0
        for eta in 0..<axes.0.count {
            for pt in 0..<axes.1.count {
                let centre = axes.0.centre(eta)
                let shown = fitted.map.surface.shown(eta: centre, logPt: log(axes.1.centre(pt)))
                guard fitted.map.distance(eta: centre, logPt: shown) == 0,
                    let one = before.response(eta: eta, pt: pt, weights: simulation.sliceWeights),
                    let other = after.response(eta: eta, pt: pt, weights: simulation.sliceWeights), one.rows > 5000
                else { continue }
                largest = max(largest, abs(log(other.calibrated / one.base)))
            }
        }
        print("fold, of folded simulation constants leave \(largest)")
        #expect(largest > 0 && largest < 0.001)
    }

    @Test func theGaugeHolds() throws {
        let calibration = try Derivation(
            data: Self.run(Self.card(response: Self.tilted, resolution: 1), events: 300_000).source(.pseudoData),
            simulation: Self.run(Self.card(response: Self.tilted, resolution: 1), events: 300_000).source(.simulation),
            scale: nil, options: Self.options(passes: 1)
        ).calibration
        let surface = try #require(calibration.surface).map.surface
        let binning = BalanceBinning.standard
        let edges = binning.referenceBins.map { (binning.eta.edges[$0], binning.eta.edges[$0 + 1]) }
        let (low, high) = (try #require(edges.first).0, try #require(edges.last).1)
        for pt in [40.0, 110, 800] {
            let places = (0..<4000).map { low + (high - low) * (Double($0) + 0.5) / 4000 }
            let mean = places.reduce(0) { $0 + surface.value(eta: $1, logPt: log(pt)).value } / 4000
            #expect(abs(mean) < 1e-6)
        }
    }

    /// The same bits for any threads, and for shards that are merged pass by pass.
    @Test func threadsAndShardsDoNotMatter() throws {
        let card = try LoadedCard("uniform").card
        let options = DerivationOptions(method: .fold, selection: .standard, binning: .coarse, passes: 2)
        let whole = try Self.run(card, events: 200_000, threads: 1, options: options).run()
        let other = try Self.run(card, events: 200_000, threads: 3, options: options).run()
        #expect(whole.derivation.calibration.constants == other.derivation.calibration.constants)
        var earlier: [String: PassLedger.Kept] = [:]
        var rounds = 0
        while rounds < 12 {
            rounds += 1
            let before = earlier
            var results: [ClosureRun.Result] = []
            for index in 0..<2 {
                let ledger = PassLedger(earlier: before, shard: try #require(Shard(index, of: 2)), keeps: true)
                do {
                    results.append(try Self.run(card, events: 200_000, options: options).run(passes: ledger))
                } catch is IncompleteRound {}
                for (name, kept) in ledger.kept {
                    guard var record = earlier[name]?.record, var covered = earlier[name]?.covered else {
                        earlier[name] = kept
                        continue
                    }
                    try record.add(kept.record)
                    kept.covered.ranges.forEach { covered.insert($0) }
                    earlier[name] = .init(pieces: kept.pieces, covered: covered, record: record)
                }
            }
            if let complete = results.last {
                #expect(complete.derivation.calibration.constants == whole.derivation.calibration.constants)
                #expect(complete.test.truth.nonclosure == whole.test.truth.nonclosure)
                #expect(rounds > 2)
                return
            }
        }
        Issue.record("the rounds did not end")
    }

    @Test func whatCannotBeFittedIsSaid() throws {
        let card = try LoadedCard("uniform").card
        #expect(throws: MethodError.needsSimulation(.fold)) {
            try Derivation(
                data: Self.run(card, events: 20_000).source(.pseudoData), simulation: nil, scale: nil,
                options: Self.options())
        }
        #expect(throws: MethodError.needsEvents(.fold)) {
            let derived = try Derivation(
                data: Self.run(card, events: 20_000).source(.pseudoData), simulation: nil, scale: nil,
                options: Self.options(.matrix))
            _ = try Calibration(
                method: .fold, data: derived.data.balance, simulation: nil, requirement: EventRequirement())
        }
        // Too few events for any pair of bins.
        let few = try Self.run(card, events: 400)
        let empty = try Derivation(
            data: few.source(.pseudoData), simulation: few.source(.simulation), scale: nil, options: Self.options()
        ).calibration
        #expect(!empty.isValid)
        #expect(empty.constants.allSatisfy { $0.allSatisfy { $0 == nil } })
        #expect(empty.fits.allSatisfy { $0.invalidReason != nil })
    }

    /// Where jets reach the inner part of a wide bin only, no trend is carried on to its end (which was up to 13 % off).
    @Test func constantsOfWideOutermostBinsAreThoseOfTheirJets() throws {
        let options = DerivationOptions(
            method: .fold, selection: .standard, binning: BalanceBinning.coarse, passes: 2)
        let run = try Self.run(LoadedCard("uniform").card, events: 2_000_000, options: options)
        let calibration = try Derivation(
            data: run.source(.pseudoData), simulation: run.source(.simulation), scale: nil, options: options
        ).calibration
        for (bin, truth) in [(0, 1 / 0.97), (options.binning.eta.count - 1, 1 / 1.03)] {
            for pt in 0..<2 {
                let (constant, u) = (
                    try #require(calibration.constants[bin][pt]),
                    try #require(calibration.uncertainty(eta: bin, pt: pt))
                )
                #expect(abs(constant / truth - 1) < 3 * u / truth, "bin \(bin), \(pt): \(constant) ± \(u)")
                #expect(u < 0.01)
            }
        }
    }

    /// One pT bin, whose jets cannot tell a slope, and a bin of η that no jet reaches.
    @Test func littleToGoByGivesAPartialAnswer() throws {
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-4.5, -2.5, -0.8, 0, 0.8, 2.5, 4.5, 6]), ptAverage: try Axis(edges: [60, 120]),
            referenceAbsEtaMaximum: 0.8, quotedPtMinimum: 60)
        let options = DerivationOptions(method: .fold, selection: .standard, binning: binning, passes: 1)
        let card = try LoadedCard("uniform").card
        let run = try Self.run(card, data: card, events: 500_000, options: options)
        let calibration = try Derivation(
            data: run.source(.pseudoData), simulation: run.source(.simulation), scale: nil, options: options
        ).calibration
        #expect(calibration.isValid)
        #expect(calibration.constants[6][0] == nil && calibration.status[6][0] != .ok)
        for eta in 0..<6 {
            let (constant, u) = (
                try #require(calibration.constants[eta][0]), try #require(calibration.uncertainty(eta: eta, pt: 0))
            )
            #expect(abs(constant - 1) < 4 * u + 1e-3)
        }
    }
}
