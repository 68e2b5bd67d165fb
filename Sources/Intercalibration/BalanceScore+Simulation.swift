#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Balance
internal import GSL

/// The likelihood of dijets as simulation tells it.
///
/// What a class of dijets is like is known from its own events as far as these go: they count beside `priorEvents` that are like those
/// of all its pT bin, or of all its classes of α.
extension BalanceScore {
    private static let priorEvents = 100.0
    /// Of the density of x: that many that are normally distributed.
    private static let normalEvents = 200.0
    /// Beyond so few events in all ψ goes on as it is.
    private static let tailEvents = 25.0
    /// Width of the kernel that the density of x is smoothed with, in bins.
    private static let smoothing = 2.0

    /// y = a + b q + c u with scatter s.
    private struct Regression {
        var constant = 0.0
        var slopes = [0.0, 0.0]
        var variance = 1.0
        /// Covariance of (q, u).
        var spread = [[0.0, 0.0], [0.0, 0.0]]

        /// - Parameter prior: of like events, as good as `priorEvents`; nil where there are none.
        init(_ moments: RecoilMoments, constant mean: Double?, prior: Regression?) throws {
            let events = moments.effectiveEvents
            guard events > 0 else {
                if let prior { self = prior }
                return
            }
            let before = prior == nil ? 0 : BalanceScore.priorEvents
            let old = prior ?? Regression()
            spread = (1...2).map { row in (1...2).map { moments.covariance(row, $0) } }
            let products = (1...2).map { moments.covariance(0, $0) }
            // A soft term that nobody measured is 0, and so is its slope.
            var normal = [1e-6 * events, 0, 0, 1e-6 * events]
            var right = [0.0, 0.0]
            for row in 0..<2 {
                for column in 0..<2 {
                    normal[row * 2 + column] += events * spread[row][column] + before * old.spread[row][column]
                    right[row] += before * old.spread[row][column] * old.slopes[column]
                }
                right[row] += events * products[row]
            }
            slopes = try Cholesky(Matrix(rows: 2, columns: 2, elements: normal)).solve(right)
            var left = moments.covariance(0, 0)
            for row in 0..<2 {
                left -= 2 * slopes[row] * products[row]
                for column in 0..<2 { left += slopes[row] * spread[row][column] * slopes[column] }
            }
            variance = (events * max(left, 0) + before * old.variance) / (events + before)
            guard let mean else { return }
            let own = mean - slopes[0] * moments.mean(1) - slopes[1] * moments.mean(2)
            constant = (events * own + BalanceScore.priorEvents * old.constant) / (events + BalanceScore.priorEvents)
        }

        private init() {}

        /// Of a scatter of 1 % at least: jets are not measured better.
        var line: Line {
            Line(constant: constant, third: slopes[0], soft: slopes[1], width: max(variance, 1e-4).squareRoot())
        }
    }

    /// - Parameter moments: of simulation, [group][class of α].
    /// - Returns: [group][class of α].
    public static func lines(_ moments: [[RecoilMoments]], ptBins: Int) throws -> [[Line]] {
        let groups = moments.count / ptBins
        return try (0..<ptBins).flatMap { ptBin in
            let own = moments[ptBin * groups..<(ptBin + 1) * groups]
            var all = RecoilMoments()
            for cell in own.joined() { all.gather(cell) }
            let ofBin = try Regression(all, constant: nil, prior: nil)
            return try own.map { group in
                var together = RecoilMoments()
                for cell in group { together.gather(cell) }
                let ofGroup = try Regression(together, constant: nil, prior: ofBin)
                return try group.map { cell in
                    try Regression(cell, constant: cell.weight > 0 ? cell.mean(0) : nil, prior: ofGroup).line
                }
            }
        }
    }

