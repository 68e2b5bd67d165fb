#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Binning

/// The mis-response of data as a smooth function of direction and momentum: ln f(η, pT) = Σ θ_ab B_a(η) P_b(ln pT) with cubic
/// B-splines of both, η signed and pT in GeV. Beyond the outermost breaks it is what it is there.
///
/// Where simulation measures a jet as m, data measure f(η, pT) · m, with η and pT the true ones. After the MC-truth scale, which data
/// have too, a jet that is at pT in simulation shows in data at the pT' with R(pT') pT' = f(pT) R(pT) pT, R the response of simulation:
/// where R changes with pT, pT'/pT is not f, and has the bends of R.
public struct ResponseSurface: Sendable, Equatable {
    public let eta: SplineAxis
    /// Breaks in ln(pT / GeV).
    public let logPt: SplineAxis
    /// θ, by spline of η and within by spline of ln pT.
    public var coefficients: [Double]
    /// R at (η, pT after the scale); nil where jets have not been brought to a scale.
    public let simulated: EtaPtGrid?
    /// nil where axes of jets stay where they are.
    public var pull: AxisPull?

    public var count: Int { eta.count * logPt.count }

    /// - Parameter coefficients: as many as both axes have splines together; zeros by default.
    public init(
        eta: SplineAxis, logPt: SplineAxis, coefficients: [Double]? = nil, simulated: EtaPtGrid? = nil,
        pull: AxisPull? = nil
    ) {
        self.eta = eta
        self.logPt = logPt
        self.coefficients = coefficients ?? Array(repeating: 0, count: eta.count * logPt.count)
        self.simulated = simulated
        self.pull = pull
        precondition(self.coefficients.count == eta.count * logPt.count, "a coefficient for each pair of splines")
    }

    /// Of what was fitted.
    public static func == (one: ResponseSurface, other: ResponseSurface) -> Bool {
        one.eta == other.eta && one.logPt == other.logPt && one.coefficients == other.coefficients
            && one.pull == other.pull
    }

    /// ln f, and its derivative in ln pT, at a place.
    public func value(eta place: Double, logPt momentum: Double) -> (value: Double, slope: Double) {
        value(eta.basis(at: place), logPt.basis(at: momentum))
    }

    private func value(_ across: SplineAxis.Basis, _ along: SplineAxis.Basis) -> (value: Double, slope: Double) {
        var (value, slope) = (0.0, 0.0)
        for index in 0..<4 {
            let first = (across.first + index) * logPt.count + along.first
            let row = SIMD4(
                coefficients[first], coefficients[first + 1], coefficients[first + 2], coefficients[first + 3])
            value += across.values[index] * (row * along.values).sum()
            slope += across.values[index] * (row * along.slopes).sum()
        }
        return (value, slope)
    }

    /// By how much f moves the axis of a jet that is there in simulation.
    public func displacement(eta place: Double, logPt momentum: Double) -> Double {
        guard let pull else { return 0 }
        let reach = pull.reach(eta: place)
        let difference =
            value(eta: place + reach, logPt: momentum).value - value(eta: place - reach, logPt: momentum).value
        let slope = difference / (2 * reach)
        let moved = pull.squaredWidth(eta: place) * slope
        return min(max(moved, -Self.largestDisplacement), Self.largestDisplacement)
    }

    /// η in simulation of a jet whose axis data show at a place.
    public func source(eta place: Double, logPt: Double) -> Double {
        guard pull != nil else { return place }
        // Contracts by w² |∂² ln f/∂η²|; half a step is safe beside a step of f, too.
        var source = place
        for _ in 0..<12 { source = 0.5 * (source + place - displacement(eta: source, logPt: logPt)) }
        return source
    }

    /// No jet's axis is moved by more.
    private static let largestDisplacement = 0.05

    /// ln of what simulation measures of a jet that is at ln pT after the scale.
    private func measured(eta place: Double, logPt: Double) -> Double {
        simulated.map { logPt + log($0.value(eta: place, pt: exp(logPt))) } ?? logPt
    }

    /// d ln(measured) / d ln pT: by how much less a jet moves after the scale than before it. Over a tenth of ln pT, which the table
    /// of R has a node in.
    func compression(eta place: Double, logPt: Double) -> Double {
        guard simulated != nil else { return 1 }
        let step = 0.1
        let difference =
            measured(eta: place, logPt: logPt + step) - measured(eta: place, logPt: logPt - step)
        return max(difference / (2 * step), 0.2)
    }

    /// By how much ln pT' of a jet that shows there moves with ln f.
    public func lever(eta place: Double, logPt: Double) -> Double { 1 / compression(eta: place, logPt: logPt) }

    /// ln pT' where data show a jet that simulation has at ln pT.
    public func shown(eta place: Double, logPt: Double) -> Double {
        let target = measured(eta: place, logPt: logPt) + value(eta: place, logPt: logPt).value
        return Self.root(near: logPt) { measured(eta: place, logPt: $0) < target }
    }

    /// ln pT of simulation of a jet that data show at ln pT'.
    public func inverse(eta place: Double, shown: Double) -> Double {
        let across = eta.basis(at: place)
        let target = measured(eta: place, logPt: shown)
        return Self.root(near: shown) {
            measured(eta: place, logPt: $0) + value(across, logPt.basis(at: $0)).value < target
        }
    }

    /// Bisection: the functions have no other property to rely on than that they grow.
    private static func root(near start: Double, _ isBelow: (Double) -> Bool) -> Double {
        var (low, high) = (start - 1.5, start + 1.5)
        for _ in 0..<40 {
            let middle = 0.5 * (low + high)
            if isBelow(middle) { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }

    /// A function of (η, pT) on nodes, for the loops over events.
    func grid(_ function: (_ eta: Double, _ pt: Double) -> Double) -> EtaPtGrid {
        let limit = max(-eta.breaks.lowest, eta.breaks.highest)
        let nodes = min(20_001, 2 * Int((limit / Self.gridStep).rounded(.up)) + 1)
        return EtaPtGrid(etaLimit: limit, etaNodes: nodes, function)
    }

    /// Distance of nodes in η: a quarter of the width that edges of a calorimeter are blended over.
    private static let gridStep = 0.0125

    /// f on nodes.
    var valueGrid: EtaPtGrid { grid { exp(value(eta: $0, logPt: log($1)).value) } }

    /// pT'/pT on nodes.
    var shownGrid: EtaPtGrid { grid { exp(shown(eta: $0, logPt: log($1)) - log($1)) } }

    /// The displacement on nodes; nil where there is none.
    var displacementGrid: EtaPtGrid? { pull.map { _ in grid { displacement(eta: $0, logPt: log($1)) } } }
}
