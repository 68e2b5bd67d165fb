internal import Binning

// How the parts of a card have to fit together.

extension DetectorCard {
    func requireCoverage(_ regions: EtaCoverage, _ path: [String]) throws(CardError) {
        let needed = regions.convention == .absolute ? 0 : -absEtaMaximum
        guard regions.low <= needed, regions.high >= absEtaMaximum else {
            throw CardError(
                path, "the regions do not reach the acceptance of |η| < \(absEtaMaximum)",
                "extend the outermost regions or lower acceptance.abs_eta_max")
        }
    }

    /// What has to fit the acceptance or the resolution.
    func requireFeatures() throws(CardError) {
        try requireInside(acceptance.vetoes, ["acceptance", "veto"])
        try requireSomeJets()
        try requireInside(features.deadModules.map(\.window), ["dead_modules"])
        if let tails = features.tails { try requireCoverage(tails.coverage, ["tails", "regions"]) }
        guard let pileUp = features.pileUp else { return }
        if !pileUp.noise.isConstant { try requireCoverage(pileUp.noise.coverage, ["pile_up", "noise", "regions"]) }
        try requireWidths(EtaSteps(1), pileUp.profile, ["pile_up", "noise"])
    }

    func requireOverlay(_ overlay: PseudoDataOverlay) throws(CardError) {
        if let map = overlay.response { try requireCoverage(map.coverage, ["pseudo_data", "response", "regions"]) }
        for (index, period) in overlay.periods.enumerated() {
            guard let map = period.response else { continue }
            try requireCoverage(map.coverage, ["pseudo_data", "periods", "\(index)", "response", "regions"])
        }
        try requireInside(overlay.deadModules.map(\.window), ["pseudo_data", "dead_modules"])
        let scale = overlay.resolutionScale
        if !scale.isConstant { try requireCoverage(scale.coverage, ["pseudo_data", "resolution_scale", "regions"]) }
        try requireWidths(scale, features.pileUp?.profile, ["pseudo_data", "resolution_scale"])
        guard let profile = overlay.interactions else { return }
        guard let pileUp = features.pileUp else {
            throw CardError(
                ["pseudo_data", "mu"], "the simulation has no pile-up that this could differ from",
                "describe pile_up, too")
        }
        try pileUp.profile.requireWeights(toward: profile, ["pseudo_data", "mu"])
        try pileUp.jets?.requirePossible(profile, ["pseudo_data", "mu"])
        try requireWidths(scale, profile, ["pseudo_data", "mu"])
    }

    /// A simulation of this card is weighted to the μ of data that another card describes.
    /// - Throws: where it cannot be.
    public func requireWeights(toward data: DetectorCard) throws(CardError) {
        guard let simulated = features.pileUp?.profile, let profile = data.features.pileUp?.profile else { return }
        do { try simulated.requireWeights(toward: profile, ["pile_up", "mu"]) } catch {
            throw CardError(
                error.path, "of '\(name)' as simulation for data of '\(data.name)': \(error.problem)", error.remedy)
        }
    }

    /// Windows where no jet is seen anyway are a mistake.
    private func requireInside(_ windows: [Window], _ path: [String]) throws(CardError) {
        for (index, window) in windows.enumerated()
        where window.etaLow >= absEtaMaximum || window.etaHigh <= -absEtaMaximum {
            throw CardError(
                path + ["\(index)", "eta"],
                "the window from \(window.etaLow) to \(window.etaHigh) lies outside the acceptance of |η| < \(absEtaMaximum)",
                "move it, leave it out, or raise acceptance.abs_eta_max")
        }
    }

    private func requireSomeJets() throws(CardError) {
        guard !acceptance.vetoes.isEmpty else { return }
        let steps = (0..<40).map { 2 * (Double($0) + 0.5) / 40 - 1 }
        let leavesJets = steps.contains { eta in
            steps.contains { phi in
                !acceptance.vetoes.contains { $0.contains(eta: absEtaMaximum * eta, phi: Double.pi * phi) }
            }
        }
        guard !leavesJets else { return }
        throw CardError(["acceptance", "veto"], "the windows leave no jets", "veto less of the acceptance")
    }

    /// The width of the core at the fewest and most interactions must be one: the noise that the resolution holds is no larger
    /// than the resolution, and the loop over jets ends at 200 %.
    private func requireWidths(
        _ scale: EtaSteps, _ profile: InteractionProfile?, _ path: [String]
    ) throws(CardError) {
        let (pileUp, mu) = (features.pileUp, profile ?? InteractionProfile.none)
        let (fewest, most) = (max(0, mu.mean - 2 * mu.width), mu.mean + 2 * mu.width)
        let nodes = Detector.etaNodes(absEtaMaximum)
        let pts = (0..<OctaveAxis.count).map(OctaveAxis.value).filter { ResolutionMap.validPt.contains($0) }
        for node in 0..<nodes {
            let eta = absEtaMaximum * (2 * Double(node) / Double(nodes - 1) - 1)
            for pt in pts {
                let width = resolution.value(eta: eta, pt: pt) * scale.value(eta: eta)
                let place = "at η = \((eta * 1000).rounded() / 1000), pT = \(pt) GeV"
                let least = width * width + (pileUp?.addedVariance(eta: eta, pt: pt, mu: fewest) ?? 0)
                // Below some 10 GeV and above 80 GeV nothing depends on it.
                guard least >= 0.04 * width * width || !(10...80).contains(pt) else {
                    throw CardError(
                        path, "at μ = \(fewest) the noise takes off more than the resolution has \(place)",
                        "give less pile_up.noise: the resolution at pile_up.resolution_mu holds it")
                }
                let largest = width * width + (pileUp?.addedVariance(eta: eta, pt: pt, mu: most) ?? 0)
                guard largest <= DetectorTables.largestWidth * DetectorTables.largestWidth else {
                    throw CardError(
                        path, "the resolution is above 200 % \(place) and μ = \(most)",
                        "give less noise, a smaller scale or a better resolution")
                }
            }
        }
    }
}

extension InteractionProfile {
    /// No interactions but the hard one.
    fileprivate static let none = InteractionProfile()

    /// Weights that make this profile the other must exist and not let a few events count for all.
    func requireWeights(toward data: InteractionProfile, _ path: [String]) throws(CardError) {
        guard data != self else { return }
        guard width > 0, data.width > 0 else {
            throw CardError(
                path, "events at a single μ cannot be weighted to another profile",
                "give both profiles a width, or the same mean and width")
        }
        guard weights(toward: data, steps: DetectorTables.muSteps).allSatisfy({ $0 <= 30 }) else {
            throw CardError(
                path, "simulation has hardly any events where the data's μ are",
                "move the means closer or widen the simulation's profile")
        }
    }
}
