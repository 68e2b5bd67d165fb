import CardFiles
import DijetGeneration
import Foundation
import GSL
import JetPhysics
import Testing

/// The hard scatterings against the formulas that they are made from.
struct HardScatteringTests {
    private static let edges = [30.0, 60, 120, 250]
    private static let truth = Result {
        try QCDDijets(
            HardProcess(density: .builtIn, sqrtS: 13000, edges: edges), radiation: RadiationTune.builtIn.model)
    }

    /// χ² of the generated events against ∫ dσ over bins of (pT, y3, y4), the latter by Gauss–Legendre quadrature of the exact
    /// cross-section. With 2 million events a bin is known to a percent or better; the p-value is printed.
    @Test(arguments: [0, 2])
    func densityIsThatOfTheCrossSection(slice: Int) throws {
        let truth = try Self.truth.get()
        let (low, high) = (Self.edges[slice], Self.edges[slice + 1])
        let process = truth.process.leadingOrder
        let ptEdges = [low, low * pow(high / low, 0.12), low * pow(high / low, 0.35), high]
        let yEdges = [-8.0, -3, -2, -1.2, -0.4, 0.4, 1.2, 2, 3, 8]
        let (rows, columns) = (ptEdges.count - 1, yEdges.count - 1)
        var counts = Array(repeating: 0.0, count: rows * columns * columns)
        let events = 2_000_000
        for event in truth.scatterings(slice: slice, first: 0, count: events, seed: 11) {
            guard let row = Self.bin(event.pt, ptEdges), let first = Self.bin(event.y3, yEdges),
                let second = Self.bin(event.y4, yEdges)
            else { continue }
            counts[(row * columns + first) * columns + second] += 1
        }
        var expected = Array(repeating: 0.0, count: counts.count)
        for row in 0..<rows {
            for first in 0..<columns {
                for second in 0..<columns {
                    let value = Self.integral(
                        process, ptEdges[row]...ptEdges[row + 1], yEdges[first]...yEdges[first + 1],
                        yEdges[second]...yEdges[second + 1])
                    expected[(row * columns + first) * columns + second] = value
                }
            }
        }
        // The jets have no order: what stands at y3 may be either.
        var (chiSquared, degrees) = (0.0, -1)
        let total = expected.reduce(0, +)
        for row in 0..<rows {
            for first in 0..<columns {
                for second in 0...first {
                    func sum(_ table: [Double]) -> Double {
                        let one = table[(row * columns + first) * columns + second]
                        let other = table[(row * columns + second) * columns + first]
                        return first == second ? one : one + other
                    }
                    let share = sum(expected) / total
                    let mean = share * counts.reduce(0, +)
                    guard mean > 25 else { continue }
                    chiSquared += (sum(counts) - mean) * (sum(counts) - mean) / mean
                    degrees += 1
                }
            }
        }
        let p = chiSquaredProbability(chiSquared, degreesOfFreedom: degrees)
        print("density of \(low)-\(high) GeV: chi2/ndf = \(chiSquared)/\(degrees), p = \(p)")
        #expect(degrees > 80)
        #expect(p > 1e-3, "chi2 = \(chiSquared) for \(degrees), p = \(p)")
    }

    private static func bin(_ value: Double, _ edges: [Double]) -> Int? {
        guard value >= edges[0], value < edges[edges.count - 1] else { return nil }
        return (edges.firstIndex { $0 > value } ?? 1) - 1
    }

    /// Nodes and weights on [−1, 1].
    private static let nodes: [(x: Double, weight: Double)] = {
        // Newton's method on the Legendre polynomial of order 12.
        let order = 12
        return (1...order).map { index in
            var x = cos(Double.pi * (Double(index) - 0.25) / (Double(order) + 0.5))
            var slope = 0.0
            for _ in 0..<50 {
                var (p, previous) = (1.0, 0.0)
                for n in 1...order {
                    let next = ((2 * Double(n) - 1) * x * p - (Double(n) - 1) * previous) / Double(n)
                    (previous, p) = (p, next)
                }
                slope = Double(order) * (x * p - previous) / (x * x - 1)
                x -= p / slope
            }
            return (x, 2 / ((1 - x * x) * slope * slope))
        }
    }()

