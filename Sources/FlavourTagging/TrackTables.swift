internal import Binning
internal import CDijets

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// A model of tracks as tables, laid out for a loop over jets.
struct TrackTables {
    private static let steps = Int(EtaCalQuantileSteps)
    private static let mostSpecies = Int(EtaCalMostSpecies)

    private(set) var promptCounts: [Float] = []
    private(set) var promptSpectrum: [Float] = []
    private(set) var kaons: [Float] = []
    private(set) var lambdas: [Float] = []
    private(set) var heavyPairs: [Float] = []
    /// Of a hadron alone, the harder and the softer of two.
    private(set) var shares: [[Float]] = [[], [], []]
    private(set) var angles: [[Float]] = [[], [], []]
    private(set) var speciesShares: [Float] = []
    private(set) var masses: [Float] = []
    private(set) var lifetimes: [Float] = []
    private(set) var productCounts: [Float] = []
    private(set) var momenta: [Float] = []
    private(set) var productMasses: [Float] = []

    // GeV; of leptons about the mean of electrons and muons.
    private static let pion = 0.13957
    private static let kaon = 0.49368
    private static let proton = 0.93827
    private static let lepton = 0.05
    private static let shortKaon = 0.49761
    private static let lambda = 1.11568

    init(_ model: TrackModel) {
        // The loop knows kinds of jets and families of hadrons by constants of its own.
        precondition(
            OctaveAxis.count == Int(EtaCalPtNodeCount) && TrackModel.Jets.allCases.count == Int(EtaCalJetKinds)
                && TrackModel.Jets.light.rawValue == Int(EtaCalLightJets)
                && TrackModel.Jets.charm.rawValue == Int(EtaCalCharmJets)
                && TrackModel.Jets.bottom.rawValue == Int(EtaCalBottomJets)
                && TrackModel.Jets.gluon.rawValue == Int(EtaCalGluonJets)
                && TrackOrigin.allCases.count == Int(EtaCalFamilies) + 1,
            "tables of the shape that the loop reads")
        let pts = (0..<OctaveAxis.count).map(OctaveAxis.value)
        for jets in TrackModel.Jets.allCases.indices {
            let spectrum = Self.row(model.promptSpectrum[jets], TrackModel.levels, lowest: 0, highest: 0.97)
            for pt in pts {
                promptCounts += Self.counts(
                    mean: model.value(model.promptMean[jets], pt: pt),
                    variance: model.value(model.promptVariance[jets], pt: pt))
                promptSpectrum += spectrum
                kaons.append(Float(model.value(model.kaons[jets], pt: pt)))
                lambdas.append(Float(model.value(model.lambdas[jets], pt: pt)))
            }
        }
        for heavy in model.pairs.indices {
            for pt in pts {
                heavyPairs.append(Float(model.value(model.pairs[heavy], pt: pt)))
                for place in shares.indices {
                    let hadron = model.hadrons[heavy][place]
                    shares[place] += Self.shares(hadron.shares, model, pt)
                    angles[place].append(Float(model.value(hadron.angles, pt: pt)))
                }
            }
        }
        addFamilies(model)
    }

    private mutating func addFamilies(_ model: TrackModel) {
        func strange(_ name: String, _ mass: Double, _ lifetime: Double) -> [TrackModel.Species] {
            [TrackModel.Species(name: name, share: 1, mass: mass, lifetime: lifetime, products: [0, 0, 1])]
        }
        add(model.bottom, counts: model.bottomProducts)
        for family in [
            model.charmOfBottom, model.charm, strange("K_S", Self.shortKaon, 26.842),
            strange("Lambda", Self.lambda, 78.9),
        ] { add(family, counts: family.map(\.products)) }
        func fine(_ quantiles: [Double], highest: Double) -> [Float] {
            Self.row(quantiles, TrackModel.fineLevels, lowest: 0, highest: highest)
        }
        let charm = fine(model.charmMomenta, highest: 1)
        momenta = fine(model.bottomMomenta, highest: 2.6) + charm + charm
        for (mass, products) in [
            (Self.shortKaon, (Self.pion, Self.pion)), (Self.lambda, (Self.proton, Self.pion)),
        ] { momenta += Self.constantRow(Self.momentum(mass, products)) }
        momenta += fine(model.charmInBottomMomenta, highest: 2.35)
        momenta += Self.row(model.strangeSpectrum, TrackModel.levels, lowest: 0, highest: 0.97)
        let pions = Array(repeating: Self.pion, count: Int(EtaCalProductMasses))
        let charmed = Self.masses(model.charmProductKinds)
        productMasses = [
            Self.masses(model.bottomProductKinds), charmed, charmed, pions,
            pions.indices.map { $0 % 2 == 0 ? Self.proton : Self.pion },
        ].joined().map { Float($0) }
    }

