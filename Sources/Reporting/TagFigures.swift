internal import Binning
public import FlavourTagging
internal import Foundation
internal import JetPhysics

/// Figures of a b-tagger on events that it was not trained with.
public struct TagFigures: Sendable {
    private let tagger: Tagger
    private let scores: ScoreSums
    private let discriminants: DiscriminantDistribution
    private let impacts: ImpactSums
    private let label: FigureLabel

    public init(
        _ tagger: Tagger, scores: ScoreSums, discriminants: DiscriminantDistribution, impacts: ImpactSums,
        label: FigureLabel
    ) {
        self.tagger = tagger
        (self.scores, self.discriminants, self.impacts) = (scores, discriminants, impacts)
        self.label = label
    }

    public var all: [Figure] { [tracks, discriminant, efficiency] }

    private static var names: [String] { JetKind.allCases.map { $0 == .light ? "light jets" : "\($0.letter) jets" } }

    /// Distributions of the impact parameter and of its significance.
    private var tracks: Figure {
        var beyond: [String] = []
        let blocks = ImpactSums.Quantity.allCases.map { quantity in
            let edges = quantity.axis.edges
            let shares = JetKind.allCases.map { impacts.shares(quantity, $0) }
            beyond.append(
                zip(Self.names, shares).map { name, row in
                    "\(ReportNumbers.percent(max(0, 1 - row.reduce(0, +)))) of \(name)"
                }.joined(separator: ", "))
            return Figure.Block(
                title: quantity == .impact ? "d0 in mm" : "significance of d0",
                columns: ["low", "high"] + JetKind.allCases.map { "share_per_unit_\($0.name)" },
                rows: (0..<edges.count - 1).map { bin in
                    [edges[bin], edges[bin + 1]] + shares.map { $0[bin] / (edges[bin + 1] - edges[bin]) }
                })
        }
        return Figure(
            "tags-tracks",
            caption: "Transverse impact parameter of tracks and its significance, positive where a track crosses the "
                + "axis of its jet downstream. Beyond the axes: \(beyond[0]), and \(beyond[1]).",
            label: label, variables: [.init("names", Self.names)], blocks: blocks)
    }

    /// The discriminant, scores, and what of other jets is left for an efficiency.
    private var discriminant: Figure {
        let (low, high, width) = (-10.0, 22.0, 0.25)
        let distribution = Figure.Block(
            title: "discriminant", columns: ["low", "high"] + JetKind.allCases.map { "share_per_unit_\($0.name)" },
            rows: (0..<Int((high - low) / width)).map { bin in
                let edges = (low + Double(bin) * width, low + Double(bin + 1) * width)
                return [edges.0, edges.1]
                    + JetKind.allCases.map { kind in
                        let inside =
                            discriminants.share(kind, from: edges.0).passed
                            - discriminants.share(kind, from: edges.1).passed
                        return Double(inside) / (width * Double(max(1, discriminants.jets(kind))))
                    }
            })
        let ofScores = JetKind.allCases.map { scores.jets($0, ptBins: ScoreSums.referenceBins) }
        let shares = Figure.Block(
            title: "scores", columns: ["score"] + JetKind.allCases.flatMap { [$0.name, "u_\($0.name)"] },
            rows: Tagger.scores.map { score in
                [Double(score)]
                    + ofScores.flatMap { jets -> [Double] in
                        let share = JetShare(passed: jets[score - 1], jets: jets.reduce(0, +))
                        return [share.value, share.uncertainty]
                    }
            })
        func rejections(_ shares: [JetShare]) -> [Double?] {
            shares.dropFirst().flatMap { share -> [Double?] in
                share.passed > 0 ? [share.rejection, share.rejectionUncertainty] : [nil, nil]
            }
        }
        let columns = ["b_efficiency", "c_rejection", "u", "light_rejection", "u"]
        let curve = Figure.Block(
            title: "rejections against efficiency", columns: columns,
            rows: (30...100).map { percent in
                let cut = discriminants.cut(keeping: 0.01 * Double(percent))
                let shares = JetKind.allCases.map { discriminants.share($0, from: cut) }
                return [shares[0].value] + rejections(shares)
            })
        let points = Figure.Block(
            title: "working points", columns: columns,
            rows: JetTags.workingPoints.map { point in
                let shares = ofScores.map { JetShare(scores: $0, from: JetTags.leastScore(workingPoint: point) ?? 1) }
                return [shares[0].value] + rejections(shares)
            })
        return Figure(
            "tags-discriminant",
            caption:
                "The discriminant of b, c and light jets with the cuts of the working points; the scores that these "
                + "make; and the rejections of c and light jets for each efficiency of b jets, working points as points.",
            label: label,
            variables: [
                .init("names", Self.names), .init("cuts", tagger.cuts),
                .init("points", JetTags.workingPoints.map { "\($0)" }),
            ], blocks: [distribution, shares, curve, points])
    }