    private static func integral(
        _ process: LeadingOrder, _ pt: ClosedRange<Double>, _ y3: ClosedRange<Double>, _ y4: ClosedRange<Double>
    ) -> Double {
        func places(_ range: ClosedRange<Double>) -> [(x: Double, weight: Double)] {
            let half = 0.5 * (range.upperBound - range.lowerBound)
            return nodes.map { (0.5 * (range.lowerBound + range.upperBound) + half * $0.x, half * $0.weight) }
        }
        var sum = 0.0
        for p in places(pt) {
            for a in places(y3) {
                for b in places(y4) {
                    sum += p.weight * a.weight * b.weight * process.crossSection(pt: p.x, y3: a.x, y4: b.x)
                }
            }
        }
        return sum
    }

    /// Which partons take part, against the contributions of the channels at the events' own places.
    @Test func flavoursAreThoseOfTheChannels() throws {
        let truth = try Self.truth.get()
        let process = truth.process.leadingOrder
        let events = truth.scatterings(slice: 1, first: 0, count: 200_000, seed: 3)
        var seen: [ScatteringChannel: Double] = [:]
        var expected: [ScatteringChannel: Double] = [:]
        for event in events {
            seen[Self.channel(event), default: 0] += 1
            let direct = process.contributions(pt: event.pt, y3: event.y3, y4: event.y4)
            let exchanged = process.contributions(pt: event.pt, y3: event.y4, y4: event.y3)
            let total = direct.total + exchanged.total
            for channel in ScatteringChannel.allCases {
                expected[channel, default: 0] += (direct[channel] + exchanged[channel]) / total
            }
        }
        for channel in ScatteringChannel.allCases {
            let (count, mean) = (seen[channel] ?? 0, expected[channel] ?? 0)
            #expect(abs(count - mean) < 4.5 * max(mean, 1).squareRoot() + 1e-3 * mean, "\(channel): \(count), \(mean)")
        }
    }

    /// Of a quark and a gluon, which jet the quark is and which quark it is: against the amplitude, and against the
    /// densities at the events' own places. 4.5 standard deviations each.
    @Test func quarksFlyAndAreMixedAsTheyShould() throws {
        let truth = try Self.truth.get()
        let density = truth.process.density
        var seen = Array(repeating: 0.0, count: 12)
        var (expected, variance) = (seen, seen)
        for event in truth.scatterings(slice: 1, first: 0, count: 200_000, seed: 5) {
            let (a, b) = event.incoming
            guard (a == 21) != (b == 21) else { continue }
            let isForward = b == 21
            let quark = isForward ? a : b
            // Momentum transfer to the jet at y3 from the incoming quark, which flies to +z or to −z.
            let growth = exp((event.y4 - event.y3) * (isForward ? 1 : -1))
            let t = -growth / (1 + growth)
            let (direct, exchanged) = (
                PartonScattering.quarkGluon(t: t, u: -1 - t), PartonScattering.quarkGluon(t: -1 - t, u: t)
            )
            let share = direct / (direct + exchanged)
            seen[11] += event.outgoing.0 == quark ? 1 : 0
            expected[11] += share
            variance[11] += share * (1 - share)
            let sum = exp(event.y3) + exp(event.y4)
            let x = event.pt / truth.sqrtS * (isForward ? sum : exp(-event.y3) + exp(-event.y4))
            let densities = density.momentumDensities(x: x, q: event.pt)
            let lanes = (0..<PartonDensity.lanes).map { $0 == PartonDensity.gluonLane ? 0 : max(0, densities[$0]) }
            let total = lanes.reduce(0, +)
            seen[quark + 5] += 1
            for lane in lanes.indices {
                expected[lane] += lanes[lane] / total
                variance[lane] += lanes[lane] / total * (1 - lanes[lane] / total)
            }
        }
        #expect(seen[7] > 10_000 && expected[11] > 10_000)
        for index in seen.indices {
            let room = 4.5 * variance[index].squareRoot() + 1e-3 * expected[index]
            #expect(abs(seen[index] - expected[index]) <= room, "\(index): \(seen[index]), \(expected[index])")
        }
    }

    private static func channel(_ event: HardScattering) -> ScatteringChannel {
        let (a, b) = event.incoming
        let (c, _) = event.outgoing
        switch (a == 21, b == 21) {
        case (true, true): return c == 21 ? .gluonsToGluons : .gluonsToQuarks
        case (false, true): return .quarkGluon
        case (true, false): return .gluonQuark
        default:
            if a == b { return .likeQuarks }
            guard a == -b else { return .unlikeQuarks }
            if c == 21 { return .annihilationToGluons }
            return abs(c) == abs(a) ? .annihilationToSameQuarks : .annihilationToOtherQuarks
        }
    }

