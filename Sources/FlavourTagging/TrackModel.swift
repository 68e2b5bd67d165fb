internal import Binning

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// What charged particles above 1 GeV a jet is made of, and what of it decays on the way: numbers that a generator of events has
/// given, by flavour and pT of the jet.
///
/// A jet has tracks from the vertex, their number negative binomial; heavy hadrons, which take a share of its pT, fly an exponential
/// number of their mean lifetimes and decay isotropically; and K_S and Λ. docs/physics.md has the model.
public struct TrackModel: Sendable, Equatable {
    /// Flavours of jets, in the order of tables.
    public enum Jets: Int, Sendable, CaseIterable { case light, charm, bottom, gluon }

    /// A hadron that decays: GeV, mm, and how often it has 0, 1, 2, … charged products; those of bottom depend on charm instead.
    public struct Species: Sendable, Equatable {
        public let name: String
        public let share: Double
        public let mass: Double
        public let lifetime: Double
        public let products: [Double]
    }

    /// A heavy hadron in a jet, by node of its pT: quantiles of the share of that which it has, at `levels`, and the standard deviation,
    /// in η and in φ, of its angle to the axis.
    public struct HeavyHadron: Sendable, Equatable {
        public let shares: [[Double]]
        public let angles: [Double]
    }

    /// Shares of charged products that are no pions.
    public struct ProductKinds: Sendable, Equatable {
        public let kaons: Double
        public let protons: Double
        public let leptons: Double
    }

    /// Nodes of jet pT, GeV. Between them tables are linear in ln pT, beyond them constant.
    public let nodes: [Double]
    /// Tracks from the vertex by jet and node.
    public let promptMean: [[Double]]
    public let promptVariance: [[Double]]
    /// Quantiles of ln(pT/GeV) / ln(pT of the jet/GeV) of these tracks by jet, at `levels`.
    public let promptSpectrum: [[Double]]
    /// GeV: standard deviation, in η and in φ, of pT times the angle to the jet's axis.
    public let promptAngle: Double
    /// K_S → ππ and Λ → pπ above 1 GeV by jet and node, and quantiles of their spectrum like those of tracks.
    public let kaons: [[Double]]
    public let lambdas: [[Double]]
    public let strangeSpectrum: [Double]
    /// How often jets of charm and of bottom have two such hadrons, by node; and the hadrons: one alone, the harder and the softer of two.
    public let pairs: [[Double]]
    public let hadrons: [[HeavyHadron]]
    /// Hadrons of bottom, of charm that these decay to, and of charm otherwise.
    public let bottom: [Species]
    public let charmOfBottom: [Species]
    public let charm: [Species]
    /// Decays of bottom with no, one and two hadrons of charm: their shares, and how often there are 0, 1, 2, … other charged products.
    public let charmsPerBottom: [Double]
    public let bottomProducts: [[Double]]
    /// Of bottom, and of charm.
    public let bottomProductKinds: ProductKinds
    public let charmProductKinds: ProductKinds
    /// Quantiles of momenta in the rest frame of the decaying hadron, GeV, at `fineLevels`: of charged products of bottom and of
    /// charm, and of charm that bottom decays to.
    public let bottomMomenta: [Double]
    public let charmMomenta: [Double]
    public let charmInBottomMomenta: [Double]

    package static let levels = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]
    package static let fineLevels = [
        0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99,
        0.995,
    ]

    /// What stands in a row of a table at a pT.
    package func value(_ row: [Double], pt: Double) -> Double {
        guard let above = nodes.firstIndex(where: { $0 > pt }), above > 0 else {
            return pt < nodes[0] ? row[0] : row[row.count - 1]
        }
        let part = log(pt / nodes[above - 1]) / log(nodes[above] / nodes[above - 1])
        return row[above - 1] + part * (row[above] - row[above - 1])
    }
}