    /// Each mass about as often as its share says, in an order that leaves pions for what is left.
    private static func masses(_ kinds: TrackModel.ProductKinds) -> [Double] {
        let count = Int(EtaCalProductMasses)
        let parts = [(kinds.kaons, kaon), (kinds.protons, proton), (kinds.leptons, lepton)].map { share, mass in
            Array(repeating: mass, count: Int((share * Double(count)).rounded()))
        }.flatMap { $0 }
        return parts + Array(repeating: pion, count: count - parts.count)
    }

    /// Of each of two products in the rest frame of what decays, GeV.
    private static func momentum(_ mass: Double, _ products: (Double, Double)) -> Double {
        let (sum, difference) = (products.0 + products.1, products.0 - products.1)
        return ((mass * mass - sum * sum) * (mass * mass - difference * difference)).squareRoot() / (2 * mass)
    }

    private mutating func add(_ family: [TrackModel.Species], counts: [[Double]]) {
        precondition(!family.isEmpty && family.count <= Self.mostSpecies, "as many species as there is room for")
        let total = family.map(\.share).reduce(0, +)
        var sum = 0.0
        for place in 0..<Self.mostSpecies {
            let species = family[min(place, family.count - 1)]
            sum += place < family.count ? species.share / total : 0
            // The last one takes what is left.
            speciesShares.append(place < family.count - 1 ? Float(sum) : 2)
            masses.append(Float(species.mass))
            lifetimes.append(Float(species.lifetime))
            productCounts += Self.counts(counts[min(place, counts.count - 1)])
        }
    }

    private static func constantRow(_ value: Double) -> [Float] { Array(repeating: Float(value), count: steps + 1) }

    /// Linear between levels.
    private static func row(
        _ quantiles: [Double], _ levels: [Double], lowest: Double, highest: Double
    ) -> [Float] {
        let (xs, ys) = ([0] + levels + [1], [lowest] + quantiles + [highest])
        return (0...steps).map { step in
            let share = Double(step) / Double(steps)
            let above = xs.firstIndex { $0 >= share && $0 > 0 } ?? xs.count - 1
            let part = (share - xs[above - 1]) / (xs[above] - xs[above - 1])
            return Float(ys[above - 1] + part * (ys[above] - ys[above - 1]))
        }
    }

    private static func shares(_ rows: [[Double]], _ model: TrackModel, _ pt: Double) -> [Float] {
        let quantiles = TrackModel.levels.indices.map { level in model.value(rows.map { $0[level] }, pt: pt) }
        return row(
            quantiles, TrackModel.levels, lowest: 0.5 * quantiles[0], highest: 1.1 * quantiles[quantiles.count - 1])
    }

    /// Of a number with these probabilities of 0, 1, 2, …; rounding what lies between two steps leaves the mean of both. The last step
    /// ends where it has its own mean.
    private static func counts(_ probabilities: [Double]) -> [Float] {
        let total = probabilities.reduce(0, +)
        let shares = probabilities.map { $0 / total }
        var edges: [Double] = []
        var sum = 0.0
        for share in shares {
            sum += share
            edges.append(sum)
        }
        let most = probabilities.lastIndex { $0 > 0 } ?? 0
        var row = (0..<steps).map { step in
            Double(edges.firstIndex { Double(step) / Double(steps) < $0 } ?? most)
        }
        let start = Double(steps - 1) / Double(steps)
        let ofLast = edges.indices.map { number in
            let below = number == 0 ? 0 : edges[number - 1]
            return Double(number) * max(0, edges[number] - max(below, start))
        }.reduce(0, +)
        row.append(max(row[steps - 1], 2 * ofLast * Double(steps) - row[steps - 1]))
        return row.map { Float($0) }
    }

    /// Negative binomial, or Poisson where the variance is not above the mean.
    private static func counts(mean: Double, variance: Double) -> [Float] {
        let most = Int(EtaCalMostPrompt)
        guard mean > 0 else { return constantRow(0) }
        let probabilities = (0...most).map { number -> Double in
            let n = Double(number)
            guard variance > mean * 1.001 else { return exp(n * log(mean) - mean - lgamma(n + 1)) }
            let size = mean * mean / (variance - mean)
            return exp(
                lgamma(n + size) - lgamma(size) - lgamma(n + 1) + size * log(size / (size + mean))
                    + n * log(mean / (size + mean)))
        }
        return counts(probabilities)
    }
}
