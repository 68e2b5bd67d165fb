public import DetectorModel

/// Jets that tracks and tags are made of.
public struct TagAcceptance: Sendable, Equatable {
    /// GeV, as measured, before any calibration.
    public let ptMinimum: Double
    /// Of the jet's axis, from the event's vertex.
    public let absEtaMaximum: Double

    public static let standard = TagAcceptance(unchecked: 20, 2.5)

    /// - Throws: for a pT outside 10 to 200 GeV or an |η| outside 0.1 to 6.
    public init(ptMinimum: Double, absEtaMaximum: Double) throws(CardError) {
        guard (10...200).contains(ptMinimum) else {
            throw CardError(["pt_min"], "\(ptMinimum) is out of range", "give 10 to 200 GeV")
        }
        guard (0.1...6).contains(absEtaMaximum) else {
            throw CardError(["abs_eta_max"], "\(absEtaMaximum) is out of range", "give 0.1 to 6")
        }
        self.init(unchecked: ptMinimum, absEtaMaximum)
    }

    private init(unchecked ptMinimum: Double, _ absEtaMaximum: Double) {
        self.ptMinimum = ptMinimum
        self.absEtaMaximum = absEtaMaximum
    }

    @inline(__always)
    func contains(pt: Double, eta: Double) -> Bool { pt >= ptMinimum && abs(eta) < absEtaMaximum }
}
