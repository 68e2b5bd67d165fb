internal import Binning
internal import DetectorModel
internal import JetPhysics

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Whether the grid that the simulation looks at is the card: averages over bins of η at each pT, but for one step of the grid
/// on either side of where the card steps: there the grid has ramps. In pT each is a mean over one step of the grid on either
/// side, because the grid has rounded corners where a table has a node.
enum GridCriteria {
    private static let steps = 40
    private static let gridStep = 0.02
    private static let ptFactors = (0..<8).map { exp(0.118 * (Double($0) - 3.5) / 3.5) }

    static func all(
        _ card: DetectorCard, _ detector: Detector, _ sample: DetectorCriterion.Sample
    ) -> [DetectorCriterion] {
        let overlay = sample == .data ? card.pseudoData : nil
        let modules = detector.tables.modules
        let edges = card.steps + (overlay?.steps ?? [])
        var criteria: [DetectorCriterion] = []
        for (low, high) in Places.bins(limit: card.absEtaMaximum) {
            for pt in DetectorValidation.pts {
                var (response, resolution) = (0.0, 0.0)
                let places = (0..<steps).map { low + (high - low) * (Double($0) + 0.5) / Double(steps) }
                    .filter { eta in !edges.contains { abs(abs(eta) - $0) < gridStep } }
                guard !places.isEmpty else { continue }
                for eta in places {
                    let left = DeadModule.meanResponse(modules, eta: eta)
                    for pt in ptFactors.map({ $0 * pt }) {
                        let wanted =
                            card.response.value(eta: eta, pt: pt) * (overlay?.meanResponse(eta: eta, pt: pt) ?? 1)
                        let width =
                            card.resolution.value(eta: eta, pt: pt) * (overlay?.resolutionScale.value(eta: eta) ?? 1)
                        let count = Double(places.count * ptFactors.count)
                        response += detector.response.value(eta: eta, pt: pt) / (wanted * left) / count
                        resolution += (width > 0 ? detector.resolution.value(eta: eta, pt: pt) / width : 1) / count
                    }
                }
                let centre = 0.5 * (low + high)
                let place = Places.name(low, high, pt)
                // A module's edge is not on the grid: the mean over φ is for people to look at.
                if !modules.contains(where: { $0.window.etaHigh > low - 0.03 && $0.window.etaLow < high + 0.03 }) {
                    criteria.append(
                        DetectorCriterion(
                            .gridResponse, sample, place, eta: centre, pt: pt, measured: response, uncertainty: 0,
                            expected: 1, limit: 1e-3))
                }
                criteria.append(
                    DetectorCriterion(
                        .gridResolution, sample, place, eta: centre, pt: pt, measured: resolution, uncertainty: 0,
                        expected: 1, limit: 1e-2))
            }
        }
        return criteria
    }
}

/// Names of places.
enum Places {
    /// Signed edges of η.
    static func edges(limit: Double) -> [Double] {
        let positive =
            [0.5, 1, 1.3, 1.5, 2, 2.5, 2.65, 2.85, 3, 3.2, 3.5, 4, 4.5].filter { $0 < limit - 0.1 } + [limit]
        return positive.reversed().map { -$0 } + [0] + positive
    }

    static func bins(limit: Double) -> [(Double, Double)] {
        let edges = edges(limit: limit)
        return Array(zip(edges, edges.dropFirst()))
    }

    static func name(_ low: Double, _ high: Double, _ pt: Double? = nil) -> String {
        let eta = "eta \(number(low))..\(number(high))"
        return pt.map { "\(eta), pT \(number($0)) GeV" } ?? eta
    }

    /// Without a point where there is nothing behind it.
    static func number(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\((value * 1000).rounded() / 1000)"
    }
}

/// What the jets' sums say of the card.
struct JetCriteria {
    private let sums: JetSums
    private let detector: Detector
    private let sample: DetectorCriterion.Sample

    init(_ sums: JetSums, _ detector: Detector, _ sample: DetectorCriterion.Sample) {
        self.sums = sums
        self.detector = detector
        self.sample = sample
    }

