/// Numbers that say how much a dijet radiates. `docs/physics.md` tells what each does; a tune gives all of them.
public enum RadiationParameter: String, CaseIterable, Sendable {
    // Initial state
    case initialRate = "initial_rate"
    case initialColour = "initial_colour"
    case initialRateFall = "initial_rate_fall"
    case gapRate = "gap_rate"
    case gapBend = "gap_bend"
    case gapGrowth = "gap_growth"
    case initialSteepening = "initial_steepening"
    case initialReach = "initial_reach"
    case rapidityMargin = "rapidity_margin"
    case rapidityBlur = "rapidity_blur"
    // Final state
    case finalRate = "final_rate"
    case finalColour = "final_colour"
    case finalRateFall = "final_rate_fall"
    case finalSteepening = "final_steepening"
    case finalReach = "final_reach"
    case finalDistance = "final_distance"
    // Other parton interactions
    case underlyingRate = "underlying_rate"
    case underlyingFall = "underlying_fall"
    case underlyingGrowth = "underlying_growth"
    case underlyingRapidity = "underlying_rapidity"
    // Below the resolution of jets
    case softRecoil = "soft_recoil"
    case softRecoilGrowth = "soft_recoil_growth"
    case jetOffset = "jet_offset"
    case jetOffsetGrowth = "jet_offset_growth"
    case jetColourLoss = "jet_colour_loss"
    case jetForwardLoss = "jet_forward_loss"
    case jetNoise = "jet_noise"
    case jetNoiseGrowth = "jet_noise_growth"
    // Flavour of a jet
    case gluonToCharm = "gluon_to_charm"
    case gluonToCharmGrowth = "gluon_to_charm_growth"
    case gluonToBottom = "gluon_to_bottom"
    case gluonToBottomGrowth = "gluon_to_bottom_growth"
    case gluonToBottomCurve = "gluon_to_bottom_curve"
    case gluonToLight = "gluon_to_light"
    case gluonToLightGrowth = "gluon_to_light_growth"
    case lightToCharm = "light_to_charm"
    case lightToCharmGrowth = "light_to_charm_growth"
    case lightToGluon = "light_to_gluon"
    case lightToGluonGrowth = "light_to_gluon_growth"
    case emissionGluons = "emission_gluons"

    var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A value for each parameter of the radiation.
public struct RadiationModel: Sendable, Equatable {
    private var values: [Double]

    /// - Parameter values: finite, one for each parameter.
    public init(_ value: (RadiationParameter) throws -> Double) rethrows {
        values = try RadiationParameter.allCases.map(value)
        precondition(values.allSatisfy(\.isFinite), "finite parameters")
    }

    public subscript(_ parameter: RadiationParameter) -> Double {
        get { values[parameter.index] }
        set {
            precondition(newValue.isFinite, "finite parameters")
            values[parameter.index] = newValue
        }
    }
}

extension RadiationParameter {
    /// What the parameter may be.
    public var domain: ClosedRange<Double> {
        switch self {
        case .initialReach, .finalReach, .emissionGluons: 0.01...1
        case .finalDistance: 0.4...3
        case .underlyingFall: 0.5...10
        case .initialColour, .finalColour: 0...5
        case .initialSteepening, .initialRate, .finalRate, .underlyingRate: 1e-6...100
        case .gapRate, .gapBend, .finalSteepening, .rapidityBlur, .underlyingRapidity, .softRecoil, .softRecoilGrowth,
            .jetNoise, .jetNoiseGrowth:
            0...100
        case .gluonToCharm, .gluonToBottom, .gluonToLight, .lightToCharm, .lightToGluon, .gluonToCharmGrowth,
            .gluonToBottomGrowth, .gluonToBottomCurve, .gluonToLightGrowth, .lightToCharmGrowth, .lightToGluonGrowth:
            -1...1
        case .jetForwardLoss: -0.02...0.02
        case .initialRateFall, .finalRateFall, .underlyingGrowth, .gapGrowth: -3...3
        case .rapidityMargin: -5...10
        case .jetOffset, .jetOffsetGrowth, .jetColourLoss: -20...20
        }
    }
}
