import Balance
import Binning
import Foundation
import JetPhysics
import Testing

/// Sums for the width of the asymmetry against a plain loop over the same events.
struct WidthSumsTests {
    private static let cuts = [0.05, 0.12, 0.2, 0.3]
    private static let weights = [3.0, 0.01]
    private let binning: BalanceBinning
    private let selection: Selection

    init() throws {
        binning = try BalanceBinning(
            eta: try Axis(edges: [-2, -0.8, 0, 0.8, 2]), ptAverage: try Axis(edges: [50, 100, 200]),
            referenceAbsEtaMaximum: 0.8, quotedPtMinimum: 50)
        selection = try Selection(deltaPhiMinimum: 2.7, alphaMaximum: 0.3, thirdJetFloor: 0, absEtaMaximum: 5)
    }

    /// Pseudo-random events that fall everywhere, each truth event in `reuse` consecutive rows; some have no third jet, some jets
    /// no truth, and some are balanced too badly to count.
    private func events(count: Int, reuse: Int) -> [DijetRow] {
        (0..<count).map { index in
            let truth = index / reuse
            let base = 60 + 60 * scattered(truth, 1)
            let third = base * (0.4 * scattered(truth, 8) + 0.05 * scattered(index, 5))
            let true2 = base * (0.8 + 0.4 * scattered(truth, 10))
            let factor = scattered(index, 11) < 0.02 ? 0.1 : 1
            return DijetRow(
                id: UInt64(truth), slice: truth % 2, weight: 0.25 + 0.75 * scattered(index, 2),
                pt: [
                    base * (0.9 + 0.4 * scattered(index, 3)), factor * true2 * (0.9 + 0.4 * scattered(index, 4)),
                    third < 6 ? 0 : third,
                ], eta: [4 * scattered(truth, 6) - 2, 4 * scattered(truth, 7) - 2, 0],
                truth: [base, scattered(truth, 12) < 0.05 ? .nan : true2])
        }
    }

    private func sums(_ events: [DijetRow], tellsImbalance: Bool) throws -> WidthSums {
        var sums = WidthSums(
            binning: binning, selection: selection, cuts: try AlphaCuts(Self.cuts, selection: selection),
            tellsImbalance: tellsImbalance, slices: 2)
        sums.add(ReconstructedBlock(events))
        return sums
    }

    @Test(arguments: [1, 7]) func momentsAreThoseOfAPlainLoop(reuse: Int) throws {
        let events = events(count: 12_600, reuse: reuse)
        let sums = try sums(events, tellsImbalance: true)
        #expect(sums.regions.edges == [0, 0.8, 2])
        for (ptBin, low, high) in [(0, 0, 0), (0, 0, 1), (1, 1, 1), (1, 0, 1)] {
            let inside = events.filter { event in
                event.regions.sorted() == [low, high] && event.alpha <= 0.3 && event.truth[1] > 0
                    && abs(event.asymmetry) < WidthSums.largestAsymmetry
                    && binning.ptAverage.index(of: event.average) == ptBin
            }
            func weight(_ event: DijetRow) -> Double { Self.weights[event.slice] * event.weight }
            let pair = sums.regions.pair(low, high)
            let moments = try #require(sums.moments(ptBin: ptBin, pair: pair, weights: Self.weights))
            let imbalance = try #require(moments.imbalance)
            let below = Self.cuts.map { cut in inside.filter { $0.alpha < cut } }
            #expect(moments.rows == below.map(\.count) && below[3].count > 500)
            #expect(moments.truthEvents == below.map { Set($0.map(\.id)).count })
            func mean(_ events: [DijetRow], _ value: (DijetRow) -> Double) -> Double {
                events.reduce(0) { $0 + weight($1) * value($1) } / events.reduce(0) { $0 + weight($1) }
            }
            let groups = Dictionary(grouping: inside, by: \.id).values
            let total = below.map { $0.reduce(0) { $0 + weight($1) } }
            func inGroups(_ cut: Int, _ value: (DijetRow) -> Double) -> [Double] {
                groups.map { $0.filter { $0.alpha < Self.cuts[cut] }.reduce(0) { $0 + weight($1) * value($1) } }
            }
            let effective = below.indices.map { cut in
                total[cut] * total[cut] / inGroups(cut) { _ in 1 }.reduce(0) { $0 + $1 * $1 }
            }
            var squares: [(DijetRow) -> Double] = []
            var remainders: [(DijetRow) -> Double] = []
            for cut in below.indices {
                let (a, t) = (mean(below[cut], \.asymmetry), mean(below[cut], \.imbalance))
                let spread = mean(below[cut]) { ($0.asymmetry - a) * ($0.asymmetry - a) }
                let ofTruth = mean(below[cut]) { ($0.imbalance - t) * ($0.imbalance - t) }
                let slope = mean(below[cut]) { ($0.asymmetry - a) * ($0.imbalance - t) } / ofTruth
                func rest(_ event: DijetRow) -> Double { event.asymmetry - a - slope * (event.imbalance - t) }
                let remainder = mean(below[cut]) { rest($0) * rest($0) }
                let n = effective[cut]
                #expect(abs(moments.effectiveEvents[cut] / n - 1) < 1e-3)
                #expect(abs(moments.variance[cut] / (spread * n / (n - 1)) - 1) < 1e-4)
                #expect(abs(imbalance.variance[cut] / (ofTruth * n / (n - 1)) - 1) < 1e-4)
                #expect(abs(imbalance.slope[cut] - slope) < 1e-5)
                #expect(abs(imbalance.remainder[cut] / (remainder * n / (n - 2)) - 1) < 1e-4)
                squares.append { ($0.asymmetry - a) * ($0.asymmetry - a) - spread }
                remainders.append { rest($0) * rest($0) - remainder }
            }
            for (side, share) in imbalance.shares.enumerated() {
                func jet(_ event: DijetRow) -> Int { side == 0 ? event.first : 1 - event.first }
                #expect(abs(share - mean(inside) { $0.truth[jet($0)] / $0.average }) < 1e-6)
                let logarithm = mean(inside) { log($0.truth[jet($0)]) }
                #expect(abs(log(imbalance.truePt[side]) - logarithm) < 1e-6)
            }
            for one in below.indices {
                for two in below.indices {
                    let freedom = [one, two].reduce(1) { $0 * effective[$1] / (effective[$1] - 1) }.squareRoot()
                    func expected(_ first: (DijetRow) -> Double, _ second: (DijetRow) -> Double) -> Double {
                        zip(inGroups(one, first), inGroups(two, second)).reduce(0) { $0 + $1.0 * $1.1 }
                            / (total[one] * total[two]) * freedom
                    }
                    let scale = (moments.covariance[one][one] * moments.covariance[two][two]).squareRoot()
                    #expect(abs(moments.covariance[one][two] - expected(squares[one], squares[two])) < 2e-3 * scale)
                    let ofRests = (imbalance.covariance[one][one] * imbalance.covariance[two][two]).squareRoot()
                    let rests = expected(remainders[one], remainders[two])
                    #expect(abs(imbalance.covariance[one][two] - rests) < 1e-2 * ofRests)
                    let shared = (imbalance.covariance[one][one] * moments.covariance[two][two]).squareRoot()
                    let both = expected(remainders[one], squares[two])
                    #expect(abs(imbalance.shared[one][two] - both) < 1e-2 * shared)
                }
            }
        }
    }

