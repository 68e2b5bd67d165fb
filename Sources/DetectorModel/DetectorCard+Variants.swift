extension DetectorCard {
    /// The same without jets of other interactions: what is left of pile-up is noise.
    package func withoutPileUpJets() throws(CardError) -> DetectorCard {
        guard let pileUp = features.pileUp else { return self }
        let quiet = CardFeatures(
            features,
            pileUp: try PileUp(
                profile: pileUp.profile, noise: pileUp.noise, resolutionMu: pileUp.resolutionMu, jets: nil,
                path: ["pile_up"]))
        return try DetectorCard(
            name: name, summary: summary, jets: jets, acceptance: acceptance, response: response,
            resolution: resolution, features: quiet, pseudoData: pseudoData)
    }
}
