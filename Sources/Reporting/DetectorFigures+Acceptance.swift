internal import DetectorModel
internal import Foundation

extension DetectorFigures {
    /// Where jets are measured, lost and discarded over (η, φ), and what dead modules leave of the mean response.
    static func acceptance(card: DetectorCard, label: FigureLabel) -> Figure {
        let limit = card.absEtaMaximum
        let jets = card.features.pileUp?.jets
        let overlay = card.pseudoData
        let modules = card.features.deadModules
        // Data have those of simulation, and their own.
        let samples = [modules] + (overlay.map { [modules + $0.deadModules] } ?? [])
        let planes = overlay?.deadModules.isEmpty == false ? samples : [modules]
        let tracker = jets.flatMap { $0.trackerAbsEta > 0 ? $0.trackerAbsEta : nil }
        let vetoes = card.acceptance.vetoes.flatMap(rectangles)
        return Figure(
            "detector-acceptance",
            caption:
                "Acceptance over (η, φ): dead modules with the share of the response that they take, windows whose jets are "
                + "discarded, and how far tracks and jets of pile-up reach; and the mean response over φ, with what modules leave of it.",
            label: label,
            variables: [
                .init("eta_limit", 1.04 * max(limit, jets?.absEtaMaximum ?? 0)), .init("acceptance", limit),
                // Negative for none.
                .init("tracker", tracker ?? -1), .init("pile_up", jets?.absEtaMaximum ?? -1),
                .init("samples", samples.count), .init("planes", planes.count),
                .init("modules", samples.last?.count ?? 0), .init("vetoes", vetoes.count), .init("pt", "100 GeV"),
                .init("largest_loss", max(0.1, samples.joined().map(\.loss).max() ?? 0)),
            ],
            blocks: [
                profile(card, samples, pt: 100),
                Figure.Block(
                    title: "windows of the veto", columns: ["eta_low", "eta_high", "phi_low", "phi_high"],
                    rows: vetoes.map(\.row)),
            ]
                + planes.enumerated().map { index, modules in
                    Figure.Block(
                        title: "dead modules of \(index == 0 ? "simulation" : "data")",
                        columns: ["eta_low", "eta_high", "phi_low", "phi_high", "loss"], rows: losses(modules))
                })
    }

    /// Mean response over φ and what modules leave of it, of each sample.
    private static func profile(_ card: DetectorCard, _ samples: [[DeadModule]], pt: Double) -> Figure.Block {
        let detectors = samples.indices.map { Detector(card, pseudoData: $0 > 0) }
        let steps = 800
        let rows = (0...steps).map { step -> [Double?] in
            // Just inside the acceptance at both ends.
            let eta = card.absEtaMaximum * 0.9999 * (2 * Double(step) / Double(steps) - 1)
            return [eta]
                + zip(detectors, samples).flatMap { detector, modules in
                    [detector.response.value(eta: eta, pt: pt), DeadModule.meanResponse(modules, eta: eta)]
                }
        }
        return Figure.Block(
            title: "mean response over phi at true pT of \(pt) GeV",
            columns: ["eta"]
                + ["mc", "data"].prefix(samples.count).flatMap { ["response_\($0)", "left_by_modules_\($0)"] },
            rows: rows)
    }

    private struct Rectangle {
        let etaLow: Double
        let etaHigh: Double
        let phiLow: Double
        let phiHigh: Double

        var row: [Double?] { [etaLow, etaHigh, phiLow, phiHigh] }

        func contains(_ eta: Double, _ phi: Double) -> Bool {
            eta > etaLow && eta < etaHigh && phi > phiLow && phi < phiHigh
        }
    }

    /// A window over ±π is two.
    private static func rectangles(_ window: Window) -> [Rectangle] {
        let parts =
            window.phiHigh > window.phiLow
            ? [(window.phiLow, window.phiHigh)] : [(window.phiLow, Double.pi), (-Double.pi, window.phiHigh)]
        return parts.filter { $0.1 > $0.0 }.map {
            Rectangle(etaLow: window.etaLow, etaHigh: window.etaHigh, phiLow: $0.0, phiHigh: $0.1)
        }
    }

    /// Each module whole, since light shines through seams, and on top of them cells where several lie above each other.
    private static func losses(_ modules: [DeadModule]) -> [[Double?]] {
        let parts = modules.flatMap { module in rectangles(module.window).map { (place: $0, loss: module.loss) } }
        var rows = parts.map { $0.place.row + [$0.loss] }
        let etas = Set(parts.flatMap { [$0.place.etaLow, $0.place.etaHigh] }).sorted()
        let phis = Set(parts.flatMap { [$0.place.phiLow, $0.place.phiHigh] }).sorted()
        for (etaLow, etaHigh) in zip(etas, etas.dropFirst()) {
            for (phiLow, phiHigh) in zip(phis, phis.dropFirst()) {
                let (eta, phi) = (0.5 * (etaLow + etaHigh), 0.5 * (phiLow + phiHigh))
                let there = parts.filter { $0.place.contains(eta, phi) }
                guard there.count > 1 else { continue }
                let left = there.reduce(1) { $0 * (1 - $1.loss) }
                rows.append([etaLow, etaHigh, phiLow, phiHigh, 1 - left])
            }
        }
        return rows
    }
}
