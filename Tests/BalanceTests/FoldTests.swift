import Balance
import Binning
import Foundation
import JetPhysics
import Testing

/// Numbers between 0 and 1 that look random.
private struct Numbers {
    var state: UInt64 = 1

    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var bits = state
        bits ^= bits >> 33
        bits = bits &* 0xFF51_AFD7_ED55_8CCD
        bits ^= bits >> 33
        return Double(bits >> 11) * 0x1p-53
    }

    mutating func normal() -> Double { sqrt(-2 * log(1 - next())) * cos(2 * .pi * next()) }
}

struct ResponseSurfaceTests {
    private func surface(simulated: EtaPtGrid? = nil) throws -> ResponseSurface {
        let eta = SplineAxis(breaks: try Axis(edges: [-3, -1, 1, 3]))
        let logPt = SplineAxis(breaks: try Axis(edges: [log(25), log(200), log(1000)]))
        // ln f = 0.1 η − 0.05 (ln pT − ln 100).
        let coefficients = eta.places.flatMap { place in logPt.places.map { 0.1 * place - 0.05 * ($0 - log(100)) } }
        return ResponseSurface(eta: eta, logPt: logPt, coefficients: coefficients, simulated: simulated)
    }

    @Test func valuesAreThoseOfThePlane() throws {
        let (value, slope) = try surface().value(eta: 1.7, logPt: log(60))
        #expect(abs(value - (0.17 - 0.05 * log(0.6))) < 1e-12)
        #expect(abs(slope + 0.05) < 1e-12)
    }

    /// With R = 0.8 (pT/100)^0.2 a jet of data at f R pT shows where R(pT') pT' = f R(pT) pT: ln pT' − ln pT = ln f / 1.2.
    @Test func whatTheScaleMakesOfTheMisResponse() throws {
        let grid = EtaPtGrid(etaLimit: 4, etaNodes: 2) { 0.8 * pow($1 / 100, 0.2) + 0 * $0 }
        let surface = try surface(simulated: grid)
        let (eta, logPt) = (-1.3, log(70.0))
        let expected = logPt + surface.value(eta: eta, logPt: logPt).value / 1.2
        // The table of R is linear between nodes an eighth of an octave apart.
        #expect(abs(surface.shown(eta: eta, logPt: logPt) - expected) < 2e-4)
        #expect(abs(surface.inverse(eta: eta, shown: expected) - logPt) < 2e-4)
        #expect(abs(1 / surface.lever(eta: eta, logPt: logPt) - 1.2) < 0.01)
    }

    @Test func constantsUndoWhatFoldingDoes() throws {
        for grid in [nil, EtaPtGrid(etaLimit: 4, etaNodes: 2) { 0.7 + 0.1 * log($1 / 30) / log(10) + 0 * $0 }] {
            let surface = try surface(simulated: grid)
            let everywhere = log(1.0)...log(1e5)
            let map = SurfaceMap(
                surface: surface, eta: try Axis(edges: [-3, 0, 3]), ranges: [everywhere, everywhere])
            for (eta, pt) in [(-2.5, 40.0), (0.3, 90), (2.9, 300)] {
                let shown = exp(surface.shown(eta: eta, logPt: log(pt)))
                #expect(abs(shown * map.constant(eta: eta, pt: shown) / pt - 1) < 3e-4)
            }
        }
    }

    private func surfaceConstant(eta: Double, pt: Double) throws -> Double {
        try surface().inverse(eta: eta, shown: log(pt)) - log(pt)
    }

    @Test func outsideTheRangeTheConstantIsFrozen() throws {
        let map = SurfaceMap(
            surface: try surface(), eta: try Axis(edges: [-3, 0, 3]),
            ranges: [log(40.0)...log(300), log(40.0)...log(100)])
        // Between nodes, an eighth of an octave apart, the end of a range is blurred.
        #expect(map.constant(eta: 1, pt: 500) == map.constant(eta: 1, pt: 130))
        #expect(map.constant(eta: -1, pt: 20) == map.constant(eta: -1, pt: 34))
        #expect(abs(map.constant(eta: 1, pt: 500) - exp(try surfaceConstant(eta: 1, pt: 100))) < 1e-4)
        #expect(abs(map.constant(eta: -1, pt: 250) - map.constant(eta: 1, pt: 250)) > 1e-3)
        #expect(abs(map.distance(eta: 1, logPt: log(200)) - log(2)) < 1e-12)
        #expect(map.distance(eta: -1, logPt: log(200)) == 0)
        // Beyond the outermost bin, too.
        #expect(map.constant(eta: 3.4, pt: 80) == map.constant(eta: 3, pt: 80))
    }

