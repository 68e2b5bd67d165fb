internal import Balance
public import FlavourTagging
internal import Foundation
internal import JetPhysics

/// Figures of the responses of flavours, of data relative to simulation.
public struct FlavourFigures: Sendable {
    private let response: FlavourResponse
    private let label: FigureLabel

    public init(_ response: FlavourResponse, label: FigureLabel) { (self.response, self.label) = (response, label) }

    public var all: [Figure] { [balances, composition].compactMap { $0 } }

    private var edges: (eta: [Double], pt: [Double]) {
        (response.binning.eta.edges, response.binning.ptAverage.edges)
    }

    /// Balances by score, and what they say of b and c jets.
    private var balances: Figure? {
        let used = response.fits.indices.filter { response.fits[$0] != nil }
        guard let first = used.first, let last = used.last else { return nil }
        let edges = edges.pt
        let scores = FlavourSums.scores.dropFirst().map { score in
            Figure.Block(
                title: "score \(score)", columns: ["pt_low_GeV", "pt_high_GeV", "balance", "u", "fitted"],
                rows: used.map { pt in
                    let balance = response.balance(score: score, pt: pt)
                    return [edges[pt], edges[pt + 1], balance?.value, balance?.uncertainty, balance?.fitted]
                })
        }
        let kinds: [JetKind] = [.bottom, .charm]
        let values = kinds.map { kind in
            Figure.Block(
                title: kind.name, columns: ["pt_low_GeV", "pt_high_GeV", "kappa", "u", "truth", "u_truth"],
                rows: used.map { pt in
                    let truth = response.truth(kind, pts: pt..<pt + 1)
                    return [
                        edges[pt], edges[pt + 1], response.fits[pt]?.value(kind), response.fits[pt]?.uncertainty(kind),
                        truth?.value, truth?.uncertainty,
                    ]
                })
        }
        let knowsTruth = kinds.contains { response.truth($0, pts: first..<last + 1) != nil }
        return Figure(
            "flavour-response",
            caption:
                "Left, balance of probes with each score in data over simulation, relative to all scores of the bin: "
                + "points measured, lines fitted. Right, how much more b and c jets respond than light ones in data, "
                + "relative to simulation" + (knowsTruth ? "; lines are the truth." : "."),
            label: label,
            variables: [
                .init("scores", scores.count), .init("names", kinds.map { "\($0.letter) jets" }),
                .init("pt_low", edges[first]), .init("pt_high", edges[last + 1]), .init("truth", knowsTruth ? 1 : 0),
            ], blocks: scores + values)
    }

    /// Shares of b and c jets, and what inclusive constants move by.
    private var composition: Figure? {
        let (etas, pts) = (0..<response.binning.eta.count, response.binning.quotedPtBins)
        let filled = pts.filter { pt in etas.contains { response.composition(eta: $0, pt: pt) != nil } }
        guard !filled.isEmpty else { return nil }
        let shown = filled.count > 3 ? (0..<3).map { filled[$0 * filled.count / 3] } : filled
        let edges = edges
        let blocks = shown.map { pt in
            Figure.Block(
                title: "pT_avg \(edges.pt[pt]) to \(edges.pt[pt + 1]) GeV",
                columns: ["eta_low", "eta_high", "b", "c", "b_tagged", "c_tagged", "shift", "u"],
                rows: etas.map { eta in
                    let parts = [FlavourResponse.allScores, FlavourResponse.taggedScores].flatMap {
                        scores -> [Double?] in
                        let shares = response.composition(eta: eta, pt: pt, scores: scores)
                        return [shares?[JetKind.bottom.rawValue], shares?[JetKind.charm.rawValue]]
                    }
                    let shift = response.shift(eta: eta, pt: pt)
                    return [edges.eta[eta], edges.eta[eta + 1]] + parts + [shift?.value, shift?.uncertainty]
                })
        }
        return Figure(
            "flavour-composition",
            caption:
                "Top, shares of b and c jets among leading jets of simulation, all and those that pass the working point of "
                + "70 %. Bottom, what moves constants of all jets together where flavours respond differently in data.",
            label: label,
            variables: [
                .init("slices", shown.count),
                .init(
                    "titles",
                    shown.map { "\(RunFigures.plain(edges.pt[$0]))–\(RunFigures.plain(edges.pt[$0 + 1])) GeV" }),
                .init("eta_limit", max(-response.binning.eta.lowest, response.binning.eta.highest)),
                .init("reference", response.binning.referenceAbsEtaMaximum),
            ], blocks: blocks)
    }
}
