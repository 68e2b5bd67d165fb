import Balance
import Binning
import Foundation
import JetPhysics
import Testing

/// Sums by classes of α against a plain loop over the same events.
struct AlphaSumsTests {
    private static let cuts = [0.05, 0.12, 0.2, 0.3]
    private static let weights = [3.0, 0.01]
    private let binning: BalanceBinning
    private let selection: Selection

    init() throws {
        binning = try BalanceBinning(
            eta: try Axis(edges: [-2, -0.5, 0, 0.5, 2]), ptAverage: try Axis(edges: [50, 100, 200]),
            referenceAbsEtaMaximum: 0.5, quotedPtMinimum: 50)
        selection = try Selection(deltaPhiMinimum: 2.7, alphaMaximum: 0.3, thirdJetFloor: 0, absEtaMaximum: 5)
    }

    /// Pseudo-random events that fall everywhere, each truth event in `reuse` consecutive rows; some have no third jet.
    private func events(count: Int, reuse: Int) -> [DijetRow] {
        (0..<count).map { index in
            let truth = index / reuse
            let base = 60 + 60 * scattered(truth, 1)
            let third = base * (0.4 * scattered(truth, 8) + 0.05 * scattered(index, 5))
            return DijetRow(
                id: UInt64(truth), slice: truth % 2, weight: 0.25 + 0.75 * scattered(index, 2),
                pt: [
                    base * (0.9 + 0.4 * scattered(index, 3)), base * (0.9 + 0.4 * scattered(index, 4)),
                    third < 6 ? 0 : third,
                ], eta: [4 * scattered(truth, 6) - 2, 4 * scattered(truth, 7) - 2, 0],
                triggers: UInt32(4 * scattered(index, 9)))
        }
    }

    private func sums(_ events: [DijetRow], triggers: TriggerAssignment? = nil) throws -> AlphaSums {
        var sums = AlphaSums(
            binning: binning, selection: selection.with(triggers: triggers),
            cuts: try AlphaCuts(Self.cuts, selection: selection), slices: 2)
        sums.add(ReconstructedBlock(events))
        return sums
    }

    /// Which jet is the probe, if one is.
    private func probe(_ event: DijetRow) -> Int? {
        let central = (0..<2).filter { abs(event.eta[$0]) < 0.5 }
        return central.count == 1 ? 1 - central[0] : nil
    }

    @Test(arguments: [1, 7]) func momentsAreThoseOfAPlainLoop(reuse: Int) throws {
        let events = events(count: 8400, reuse: reuse)
        let sums = try sums(events)
        for (ptBin, etaBin) in [(0, 0), (0, 3), (1, 0), (1, 3)] {
            let inside = events.filter { event in
                guard let probe = probe(event) else { return false }
                return binning.eta.index(of: event.eta[probe]) == etaBin && event.alpha <= 0.3
                    && binning.ptAverage.index(of: event.average) == ptBin
            }
            func asymmetry(_ event: DijetRow) -> Double {
                let probe = probe(event) ?? 0
                return (event.pt[probe] - event.pt[1 - probe]) / event.average
            }
            func weight(_ event: DijetRow) -> Double { Self.weights[event.slice] * event.weight }
            let moments = try #require(sums.moments(ptBin: ptBin, etaBin: etaBin, weights: Self.weights))
            let below = Self.cuts.map { cut in inside.filter { $0.alpha < cut } }
            let total = below.map { $0.reduce(0) { $0 + weight($1) } }
            let mean = below.indices.map { cut in
                below[cut].reduce(0) { $0 + weight($1) * asymmetry($1) } / total[cut]
            }
            #expect(moments.rows == below.map(\.count))
            #expect(moments.truthEvents == below.map { Set($0.map(\.id)).count })
            let groups = Dictionary(grouping: inside, by: \.id)
            var effective: [Double] = []
            for cut in below.indices {
                let squares = groups.values.reduce(0.0) { sum, rows in
                    let a = rows.filter { $0.alpha < Self.cuts[cut] }.reduce(0) { $0 + weight($1) }
                    return sum + a * a
                }
                effective.append(total[cut] * total[cut] / squares)
                #expect(abs(moments.asymmetry[cut] - mean[cut]) < 1e-7)
                #expect(abs(moments.effectiveEvents[cut] / effective[cut] - 1) < 1e-3)
                let listed = below[cut].filter { $0.pt[2] > 0 }.reduce(0) { $0 + weight($1) }
                #expect(abs(moments.listed[cut] / moments.weight[cut] - listed / total[cut]) < 1e-6)
            }
            for one in below.indices {
                for two in below.indices {
                    let spread = groups.values.reduce(0.0) { sum, rows in
                        func rest(_ cut: Int) -> Double {
                            rows.filter { $0.alpha < Self.cuts[cut] }.reduce(0) {
                                $0 + weight($1) * (asymmetry($1) - mean[cut])
                            }
                        }
                        return sum + rest(one) * rest(two)
                    }
                    let freedom = [one, two].reduce(1) { $0 * effective[$1] / (effective[$1] - 1) }.squareRoot()
                    let expected = spread / (total[one] * total[two]) * freedom
                    #expect(abs(moments.covariance[one][two] / expected - 1) < 1e-3, "\(one) \(two)")
                }
            }
        }
    }