    /// Shares of jets that pass the working point of 70 %, over pT and |η|.
    private var efficiency: Figure {
        let score = JetTags.leastScore(workingPoint: 70) ?? 1
        let (pt, eta) = (ScoreSums.pt.edges, ScoreSums.absEta.edges)
        let (pts, etas) = (0..<ScoreSums.pt.count, 0..<ScoreSums.absEta.count)
        let last = etas.last { eta[$0] < tagger.acceptance.absEtaMaximum } ?? 0
        let used = pts.filter { pt[$0 + 1] > tagger.acceptance.ptMinimum }
        func share(_ kind: JetKind, _ ptBins: Range<Int>, _ etaBins: Range<Int>?) -> [Double?] {
            let share = JetShare(scores: scores.jets(kind, ptBins: ptBins, etaBins: etaBins), from: score)
            // Fewer tell nothing.
            return share.jets >= 20 ? [share.value, share.uncertainty] : [nil, nil]
        }
        let maps = JetKind.allCases.map { kind in
            Figure.Block(
                title: "\(kind.name) jets at 70 %",
                columns: ["pt_low_GeV", "pt_high_GeV", "abs_eta_low", "abs_eta_high", "efficiency"],
                rows: used.flatMap { ptBin in
                    (0...last).map { etaBin -> [Double?] in
                        [pt[ptBin], pt[ptBin + 1], eta[etaBin], min(eta[etaBin + 1], tagger.acceptance.absEtaMaximum)]
                            + share(kind, ptBin..<ptBin + 1, etaBin..<etaBin + 1).prefix(1)
                    }
                })
        }
        let profile = Figure.Block(
            title: "at 70 %, all |eta|",
            columns: ["pt_low_GeV", "pt_high_GeV"] + JetKind.allCases.flatMap { ["\($0.name)", "u"] },
            rows: used.map { ptBin in
                [pt[ptBin], pt[ptBin + 1]] + JetKind.allCases.flatMap { share($0, ptBin..<ptBin + 1, nil) }
            })
        let known = profile.rows.filter { row in row[2...].contains { $0 != nil } }
        return Figure(
            "tags-efficiency",
            caption:
                "Efficiency of the working point of 70 % for b, c and light jets against measured pT, and over pT and "
                + "|η|. It is made for reference jets; harder ones are tagged with the same cut.",
            label: label,
            variables: [
                .init("names", Self.names), .init("pt_low", max(pt[used[0]], tagger.acceptance.ptMinimum)),
                .init("pt_high", min((known.last?[1] ?? nil) ?? pt[used[0] + 1], 3000)),
                .init("eta_high", min(eta[last + 1], tagger.acceptance.absEtaMaximum)),
            ], blocks: [profile] + maps)
    }
}

extension JetKind {
    /// Short, for keys.
    var letter: String { self == .bottom ? "b" : self == .charm ? "c" : "light" }
}
