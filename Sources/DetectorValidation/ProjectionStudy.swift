internal import Balance
internal import Binning
internal import ClosureStudy
internal import DetectorModel
internal import DijetGeneration
internal import JetPhysics
internal import TruthResponse

/// The response by the projection of the missing momentum, three times: with a soft term that responds like calibrated jets,
/// with the card's, and without any.
///
/// With responses R_n of the other jets (1) and R_u of what is unclustered, a true response of 1 leaves
/// <B0> = −(1/R_n − 1) <Bn> − (1/R_u − 1) <Bu>; without the soft term what
/// is left is minus <Bu> of one that responds like jets.
struct ProjectionStudy {
    /// Probes no farther out than where the resolution is about that of the reference region.
    private static let absEtaEdges = [0, 0.8, 1.3]
    private static let referenceAbsEta = 0.8
    /// GeV of true pT.
    private static let ptEdges = [60.0, 120, 250, 500]

    let criteria: [DetectorCriterion]

    init(
        _ card: DetectorCard, truth: any DijetTruth, events: Int, seed: UInt64, threads: Int, softTerm: SoftTerm?,
        passes: PassLedger, progress: (@Sendable (Int) -> Void)?
    ) throws {
        // Where there are no probes beside the reference region there is nothing to show.
        guard card.absEtaMaximum > Self.absEtaEdges[Self.absEtaEdges.count - 1] else {
            criteria = []
            return
        }
        let plan = try EventPlan(events: events, truth: truth, detector: card, role: .simulation)
        func source(_ term: SoftTerm?) -> SimulatedSource {
            SimulatedSource(
                truth: truth, detector: Detector(card, pseudoData: false, softTerm: term), role: .simulation,
                seed: seed, plan: plan, threads: threads, progress: progress)
        }
        let absEta = try Axis(edges: Self.absEtaEdges)
        let truePt = try Axis(edges: Self.ptEdges)
        let binning = try BalanceBinning(
            eta: Axis(edges: [-card.absEtaMaximum, -Self.referenceAbsEta, Self.referenceAbsEta, card.absEtaMaximum]),
            ptAverage: Axis(edges: [1, 100_000]), referenceAbsEtaMaximum: Self.referenceAbsEta, quotedPtMinimum: 1)
        let own = softTerm ?? card.features.softTerms.first ?? .transparent
        let weights = source(own).sliceWeights
        let scale = try source(own).simulationScale(absEtaMaximum: card.absEtaMaximum, passes: passes)
        let correction = JetCorrection(scale: scale.correction, residual: nil)
        func sums(_ name: String, _ term: SoftTerm) throws -> PassSums<ProjectionSums> {
            let source = source(term)
            let empty = ProjectionSums(
                absEta: absEta, truePt: truePt, selection: .standard,
                referenceAbsEtaMaximum: Self.referenceAbsEta, slices: weights.count)
            return try passes.sums(name, pieces: source.pieces, from: empty) { pieces in
                try source.reduce(empty, over: pieces) { block, sums in
                    correction.apply(to: block)
                    sums.add(block, binning: binning)
                }
            }
        }
        // Both are of one round: neither waits for the other to be complete.
        let ofLike = try sums("projection-like-jets", own.respondingLikeJets)
        let ofCard = try sums("projection", own)
        let (alike, carded) = (try ofLike.complete(), try ofCard.complete())
        var criteria: [DetectorCriterion] = []
        for eta in 0..<absEta.count {
            for pt in 0..<truePt.count {
                guard let like = alike.means(eta: eta, pt: pt, weights: weights),
                    let with = carded.means(eta: eta, pt: pt, weights: weights)
                else { continue }
                let place =
                    "|eta| \(Places.number(absEta.edges[eta]))..\(Places.number(absEta.edges[eta + 1])), true pT "
                    + "\(Places.number(truePt.edges[pt]))..\(Places.number(truePt.edges[pt + 1])) GeV"
                let middle = (truePt.edges[pt] * truePt.edges[pt + 1]).squareRoot()
                func add(_ name: String, whole: Double, uncertainty: Double, expected: Double) {
                    func response(_ b: Double) -> Double { (1 + b) / (1 - b) }
                    criteria.append(
                        DetectorCriterion(
                            .projection, .simulation, "\(name), \(place)",
                            eta: 0.5 * (absEta.edges[eta] + absEta.edges[eta + 1]), pt: middle,
                            measured: response(whole), uncertainty: 2 * uncertainty, expected: response(expected),
                            limit: 3e-3, isRelative: false))
                }
                add("soft term like jets", whole: like.whole, uncertainty: like.wholeUncertainty, expected: 0)
                // The formula has one response of what is unclustered.
                if case .constant(let response) = own.response, response > 0 {
                    add(
                        "soft term of the card", whole: with.whole, uncertainty: with.wholeUncertainty,
                        expected: -(1 / response - 1) * with.unclustered)
                }
                add(
                    "no soft term", whole: with.jets + with.other, uncertainty: with.seenUncertainty,
                    expected: -like.unclustered)
            }
        }
        self.criteria = criteria
    }
}