    /// An event that a trigger kept stands for as many as it does for in balances; in the cell here they stand for 500 or 2.
    @Test func triggersWeightEvents() throws {
        let menu = try TriggerMenu(
            [
                .init(name: "central", ptAverageMinimum: 50, prescale: 500, region: .central),
                .init(name: "forward", ptAverageMinimum: 50, prescale: 2, region: .forward),
            ], forwardAbsEta: 0.8)
        let assignment = TriggerAssignment(menu, binning: binning)
        let events = events(count: 16_800, reuse: 1).map {
            DijetRow(id: $0.id, slice: 0, weight: 1, pt: $0.pt, eta: $0.eta, triggers: $0.triggers)
        }
        let moments = try #require(
            try sums(events, triggers: assignment).moments(ptBin: 0, etaBin: 3, weights: [1, 1]))
        var (total, mean, spread) = (0.0, 0.0, 0.0)
        let kept = events.compactMap { event -> (weight: Double, asymmetry: Double)? in
            guard let probe = probe(event), 0.5..<2 ~= event.eta[probe], event.alpha < 0.2, event.average < 100 else {
                return nil
            }
            let isForward = event.eta[probe] >= 0.8
            guard event.triggers & (isForward ? 3 : 1) != 0,
                let weight = assignment.weight(ptBin: 0, forwardJets: isForward ? 1 : 0)
            else { return nil }
            return (weight, (event.pt[probe] - event.pt[1 - probe]) / event.average)
        }
        for event in kept { (total, mean) = (total + event.weight, mean + event.weight * event.asymmetry) }
        mean /= total
        for event in kept { spread += pow(event.weight * (event.asymmetry - mean), 2) / (total * total) }
        let effective = total * total / kept.reduce(0) { $0 + $1.weight * $1.weight }
        #expect(moments.rows[2] == kept.count && kept.count > 100)
        #expect(abs(moments.asymmetry[2] - mean) < 1e-7)
        #expect(abs(moments.effectiveEvents[2] / effective - 1) < 1e-3)
        #expect(abs(moments.covariance[2][2] / (spread * effective / (effective - 1)) - 1) < 1e-3)
    }

    /// Equal weights: Cov(m_a, m_b) = σ_a²/n_b for a in b, and the correlation falls with n_a/n_b.
    @Test func nestedMeansOfEqualWeightsHaveTheTextbookCovariance() throws {
        let events = events(count: 6000, reuse: 1).map {
            DijetRow(id: $0.id, slice: 0, weight: 1, pt: $0.pt, eta: $0.eta)
        }
        let moments = try #require(try sums(events).moments(ptBin: 0, etaBin: 3, weights: [1, 1]))
        for narrow in Self.cuts.indices {
            for wide in narrow..<Self.cuts.count {
                let expected =
                    moments.covariance[narrow][narrow] * Double(moments.rows[narrow] - 1) / Double(moments.rows[wide])
                #expect(abs(moments.covariance[narrow][wide] / expected - 1) < 0.02)
            }
        }
    }

    /// Absent third jets stand at half of the threshold that the others show.
    @Test func unlistedThirdJetsStandBelowTheThreshold() throws {
        let events = (0..<3000).map { index in
            let alpha = (Double(index) + 0.5) / 10_000
            return DijetRow(
                id: UInt64(index), slice: 0, weight: 1, pt: [75, 75, alpha < 0.08 ? 0 : 75 * alpha], eta: [1, 0.2, 0])
        }
        let moments = try #require(try sums(events).moments(ptBin: 0, etaBin: 3, weights: [1, 1]))
        // As if all were listed: half of each cut.
        for (cut, alpha) in zip(Self.cuts, moments.alpha).dropFirst() { #expect(abs(alpha - cut / 2) < 1e-3) }
    }

    @Test func anyOrderAndAnyDivisionGivesTheSameBits() throws {
        let events = events(count: 3000, reuse: 1)
        let whole = try sums(events)
        var parts = try sums([])
        for part in 0..<5 {
            parts.merge(try sums(events.enumerated().filter { $0.offset % 5 == part }.map(\.element).reversed()))
        }
        #expect(parts == whole)
        var restored = try sums([])
        try restored.restore(whole.record)
        #expect(restored == whole)
    }

    @Test(arguments: [
        [], [0.1], [0.1, 0.1, 0.2], [0.2, 0.1], [0.1, 0.2, 0.4], [0, 0.1, 0.2], [-0.1, 0.1], [.nan, 0.1, 0.2],
        (1...20).map { 0.01 * Double($0) },
    ])
    func cutsThatCannotBeAreRefused(cuts: [Double]) {
        #expect(throws: SelectionError.self) { try AlphaCuts(cuts, selection: selection) }
    }

    @Test func theNominalCutIsTheSelectionsOwn() throws {
        #expect(try AlphaCuts([0.1, 0.2], selection: selection).cuts == [0.1, 0.2, 0.3])
        #expect(try AlphaCuts([0.1, 0.2, 0.3], selection: selection).cuts == [0.1, 0.2, 0.3])
        let standard = try AlphaCuts(AlphaCuts.standard(selection), selection: selection)
        #expect(standard.count == 6 && abs(standard.cuts[0] - 0.05) < 1e-12)
    }
}
