internal import DetectorModel
internal import Foundation

/// Figures of a detector card alone.
enum DetectorFigures {
    /// True pT that the figures cover, GeV.
    static let ptRange = 20.0...2000.0

    private struct Quantities {
        let card: DetectorCard
        let dataCard: DetectorCard?

        /// Mean response of simulation, of data over simulation, resolution of simulation, of data over simulation.
        func at(_ eta: Double, _ pt: Double) -> [Double?] {
            let resolution = card.resolution.value(eta: eta, pt: pt)
            let response = card.response.value(eta: eta, pt: pt)
            let dataResponse =
                dataCard.map { $0.response.value(eta: eta, pt: pt) }
                ?? response * (card.pseudoData?.meanResponse(eta: eta, pt: pt) ?? 1)
            let data =
                dataCard.map { $0.resolution.value(eta: eta, pt: pt) }
                ?? resolution * (card.pseudoData?.resolutionScale.value(eta: eta) ?? 1)
            return [
                response, dataResponse / response, resolution,
                resolution > 0 ? data / resolution : nil,
            ]
        }
    }

    /// In equal ratios, both ends included.
    static func points(_ count: Int, in range: ClosedRange<Double>) -> [Double] {
        (0...count).map {
            range.lowerBound * pow(range.upperBound / range.lowerBound, Double($0) / Double(count))
        }
    }

    /// A name that fits a key.
    static func shortened(_ name: String, to longest: Int) -> String {
        name.count > longest ? name.prefix(longest - 1) + "…" : name
    }

    /// Response, mis-response of data, and resolution over (η, pT), in cells.
    static func map(card: DetectorCard, dataCard: DetectorCard?, label: FigureLabel) -> Figure {
        let quantities = Quantities(card: card, dataCard: dataCard)
        let limit = card.absEtaMaximum
        let cells = 80
        let etas = (0...cells).map { limit * (2 * Double($0) / Double(cells) - 1) }
        let pts = points(20, in: ptRange)
        var rows: [[Double?]] = []
        for (etaLow, etaHigh) in zip(etas, etas.dropFirst()) {
            for (ptLow, ptHigh) in zip(pts, pts.dropFirst()) {
                let values = quantities.at(0.5 * (etaLow + etaHigh), (ptLow * ptHigh).squareRoot())
                rows.append([etaLow, etaHigh, ptLow, ptHigh] + values)
            }
        }
        func values(_ column: Int) -> [Double] { rows.compactMap { $0[column] } }
        /// Symmetric about 1, so that white means no difference.
        func span(_ column: Int) -> Double { values(column).reduce(0.05) { max($0, abs($1 - 1)) } }
        let response = (low: values(4).min() ?? 0, high: values(4).max() ?? 1)
        let margin = max(0.05 - (response.high - response.low), 0) / 2
        let resolution = max(values(6).max() ?? 0, 0.01)
        return Figure(
            "response-map",
            caption:
                "The detector as the cards describe it, over true η and true pT: mean response of simulation, response "
                + "of data over that of simulation (what the constants have to undo), and the same for the resolution.",
            label: label,
            variables: [
                .init("eta_limit", limit),
                .init("lowest", [response.low - margin, 1 - span(5), 0, 1 - span(7)]),
                .init("highest", [response.high + margin, 1 + span(5), resolution, 1 + span(7)]),
            ],
            blocks: [
                Figure.Block(
                    title: "detector over true eta and true pT",
                    columns: [
                        "eta_low", "eta_high", "pt_low_GeV", "pt_high_GeV", "response_mc", "response_data/response_mc",
                        "resolution_mc", "resolution_data/resolution_mc",
                    ], rows: rows)
            ])
    }

    /// The same along η at some pT, and along pT at some η.
    static func profiles(card: DetectorCard, dataCard: DetectorCard?, label: FigureLabel) -> Figure {
        let quantities = Quantities(card: card, dataCard: dataCard)
        let limit = card.absEtaMaximum
        let pts = [30.0, 100, 300, 1000]
        let etas = [0.06, -0.27, 0.52, -0.71].map { (100 * $0 * limit).rounded() / 100 }
        func row(_ first: Double, _ places: [(Double, Double)]) -> [Double?] {
            [first] + places.flatMap { Array(quantities.at($0.0, $0.1).prefix(3)) }
        }
        let names = ["response_mc", "response_data/response_mc", "resolution_mc"]
        let steps = 400
        let alongEta = (0...steps).map { step -> [Double?] in
            // Just inside the acceptance at both ends.
            let eta = limit * 0.9999 * (2 * Double(step) / Double(steps) - 1)
            return row(eta, pts.map { (eta, $0) })
        }
        return Figure(
            "response-profiles",
            caption: "The same detector along η at fixed true pT, and along true pT at fixed η, on both sides.",
            label: label,
            variables: [
                .init("eta_limit", limit), .init("pts", pts.map { "\(RunFigures.plain($0)) GeV" }),
                .init(
                    "etas",
                    etas.map { "{/:Italic η} = \(RunFigures.plain($0))".replacingOccurrences(of: "-", with: "−") }),
            ],
            blocks: [
                Figure.Block(
                    title: "along true eta at true pT of \(pts) GeV",
                    columns: ["eta"] + pts.flatMap { pt in names.map { "\($0)@\(pt)" } }, rows: alongEta),
                Figure.Block(
                    title: "along true pT at true eta of \(etas)",
                    columns: ["pt_GeV"] + etas.flatMap { eta in names.map { "\($0)@\(eta)" } },
                    rows: points(160, in: ptRange).map { pt in row(pt, etas.map { ($0, pt) }) }),
            ])
    }
}
