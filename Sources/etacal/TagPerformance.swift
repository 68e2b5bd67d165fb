import CalibrationFiles
import FlavourTagging
import Foundation
import JetPhysics

/// What a tagger makes of jets, as a table and as JSON.
struct TagPerformance {
    let scores: ScoreSums
    let discriminants: DiscriminantDistribution
    private let tagger: Tagger
    /// Name of the card of the events.
    private let detector: String

    init(_ scores: ScoreSums, _ discriminants: DiscriminantDistribution, tagger: Tagger, detector: String) {
        self.scores = scores
        self.discriminants = discriminants
        self.tagger = tagger
        self.detector = detector
    }

    private func share(_ kind: JetKind, _ workingPoint: Int, ptBins: Range<Int>? = nil, etaBins: Range<Int>? = nil)
        -> JetShare
    {
        JetShare(
            scores: scores.jets(kind, ptBins: ptBins ?? ScoreSums.referenceBins, etaBins: etaBins),
            from: JetTags.leastScore(workingPoint: workingPoint) ?? 1)
    }

    var json: JSONText {
        let points = JetTags.workingPoints.map { point -> (String, JSONText) in
            let parts = JetKind.allCases.flatMap { kind -> [(String, JSONText)] in
                let share = share(kind, point)
                return [
                    ("\(kind.name)_efficiency", .number(share.value)),
                    ("\(kind.name)_efficiency_uncertainty", .number(share.uncertainty)),
                ]
            }
            return ("\(point)", .object(parts))
        }
        let shares = JetKind.allCases.map { kind -> (String, JSONText) in
            let jets = scores.jets(kind, ptBins: ScoreSums.referenceBins)
            let total = max(1, jets.reduce(0, +))
            return (kind.name, .list(jets.map { .number(Double($0) / Double(total)) }))
        }
        func bins(_ edges: [Double], _ share: (JetKind, Int, Int) -> JetShare) -> JSONText {
            .object(
                [("edges", .list(edges.map { .number($0) }))]
                    + JetTags.workingPoints.map { point in
                        (
                            "\(point)",
                            .object(
                                JetKind.allCases.flatMap { kind -> [(String, JSONText)] in
                                    let shares = (0..<edges.count - 1).map { share(kind, point, $0) }
                                    return [
                                        (kind.name, .list(shares.map { $0.jets > 0 ? .number($0.value) : .null })),
                                        (
                                            "\(kind.name)_uncertainty",
                                            .list(shares.map { $0.jets > 0 ? .number($0.uncertainty) : .null })
                                        ),
                                    ]
                                })
                        )
                    })
        }
        return .object([
            ("tagger", .text(tagger.detector)), ("detector", .text(detector)),
            (
                "jets",
                .object(
                    JetKind.allCases.map {
                        ($0.name, .int(Int(scores.jets($0, ptBins: ScoreSums.referenceBins).reduce(0, +))))
                    })
            ),
            ("working_points", .object(points)), ("scores", .object(shares)),
            ("by_pt", bins(ScoreSums.pt.edges) { share($0, $1, ptBins: $2..<$2 + 1) }),
            ("by_abs_eta", bins(ScoreSums.absEta.edges) { share($0, $1, etaBins: $2..<$2 + 1) }),
        ])
    }

    private var place: String { detector == tagger.detector ? "" : " on jets of \(detector.shown())" }

    /// As wide without a jet that passed.
    private func rejection(_ share: JetShare, _ format: String) -> String {
        let text = String(format: format, share.rejection, share.rejectionUncertainty)
        return share.passed > 0 ? text : String(repeating: " ", count: 8) + "-" + String(repeating: " ", count: 7)
    }

    func text(style: TerminalStyle) -> String {
        var lines = [
            ("b-tagging of \(tagger.detector.shown())\(place), |eta| below \(tagger.acceptance.absEtaMaximum), measured pT "
                + "from \(Numbers.edge(tagger.acceptance.ptMinimum)) GeV on").wrapped(),
            "Reference jets, up to \(Numbers.edge(Tagger.referencePtMaximum)) GeV: "
                + JetKind.allCases.map { "\(scores.jets($0, ptBins: ScoreSums.referenceBins).reduce(0, +)) \($0.name)" }
                .joined(separator: ", "), "",
            style.paint("  working    b efficiency      rejection of", .heading),
            style.paint("  point                        c jets         light jets", .heading),
        ]
        for point in JetTags.workingPoints.reversed() {
            let shares = JetKind.allCases.map { share($0, point) }
            lines.append(
                String(
                    format: "  %d %%    %6.2f +- %.2f %%  ", point, 100 * shares[0].value, 100 * shares[0].uncertainty)
                    + rejection(shares[1], "%6.2f +- %-5.2f  ") + rejection(shares[2], "%6.1f +- %-5.2f"))
        }
        lines += ["", style.paint("  jets with score  1       2       3       4       5  (per cent)", .heading)]
        for kind in JetKind.allCases {
            let jets = scores.jets(kind, ptBins: ScoreSums.referenceBins)
            let total = Double(max(1, jets.reduce(0, +)))
            lines.append(
                "  " + kind.name.padding(toLength: 13, withPad: " ", startingAt: 0)
                    + jets.map { String(format: "%8.2f", 100 * Double($0) / total) }.joined())
        }
        lines += ["", style.paint("  at 70 %      b efficiency     rejection of", .heading)]
        lines.append(style.paint("  pT (GeV)                    c jets         light jets", .heading))
        for bin in 0..<ScoreSums.pt.count {
            let shares = JetKind.allCases.map { share($0, 70, ptBins: bin..<bin + 1) }
            guard shares[0].jets > 0 else { continue }
            lines.append(
                String(
                    format: "  %4.0f - %-4.0f  %5.1f +- %.1f %%  ", ScoreSums.pt.edges[bin],
                    ScoreSums.pt.edges[bin + 1], 100 * shares[0].value, 100 * shares[0].uncertainty)
                    + rejection(shares[1], "%6.2f +- %-5.2f  ") + rejection(shares[2], "%6.0f +- %-5.0f"))
        }
        return lines.joined(separator: "\n")
    }
}
