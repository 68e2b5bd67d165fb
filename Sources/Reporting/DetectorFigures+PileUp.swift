internal import DetectorModel
internal import Foundation

extension DetectorFigures {
    /// Numbers of interactions, and what they do to resolution and jets.
    static func pileUp(card: DetectorCard, pileUp: PileUp, label: FigureLabel) -> Figure {
        let (simulated, data) = (pileUp.profile, card.pseudoData?.interactions ?? pileUp.profile)
        let places = etasOfNoise(card, pileUp)
        let mus = [max(0, simulated.mean - simulated.width), simulated.mean, simulated.mean + simulated.width]
        let (jets, shown) = (pileUp.jets, shownMus(simulated, data))
        return Figure(
            "detector-pile-up",
            caption:
                "Interactions in a bunch crossing of simulation and data, and the weights that make one the other; the resolution "
                + "at the mean of simulation and one width to either side; and jets of pile-up above a pT.",
            label: label,
            variables: [
                .init("mu_low", shown.lowerBound), .init("mu_high", shown.upperBound),
                .init("means", [simulated.mean, data.mean]), .init("widths", [simulated.width, data.width]),
                .init("etas", places.map { "{/:Italic η} = \(signed($0))" }),
                .init("mus", mus.map { signed((10 * $0).rounded() / 10) }), .init("has_jets", jets == nil ? 0 : 1),
            ],
            blocks: [
                profiles(simulated, data), weights(simulated, data),
                Figure.Block(
                    title: "resolution with \(mus) interactions at eta of \(places)",
                    columns: ["pt_GeV"] + places.flatMap { eta in mus.map { "resolution@\(eta),\($0)" } },
                    rows: points(120, in: resolutionRange).map { pt -> [Double?] in
                        [pt]
                            + places.flatMap { eta in
                                let core = card.resolution.value(eta: eta, pt: pt)
                                return mus.map { pileUp.resolution(core: core, eta: eta, pt: pt, mu: $0) }
                            }
                    }),
            ] + (jets.map { [expected($0, mus)] } ?? []))
    }

    /// True pT for what pile-up does, GeV: below, no jets are made; above, it does nothing.
    private static let resolutionRange = 10.0...100.0
    private static let jetRange = 5.0...100.0

    /// What both profiles reach, and a little beyond them when they have no widths.
    private static func shownMus(_ one: InteractionProfile, _ other: InteractionProfile) -> ClosedRange<Double> {
        let (low, high) = (min(one.lowest, other.lowest), max(one.highest, other.highest))
        return high > low ? low...high : max(0, low - 5)...high + 5
    }

    private static func profiles(_ simulated: InteractionProfile, _ data: InteractionProfile) -> Figure.Block {
        let shown = shownMus(simulated, data)
        return Figure.Block(
            title: "probability density of the number of interactions", columns: ["mu", "mc", "data"],
            rows: (0...300).map { step -> [Double?] in
                let mu = shown.lowerBound + (shown.upperBound - shown.lowerBound) * Double(step) / 300
                return [mu]
                    + [simulated, data].map { profile in
                        // The template draws one without a width as a line.
                        let isThere = profile.width > 0 && mu >= profile.lowest && mu <= profile.highest
                        return isThere ? profile.density(mu) : 0
                    }
            })
    }

    private static func weights(_ simulated: InteractionProfile, _ data: InteractionProfile) -> Figure.Block {
        let steps = DetectorTables.muSteps
        return Figure.Block(
            title: "weights of simulated events, at equal shares of them", columns: ["mu", "weight"],
            rows: zip(simulated.quantiles(steps: steps), simulated.weights(toward: data, steps: steps)).map {
                [$0, $1]
            })
    }

    private static func expected(_ jets: PileUpJets, _ mus: [Double]) -> Figure.Block {
        Figure.Block(
            title: "jets of pile-up above pT with \(mus) interactions, then what no rejection takes of them",
            columns: ["pt_GeV"] + mus.map { "all@\($0)" } + mus.map { "left@\($0)" },
            rows: points(80, in: jetRange).map { pt -> [Double?] in
                let all = mus.map { jets.expected(above: pt, mu: $0) }
                return [pt] + all + all.map { $0 * jets.remainingShare }
            })
    }

    /// In the middle of up to three regions of the noise, or at three places where it is the same everywhere.
    private static func etasOfNoise(_ card: DetectorCard, _ pileUp: PileUp) -> [Double] {
        let limit = card.absEtaMaximum
        let middles = pileUp.noise.regions.compactMap { region -> Double? in
            let (low, high) = (max(region.low, -limit), min(region.high, limit))
            return high > low ? 0.5 * (low + high) : nil
        }
        guard !pileUp.noise.isConstant, middles.count > 1 else { return [0, 0.4 * limit, 0.8 * limit].map(rounded) }
        guard middles.count > 3 else { return middles.map(rounded) }
        return [0, middles.count / 2, middles.count - 1].map { rounded(middles[$0]) }
    }

    private static func rounded(_ eta: Double) -> Double { (100 * eta).rounded() / 100 }
}
