internal import CDijets
internal import Sampling

/// Lowest-order dijets of one p̂T slice, in proportion to `ScatteringDensity`.
///
/// Proposals come from a hull that is linear between the nodes of a lattice in (ξ, y*, Y). Such a function is a sum of hats
/// around the nodes, so that a node by its weight (alias table) and three triangular offsets make a proposal, and there are no
/// cells that could be seen. Each is accepted with the ratio of the cross-section to the hull, which lies above it. A rejected
/// event asks again with the number of the attempt in its counter, so that each event stays a function of its own number.
struct SliceSampler: Sendable {
    let density: ScatteringDensity
    private static let logPtStep = 0.12
    let starStep: Float
    let boostStep: Float
    let ptNodes: Int
    let starNodes: Int
    let boostNodes: Int
    /// Heights of the hull in pb; Y inner, then y*, then ξ.
    let hull: [Float]
    let nodes: [EtaCalNode]
    /// The hull's integral in pb: what the cross-section is divided by to have the share of proposals that are accepted.
    let hullIntegral: Double

    /// - Returns: nil where the density is 0 everywhere on the lattice.
    init?(_ density: ScatteringDensity) {
        self.density = density
        let limit = density.rapidityLimit
        // Near √s/2 phase space is small and the cross-section falls to 0 in all directions.
        starStep = Float(min(0.2, limit / 8))
        boostStep = Float(min(0.25, limit / 8))
        ptNodes = max(
            4 * density.high < density.sqrtS ? 3 : 9, 2 + Int((density.logWidth / Self.logPtStep).rounded(.up)))
        // One node beyond phase space, so that the last one has no weight.
        starNodes = Int((limit / Double(starStep)).rounded(.up)) + 2
        boostNodes = Int((limit / Double(boostStep)).rounded(.up)) + 2
        let (ptNodes, starNodes, boostNodes) = (ptNodes, starNodes, boostNodes)
        let heights = Self.hull(
            of: density, (ptNodes, starNodes, boostNodes), steps: (starStep, boostStep))
        hull = heights.map(Float.init)
        let weights = heights.indices.map { index in
            let row = index / (starNodes * boostNodes)
            // A hat at the border is half a hat.
            return heights[index] * (row == 0 || row == ptNodes - 1 ? 0.5 : 1)
                * (index / boostNodes % starNodes == 0 ? 0.5 : 1) * (index % boostNodes == 0 ? 0.5 : 1)
        }
        let total = weights.reduce(0, +)
        guard total > 0, total.isFinite else { return nil }
        precondition(max(ptNodes, starNodes, boostNodes) < 1 << 10, "places of ten bits each")
        func place(_ index: Int) -> UInt32 {
            let (row, star) = (index / (starNodes * boostNodes), index / boostNodes % starNodes)
            return UInt32(row << 20 | star << 10 | index % boostNodes)
        }
        nodes = AliasTable(weights: weights).entries.enumerated().map { index, entry in
            EtaCalNode(threshold: entry.threshold, place: place(index), alias: place(Int(entry.alias)), unused: 0)
        }
        hullIntegral = total * Double(starStep * boostStep) / Double(ptNodes - 1)
    }

    /// Node heights such that the function linear between them lies above the density: those of the density, raised by the
    /// largest excess seen in the cells around.
    private static func hull(
        of density: ScatteringDensity, _ nodes: (pt: Int, star: Int, boost: Int), steps: (star: Float, boost: Float)
    ) -> [Double] {
        let (ptNodes, starNodes, boostNodes) = nodes
        // Each cell is looked at on a lattice of half its size.
        let (fineRows, fineStars, fineBoosts) = (2 * ptNodes - 1, 2 * starNodes - 1, 2 * boostNodes - 1)
        var fine = Array(repeating: 0.0, count: fineRows * fineStars * fineBoosts)
        for row in 0..<fineRows {
            let xi = SIMD8(repeating: Float(row) / Float(fineRows - 1))
            for star in 0..<fineStars {
                let place = SIMD8(repeating: 0.5 * Float(star) * steps.star)
                for first in stride(from: 0, to: fineBoosts, by: 8) {
                    let boosts = 0.5 * steps.boost * (Float(first) + SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7))
                    let values = density.value(xi: xi, star: place, boost: boosts)
                    if values.max() == 0 { break }
                    for lane in 0..<8 where first + lane < fineBoosts {
                        fine[(row * fineStars + star) * fineBoosts + first + lane] = Double(values[lane])
                    }
                }
            }
        }
        func at(_ row: Int, _ star: Int, _ boost: Int) -> Double { fine[(row * fineStars + star) * fineBoosts + boost] }
        var raise = Array(repeating: 1.0, count: ptNodes * starNodes * boostNodes)
        for row in 0..<ptNodes - 1 {
            for star in 0..<starNodes - 1 {
                for boost in 0..<boostNodes - 1 {
                    var worst = 1.0
                    for inner in 1..<27 {
                        let (a, b, c) = (inner / 9, inner / 3 % 3, inner % 3)
                        let value = at(2 * row + a, 2 * star + b, 2 * boost + c)
                        guard value > 0 else { continue }
                        var linear = 0.0
                        for corner in 0..<8 {
                            let (i, j, k) = (corner >> 2, corner >> 1 & 1, corner & 1)
                            let share = Double((i == 1 ? a : 2 - a) * (j == 1 ? b : 2 - b) * (k == 1 ? c : 2 - c)) / 8
                            linear += share * at(2 * (row + i), 2 * (star + j), 2 * (boost + k))
                        }
                        worst = max(worst, linear > 0 ? value / linear : 1)
                    }
                    // The largest excess may lie between the points looked at.
                    let margin = 1 + 1.15 * (worst - 1) + 0.001
                    for corner in 0..<8 {
                        let index =
                            ((row + corner >> 2) * starNodes + star + corner >> 1 & 1) * boostNodes + boost + corner & 1
                        raise[index] = max(raise[index], margin)
                    }
                }
            }
        }
        return raise.indices.map { index in
            let (row, star, boost) = (
                index / (starNodes * boostNodes), index / boostNodes % starNodes, index % boostNodes
            )
            return raise[index] * at(2 * row, 2 * star, 2 * boost)
        }
    }
}
