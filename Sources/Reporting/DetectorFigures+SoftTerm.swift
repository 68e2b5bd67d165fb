internal import DetectorModel
internal import Foundation

extension DetectorFigures {
    /// Working points that one figure shows: as many as there are colours.
    private static let shownSoftTerms = 6

    /// Response, width and noise of the soft term, by working point.
    static func softTerm(card: DetectorCard, label: FigureLabel) -> Figure {
        let all = card.features.softTerms
        let terms = Array(all.prefix(shownSoftTerms))
        let profile = card.features.pileUp?.profile
        /// Without jets.
        func energy(_ term: SoftTerm, _ mu: Double) -> Double { term.energy + term.energyPerInteraction * mu }
        let typical = terms.map { energy($0, profile?.mean ?? 0).squareRoot() }
        let largest = terms.map { energy($0, profile?.highest ?? 0).squareRoot() }.max() ?? 0
        let rootLimit = max(40, 5 * (largest / 5).rounded(.up))
        let nodes = terms.flatMap { term -> [Double] in
            guard case .table(let pt, _) = term.response else { return [] }
            return pt
        }
        let softRange = max(0.5, min(2, nodes.min() ?? 2))...min(2000, max(200, nodes.max() ?? 200))
        return Figure(
            "detector-soft-term",
            caption:
                "What becomes of the pT that is in no jet, by working point: its mean response, its width along and across the "
                + "true recoil with the noise of an average event, and that noise against the root of all transverse energy.",
            label: label,
            variables: [
                .init("names", terms.map { shortened($0.name, to: 24) }), .init("left_out", all.count - terms.count),
                .init("soft_low", softRange.lowerBound), .init("soft_high", softRange.upperBound),
                .init("root_limit", rootLimit), .init("typical", typical),
                .init("typical_noise", zip(terms, typical).map { $0.noiseWidth(sumEt: $1 * $1) }),
            ],
            blocks: [
                Figure.Block(
                    title: "against the pT of the soft recoil, with noise at root sumET of \(typical) GeV^1/2",
                    columns: ["soft_pt_GeV"]
                        + terms.indices.flatMap { ["response\($0 + 1)", "along\($0 + 1)_GeV", "across\($0 + 1)_GeV"] },
                    rows: points(160, in: softRange).map { soft -> [Double?] in
                        [soft]
                            + zip(terms, typical).flatMap { term, root in
                                let noise = term.noiseWidth(sumEt: root * root)
                                return [
                                    term.meanResponse(soft: soft), hypot(term.parallel * soft, noise),
                                    hypot(term.perpendicular * soft, noise),
                                ]
                            }
                    }),
                Figure.Block(
                    title: "noise of each component",
                    columns: ["root_sum_et_GeV^1/2"] + terms.indices.map { "noise\($0 + 1)_GeV" },
                    rows: (0...80).map { step -> [Double?] in
                        let root = rootLimit * Double(step) / 80
                        return [root] + terms.map { $0.noiseWidth(sumEt: root * root) }
                    }),
            ])
    }
}
