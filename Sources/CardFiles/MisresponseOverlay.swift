public import DetectorModel
internal import FileAccess

/// A detector card whose pseudo-data have the mis-response that some constants take away.
///
/// A constant c belongs to jets that data show at pT' and simulation at c pT': data respond 1/c times as high as simulation there. Between
/// the pT of constants the response is linear in ln pT, beyond them it stays.
public struct MisresponseOverlay: Sendable {
    public let card: DetectorCard
    /// The card's text, which reads back as the card.
    public let yaml: String
    /// Bins of η with constants that lie beyond the card's acceptance, wholly or in part.
    public let binsOutside: Int

    /// - Parameters:
    ///   - etaEdges: increasing.
    ///   - nodes: of each η bin, by increasing pT before the constant (GeV); an η bin without any responds as simulation does.
    ///   - like: what everything else is taken from.
    ///   - source: the file that the constants come from, for errors.
    public init(
        etaEdges: [Double], nodes: [[(pt: Double, constant: Double)]], like: LoadedCard, name: String, source: String
    ) throws {
        let limit = like.card.absEtaMaximum
        binsOutside = nodes.indices.count {
            !nodes[$0].isEmpty && (etaEdges[$0] < -limit || etaEdges[$0 + 1] > limit)
        }
        var regions: [ResponseRegion] = []
        for (bin, nodes) in nodes.enumerated() {
            let (low, high) = (max(etaEdges[bin], -limit), min(etaEdges[bin + 1], limit))
            guard low < high else { continue }
            regions.append(ResponseRegion(low: low, high: high, form: Self.form(nodes)))
        }
        guard let first = regions.first?.low, let last = regions.last?.high else {
            throw FileError(
                .malformed, source, "no bin of eta lies within the card's |eta| < \(limit)", "give another card")
        }
        if first > -limit { regions.insert(ResponseRegion(low: -limit, high: first, form: .constant(1)), at: 0) }
        if last < limit { regions.append(ResponseRegion(low: last, high: limit, form: .constant(1))) }
        let old = like.card.pseudoData
        do throws(CardError) {
            // As wide as a jet sees the edge of a calorimeter, where there is room.
            let narrowest = regions.map { $0.high - $0.low }.min() ?? 0
            let map = try ResponseMap(
                convention: .signed, transition: min(0.05, 0.499 * narrowest), regions: regions, cracks: [],
                path: ["pseudo_data", "response"])
            let steps = old?.resolutionScale ?? EtaSteps(1)
            card = try DetectorCard(
                name: name,
                summary: "That of \(excerpt(like.card.name)); pseudo-data respond as \(excerpt(source)) says.",
                jets: like.card.jets, acceptance: like.card.acceptance, response: like.card.response,
                resolution: like.card.resolution,
                features: like.card.features,
                pseudoData: try PseudoDataOverlay(
                    response: map, resolutionScale: steps, deadModules: old?.deadModules ?? [],
                    interactions: old?.interactions, path: ["pseudo_data"]))
        } catch {
            throw FileError(
                .malformed, source, "this gives no card (\(error.path.joined(separator: "."))): \(error.problem)",
                error.remedy)
        }
        yaml = card.yaml
        // Nothing is written that would not be read.
        guard try DetectorCard(yaml: yaml, file: name) == card else {
            preconditionFailure("a card's text reads back as the card")
        }
    }

    private static func form(_ nodes: [(pt: Double, constant: Double)]) -> ResponseForm {
        let points = nodes.map { (pt: $0.pt * $0.constant, response: 1 / $0.constant) }
        guard let first = points.first, let last = points.last else { return .constant(1) }
        if points.count == 1 { return .constant(first.response) }
        // A table goes on with its outermost slopes: a node beside each end makes them level.
        let ends = [(pt: 0.999 * first.pt, response: first.response), (pt: 1.001 * last.pt, response: last.response)]
        let all = [ends[0]] + points + [ends[1]]
        return .table(pt: all.map(\.pt), values: all.map(\.response))
    }
}