    @Test func aRemainderIsTakenOff() throws {
        let (surface, eta) = (try surface(), try Axis(edges: [-3, 0, 3]))
        let ranges = Array(repeating: log(10.0)...log(1000), count: 2)
        let plain = SurfaceMap(surface: surface, eta: eta, ranges: ranges)
        let remainder = SurfaceRemainder(logPt: LinearNodes([log(50), log(200)]), values: [[0, 0], [0.02, -0.01]])
        let map = SurfaceMap(surface: surface, eta: eta, ranges: ranges, remainder: remainder)
        #expect(map.constant(eta: -1, pt: 90) == plain.constant(eta: -1, pt: 90))
        for pt in [30.0, 60, 110, 400] {
            let (one, other) = (plain.constant(eta: 1, pt: pt), map.constant(eta: 1, pt: pt))
            // At the pT that the surface alone gives.
            let expected = remainder.value(bin: 1, logPt: log(pt * one))
            #expect(abs(log(other / one) + expected) < 2e-4, "\(pt) GeV")
        }
        #expect(map != plain)
    }

    @Test func sensitivitiesAreDerivatives() throws {
        let grid = EtaPtGrid(etaLimit: 4, etaNodes: 2) { 0.8 * pow($1 / 100, 0.2) + 0 * $0 }
        let surface = try surface(simulated: grid)
        let everywhere = log(1.0)...log(1e5)
        let map = SurfaceMap(surface: surface, eta: try Axis(edges: [-3, 3]), ranges: [everywhere])
        let (eta, shown, step) = (0.7, log(130.0), 1e-4)
        let row = map.sensitivities(eta: eta, logPt: shown)
        #expect(row.count == surface.count && row.count { $0 != 0 } <= 16)
        for index in row.indices {
            var other = surface
            other.coefficients[index] += step
            let change = (other.inverse(eta: eta, shown: shown) - surface.inverse(eta: eta, shown: shown)) / step
            #expect(abs(-change - row[index]) < 0.01 * row.map(abs).max()!)
        }
    }
}

struct FoldMapTests {
    private func block(_ jets: [(pt: Double, eta: Double, truth: Double)]) -> ReconstructedBlock {
        let block = ReconstructedBlock(capacity: 1)
        block.count = 1
        for (jet, values) in jets.enumerated() {
            (block.pt[jet], block.basePt[jet]) = (values.pt, values.pt)
            (block.detectorEta[jet], block.truePt[jet]) = (values.eta, values.truth)
        }
        return block
    }

    /// k that is the same everywhere.
    private static func widening(_ k: Double, _ eta: SplineAxis) -> ResolutionFactor {
        ResolutionFactor(
            eta: eta, logPt: LinearNodes([log(60)]), logarithms: Array(repeating: log(k), count: eta.count))
    }

