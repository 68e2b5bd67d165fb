internal import Balance
internal import Binning
internal import ClosureStudy
internal import DetectorModel
internal import Foundation

/// How the triggers of a menu set in, and which dijets they leave.
struct TriggerFigure {
    /// Triggers that one figure shows: each colour once, with lines and with dashes.
    private static let shownTriggers = 12
    /// Where panels look at the detector.
    private static let centralAbsEta = 0.3

    private let triggers: TriggerAssignment
    private let card: DetectorCard
    private let simulation: Detector
    private let data: Detector
    private let response: ScaledResponse
    private let label: FigureLabel

    /// - Parameter dataCard: nil for the card's own overlay.
    init(triggers: TriggerAssignment, card: DetectorCard, dataCard: DetectorCard?, label: FigureLabel) {
        self.triggers = triggers
        self.card = card
        simulation = Detector(card, pseudoData: false)
        data = Detector.ofData(card, other: dataCard)
        response = ScaledResponse(simulation: simulation, data: data)
        self.label = label
    }

    private var menu: TriggerMenu { triggers.menu }
    private var ptAverage: Axis { triggers.ptAverage }

    func figure() -> Figure {
        let shown = menu.triggers.prefix(Self.shownTriggers)
        let places = shown.map { $0.turnOn?.threshold ?? $0.ptAverageMinimum }.filter { $0 > 0 }
        let first = 0.6 * (places.min() ?? ptAverage.lowest)
        let last = max(1.6 * (shown.map(\.ptAverageMinimum).max() ?? 0), 4 * first)
        let forward = forwardAbsEta
        return Figure(
            "triggers",
            caption:
                "Share of dijets for which each trigger fires: against the mean pT that it sees, which calibrated data have, too, with "
                + "points where it is used from; and against the true mean pT, as the detector of the data blurs and "
                + "shifts it. Last, what a kept dijet stands for.",
            label: label,
            variables: [
                .init("names", shown.map { DetectorFigures.shortened($0.name, to: 20) }),
                .init("left_out", menu.triggers.count - shown.count),
                .init("used_from", shown.map(\.ptAverageMinimum)),
                .init("used_at", shown.map { $0.turnOn?.efficiency(ptAverage: $0.ptAverageMinimum) ?? 1 }),
                .init("plateau", TriggerMenu.Trigger.plateau), .init("pt_low", first), .init("pt_high", last),
                .init("forward", RunFigures.plain(menu.forwardAbsEta)), .init("central_eta", Self.centralAbsEta),
                .init("forward_eta", (forward * 100).rounded() / 100),
                .init("weight_pt_low", ptAverage.lowest), .init("weight_pt_high", ptAverage.highest),
            ],
            blocks: [
                Figure.Block(
                    title: "share that fires, against the mean pT that triggers see",
                    columns: ["pt_avg_GeV"] + shown.indices.map { "efficiency\($0 + 1)" },
                    rows: DetectorFigures.points(400, in: first...last).map { pt -> [Double?] in
                        [pt] + shown.map { efficiency($0, ptAverage: pt, smearing: 0) }
                    }),
                Figure.Block(
                    title:
                        "share that fires, against the true mean pT of data: two jets at |eta| = \(Self.centralAbsEta), "
                        + "and one of them at \(forward)",
                    columns: ["true_pt_avg_GeV"]
                        + shown.indices.flatMap { ["central\($0 + 1)", "forward\($0 + 1)"] },
                    rows: DetectorFigures.points(400, in: first...last).map { pt -> [Double?] in
                        let places = [Self.centralAbsEta, forward].map { seen(pt, eta: $0) }
                        return [pt]
                            + shown.flatMap { trigger in
                                places.map { place -> Double? in
                                    looks(trigger, forward: place.hasForwardJet)
                                        ? efficiency(trigger, ptAverage: place.mean, smearing: place.width) : nil
                                }
                            }
                    }),
                weights,
            ])
    }

    /// A little beyond the edge, unless the detector ends before.
    private var forwardAbsEta: Double {
        min(menu.forwardAbsEta + 0.35, 0.5 * (menu.forwardAbsEta + card.absEtaMaximum), card.absEtaMaximum)
    }

    private func looks(_ trigger: TriggerMenu.Trigger, forward: Bool) -> Bool { trigger.region != .forward || forward }

    /// - Parameter smearing: relative width of the mean pT, besides the trigger's own.
    private func efficiency(_ trigger: TriggerMenu.Trigger, ptAverage: Double, smearing: Double) -> Double {
        let own = trigger.turnOn ?? .init(threshold: trigger.ptAverageMinimum, width: 0)
        // What the trigger sees is pt (1 + smearing x)(1 + width y), and the product of the two is left out.
        let blurred = TriggerMenu.TurnOn(threshold: own.threshold, width: hypot(own.width, smearing))
        return blurred.efficiency(ptAverage: ptAverage)
    }

    /// The mean pT after the calibration of simulation, and its relative width, of two data jets of the same true pT, one in
    /// the centre and one at ±η, averaged over both sides.
    private func seen(_ pt: Double, eta: Double) -> (mean: Double, width: Double, hasForwardJet: Bool) {
        func jet(_ eta: Double) -> (ratio: Double, width: Double) {
            let ratio = response.ratio(eta: eta, pt: pt)
            // Where the response of simulation grows with pT, the calibration narrows what it undoes.
            let (low, high) = (0.95 * ratio * pt, 1.05 * ratio * pt)
            let rise = log(simulation.response.value(eta: eta, pt: high) / simulation.response.value(eta: eta, pt: low))
            return (ratio, data.resolution.value(eta: eta, pt: pt) / (1 + rise / log(high / low)))
        }
        let jets = [Self.centralAbsEta, eta].flatMap { [jet($0), jet(-$0)] }
        let squares = jets.reduce(0) { $0 + 0.5 * $1.width * $1.width }
        return (
            pt * jets.reduce(0) { $0 + 0.25 * $1.ratio }, 0.5 * squares.squareRoot(), eta >= menu.forwardAbsEta
        )
    }

    /// Steps over the bins, without an end where nothing decides.
    private var weights: Figure.Block {
        Figure.Block(
            title: "what a kept dijet stands for, by the number of its forward jets",
            columns: ["pt_low_GeV", "pt_high_GeV", "none", "one", "two"],
            rows: (0..<ptAverage.count).map { bin in
                [ptAverage.edges[bin], ptAverage.edges[bin + 1]]
                    + (0...2).map { triggers.weight(ptBin: bin, forwardJets: $0) }
            })
    }
}
