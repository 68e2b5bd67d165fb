internal import DetectorModel

// What a card says beyond response and resolution, as lines of YAML.

private func list(_ values: [Double]) -> String { "[" + values.map { "\($0)" }.joined(separator: ", ") + "]" }

extension Acceptance {
    var yamlLines: [String] {
        var lines = ["acceptance:", "  abs_eta_max: \(absEtaMaximum)", "  pt_min: \(ptMinimum)"]
        if !vetoes.isEmpty {
            lines.append("  veto:")
            lines += vetoes.map { "    - {\($0.yaml)}" }
        }
        return lines
    }
}

extension Window {
    fileprivate var yaml: String { "eta: [\(etaLow), \(etaHigh)], phi: [\(phiLow), \(phiHigh)]" }
}

extension DeadModule {
    fileprivate var yaml: String { "{\(window.yaml), loss: \(loss)}" }
}

extension CardFeatures {
    var yamlLines: [String] {
        var lines: [String] = []
        if let envelope {
            lines.append(
                "envelope: {vertex_spread: \(envelope.vertexSpread), barrel_radius: \(envelope.barrelRadius), "
                    + "endcap_distance: \(envelope.endcapDistance)}")
        }
        if let directions {
            lines += [
                "directions:", "  eta: {noise: \(directions.etaNoise), floor: \(directions.etaFloor)}",
                "  phi: {noise: \(directions.phiNoise), floor: \(directions.phiFloor)}",
                "  jet_width: \(directions.jetWidth)", "  shower_radius: \(directions.showerRadius)",
            ]
        }
        if let flavours {
            lines.append("flavours:")
            lines += zip(FlavourResponses.names.dropFirst(), flavours.forms).map { "  \($0): \($1.inlineYAML)" }
        }
        if let tails {
            lines += ["tails:", "  eta: \(tails.convention.rawValue)", "  regions:"]
            lines += tails.regions.map { "    - \($0.yaml)" }
        }
        if let pileUp { lines += ["pile_up:"] + pileUp.yamlLines.map { "  " + $0 } }
        if !softTerms.isEmpty {
            lines.append("soft_terms:")
            lines += softTerms.map { "  - \($0.yaml)" }
        }
        if !deadModules.isEmpty {
            lines.append("dead_modules:")
            lines += deadModules.map { "  - \($0.yaml)" }
        }
        if let tracker { lines += ["tracker:"] + tracker.yamlLines.map { "  " + $0 } }
        return lines
    }
}

extension Tracker {
    /// As the lines of a YAML mapping.
    var yamlLines: [String] {
        var lines = [
            "abs_eta_max: \(absEtaMaximum)", "pt_min: \(ptMinimum)", "efficiency: \(efficiency)",
            "d0_max: \(impactMaximum)", "radius_max: \(radiusMaximum)", "d0:", "  regions:",
        ]
        lines += resolution.map { "    - \($0.yaml)" }
        if !tails.isEmpty {
            lines.append("tails:")
            lines += tails.map { "  - {share: \($0.share), scale: \($0.scale)}" }
        }
        lines.append("beam_spot: {x: \(beamSpot.x), y: \(beamSpot.y), correlation: \(beamSpot.correlation)}")
        return lines
    }
}

extension ImpactResolution {
    fileprivate var yaml: String {
        let eta = "eta: [\(low), \(high)]"
        if steps.count == 1, steps[0].pt == 0, steps[0].scattering > 0 {
            return "{\(eta), constant: \(steps[0].constant), scattering: \(steps[0].scattering)}"
        }
        return "{\(eta), pt: \(list(steps.map(\.pt))), values: \(list(steps.map(\.constant)))}"
    }
}

extension ResponseForm {
    /// What `numberOrTable` reads.
    fileprivate var inlineYAML: String {
        guard case .constant(let value) = self else { return "{\(yaml)}" }
        return "\(value)"
    }
}

extension TailRegion {
    fileprivate var yaml: String {
        "{eta: [\(low), \(high)], pt: \(list(pt)), low_alpha: \(list(shapes.map(\.low.alpha))), "
            + "low_n: \(list(shapes.map(\.low.power))), high_alpha: \(list(shapes.map(\.high.alpha))), "
            + "high_n: \(list(shapes.map(\.high.power)))}"
    }
}

extension EtaSteps {
    fileprivate var yaml: String {
        guard !isConstant else { return "\(value(eta: 0))" }
        let regions = regions.map { "{eta: [\($0.low), \($0.high)], value: \($0.value)}" }
        return "{eta: \(convention.rawValue), regions: [\(regions.joined(separator: ", "))]}"
    }
}

extension InteractionProfile {
    fileprivate var yaml: String { "{mean: \(mean), width: \(width)}" }
}

extension PileUp {
    fileprivate var yamlLines: [String] {
        var lines = ["mu: \(profile.yaml)", "noise: \(noise.yaml)", "resolution_mu: \(resolutionMu)"]
        if let jets {
            lines.append(
                "jets: {rate: \(jets.rate), power: \(jets.power), abs_eta_max: \(jets.absEtaMaximum), "
                    + "tracker_abs_eta_max: \(jets.trackerAbsEta), pt_max: \(jets.rejectionPtMaximum), "
                    + "rejection: \(jets.rejection), hard_loss: \(jets.hardLoss)}")
        }
        return lines
    }
}

extension SoftTerm {
    fileprivate var yaml: String {
        "{name: \(quotedYAML(name)), response: \(response.inlineYAML), parallel: \(parallel), "
            + "perpendicular: \(perpendicular), noise: \(noise), noise_growth: \(noiseGrowth), energy: \(energy), "
            + "energy_per_mu: \(energyPerInteraction)}"
    }
}

extension PseudoDataOverlay {
    var yamlLines: [String] {
        var lines = ["resolution_scale: \(resolutionScale.yaml)"]
        if let response {
            lines.append("response:")
            lines += response.yamlLines.map { "  " + $0 }
        }
        if !deadModules.isEmpty {
            lines.append("dead_modules:")
            lines += deadModules.map { "  - \($0.yaml)" }
        }
        if let interactions { lines.append("mu: \(interactions.yaml)") }
        if !periods.isEmpty {
            lines.append("periods:")
            for period in periods {
                lines += ["  - run: \(period.run)", "    share: \(period.share)"]
                if let response = period.response {
                    lines.append("    response:")
                    lines += response.yamlLines.map { "      " + $0 }
                }
            }
        }
        return lines
    }
}
