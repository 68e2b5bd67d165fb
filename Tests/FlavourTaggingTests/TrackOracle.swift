import FlavourTagging
import Foundation

/// What `Oracle/tracks.py` has found of tracks in jets of Pythia 8.
struct TrackOracle {
    struct Displaced {
        let count: Double
        let countUncertainty: Double
        /// Mean |d0|, mm.
        let distance: Double
        let distanceUncertainty: Double
        let positive: Double
        let positiveUncertainty: Double
    }

    struct Bin {
        let pt: Double
        let effectiveJets: Double
        let prompt: Double
        let promptUncertainty: Double
        let displaced: [String: Displaced]
    }

    let jets: [String: [Bin]]

    init() throws {
        guard let url = Bundle.module.url(forResource: "Oracle/tracks", withExtension: "json"),
            let root = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any],
            let jets = root["jets"] as? [String: [[String: Any]]]
        else { throw CocoaError(.fileReadCorruptFile) }
        func mean(_ value: Any?) -> (value: Double, uncertainty: Double)? {
            guard let entry = value as? [String: Any], let mean = entry["mean"] as? Double,
                let uncertainty = entry["err"] as? Double
            else { return nil }
            return (mean, uncertainty)
        }
        self.jets = jets.mapValues { bins in
            bins.compactMap { bin in
                guard let pt = mean(bin["pt_jet"]), let prompt = mean((bin["prompt"] as? [String: Any])?["count"])
                else {
                    return nil
                }
                let parts = bin["displaced"] as? [String: [String: Any]] ?? [:]
                return Bin(
                    pt: pt.value, effectiveJets: bin["n_eff"] as? Double ?? 0, prompt: prompt.value,
                    promptUncertainty: prompt.uncertainty,
                    displaced: parts.compactMapValues { part in
                        guard let count = mean(part["count"]), let distance = mean(part["d0"]),
                            let positive = mean(part["positive"])
                        else { return nil }
                        return Displaced(
                            count: count.value, countUncertainty: count.uncertainty, distance: distance.value,
                            distanceUncertainty: distance.uncertainty, positive: positive.value,
                            positiveUncertainty: positive.uncertainty)
                    })
            }
        }
    }
}

extension TrackModel {
    /// Momenta that equally many charged products of bottom have.
    var bottomMomentumSteps: [Double] { Self.steps(bottomMomenta, Self.fineLevels, lowest: 0, highest: 2.6) }

    static func steps(_ quantiles: [Double], _ levels: [Double], lowest: Double, highest: Double) -> [Double] {
        let (xs, ys) = ([0] + levels + [1], [lowest] + quantiles + [highest])
        return (0..<400).map { step in
            let share = (Double(step) + 0.5) / 400
            let above = xs.firstIndex { $0 >= share } ?? xs.count - 1
            return ys[above - 1] + (share - xs[above - 1]) / (xs[above] - xs[above - 1]) * (ys[above] - ys[above - 1])
        }
    }
}

extension TrackModel.HeavyHadron {
    /// Shares of the jet's pT that equally many hadrons of bottom have: those alone and those in pairs.
    static func mixture(_ model: TrackModel, pt: Double) -> [Double] {
        let bottom = 1
        func shares(_ hadron: TrackModel.HeavyHadron) -> [Double] {
            let quantiles = TrackModel.levels.indices.map { level in
                model.value(hadron.shares.map { $0[level] }, pt: pt)
            }
            return TrackModel.steps(
                quantiles, TrackModel.levels, lowest: 0.5 * quantiles[0], highest: 1.1 * quantiles[quantiles.count - 1])
        }
        let pairs = model.value(model.pairs[bottom], pt: pt)
        let kinds = model.hadrons[bottom].map(shares)
        // 100 of each of a hundred jets.
        let double = Int((100 * pairs).rounded())
        return (0..<100 - double).flatMap { _ in kinds[0] } + (0..<double).flatMap { _ in kinds[1] + kinds[2] }
    }
}