    var all: [DetectorCriterion] {
        var criteria: [DetectorCriterion] = []
        for (ptBin, pt) in DetectorValidation.pts.enumerated() {
            for bin in 0..<sums.eta.count {
                let (low, high) = (sums.eta.edges[bin], sums.eta.edges[bin + 1])
                for flavour in 0..<sums.flavours {
                    criteria += response(ptBin, bin, flavour)
                }
                criteria += directions(ptBin, bin)
                if detector.tables.periods.count > 1 {
                    for (index, period) in detector.tables.periods.enumerated() {
                        let cell = [sums.periodCell(eta: bin, period: index)]
                        criteria += mean(
                            .period, ptBin, cell, "\(Places.name(low, high, pt)), run \(period.run)", limit: 1e-3,
                            eta: 0.5 * (low + high))
                    }
                }
            }
            criteria += tails(ptBin)
            for (index, module) in detector.tables.modules.enumerated() {
                criteria += self.module(ptBin, index, module)
            }
        }
        criteria.append(
            DetectorCriterion(
                .acceptance, sample, "all", measured: Double(sums.misplaced), uncertainty: 0, expected: 0, limit: 0,
                isRelative: false))
        return criteria
    }

    private func mean(
        _ quantity: DetectorCriterion.Quantity, _ ptBin: Int, _ cells: [Int], _ place: String, limit: Double,
        eta: Double?, expected: Double = 1, level: Double = 1
    ) -> [DetectorCriterion] {
        let jets = sums.sum(.jets, pt: ptBin, cells: cells)
        guard jets >= 100 else { return [] }
        let mean = sums.sum(.ratio, pt: ptBin, cells: cells) / jets
        let variance = max(0, sums.sum(.ratio2, pt: ptBin, cells: cells) / jets - mean * mean)
        return [
            DetectorCriterion(
                quantity, sample, place, eta: eta, pt: DetectorValidation.pts[ptBin], measured: mean,
                uncertainty: (variance / jets).squareRoot(), expected: expected, limit: limit, level: level)
        ]
    }

    private func response(_ ptBin: Int, _ bin: Int, _ flavour: Int) -> [DetectorCriterion] {
        let (low, high) = (sums.eta.edges[bin], sums.eta.edges[bin + 1])
        let pt = DetectorValidation.pts[ptBin]
        let cells = [sums.flavourCell(eta: bin, flavour: flavour)]
        let name = FlavourResponses.names[FlavourResponses.classIndex(JetGun.flavours[flavour])]
        let place = "\(Places.name(low, high, pt)), \(name)"
        let centre = 0.5 * (low + high)
        let criterion = mean(
            .response, ptBin, cells, place, limit: 1e-3, eta: centre,
            level: detector.response.value(eta: centre, pt: pt))
        let jets = sums.sum(.jets, pt: ptBin, cells: cells)
        guard jets >= 100, detector.resolution.value(eta: centre, pt: pt) > 0 else { return criterion }
        // The share of jets within one width of the peak tells the width:
        // d ln P / d ln σ = −e^(−½) / ∫₀¹ e^(−z²/2) dz.
        let shape = detector.tables.tails.shape(eta: centre, pt: pt)
        let outside = shape.tailFractions(beyond: JetSums.coreLimit)
        let expected = 1 - outside.low - outside.high
        let share = sums.sum(.core, pt: ptBin, cells: cells) / jets
        let slope = exp(-0.5) / ((Double.pi / 2).squareRoot() * erf(1 / 2.0.squareRoot()))
        return criterion + [
            DetectorCriterion(
                .width, sample, place, eta: centre, pt: pt, measured: 1 - (share / expected - 1) / slope,
                uncertainty: (expected * (1 - expected) / jets).squareRoot() / expected / slope, expected: 1,
                limit: 1e-2, level: detector.resolution.value(eta: centre, pt: pt))
        ]
    }

