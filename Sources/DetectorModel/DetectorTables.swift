public import Binning

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// A detector's functions as tables, laid out for a loop over jets.
public struct DetectorTables: Sendable {
    /// Columns of a node of `grid`.
    public static let gridColumns = 4
    public static let octaves = 13
    public static let muSteps = 256
    /// Deficits are at equal steps of the resolution up to here.
    public static let deficitSteps = 64
    public static let largestWidth = 2.0
    /// No jet is measured below this share of what is expected.
    public static let leastFluctuation = 0.02
    public static let softScale = 8.0

    /// Response, core resolution, pull of η, and noise for the root of μ over pT; pT inner, one grid a period.
    public let grid: [Float]
    public let periodStride: Int
    public let etaNodes: Int
    public let etaLimit: Double
    /// Shares of the periods, and their numbers; one that is 0 without periods.
    public let periods: [(run: Int, share: Double)]
    /// By class and pT.
    public let flavours: [Float]
    public let tails: TailMap
    /// By region and octave: of 2³², those on the low side.
    public let lowShares: [UInt32]
    /// By region, octave and side, where a share p of draws is farther out than |z|: the tail's share t of the side; offset,
    /// length and power of |z| = offset + length · p^power in the tail; growth and rest of erfc(|z|/√2) = rest + (p − t) growth
    /// in the core; one over the number of words of the side; and the mean of both sides.
    public let shapes: [Float]
    /// By region, octave and resolution, in units of the resolution.
    public let deficits: [Float]
    public let modules: [DeadModule]
    /// Over what distance the edge of a module is felt.
    public let moduleBlur: Double
    /// By quantile.
    public let interactions: [Float]
    public let weights: [Float]
    /// By pT of the soft recoil times `softScale`.
    public let softResponse: [Float]
    public let softTerm: SoftTerm
    public let features: CardFeatures
    public let acceptance: Acceptance

    init(
        _ card: DetectorCard, overlay: PseudoDataOverlay?, nodes: Int, modules: [DeadModule],
        interactions profile: InteractionProfile?, softTerm: SoftTerm, response: (Double, Double) -> Double,
        resolution: (Double, Double) -> Double
    ) {
        features = card.features
        acceptance = card.acceptance
        self.softTerm = softTerm
        self.modules = modules
        moduleBlur = max(2 * (features.directions?.jetWidth ?? 0), 1e-4)
        etaNodes = nodes
        etaLimit = card.absEtaMaximum
        periods = overlay.map(\.periods).flatMap { $0.isEmpty ? nil : $0.map { ($0.run, $0.share) } } ?? [(0, 1)]
        let maps = overlay.map(\.periods).flatMap { $0.isEmpty ? nil : $0.map(\.response) } ?? [nil]
        let pts = (0..<OctaveAxis.count).map(OctaveAxis.value)
        let etas = (0..<nodes).map { 2 * card.absEtaMaximum * Double($0) / Double(nodes - 1) - card.absEtaMaximum }
        var grid: [Float] = []
        grid.reserveCapacity(maps.count * (nodes + 1) * pts.count * Self.gridColumns)
        let bases = etas.map { eta in pts.map { response(eta, $0) } }
        let widths = etas.map { eta in pts.map { resolution(eta, $0) } }
        let (directions, envelope) = (card.features.directions, card.features.envelope)
        let lateral = etas.map { directions?.lateralVariance(eta: $0, envelope) ?? 0 }
        for map in maps {
            let values =
                map.map { map in
                    zip(etas, bases).map { eta, row in zip(pts, row).map { $1 * map.value(eta: eta, pt: $0) } }
                } ?? bases
            for node in 0...nodes {
                // At the last node there is a row above it too.
                let row = min(node, nodes - 1)
                let (below, above) = (max(row - 1, 0), min(row + 1, nodes - 1))
                for (index, pt) in pts.enumerated() {
                    let slope = log(values[above][index] / values[below][index]) / (etas[above] - etas[below])
                    let noise = (features.pileUp?.noise.value(eta: etas[row]) ?? 0) / pt
                    grid += [
                        Float(values[row][index]), Float(widths[row][index]), Float(lateral[row] * slope),
                        Float(noise),
                    ]
                }
            }
        }
        self.grid = grid
        periodStride = grid.count / maps.count

        let flavourResponses = features.flavours
        flavours = FlavourResponses.names.indices.flatMap { index in
            pts.map { Float(flavourResponses?.value(class: index, pt: $0) ?? 1) }
        }
        let tails = features.tails ?? .gaussian
        self.tails = tails
        let balls = tails.regions.flatMap { region in
            (0..<Self.octaves).map { region.shape(pt: OctaveAxis.value(8 * $0)) }
        }
        lowShares = balls.map { UInt32(min(max($0.lowShare * 0x1p32, 1), 0x1p32 - 2)) }
        shapes = zip(balls, lowShares).flatMap { ball, lowShare in
            let words = Double(lowShare)
            return Self.row(ball.low, words: words, mean: ball.mean)
                + Self.row(ball.high, words: 0x1p32 - words, mean: ball.mean)
        }
        deficits = balls.flatMap { Self.deficits(of: $0).map(Float.init) }
        let simulated = features.pileUp?.profile
        let own = overlay?.interactions ?? simulated
        interactions = (own?.tableValues(steps: Self.muSteps) ?? Array(repeating: 0, count: Self.muSteps + 1)).map(
            Float.init)
        let weights = profile.flatMap { own?.weights(toward: $0, steps: Self.muSteps) }
        self.weights = (weights ?? Array(repeating: 1, count: Self.muSteps + 1)).map(Float.init)
        softResponse = pts.map { Float(softTerm.meanResponse(soft: $0 / Self.softScale)) }
    }

    /// What keeping fluctuations positive takes off them, in units of the resolution, at `deficitSteps` resolutions up to
    /// `largestWidth` and one beyond.
    package static func deficits(of shape: CrystalBall) -> [Double] {
        (0..<deficitSteps + 2).map { step in
            let width = largestWidth * Double(step) / Double(deficitSteps)
            return width > 0 ? shape.deficit(width: width, least: leastFluctuation) / width : 0
        }
    }

    private static func row(_ side: CrystalBall.Side, words: Double, mean: Double) -> [Float] {
        let share = side.tailShare
        let power = 1 / (side.power - 1)
        let numbers: [Double] = [
            share, side.alpha - side.length, side.length * pow(share, power), -power, side.core / (1 - share),
            side.coreComplement, 1 / words, mean,
        ]
        return numbers.map { Float($0) }
    }

    /// The response of a period on its grid.
    public func responseGrid(period: Int) -> EtaPtGrid {
        EtaPtGrid(etaLimit: etaLimit, etaNodes: etaNodes, values: nodes(period: period, column: 0))
    }

    private func nodes(period: Int, column: Int) -> [Float] {
        let nodes = etaNodes * OctaveAxis.count
        return (0..<nodes).map { grid[period * periodStride + $0 * Self.gridColumns + column] }
    }

    /// The run of a period.
    public func run(period: Int) -> Int { periods[period].run }
}
