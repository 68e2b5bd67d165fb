internal import DetectorModel
internal import Foundation

extension DetectorFigures {
    /// What a jet's flavour, direction and vertex do, in as many panels as the card has of these; nil for none.
    static func jets(card: DetectorCard, label: FigureLabel) -> Figure? {
        let features = card.features
        let panels = [
            features.flavours.map { (name: "flavours", block: flavours($0)) },
            features.directions.flatMap {
                // They grow toward low pT.
                guard max($0.etaResolution(pt: 1), $0.phiResolution(pt: 1)) > 0 else { return nil }
                return (name: "directions", block: directions($0))
            },
            features.directions.flatMap { directions in
                directions.lateralVariance(eta: 0, features.envelope) > 0
                    ? (name: "pull", block: pull(card, directions)) : nil
            },
            features.envelope.flatMap {
                $0.vertexSpread > 0 ? (name: "vertex", block: vertex($0, card.absEtaMaximum)) : nil
            },
        ].compactMap { $0 }
        guard !panels.isEmpty else { return nil }
        // A detector without slopes has a panel, too.
        let strongest = panels.first { $0.name == "pull" }?.block.rows.flatMap { $0.dropFirst() }
            .reduce(0.004) { max($0, abs($1 ?? 0)) }
        return Figure(
            "detector-jets",
            caption:
                "Response by flavour relative to that of the card; resolution of directions; how far the slope of the response pulls "
                + "a jet's η; and what a displaced vertex adds to the η that the detector sees.",
            label: label,
            variables: [
                .init("panels", panels.map(\.name)), .init("eta_limit", card.absEtaMaximum),
                .init("flavours", Array(FlavourResponses.names.dropFirst())),
                .init("pts", pullPts.map(gigaelectronvolt)), .init("strongest", strongest ?? 0),
                .init("spread", "\(RunFigures.plain(features.envelope?.vertexSpread ?? 0)) mm"),
            ],
            blocks: panels.map(\.block))
    }

    private static let pullPts = [30.0, 300]

    private static func flavours(_ responses: FlavourResponses) -> Figure.Block {
        Figure.Block(
            title: "response relative to a jet of no known flavour",
            columns: ["pt_GeV"] + FlavourResponses.names.dropFirst(),
            rows: points(120, in: ptRange).map { pt -> [Double?] in
                [pt] + FlavourResponses.names.indices.dropFirst().map { responses.value(class: $0, pt: pt) }
            })
    }

    private static func directions(_ directions: Directions) -> Figure.Block {
        Figure.Block(
            title: "resolution of directions", columns: ["pt_GeV", "eta", "phi"],
            rows: points(120, in: ptRange).map { pt -> [Double?] in
                [pt, directions.etaResolution(pt: pt), directions.phiResolution(pt: pt)]
            })
    }

    /// width² d ln R/dη, from differences over the steps that a detector's tables have.
    private static func pull(_ card: DetectorCard, _ directions: Directions) -> Figure.Block {
        let (limit, step) = (card.absEtaMaximum, 0.02)
        let count = Int((2 * limit / step).rounded())
        return Figure.Block(
            title: "pull of eta at true pT of \(pullPts) GeV", columns: ["eta"] + pullPts.map { "pull@\($0)" },
            rows: (0...count).map { node -> [Double?] in
                let eta = limit * (2 * Double(node) / Double(count) - 1)
                let (below, above) = (max(eta - step, -limit), min(eta + step, limit))
                let variance = directions.lateralVariance(eta: eta, card.features.envelope)
                return [eta]
                    + pullPts.map { pt in
                        let ratio = card.response.value(eta: above, pt: pt) / card.response.value(eta: below, pt: pt)
                        return variance * log(ratio) / (above - below)
                    }
            })
    }

    private static func vertex(_ envelope: Envelope, _ limit: Double) -> Figure.Block {
        Figure.Block(
            title: "detector eta less eta for a vertex at ± \(envelope.vertexSpread) mm",
            columns: ["eta", "behind", "ahead"],
            rows: (0...400).map { step -> [Double?] in
                let eta = limit * (2 * Double(step) / 400 - 1)
                return [eta]
                    + [-1, 1].map { envelope.detectorEta(eta: eta, vertex: $0 * envelope.vertexSpread) - eta }
            })
    }
}