    private func directions(_ ptBin: Int, _ bin: Int) -> [DetectorCriterion] {
        let cells = (0..<sums.flavours).map { sums.flavourCell(eta: bin, flavour: $0) }
        func mean(_ column: JetSums.Column, _ jets: Double) -> Double {
            sums.sum(column, pt: ptBin, cells: cells) / jets
        }
        let jets = sums.sum(.jets, pt: ptBin, cells: cells)
        guard jets >= 100, detector.tables.features.directions != nil else { return [] }
        let (low, high) = (sums.eta.edges[bin], sums.eta.edges[bin + 1])
        let (centre, pt) = (0.5 * (low + high), DetectorValidation.pts[ptBin])
        let place = Places.name(low, high, pt)
        let shift = mean(.etaShift, jets)
        let variance = mean(.etaShift2, jets)
        let pull = mean(.expectedPull, jets)
        var criteria = [
            DetectorCriterion(
                .etaPull, sample, place, eta: centre, pt: pt, measured: shift,
                uncertainty: (max(variance, 0) / jets).squareRoot(), expected: pull, limit: 1e-4, isRelative: false)
        ]
        for (quantity, measured, expected) in [
            (DetectorCriterion.Quantity.etaWidth, variance, mean(.expectedEtaVariance, jets)),
            (.phiWidth, mean(.phiShift2, jets), mean(.expectedPhiVariance, jets)),
        ] where expected > 0 {
            criteria.append(
                DetectorCriterion(
                    quantity, sample, place, eta: centre, pt: pt, measured: measured.squareRoot(),
                    uncertainty: (expected / (2 * jets)).squareRoot(), expected: expected.squareRoot(), limit: 1e-2))
        }
        return criteria
    }

    private func tails(_ ptBin: Int) -> [DetectorCriterion] {
        let pt = DetectorValidation.pts[ptBin]
        let tails = detector.tables.tails
        return tails.regions.enumerated().flatMap { index, region -> [DetectorCriterion] in
            // Bins that lie wholly in the region.
            let bins = (0..<sums.eta.count).filter { bin in
                let (low, high) = (sums.eta.edges[bin], sums.eta.edges[bin + 1])
                return tails.regionIndex(eta: low + 1e-6) == index && tails.regionIndex(eta: high - 1e-6) == index
            }
            let cells = bins.flatMap { bin in (0..<sums.flavours).map { sums.flavourCell(eta: bin, flavour: $0) } }
            let jets = sums.sum(.shape, pt: ptBin, cells: cells)
            guard jets >= 1000 else { return [] }
            let expected = region.shape(pt: pt).tailFractions(beyond: JetSums.tailLimit)
            let place = Places.name(region.low, region.high, pt)
            return [
                (DetectorCriterion.Quantity.lowTail, JetSums.Column.lowTail, expected.low),
                (.highTail, .highTail, expected.high),
            ].map { quantity, column, expected in
                DetectorCriterion(
                    quantity, sample, place, eta: 0.5 * (region.low + region.high), pt: pt,
                    measured: sums.sum(column, pt: ptBin, cells: cells) / jets,
                    uncertainty: (expected / jets).squareRoot(), expected: expected, limit: 5e-2)
            }
        }
    }

    /// What is left in a module, of the card's response without it.
    private func module(_ ptBin: Int, _ index: Int, _ module: DeadModule) -> [DetectorCriterion] {
        let cells = [sums.moduleCell(index)]
        let jets = sums.sum(.jets, pt: ptBin, cells: cells)
        guard jets >= 100 else { return [] }
        let window = module.window
        let pt = DetectorValidation.pts[ptBin]
        let place =
            "\(Places.name(window.etaLow, window.etaHigh, pt)), phi \(Places.number(window.phiLow)).."
            + Places.number(window.phiHigh)
        return mean(
            .module, ptBin, cells, place, limit: 1e-3, eta: 0.5 * (window.etaLow + window.etaHigh),
            expected: sums.sum(.left, pt: ptBin, cells: cells) / jets)
    }
}
