internal import Binning

extension Formula {
    /// What the formulas of a card are of: η as its regions give it, the true pT and energy pT cosh η in GeV.
    public static let cardVariables = ["eta", "pt", "energy"]

    func requireCardVariables(_ path: [String]) throws(CardError) {
        guard variables == Self.cardVariables, parameterCount == 0 else {
            throw CardError(
                path, "the formula is not one of \(Self.cardVariables.joined(separator: ", "))",
                "rewrite it with these and numbers")
        }
    }
}

extension CardError {
    /// A formula with a value that cannot be.
    static func formula(
        _ path: [String], _ what: String, _ value: Double, _ eta: Double, _ pt: Double, _ range: String
    ) -> CardError {
        CardError(
            path,
            "the \(what) is \(value.isNaN ? "no number" : "\(value)") at η = \((eta * 1000).rounded() / 1000), pT = \(pt) GeV",
            "change the formula: it has to give \(range) there")
    }
}

extension ResponseMap {
    /// Key path of the formula that gives the response at η, or nil.
    func formulaPlace(eta signedEta: Double) -> [String]? {
        let eta = convention == .absolute ? abs(signedEta) : signedEta
        let index = regions.lastIndex { eta >= $0.low } ?? 0
        guard case .formula = regions[index].form else { return nil }
        return ["regions", "\(index)", "formula"]
    }
}

extension DetectorCard {
    /// Formulas of a resolution are looked at on every node of the grid that the detector becomes.
    func requirePossible(_ resolution: ResolutionMap) throws(CardError) {
        let nodes = Detector.etaNodes(absEtaMaximum)
        for node in 0..<nodes {
            let signedEta = -absEtaMaximum + Double(node) * 2 * absEtaMaximum / Double(nodes - 1)
            let eta = resolution.convention == .absolute ? abs(signedEta) : signedEta
            let index = resolution.index(ofEta: eta)
            guard case .formula = resolution.regions[index].form else { continue }
            for ptNode in 0..<OctaveAxis.count {
                let pt = OctaveAxis.value(ptNode)
                let value = resolution.value(eta: signedEta, pt: pt)
                guard value >= 0, value <= 2 else {
                    let place = ["resolution", "regions", "\(index)", "formula"]
                    let inside = max(ResolutionMap.validPt.lowerBound, min(pt, ResolutionMap.validPt.upperBound))
                    throw .formula(place, "resolution", value, signedEta, inside, "0 to 2 (200 %)")
                }
            }
        }
    }
}