    @Test func fluctuationsAreEnlargedAboutTheTruthAndThenScaled() throws {
        let eta = SplineAxis(breaks: try Axis(edges: [-3, 0, 3]))
        let logPt = SplineAxis(breaks: try Axis(edges: [log(10), log(500)]))
        let surface = ResponseSurface(
            eta: eta, logPt: logPt,
            coefficients: eta.places.flatMap { place in logPt.places.map { _ in -0.1 * place } })
        let block = block([(100, 1, 90), (96, -2, 100), (20, 0, .nan)])
        FoldMap(surface: surface, resolution: Self.widening(1.5, eta)).apply(to: block)
        // 90 + 1.5 · 10 = 105, times e^−0.1; 100 − 1.5 · 4 = 94, times e^0.2; no truth: as it is.
        let expected = [105 * exp(-0.1), 94 * exp(0.2), 20]
        for (jet, value) in expected.enumerated() { #expect(abs(block.pt[jet] - value) < 1e-3 * value) }
    }

    /// A response belongs to the true jet: what fluctuates about it keeps its relative width, whatever f does with pT and η.
    @Test func aSlopeOfTheResponseDoesNotWidenFluctuations() throws {
        let eta = SplineAxis(breaks: try Axis(edges: [-3, 3]))
        let logPt = SplineAxis(breaks: try Axis(edges: [log(10), log(1000)]))
        let (slope, tilt, power, truth) = (0.08, 0.3, 0.15, 90.0)
        func simulated(_ pt: Double) -> Double { 0.8 * pow(pt / 100, power) }
        let surface = ResponseSurface(
            eta: eta, logPt: logPt,
            coefficients: eta.places.flatMap { place in
                logPt.places.map { slope * ($0 - log(60)) + tilt * place }
            }, simulated: EtaPtGrid(etaLimit: 4, etaNodes: 2) { simulated($1) + 0 * $0 })
        let map = FoldMap(surface: surface, resolution: Self.widening(1.2, eta))
        // What is measured, over the mean of simulation.
        func folded(_ share: Double, moved: Double) -> Double {
            let mean = simulated(truth) * truth
            let block = block([(mean * share, 1 + moved, truth)])
            (block.eta[0], block.trueEta[0]) = (0.7 + moved, 0.7)
            map.apply(to: block)
            return block.pt[0] / mean
        }
        let f = exp(slope * log(truth / 60) + tilt)
        for (share, moved) in [(1.0, 0.0), (1.3, 0.2), (0.6, -0.3)] {
            #expect(abs(folded(share, moved: moved) / (f * (1 + 1.2 * (share - 1))) - 1) < 1e-3)
        }
    }

    /// A jet without truth has f at the pT that the scale will give it.
    @Test func aJetOfPileUpHasTheResponseAtItsOwnPt() throws {
        let eta = SplineAxis(breaks: try Axis(edges: [-3, 3]))
        let logPt = SplineAxis(breaks: try Axis(edges: [log(5), log(1000)]))
        let surface = ResponseSurface(
            eta: eta, logPt: logPt,
            coefficients: eta.places.flatMap { _ in logPt.places.map { 0.1 * ($0 - log(40)) } },
            simulated: EtaPtGrid(etaLimit: 4, etaNodes: 2) { eta, _ in 0.5 + 0 * eta })
        let block = block([(20, 1, .nan)])
        FoldMap(surface: surface, resolution: Self.widening(1.2, eta)).apply(to: block)
        #expect(abs(block.pt[0] - 20) < 1e-4)
    }

    @Test func theWideningIsLinearBetweenItsNodes() throws {
        let eta = SplineAxis(breaks: try Axis(edges: [-3, 3]))
        let factor = ResolutionFactor(
            eta: eta, logPt: LinearNodes([log(30), log(300)]),
            logarithms: eta.places.flatMap { [0.01 * $0, 0.1 + 0.01 * $0] })
        #expect(abs(log(factor.value(eta: 2, logPt: log(30))) - 0.02) < 1e-12)
        #expect(abs(log(factor.value(eta: 2, logPt: 0.5 * (log(30) + log(300)))) - 0.07) < 1e-12)
        #expect(factor.value(eta: 2, logPt: log(5)) == factor.value(eta: 2, logPt: log(30)))
        #expect(factor.value(eta: -1, logPt: log(900)) == factor.value(eta: -1, logPt: log(300)))
    }

    @Test func axesMoveToWhereTheResponseIsHigher() throws {
        let eta = SplineAxis(breaks: try Axis(edges: [-3, -1, 1, 3]))
        let logPt = SplineAxis(breaks: try Axis(edges: [log(10), log(500)]))
        let surface = ResponseSurface(
            eta: eta, logPt: logPt,
            coefficients: eta.places.flatMap { place in logPt.places.map { _ in 0.2 * place } },
            pull: AxisPull(absEta: [0, 2], squaredWidths: [0.01, 0.03]))
        let block = block([(100, 0.5, 100), (96, -2, 100)])
        (block.eta[0], block.trueEta[0]) = (0.47, 0.47)
        FoldMap(surface: surface, resolution: nil).apply(to: block)
        #expect(abs(block.detectorEta[0] - 0.5 - 0.015 * 0.2) < 1e-5)
        #expect(abs(block.eta[0] - 0.47 - (block.detectorEta[0] - 0.5)) < 1e-12)
        #expect(abs(block.detectorEta[1] + 2 - 0.03 * 0.2) < 1e-5)
        for place in [-2.2, 0.3, 1.9] {
            let source = surface.source(eta: place, logPt: log(70))
            #expect(abs(source + surface.displacement(eta: source, logPt: log(70)) - place) < 1e-4)
        }
        // The constant is that of where a jet comes from.
        let map = SurfaceMap(surface: surface, eta: try Axis(edges: [-3, 3]), ranges: [log(1.0)...log(1e5)])
        let source = surface.source(eta: 1.9, logPt: log(70))
        #expect(abs(log(map.constant(eta: 1.9, pt: 70)) + surface.value(eta: source, logPt: log(70)).value) < 1e-4)
    }

    @Test func nothingToFoldLeavesJetsAsTheyAre() {
        let block = block([(100, 1, 90), (96, -2, 100), (0, 0, .nan)])
        FoldMap(surface: nil, resolution: nil).apply(to: block)
        #expect((0..<3).map { block.pt[$0] } == [100, 96, 0])
    }
}

struct AxisPullTests {
    /// Jets that a response moves by w² ∂ ln R/∂η, 0.008 centrally and 0.02 beyond |η| = 2.25, and that fluctuate by 0.02.
    @Test func theWidthIsFoundInSimulation() throws {
        let response = EtaPtGrid(etaLimit: 3, etaNodes: 601) { eta, _ in exp(0.1 * sin(3 * eta)) }
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-2.7, 0, 2.7]), ptAverage: try Axis(edges: [50, 80]), referenceAbsEtaMaximum: 2.7,
            quotedPtMinimum: 50)
        var numbers = Numbers()
        let count = 40_000
        let block = ReconstructedBlock(capacity: count)
        block.count = count
        for row in 0..<count {
            block.relativeWeight[row] = row % 2 == 0 ? 1 : 3
            for place in [row, count + row, 2 * count + row] {
                let eta = 5.4 * numbers.next() - 2.7
                let offset = 0.05 * numbers.normal()
                (block.trueEta[place], block.pt[place]) = (eta - offset, 60)
                block.truePt[place] = place < 2 * count ? 60 : .nan
                let pull = (abs(eta) < 2.25 ? 0.008 : 0.02) * 0.3 * cos(3 * eta)
                block.eta[place] = block.trueEta[place] + pull + 0.02 * numbers.normal()
                block.detectorEta[place] = block.eta[place] + offset
            }
        }
        let empty = AxisPullSums(simulated: response, binning: binning, slices: 1)
        var sums = empty
        sums.add(block)
        let pull = try #require(sums.pull(weights: [2]))
        #expect(pull.absEta.count == 6)
        for (eta, width) in zip(pull.absEta, pull.squaredWidths) {
            // A tenth of all classes' information is given to each; σ = 0.02/√(8900 · 0.045) = 0.001.
            let truth = abs(eta) < 2.25 ? 0.008 : 0.02
            #expect(abs(width - truth) < 0.0035, "w² at \(eta): \(width)")
        }
        #expect(abs(pull.squaredWidth(eta: -1.1) - 0.008) < 0.002)
        #expect(pull.squaredWidth(eta: 2.9) == pull.squaredWidths[5])
        var again = empty
        try again.restore(sums.record)
        again.merge(sums)
        #expect(again.pull(weights: [1]) == pull)
        // A response without any structure tells of no width.
        let flat = EtaPtGrid(etaLimit: 3, etaNodes: 2) { 0.9 + 0 * $0 * $1 }
        var none = AxisPullSums(simulated: flat, binning: binning, slices: 1)
        none.add(block)
        #expect(none.pull(weights: [1]) == nil)
    }
}

