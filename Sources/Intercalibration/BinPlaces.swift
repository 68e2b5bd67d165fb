package import Balance
package import Binning

/// How mean and gradients of ln f over an η bin follow from the coefficients of a surface, and what the asymmetry across the bin says
/// of them.
///
/// A gradient is ⟨A φ⟩ − ⟨A⟩⟨φ⟩, φ the linear or the quadratic polynomial of the place x inside the bin that is orthogonal to 1, and
/// to the other, over the jets of the bin. With the mean over the bin, which the cells' ⟨A⟩ are about, they have nothing in common;
/// the other jet, whose place hardly depends on x, drops out.
///
/// f also moves the axes of jets, so that where f is changed jets enter and leave at the bin's edges, and change their places inside.
package struct BinPlaces {
    /// Effective events that a gradient is compared from.
    private static let smallest = 200.0
    private static let nodes = 48

    package typealias Term = (index: Int, value: Double)

    /// A place that jets are seen at.
    private struct Node {
        let x: Double
        /// Share of the jets; at an edge their density, 1 on average over the bin.
        let density: Double
        /// ln f where they come from, less its mean over the bin.
        let deviation: Double
        let splines: SplineAxis.Basis
        /// w² ∂B/∂η there.
        let moves: [Term]
    }

    private let width: Double
    private let inside: [Node]
    private let edges: [Node]

    /// - Parameters:
    ///   - moments: ⟨xⁿ⟩, n from 0 to 4, of the jets; those of jets that are spread evenly if nil.
    package init(_ axis: Axis, _ bin: Int, _ surface: ResponseSurface, logPt: Double, moments: [Double]?) {
        width = axis.width(bin)
        let (centre, half) = (axis.centre(bin), 0.5 * axis.width(bin))
        let density = Self.density(moments ?? [1, 0, 1.0 / 3, 0, 0.2])
        let places = (0..<Self.nodes).map { (2 * Double($0) + 1) / Double(Self.nodes) - 1 }
        func source(_ x: Double) -> Double { surface.source(eta: centre + half * x, logPt: logPt) }
        let sources = places.map(source)
        let values = sources.map { surface.value(eta: $0, logPt: logPt).value }
        let densities = places.map(density)
        let total = densities.reduce(0, +)
        let mean = zip(values, densities).reduce(0) { $0 + $1.0 * $1.1 } / total
        func node(_ x: Double, _ source: Double, _ value: Double, _ density: Double) -> Node {
            Node(
                x: x, density: density, deviation: value - mean, splines: surface.eta.basis(at: source),
                moves: Self.moves(surface, source))
        }
        inside = places.indices.map { node(places[$0], sources[$0], values[$0], densities[$0] / total) }
        edges = [-1.0, 1].map { x in
            let source = source(x)
            return node(x, source, surface.value(eta: source, logPt: logPt).value, density(x))
        }
    }

    private static func moves(_ surface: ResponseSurface, _ place: Double) -> [Term] {
        guard let pull = surface.pull else { return [] }
        let reach = pull.reach(eta: place)
        let scale = pull.squaredWidth(eta: place) / (2 * reach)
        return [(reach, scale), (-reach, -scale)].flatMap { step, scale in
            let basis = surface.eta.basis(at: place + step)
            return (0..<4).map { (basis.first + $0, scale * basis.values[$0]) }
        }
    }

    /// ∂⟨ln f⟩/∂θ, or with a polynomial φ of x, that is 0 on average, the derivative of ⟨φ ln f⟩ − ⟨φ⟩⟨ln f⟩, of the splines of η.
    package func derivatives(polynomial: [Double] = [1]) -> [Term] {
        let slope = polynomial.enumerated().dropFirst().map { Double($0) * $1 }
        var sums: [Int: Double] = [:]
        for node in inside {
            let share = node.density * Self.value(polynomial, at: node.x)
            for index in 0..<4 { sums[node.splines.first + index, default: 0] += share * node.splines.values[index] }
            // dφ/dη = dφ/dx · 2/width.
            let change = node.density * Self.value(slope, at: node.x) * 2 / width * node.deviation
            for term in node.moves { sums[term.index, default: 0] += change * term.value }
        }
        for node in edges {
            let flow = node.x * Self.value(polynomial, at: node.x) * node.density * node.deviation / width
            for term in node.moves { sums[term.index, default: 0] -= flow * term.value }
        }
        return sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    struct Gradient {
        let residual: Double
        let variance: Double
        /// φ, by powers of x.
        let polynomial: [Double]
    }

    /// The two gradients of data less those of folded simulation, independent of each other.
    /// - Parameter reuse: by how much variances grow because events are used again.
    static func gradients(_ measured: PlaceMoments, _ expected: PlaceMoments, reuse: Double) -> [Gradient] {
        guard min(measured.effectiveEvents, expected.effectiveEvents) >= smallest * reuse else { return [] }
        let moments = commonMoments(measured, expected)
        let spread = moments[2] - moments[1] * moments[1]
        guard spread > 1e-3 else { return [] }
        let slope = (moments[3] - moments[1] * moments[2]) / spread
        let linear = [-moments[1], 1, 0]
        let quadratic = [slope * moments[1] - moments[2], -slope, 1]
        func residual(_ polynomial: [Double]) -> Double {
            (0...2).reduce(0) { $0 + polynomial[$1] * (measured.covariance($1) - expected.covariance($1)) }
        }
        func covariance(_ one: [Double], _ other: [Double]) -> Double {
            var sum = 0.0
            for first in 0...2 {
                for second in 0...2 {
                    let square = measured.spread(first + second) + expected.spread(first + second)
                    sum += one[first] * other[second] * square
                }
            }
            return reuse * sum
        }
        let variance = covariance(linear, linear)
        guard variance > 0 else { return [] }
        // The quadratic one less what the fluctuation of the linear one brings into it.
        let share = covariance(linear, quadratic) / variance
        let cleaned = zip(quadratic, linear).map { $0 - share * $1 }
        return [linear, cleaned].compactMap { polynomial in
            let variance = covariance(polynomial, polynomial)
            guard variance > 0 else { return nil }
            return Gradient(residual: residual(polynomial), variance: variance, polynomial: polynomial)
        }
    }

    /// ⟨xⁿ⟩ of both samples.
    static func commonMoments(_ measured: PlaceMoments, _ expected: PlaceMoments) -> [Double] {
        zip(measured.places, expected.places).map { 0.5 * ($0 + $1) }
    }

    /// The polynomial of degree 4 with these moments, 1 on average over −1 < x < 1.
    private static func density(_ moments: [Double]) -> (_ x: Double) -> Double {
        var powers = Array(repeating: 0.0, count: 5)
        for (degree, polynomial) in legendre.enumerated() {
            let mean = zip(polynomial, moments).reduce(0) { $0 + $1.0 * $1.1 }
            for (power, coefficient) in polynomial.enumerated() {
                powers[power] += Double(2 * degree + 1) * mean * coefficient
            }
        }
        return { value(powers, at: $0) }
    }

    /// A polynomial, by powers.
    private static func value(_ powers: [Double], at x: Double) -> Double {
        powers.reversed().reduce(0) { $0 * x + $1 }
    }

    /// Of degrees 0 to 4, by powers of x.
    private static let legendre: [[Double]] = [
        [1], [0, 1], [-0.5, 0, 1.5], [0, -1.5, 0, 2.5], [0.375, 0, -3.75, 0, 4.375],
    ]
}
