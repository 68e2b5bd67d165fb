#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import JetPhysics

/// The score of a dijet's likelihood: what an event says of the ratio of its jets' responses.
///
/// In a class of dijets (`ScoreClasses`) the log ratio is y = ln(pT1/pT2) = a + b q + c u + s x, with q and u the recoil's third jet and
/// soft term along the jets' axis (`Recoil`) and x distributed with a density g that depends on pT_avg and α. A change of the ratio of the
/// responses moves y as a whole, and the derivative of the log likelihood is ψ(x)/s with ψ = −(ln g)′. The score is that of one event, in
/// the unit of an asymmetry:
///
///     t = A₀ + (1 − A₀²/4) ψ(x)/(s I),   I = <ψ′>/s² over the group's classes of α,
///
/// so that its mean moves as that of the asymmetry does, and scatters as little as the distribution allows. Each step of a fit to
/// the means of t is one of Fisher scoring. Whatever a, b, c, s and ψ are, t is unbiased where data are distributed like simulation.
public struct BalanceScore: Sendable, Equatable {
    /// Of a class: a, b, c and s.
    public struct Line: Sendable, Equatable {
        public let constant: Double
        public let third: Double
        public let soft: Double
        public let width: Double

        public init(constant: Double, third: Double, soft: Double, width: Double) {
            self.constant = constant
            self.third = third
            self.soft = soft
            self.width = width
        }
    }

    /// Of a group: A₀ and (1 − A₀²/4)/I, and the information 1/Var(t) of one event.
    public struct Unit: Sendable, Equatable {
        public let asymmetry: Double
        public let factor: Double
        public let information: Double

        public init(asymmetry: Double, factor: Double, information: Double) {
            self.asymmetry = asymmetry
            self.factor = factor
            self.information = information
        }
    }

    /// ψ at |x| in steps of `ShapeSums.step`, with ψ(−x) = −ψ(x): [pT_avg][class of α][node].
    let influence: [[[Double]]]
    /// [group][class of α].
    let lines: [[Line]]
    /// [group]; nil where simulation has no events.
    let units: [Unit?]
    let classes: ScoreClasses

    /// - Parameters:
    ///   - binning: of the dijets.
    ///   - lines: [group][class of α].
    ///   - influence: [pT_avg][class of α][node], at least two nodes.
    ///   - units: [group].
    public init(binning: BalanceBinning, lines: [[Line]], influence: [[[Double]]], units: [Unit?]) {
        classes = ScoreClasses(binning)
        precondition(
            lines.count == classes.groups && units.count == classes.groups && influence.count == classes.ptBins,
            "numbers for each class")
        self.lines = lines
        self.influence = influence
        self.units = units
    }

    /// Between the nodes of ψ.
    public static let shapeStep = ShapeSums.step

    /// x of an event in its class.
    @inline(__always)
    static func deviation(_ event: Dijet, _ block: ReconstructedBlock, _ place: ScoreClasses.Place, _ line: Line)
        -> Double
    {
        let recoil = Recoil(event, block)
        let third = line.third * RecoilSums.limited(recoil.third)
        let soft = line.soft * RecoilSums.limited(recoil.soft)
        return (place.sign * (event.logRatio(block) - third - soft) - line.constant) / line.width
    }

    /// t of the harder jet over the softer; nil outside the classes.
    @inline(__always)
    func value(_ event: Dijet, _ block: ReconstructedBlock) -> Double? {
        guard let place = classes.place(event, block), let unit = units[place.group] else { return nil }
        let line = lines[place.group][place.alphaClass]
        let x = Self.deviation(event, block, place, line)
        let nodes = influence[Int(event.ptBin)][place.alphaClass]
        let position = min(abs(x) / ShapeSums.step, Double(nodes.count - 1) - 1e-9)
        let node = Int(position)
        let psi = nodes[node] + (nodes[node + 1] - nodes[node]) * (position - Double(node))
        return place.sign * (unit.asymmetry + unit.factor * (x < 0 ? -psi : psi) / line.width)
    }

    /// What one event of a pair of |η| and a bin of pT_avg can tell at most of the log ratio of its jets' responses: 1/σ².
    /// - Returns: nil where simulation has no events.
    public func information(ptBin: Int, absEta: (Double, Double)) -> Double? {
        let bins = [absEta.0, absEta.1].map { classes.absEta.index(of: $0) }
        let (low, high) = (min(bins[0], bins[1]), max(bins[0], bins[1]))
        return units[ptBin * classes.pairs + high * (high + 1) / 2 + low]?.information
    }
}

extension Dijets {
    /// Runs `body` with the same dijets, whose balance is the score instead of the asymmetry. Those without one are left out.
    package func scored<Result>(by score: BalanceScore, _ body: (Dijets) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: Dijet.self, capacity: events.count) { scored in
            var count = 0
            for event in events {
                guard let value = score.value(event, block) else { continue }
                scored[count] = event
                scored[count].balance = value
                count += 1
            }
            return body(
                Dijets(
                    block: block, binning: binning, selection: selection,
                    events: UnsafeMutableBufferPointer(rebasing: scored[..<count])))
        }
    }
}