    /// Charges in and out: flavour is conserved, quark by quark.
    @Test func flavourIsConserved() throws {
        for event in try Self.truth.get().scatterings(slice: 0, first: 0, count: 100_000) {
            for flavour in 1...5 {
                func net(_ pair: (Int, Int)) -> Int {
                    [pair.0, pair.1].reduce(0) { $0 + ($1 == flavour ? 1 : $1 == -flavour ? -1 : 0) }
                }
                #expect(net(event.incoming) == net(event.outgoing))
            }
        }
    }

    /// Cross-sections from the table against those of the exact densities.
    @Test(arguments: [900.0, 13_000, 100_000])
    func crossSectionsAreThoseOfTheProcess(sqrtS: Double) throws {
        let process = try HardProcess(density: .builtIn, sqrtS: sqrtS, edges: [15, 30, 80, 200])
        let truth = try QCDDijets(process, radiation: RadiationTune.builtIn.model)
        for (table, exact) in zip(truth.crossSections, try process.crossSections(seed: 7)) {
            let deviation = (table.uncertainty * table.uncertainty + exact.uncertainty * exact.uncertainty).squareRoot()
            #expect(abs(table.value - exact.value) < 4 * deviation + 5e-4 * exact.value)
            #expect(table.uncertainty < 4e-3 * table.value)
        }
    }

    /// A biased slice has the same spectrum, and its weights have mean 1.
    @Test func biasIsTakenBackByTheWeights() throws {
        let process = try HardProcess(density: .builtIn, sqrtS: 13000, edges: [30, 120])
        let model = RadiationTune.builtIn.model
        let (plain, biased) = (
            try QCDDijets(process, radiation: model), try QCDDijets(process, radiation: model, bias: 4)
        )
        let count = 400_000
        let edges = [30.0, 35, 45, 60, 80, 120]
        func spectrum(_ truth: QCDDijets) -> (shares: [Double], errors: [Double], counts: [Double]) {
            var (sums, squares) = (Array(repeating: 0.0, count: 5), Array(repeating: 0.0, count: 5))
            var counts = sums
            for event in truth.scatterings(slice: 0, first: 0, count: count) {
                guard let bin = Self.bin(event.pt, edges) else { continue }
                sums[bin] += event.weight / Double(count)
                squares[bin] += event.weight * event.weight
                counts[bin] += 1
            }
            return (sums, squares.map { $0.squareRoot() / Double(count) }, counts)
        }
        let (one, other) = (spectrum(plain), spectrum(biased))
        #expect(abs(other.shares.reduce(0, +) - 1) < 0.01)
        for bin in 0..<5 {
            let error = (one.errors[bin] * one.errors[bin] + other.errors[bin] * other.errors[bin]).squareRoot()
            #expect(abs(one.shares[bin] - other.shares[bin]) < 4 * error + 0.002 * one.shares[bin])
        }
        #expect(other.counts[4] > 8 * one.counts[4])
    }

    /// Above pT = 300 GeV one of the partons has x > 2/3, where this grid has none.
    /// One slice over two orders of magnitude, flattened, has the spectrum that narrow slices have.
    @Test(arguments: [0.0, 3, 5, 8])
    func wideSlicesHaveTheWholeSpectrum(bias: Double) throws {
        let edges = [15.0, 20, 40, 120, 400, 1200, 2500]
        let model = RadiationTune.builtIn.model
        let wide = try QCDDijets(
            HardProcess(density: .builtIn, sqrtS: 13000, edges: [15, 2500]), radiation: model, bias: bias)
        let narrow = try HardProcess(density: .builtIn, sqrtS: 13000, edges: edges).crossSections()
        let count = 200_000
        var (sums, squares) = (Array(repeating: 0.0, count: 6), Array(repeating: 0.0, count: 6))
        for event in wide.scatterings(slice: 0, first: 0, count: count) {
            guard let bin = Self.bin(event.pt, edges) else { continue }
            sums[bin] += event.weight
            squares[bin] += event.weight * event.weight
        }
        let section = wide.crossSections[0]
        for bin in 0..<6 where sums[bin] * sums[bin] > 100 * squares[bin] {
            let value = sums[bin] * section.value / Double(count)
            let error = squares[bin].squareRoot() / sums[bin]
            let relative = value / narrow[bin].value - 1
            let common = 3 * section.uncertainty / section.value
            #expect(abs(relative) < 4 * error + 2e-3 + common, "\(edges[bin]) GeV: \(relative) +- \(error)")
        }
    }