/// Dijets with a known spectrum and known widths, and what sums of them say beside direct computation.
struct FoldSumsTests {
    private let binning: BalanceBinning
    private let selection: Selection

    init() throws {
        binning = try BalanceBinning(
            eta: try Axis(edges: [-2, 0, 2]), ptAverage: try Axis(edges: [50, 80]), referenceAbsEtaMaximum: 2,
            quotedPtMinimum: 50)
        selection = try Selection(deltaPhiMinimum: 2.7, alphaMaximum: 0.3, thirdJetFloor: 0, absEtaMaximum: 5)
    }

    /// Truth falls as pT^−6, the jet at positive η fluctuates by 0.2, the other by 0.1.
    private func block(_ count: Int, _ numbers: inout Numbers) -> ReconstructedBlock {
        let block = ReconstructedBlock(capacity: count)
        block.count = count
        for row in 0..<count {
            let truth = 25 * pow(1 - numbers.next(), -1 / 5.0)
            let wide = truth * max(0.1, 1 + 0.2 * numbers.normal())
            let narrow = truth * max(0.1, 1 + 0.1 * numbers.normal())
            let isFirst = wide > narrow
            for (jet, isWide) in [(0, isFirst), (1, !isFirst)] {
                let place = jet * count + row
                (block.pt[place], block.detectorEta[place]) = isWide ? (wide, 1.2) : (narrow, -0.3)
                (block.basePt[place], block.truePt[place]) = (block.pt[place], truth)
                block.phi[place] = jet == 0 ? 0 : 3.1
            }
            block.truePt[2 * count + row] = .nan
            block.event[row] = UInt64(row)
            block.relativeWeight[row] = row % 3 == 0 ? 2 : 1
        }
        return block
    }