    /// Data do not tell their truth, and count jets without.
    @Test func dataCountAllEvents() throws {
        let events = events(count: 4000, reuse: 1)
        let moments = try #require(
            try sums(events, tellsImbalance: false).moments(ptBin: 0, pair: 1, weights: Self.weights))
        let inside = events.filter {
            $0.regions.sorted() == [0, 1] && $0.alpha < 0.3 && abs($0.asymmetry) < WidthSums.largestAsymmetry
                && $0.average < 100
        }
        #expect(moments.imbalance == nil && moments.rows[3] == inside.count)
        #expect(inside.contains { $0.truth[1].isNaN })
    }

    @Test(arguments: [true, false]) func anyOrderAndAnyDivisionGivesTheSameBits(tellsImbalance: Bool) throws {
        let events = events(count: 3000, reuse: 1)
        let whole = try sums(events, tellsImbalance: tellsImbalance)
        var parts = try sums([], tellsImbalance: tellsImbalance)
        for part in 0..<5 {
            let own = events.enumerated().filter { $0.offset % 5 == part }.map(\.element)
            parts.merge(try sums(own.reversed(), tellsImbalance: tellsImbalance))
        }
        #expect(parts == whole)
        var restored = try sums([], tellsImbalance: tellsImbalance)
        try restored.restore(whole.record)
        #expect(restored == whole)
    }

    /// Regions end at η bins, in order, whatever these are.
    @Test(arguments: [
        ([-4.5, -2.5, -1.3, 0, 1.3, 2.5, 4.5], [0, 1.3, 2.5, 4.5]), ([-0.5, 0.5, 5], [0, 0.5, 5]),
        ([0, 0.5, 1], [0, 0.5, 1]),
        ([-0.3, 0, 0.3], [0, 0.3]),
    ]) func regionsFollowTheBins(edges: [Double], regions: [Double]) throws {
        let binning = try BalanceBinning(
            eta: try Axis(edges: edges), ptAverage: try Axis(edges: [50, 100]), referenceAbsEtaMaximum: 1.3,
            quotedPtMinimum: 50)
        #expect(AbsEtaRegions(binning).edges == regions)
    }
}

extension DijetRow {
    fileprivate var regions: [Int] { eta.prefix(2).map { abs($0) < 0.8 ? 0 : 1 } }
    /// The inner jet, of one region that at lower η.
    fileprivate var first: Int {
        regions[0] == regions[1] ? (eta[0] <= eta[1] ? 0 : 1) : (regions[0] < regions[1] ? 0 : 1)
    }
    fileprivate var asymmetry: Double { (pt[first] - pt[1 - first]) / average }
    fileprivate var imbalance: Double { 2 * (truth[first] - truth[1 - first]) / (truth[0] + truth[1]) }
}
