public import Binning

/// A card made ready for simulation: mean response and relative resolution on a grid fine enough that it *is* the
/// detector (steps of 0.02 in η and 12 % in pT, bilinear).
public struct Detector: Sendable {
    public let name: String
    public let absEtaMaximum: Double
    public let response: EtaPtGrid
    public let resolution: EtaPtGrid

    /// Nodes of the grid in η.
    static func etaNodes(_ absEtaMaximum: Double) -> Int { Int((absEtaMaximum * 2 / 0.02).rounded()) + 1 }

    /// - Parameter pseudoData: whether the card's overlay of mis-responses acts.
    public init(_ card: DetectorCard, pseudoData: Bool) {
        name = card.name
        absEtaMaximum = card.absEtaMaximum
        let nodes = Self.etaNodes(absEtaMaximum)
        let overlay = pseudoData ? card.pseudoData : nil
        response = EtaPtGrid(etaLimit: card.absEtaMaximum, etaNodes: nodes) { eta, pt in
            card.response.value(eta: eta, pt: pt) * (overlay?.response?.value(eta: eta, pt: pt) ?? 1)
        }
        resolution = EtaPtGrid(etaLimit: card.absEtaMaximum, etaNodes: nodes) { eta, pt in
            card.resolution.value(eta: eta, pt: pt) * (overlay?.resolutionScale ?? 1)
        }
    }
}

extension Detector {
    /// What data see: another detector as it stands, or the same with its overlay of mis-responses.
    public static func ofData(_ card: DetectorCard, other: DetectorCard?) -> Detector {
        other.map { Detector($0, pseudoData: false) } ?? Detector(card, pseudoData: true)
    }
}
