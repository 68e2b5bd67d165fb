internal import Sampling

/// What a jet is labelled as, given what the parton was that it came from: gluons split to quarks, and the hardest parton in a
/// cone need not be the first one. Linear in ln pT, as `RadiationParameter` says.
struct FlavourModel: Sendable {
    private struct Line: Sendable {
        let constant: Float
        let growth: Float
        var curve: Float = 0

        /// A probability; at ln(pT / 100 GeV).
        @inline(__always)
        func at(_ logPt: Float) -> Float { max(0, constant + (growth + curve * logPt) * logPt) }
    }

    private let gluonToCharm, gluonToBottom, gluonToLight, lightToCharm, lightToGluon: Line
    private let emissionGluons: Float

    init(_ model: RadiationModel) {
        func line(_ constant: RadiationParameter, _ growth: RadiationParameter) -> Line {
            Line(constant: Float(model[constant]), growth: Float(model[growth]))
        }
        gluonToCharm = line(.gluonToCharm, .gluonToCharmGrowth)
        var bottom = line(.gluonToBottom, .gluonToBottomGrowth)
        bottom.curve = Float(model[.gluonToBottomCurve])
        gluonToBottom = bottom
        gluonToLight = line(.gluonToLight, .gluonToLightGrowth)
        lightToCharm = line(.lightToCharm, .lightToCharmGrowth)
        lightToGluon = line(.lightToGluon, .lightToGluonGrowth)
        emissionGluons = Float(model[.emissionGluons])
    }

    /// - Parameters:
    ///   - parton: PDG number; the sign is dropped.
    ///   - number: uniform in (0, 1).
    @inline(__always)
    func label(_ parton: Int32, logPt: Float, _ number: Float) -> Int32 {
        let flavour = abs(parton)
        if flavour == 21 {
            let charm = gluonToCharm.at(logPt)
            if number < charm { return 4 }
            let bottom = charm + gluonToBottom.at(logPt)
            if number < bottom { return 5 }
            return number < bottom + gluonToLight.at(logPt) ? 1 + Int32(number * 0x1p16) % 3 : 21
        }
        guard flavour < 4 else { return flavour }
        let charm = lightToCharm.at(logPt)
        if number < charm { return 4 }
        return number < charm + lightToGluon.at(logPt) ? 21 : flavour
    }

    /// The label of a radiated jet.
    @inline(__always)
    func emission(logPt: Float, _ number: Float) -> Int32 {
        number < emissionGluons
            ? label(21, logPt: logPt, number / emissionGluons) : 1 + Int32(number * 0x1p16) % 3
    }

    /// What share of a jet's momentum its neutrinos carry: zero for most. From semileptonic decays, B(b → ℓνX) and cascades 0.35,
    /// B(c → ℓνX) 0.2, with a uniform share up to 0.3 and 0.25 of the jet.
    @inline(__always)
    static func invisibleShare(_ label: Int32, _ words: UInt32) -> Float {
        guard label == 4 || label == 5 else { return 0 }
        let (decays, largest): (Float, Float) = label == 5 ? (0.35, 0.3) : (0.2, 0.25)
        let (choice, share) = (Float(words & 0xFFFF) * 0x1p-16, (Float(words >> 16) + 0.5) * 0x1p-16)
        return choice < decays ? share * largest : 0
    }
}