    @Test func momentsAreThoseOfTheEvents() throws {
        var numbers = Numbers()
        let block = block(20_000, &numbers)
        var sums = FoldSums(binning: binning, selection: selection, slices: 1)
        sums.add(block)
        let moments = try #require(sums.moments(ptBin: 0, low: 0, high: 1, weights: [3]))
        var events: [(weight: Double, asymmetry: Double)] = []
        for row in 0..<block.count {
            let (one, two) = (block.pt[row], block.pt[block.count + row])
            let average = 0.5 * (one + two)
            guard average >= 50, average < 80 else { continue }
            let difference = block.detectorEta[row] < 0 ? one - two : two - one
            events.append((block.relativeWeight[row], difference / average))
        }
        let weight = events.reduce(0) { $0 + $1.weight }
        let mean = events.reduce(0) { $0 + $1.weight * $1.asymmetry } / weight
        let variance = events.reduce(0) { $0 + $1.weight * pow($1.asymmetry - mean, 2) } / weight
        let ofVariance = events.reduce(0) {
            $0 + pow($1.weight, 2) * pow(pow($1.asymmetry - mean, 2) - variance, 2)
        }
        let mixed = events.reduce(0) { $0 + pow($1.weight, 2) * pow($1.asymmetry - mean, 3) }
        #expect(abs(moments.cell.asymmetry - mean) < 1e-8)
        #expect(abs(moments.variance / variance - 1) < 1e-6)
        #expect(abs(moments.varianceOfVariance / (ofVariance / (weight * weight)) - 1) < 2e-3)
        #expect(abs(moments.covariance / (mixed / (weight * weight)) - 1) < 2e-3)
    }

