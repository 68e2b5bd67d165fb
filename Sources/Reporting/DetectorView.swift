public import Balance
public import DetectorModel

extension DetectorPicture {
    /// What a picture shows.
    public enum View: String, Sendable, CaseIterable {
        /// Response and resolution over (η, pT), and along each of them.
        case map, profiles
        /// Fluctuations beyond the core.
        case tails
        /// Dead modules, windows of the veto and limits over (η, φ).
        case acceptance
        /// What is in no jet.
        case softTerm = "soft-term"
        /// Flavours, directions and the vertex.
        case jets
        /// Other interactions.
        case pileUp = "pile-up"
        /// A menu of triggers, which is no part of a card.
        case triggers

        /// Where a card describes it.
        fileprivate var keys: [String] {
            switch self {
            case .map, .profiles: ["response"]
            case .tails: ["tails"]
            case .acceptance: ["dead_modules", "acceptance.veto", "pile_up.jets"]
            case .softTerm: ["soft_terms"]
            case .jets: ["flavours", "directions", "envelope"]
            case .pileUp: ["pile_up"]
            case .triggers: []
            }
        }
    }

    /// The views that a card, and triggers beside it, have something to show in.
    public static func views(of card: DetectorCard, triggers: TriggerAssignment? = nil) -> [View] {
        let label = FigureLabel(sample: "", selection: "")
        return View.allCases.filter { drawing($0, of: card, triggers, label) != nil }
    }

    /// - Throws: where the card has nothing to show in this view.
    package static func figure(
        _ view: View, of card: DetectorCard, triggers: TriggerAssignment? = nil, _ label: FigureLabel
    ) throws(CardError) -> Figure {
        if let drawing = drawing(view, of: card, triggers, label) { return drawing() }
        if view == .triggers {
            throw CardError([view.rawValue], "there are no triggers to draw", "give a menu of them")
        }
        throw CardError(
            [view.rawValue], "the card has no \(listed(view.keys.map { "'\($0)'" })) to draw",
            "add it to the card, or draw \(listed(views(of: card).map(\.rawValue)))")
    }

    private static func listed(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.last ?? "" }
        return "\(words.dropLast().joined(separator: ", ")) or \(last)"
    }

    /// How to make the figure of a view; nil where there is nothing to show.
    private static func drawing(
        _ view: View, of card: DetectorCard, _ triggers: TriggerAssignment?, _ label: FigureLabel
    ) -> (() -> Figure)? {
        let features = card.features
        switch view {
        case .map: return { DetectorFigures.map(card: card, dataCard: nil, label: label) }
        case .profiles: return { DetectorFigures.profiles(card: card, dataCard: nil, label: label) }
        case .tails:
            return features.tails.map { tails in { DetectorFigures.tails(card: card, tails: tails, label: label) } }
        case .acceptance:
            // Without any of these the plane is empty.
            let modules = features.deadModules + (card.pseudoData?.deadModules ?? [])
            guard !modules.isEmpty || !card.acceptance.vetoes.isEmpty || features.pileUp?.jets != nil else {
                return nil
            }
            return { DetectorFigures.acceptance(card: card, label: label) }
        case .softTerm:
            return features.softTerms.isEmpty ? nil : { DetectorFigures.softTerm(card: card, label: label) }
        case .jets:
            return DetectorFigures.jets(card: card, label: label).map { figure in { figure } }
        case .pileUp:
            return features.pileUp.map { pileUp in { DetectorFigures.pileUp(card: card, pileUp: pileUp, label: label) }
            }
        case .triggers:
            return triggers.map { TriggerFigure(triggers: $0, card: card, dataCard: nil, label: label).figure }
        }
    }
}