    @Test func slicesWithoutEventsAreRefused() throws {
        let knots = "1e-5 1e-1 0.5\n10 10000\n2 21\n"
        let grid =
            "PdfType: central\nFormat: lhagrid1\n---\n" + knots
            + String(repeating: "2.0 10.0\n", count: 6) + "---\n"
        let density = try PartonDensity(lhagrid: Array(grid.utf8), file: "toy", name: "toy")
        let process = try HardProcess(density: density, sqrtS: 900, edges: [300, 440])
        #expect(throws: HardProcessError.self) { _ = try QCDDijets(process, radiation: RadiationTune.builtIn.model) }
    }
}

/// Events after radiation.
struct RadiatedDijetTests {
    private static func block(
        _ truth: QCDDijets = .builtIn, slice: Int = 6, first: Int = 0, count: Int = 4096,
        role: SampleRole = .simulation,
        seed: UInt64 = 1
    ) -> TruthBlock {
        let block = TruthBlock(capacity: 4096)
        truth.fill(block, slice: slice, first: first, count: count, replicas: 1, role: role, seed: seed)
        return block
    }

    @Test func anyPartOfASliceIsTheSame() {
        let whole = Self.block()
        for (first, count) in [(0, 1), (1, 4), (255, 3), (999, 1000), (4095, 1)] {
            let part = Self.block(first: first, count: count)
            for row in 0..<count {
                #expect(part.event[row] == whole.event[first + row])
                #expect(part.softX[row] == whole.softX[first + row])
                #expect(part.partonForward[row] == whole.partonForward[first + row])
                for jet in 0..<TruthBlock.jetCount {
                    let (a, b) = (jet * 4096 + row, jet * 4096 + first + row)
                    #expect(part.pt[a] == whole.pt[b] && part.eta[a] == whole.eta[b])
                    #expect(part.phi[a] == whole.phi[b] && part.flavour[a] == whole.flavour[b])
                }
            }
        }
    }

    @Test func seedsRolesAndSlicesAreOtherEvents() {
        let one = Self.block()
        for other in [Self.block(seed: 2), Self.block(role: .pseudoData), Self.block(slice: 7)] {
            var same = 0
            for row in 0..<4096 where one.phi[row] == other.phi[row] { same += 1 }
            #expect(same < 5)
        }
    }

    /// Jets, what is soft and what is invisible add up to zero; jets fall in pT and lie where jets may lie.
    @Test(arguments: [0, 8, 16])
    func eventsAreBalancedAndOrdered(slice: Int) {
        let truth = QCDDijets.builtIn
        let block = Self.block(slice: slice)
        for row in 0..<block.count {
            var (x, y) = (block.softX[row] + block.invisibleX[row], block.softY[row] + block.invisibleY[row])
            var last = Double.infinity
            for jet in 0..<TruthBlock.jetCount {
                let position = jet * block.capacity + row
                let pt = block.pt[position]
                // The order is that of numbers with 20 bits.
                #expect(pt <= last * (1 + 2e-6))
                last = pt
                guard pt > 0 else { continue }
                #expect(pt >= 5 && abs(block.eta[position]) < 5.2)
                #expect(block.phi[position] >= -Double.pi && block.phi[position] < Double.pi)
                #expect([21, 1, 2, 3, 4, 5].contains(block.flavour[position]))
                x += pt * cos(block.phi[position])
                y += pt * sin(block.phi[position])
            }
            #expect(hypot(x, y) < 2e-5 * truth.slices[slice].pHatMaximum)
            #expect(block.pt[row] < 2.5 * truth.slices[slice].pHatMaximum)
        }
    }