    /// - Parameters:
    ///   - moments: of simulation, [group][class of α].
    ///   - lines: [group][class of α].
    ///   - shapes: Σω and Σω² of the bins of |x| in simulation, [pT_avg][class of α][bin].
    public init(
        binning: BalanceBinning, moments: [[RecoilMoments]], lines: [[Line]], shapes: [[[SIMD2<Double>]]]
    ) {
        let influences = shapes.map { $0.map(Influence.init) }
        let groups = moments.count / shapes.count
        let units = moments.indices.map { group -> Unit? in
            let cells = moments[group]
            let weight = cells.reduce(0) { $0 + $1.weight }
            guard weight > 0 else { return nil }
            var (slope, variance, mean) = (0.0, 0.0, 0.0)
            for (alphaClass, cell) in cells.enumerated() where cell.weight > 0 {
                let share = cell.weight / weight
                let influence = influences[group / groups][alphaClass]
                let width = lines[group][alphaClass].width
                slope += share * influence.slope / (width * width)
                variance += share * influence.square / (width * width)
                mean += share * cell.mean(0)
            }
            guard slope > 0, variance > 0 else { return nil }
            let asymmetry = 2 * tanh(0.5 * mean)
            return Unit(
                asymmetry: asymmetry, factor: (1 - 0.25 * asymmetry * asymmetry) / slope,
                information: slope * slope / variance)
        }
        self.init(binning: binning, lines: lines, influence: influences.map { $0.map(\.nodes) }, units: units)
    }

    /// ψ = −(ln g)′ of a symmetric density g of x.
    struct Influence {
        /// ψ where bins meet, from x = 0 on.
        let nodes: [Double]
        /// <ψ′> and <ψ²>.
        let slope: Double
        let square: Double

        /// - Parameter shape: Σω and Σω² of bins of |x|.
        init(_ shape: [SIMD2<Double>]) {
            let step = BalanceScore.shapeStep
            let total = shape.reduce(SIMD2.zero, +)
            // What one event of the prior weighs: as much as the others do.
            let unit = total.x > 0 ? total.y / total.x : 1
            let density = shape.enumerated().map { bin, sums in
                let (near, far) = (Double(bin) * step, Double(bin + 1) * step)
                let normal = erf(far / 2.0.squareRoot()) - erf(near / 2.0.squareRoot())
                return sums.x + unit * BalanceScore.normalEvents * normal
            }
            let smooth = Self.smoothed(density)
            var nodes = [0.0]
            var tail = total
            for bin in 1..<shape.count {
                tail -= shape[bin - 1]
                // The last bin has all that is beyond, and no density.
                let isKnown = bin < shape.count - 1 && tail.x * tail.x > BalanceScore.tailEvents * max(tail.y, 0)
                let slope = log(smooth[bin - 1] / smooth[bin]) / step
                nodes.append(isKnown && nodes.count == bin ? max(slope, 0) : nodes[bin - 1])
            }
            nodes.append(nodes[shape.count - 1])
            let sum = density.reduce(0, +)
            var (slope, square) = (0.0, 0.0)
            for bin in density.indices {
                let (near, far) = (nodes[bin], nodes[bin + 1])
                slope += density[bin] / sum * (far - near) / step
                square += density[bin] / sum * (near * near + near * far + far * far) / 3
            }
            (self.nodes, self.slope, self.square) = (nodes, slope, square)
        }

        /// With a normal kernel, as |x| has it.
        private static func smoothed(_ density: [Double]) -> [Double] {
            let reach = Int(4 * BalanceScore.smoothing)
            return density.indices.map { bin in
                var (sum, norm) = (0.0, 0.0)
                for offset in -reach...reach {
                    let weight = exp(-0.5 * pow(Double(offset) / BalanceScore.smoothing, 2))
                    let place = bin + offset < 0 ? -(bin + offset) - 1 : bin + offset
                    guard place < density.count - 1 else { continue }
                    sum += weight * density[place]
                    norm += weight
                }
                return sum / norm
            }
        }
    }
}