    /// The jet at positive η measures more at the outer end of its bin.
    @Test func placesInsideABinAreThoseOfTheEvents() throws {
        var numbers = Numbers()
        let block = block(20_000, &numbers)
        for place in 0..<2 * block.count where block.detectorEta[place] > 0 {
            block.detectorEta[place] = 2 * numbers.next()
        }
        var sums = FoldSums(binning: binning, selection: selection, slices: 1)
        sums.add(block)
        let moments = try #require(sums.placeMoments(ptBin: 0, bin: 1, weights: [3]))
        var (weight, squares, places) = (0.0, 0.0, Array(repeating: 0.0, count: 5))
        var (products, spreads, pts) = (Array(repeating: 0.0, count: 3), Array(repeating: 0.0, count: 5), 0.0)
        for row in 0..<block.count {
            let (one, two) = (block.pt[row], block.pt[block.count + row])
            let average = 0.5 * (one + two)
            guard average >= 50, average < 80 else { continue }
            let place = block.detectorEta[row] > 0 ? row : block.count + row
            let (x, w) = (block.detectorEta[place] - 1, block.relativeWeight[row])
            let a = (2 * block.pt[place] - one - two) / average
            weight += w
            squares += w * w
            pts += w * block.basePt[place]
            for power in 0...4 {
                places[power] += w * pow(x, Double(power))
                spreads[power] += w * w * a * a * pow(x, Double(power))
                if power < 3 { products[power] += w * a * pow(x, Double(power)) }
            }
        }
        for power in 0...4 {
            #expect(abs(moments.places[power] - places[power] / weight) < 1e-7)
            #expect(abs(moments.squares[power] / (spreads[power] / (weight * weight)) - 1) < 2e-3)
            if power < 3 { #expect(abs(moments.products[power] - products[power] / weight) < 1e-7) }
        }
        #expect(abs(moments.meanPt / (pts / weight) - 1) < 1e-6)
        #expect(abs(moments.effectiveEvents / (weight * weight / squares) - 1) < 1e-4)
        #expect(sums.placeMoments(ptBin: 0, bin: 1, weights: [0]) == nil)
    }

    @Test func partsAddUpAndAreTakenUpAgain() throws {
        var numbers = Numbers()
        let (one, two) = (block(500, &numbers), block(700, &numbers))
        let empty = FoldSums(binning: binning, selection: selection, slices: 1)
        var (whole, first, second) = (empty, empty, empty)
        whole.add(one)
        whole.add(two)
        first.add(one)
        second.add(two)
        second.merge(first)
        #expect(second.record == whole.record)
        var again = empty
        try again.restore(whole.record)
        #expect(again.record == whole.record)
    }

    /// Reactions against the same events with one jet really changed and selected anew.
    @Test func reactionsAreWhatChangedEventsShow() throws {
        var numbers = Numbers()
        let block = block(400_000, &numbers)
        var sums = ReactionSums(binning: binning, selection: selection, slices: 1)
        sums.add(block)
        let table = ReactionTable(sums, weights: [1])
        func moments(_ change: (Int) -> Double) throws -> AsymmetryMoments {
            let copy = ReconstructedBlock(capacity: block.count)
            copy.count = block.count
            for place in 0..<2 * block.count {
                copy.detectorEta[place] = block.detectorEta[place]
                copy.phi[place] = block.phi[place]
                copy.pt[place] = block.detectorEta[place] > 0 ? change(place) : block.pt[place]
                copy.basePt[place] = copy.pt[place]
            }
            for row in 0..<block.count {
                copy.event[row] = block.event[row]
                copy.relativeWeight[row] = block.relativeWeight[row]
            }
            var sums = FoldSums(binning: binning, selection: selection, slices: 1)
            sums.add(copy)
            return try #require(sums.moments(ptBin: 0, low: 0, high: 1, weights: [1]))
        }
        let reaction = table[0, changed: 1.2, other: -0.3]
        let (less, more) = (try moments { block.pt[$0] * 0.96 }, try moments { block.pt[$0] * 1.04 })
        let typical = 0.5 * (less.variance + more.variance)
        // A is that of the jet at lower η less the changed one's.
        let slope = -(more.cell.asymmetry - less.cell.asymmetry) / 0.08
        let bulk = 1 - 0.25 * typical
        #expect(abs(reaction.scale / (slope / bulk) - 1) < 0.01)
        // A steep spectrum: the bin takes in what has fluctuated upwards.
        #expect(reaction.scale > 1.05)
        func wider(_ step: Double) -> (Int) -> Double {
            { block.truePt[$0] + (1 + step) * (block.pt[$0] - block.truePt[$0]) }
        }
        let (narrow, wide) = (try moments(wider(-0.04)), try moments(wider(0.04)))
        let byResolution = (wide.variance - narrow.variance) / 0.08 / typical
        #expect(abs(reaction.varianceByResolution / byResolution - 1) < 0.05)
        let meanByResolution = -(wide.cell.asymmetry - narrow.cell.asymmetry) / 0.08 / typical
        #expect(abs(reaction.meanByResolution / meanByResolution - 1) < 0.05)
    }
}
