public import Binning

/// A card made ready for simulation: mean response and relative resolution on a grid fine enough that it *is* the
/// detector (steps of 0.02 in η and 12 % in pT, bilinear), and tables of all that the card describes beyond them.
public struct Detector: Sendable {
    public let name: String
    public let absEtaMaximum: Double
    /// The mean over φ and periods, for jets of no particular flavour.
    public let response: EtaPtGrid
    /// The core's width, at the μ that it belongs to.
    public let resolution: EtaPtGrid
    public let tables: DetectorTables

    /// Nodes of the grid in η.
    static func etaNodes(_ absEtaMaximum: Double) -> Int { Int((absEtaMaximum * 2 / 0.02).rounded()) + 1 }

    /// - Parameters:
    ///   - pseudoData: whether the card's overlay of mis-responses acts.
    ///   - interactions: what weights make the profile of μ; nil leaves it.
    ///   - softTerm: the working point; nil for the card's first.
    public init(
        _ card: DetectorCard, pseudoData: Bool, interactions: InteractionProfile? = nil, softTerm: SoftTerm? = nil
    ) {
        name = card.name
        absEtaMaximum = card.absEtaMaximum
        let nodes = Self.etaNodes(absEtaMaximum)
        let overlay = pseudoData ? card.pseudoData : nil
        let modules = card.features.deadModules + (overlay?.deadModules ?? [])
        func base(_ eta: Double, _ pt: Double) -> Double {
            card.response.value(eta: eta, pt: pt) * (overlay?.response?.value(eta: eta, pt: pt) ?? 1)
        }
        func width(_ eta: Double, _ pt: Double) -> Double {
            card.resolution.value(eta: eta, pt: pt) * (overlay?.resolutionScale.value(eta: eta) ?? 1)
        }
        response = EtaPtGrid(etaLimit: card.absEtaMaximum, etaNodes: nodes) { eta, pt in
            card.response.value(eta: eta, pt: pt) * (overlay?.meanResponse(eta: eta, pt: pt) ?? 1)
                * DeadModule.meanResponse(modules, eta: eta)
        }
        resolution = EtaPtGrid(etaLimit: card.absEtaMaximum, etaNodes: nodes, width)
        tables = DetectorTables(
            card, overlay: overlay, nodes: nodes, modules: modules, interactions: interactions,
            softTerm: softTerm ?? card.features.softTerms.first ?? .transparent, response: base, resolution: width)
    }
}

extension Detector {
    /// What data see: another detector as it stands, or the same with its overlay of mis-responses.
    public static func ofData(_ card: DetectorCard, other: DetectorCard?, softTerm: SoftTerm? = nil) -> Detector {
        other.map { Detector($0, pseudoData: false, softTerm: softTerm) }
            ?? Detector(card, pseudoData: true, softTerm: softTerm)
    }

    /// What the simulation for these data sees, its events weighted to the data's profile of μ.
    public static func ofSimulation(
        _ card: DetectorCard, data: DetectorCard?, softTerm: SoftTerm? = nil
    ) -> Detector {
        let profile = data.map { $0.features.pileUp?.profile } ?? card.pseudoData?.interactions
        return Detector(card, pseudoData: false, interactions: profile, softTerm: softTerm)
    }
}
