internal import CDijets

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

extension EtaCalRadiation {
    /// A model made ready for the loop over events at one energy.
    init(_ model: RadiationModel, sqrtS: Double) {
        self.init()
        func value(_ parameter: RadiationParameter) -> Float { Float(model[parameter]) }
        func line(_ constant: RadiationParameter, _ growth: RadiationParameter, curve: Float = 0) -> EtaCalLine {
            EtaCalLine(constant: value(constant), growth: value(growth), curve: curve)
        }
        cone_radius = Radiation.coneRadius
        jet_threshold = Radiation.jetThreshold
        abs_eta_maximum = Radiation.absEtaMaximum

        initial_rate = value(.initialRate)
        initial_rate_fall = value(.initialRateFall)
        gap_rate = value(.gapRate)
        gap_bend = value(.gapBend)
        gap_growth = value(.gapGrowth)
        initial_steepening = value(.initialSteepening)
        initial_reach = value(.initialReach)
        log_initial_reach = Float(log(model[.initialReach]))
        rapidity_margin = value(.rapidityMargin)
        rapidity_blur = value(.rapidityBlur)
        log_sqrt_s = Float(log(sqrtS))
        let power = model[.initialColour]
        initial_colours = (1, Float(pow(13.0 / 18, power)), Float(pow(4.0 / 9, power)))

        final_rate = value(.finalRate)
        // C_F / C_A = 4/9, to a power.
        quark_emission = Float(pow(4.0 / 9, model[.finalColour]))
        final_rate_fall = value(.finalRateFall)
        final_steepening = value(.finalSteepening)
        final_reach = value(.finalReach)
        log_final_distance = Float(log(model[.finalDistance] / Double(cone_radius)))

        log_underlying_rate = Float(log(model[.underlyingRate]))
        underlying_power = Float(1 / model[.underlyingFall])
        underlying_growth = value(.underlyingGrowth)
        underlying_rapidity = value(.underlyingRapidity)
        soft_recoil = value(.softRecoil)
        soft_recoil_growth = value(.softRecoilGrowth)
        jet_offset = value(.jetOffset)
        jet_offset_growth = value(.jetOffsetGrowth)
        jet_colour_loss = value(.jetColourLoss)
        jet_forward_loss = value(.jetForwardLoss)
        jet_noise = value(.jetNoise)
        jet_noise_growth = value(.jetNoiseGrowth)

        gluon_to_charm = line(.gluonToCharm, .gluonToCharmGrowth)
        gluon_to_bottom = line(.gluonToBottom, .gluonToBottomGrowth, curve: value(.gluonToBottomCurve))
        gluon_to_light = line(.gluonToLight, .gluonToLightGrowth)
        light_to_charm = line(.lightToCharm, .lightToCharmGrowth)
        light_to_gluon = line(.lightToGluon, .lightToGluonGrowth)
        emission_gluons = value(.emissionGluons)
        per_emission_gluons = 1 / emission_gluons
    }
}