    /// Of radiated jets that start as light quarks as many are d, u and s, in whatever part they start as gluons.
    @Test(arguments: [0.3, 0.8, 1]) func lightQuarksAreAlike(gluons: Double) {
        var model = RadiationTune.builtIn.model
        model[.emissionGluons] = gluons
        model[.gluonToLight] = 0.3
        var counts = [0.0, 0, 0, 0]
        for first in stride(from: 0, to: 40_960, by: 4096) {
            let block = Self.block(QCDDijets.builtIn.radiating(model), first: first)
            for row in 0..<block.count {
                let place = 2 * block.capacity + row
                let flavour = Int(block.flavour[place])
                if block.pt[place] > 0, flavour < 4 { counts[flavour] += 1 }
            }
        }
        let mean = counts.reduce(0, +) / 3
        #expect(counts[0] == 0 && mean > 1000)
        // Legs become third jets seldom, and are u and d more often.
        for flavour in 1...3 { #expect(abs(counts[flavour] / mean - 1) < 0.06, "\(counts)") }
    }

    /// The azimuth is uniform and the beams are alike.
    @Test func eventsHaveNoDirection() {
        let block = Self.block(slice: 4)
        var (x, y, forward, squares) = (0.0, 0.0, 0.0, 0.0)
        for row in 0..<block.count {
            x += cos(block.phi[row])
            y += sin(block.phi[row])
            forward += block.eta[row]
            squares += block.eta[row] * block.eta[row]
        }
        let n = Double(block.count)
        #expect(hypot(x, y) / n < 3.5 / n.squareRoot())
        #expect(abs(forward) < 4 * squares.squareRoot())
    }

    /// Without radiation two jets of the hard scattering's pT are left, back to back. Rates cannot be 0: at 10⁻⁶ one event of
    /// some thousand still radiates.
    @Test func withoutRadiationJetsBalance() {
        var model = RadiationTune.builtIn.model
        for parameter in [RadiationParameter.initialRate, .finalRate, .underlyingRate] { model[parameter] = 1e-6 }
        for parameter in [
            RadiationParameter.softRecoil, .softRecoilGrowth, .jetOffset, .jetOffsetGrowth, .jetColourLoss,
            .jetForwardLoss, .jetNoise, .jetNoiseGrowth, .gluonToCharm, .gluonToCharmGrowth, .gluonToBottom,
            .gluonToBottomGrowth, .lightToCharm,
            .lightToCharmGrowth,
        ] { model[parameter] = 0 }
        // pT of another interaction falls with rate^(1/fall): soon only when this is small.
        model[.underlyingFall] = 0.5
        let truth = QCDDijets.builtIn.radiating(model)
        let block = Self.block(truth, slice: 9)
        let scatterings = truth.scatterings(slice: 9, first: 0, count: block.count)
        var (tested, radiating) = (0, 0)
        for row in 0..<block.count where block.flavour[row] < 4 || block.flavour[row] == 21 {
            let (y3, y4) = (scatterings[row].y3, scatterings[row].y4)
            guard max(abs(y3), abs(y4)) < 5.1, ![4, 5].contains(block.flavour[block.capacity + row]) else { continue }
            let (one, other) = (row, block.capacity + row)
            let balance = [one, other].map { abs(block.pt[$0] / scatterings[row].pt - 1) }
            let turn = abs(abs(block.phi[one] - block.phi[other]) - Double.pi)
            let shift = abs(block.eta[one] + block.eta[other] - y3 - y4)
            tested += 1
            if !(balance[0] < 1e-3 && balance[1] < 1e-3 && turn < 1e-3 && shift < 1e-2) { radiating += 1 }
        }
        #expect(tested > 3000 && radiating <= 4, "\(radiating) of \(tested)")
    }

    /// Gluons radiate more than quarks, and events with a wide gap more than those without.
    @Test func radiationKnowsColourAndGap() {
        var counts: [String: (passed: Double, all: Double)] = [:]
        for first in stride(from: 0, to: 100_000, by: 4096) {
            let block = Self.block(slice: 8, first: first)
            for row in 0..<block.count {
                let (pt1, pt2) = (block.pt[row], block.pt[block.capacity + row])
                guard pt2 > 0 else { continue }
                let passed = block.pt[2 * block.capacity + row] < 0.15 * (pt1 + pt2) ? 1.0 : 0
                let gluons = block.partonForward[row] == 21 && block.partonBackward[row] == 21
                let gap = abs(block.eta[row] - block.eta[block.capacity + row])
                for (name, holds) in [("gg", gluons), ("no gg", !gluons), ("wide", gap > 3), ("narrow", gap < 1)]
                where holds {
                    counts[name, default: (0, 0)].passed += passed
                    counts[name, default: (0, 0)].all += 1
                }
            }
        }
        func share(_ name: String) -> Double { (counts[name]?.passed ?? 0) / (counts[name]?.all ?? 1) }
        #expect(share("gg") < share("no gg") - 0.05)
        #expect(share("wide") < share("narrow") - 0.05)
    }
}
