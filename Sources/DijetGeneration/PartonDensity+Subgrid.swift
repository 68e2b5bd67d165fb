#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

extension PartonDensity {
    /// Densities on all pairs of some knots of x and Q.
    public struct Subgrid: Sendable {
        /// Increasing, in (0, 1].
        public let x: [Double]
        /// Increasing, GeV.
        public let q: [Double]
        /// x·f by PDG number (21: gluon); the element at (x knot i, Q knot j) is number i · (Q knots) + j.
        public let values: [Int: [Double]]

        public init(x: [Double], q: [Double], values: [Int: [Double]]) {
            self.x = x
            self.q = q
            self.values = values
        }

        func validate(_ index: Int) throws(PartonDensityError) {
            try Self.validate(x, "x", limit: 1) { .x(subgrid: index, knot: $0) }
            try Self.validate(q, "Q", limit: 1e9) { .q(subgrid: index, knot: $0) }
            guard !values.isEmpty else {
                throw PartonDensityError(
                    .partons(subgrid: index), "there are no densities", "give those of some partons")
            }
            for parton in values.keys.sorted() {
                guard PartonDensity.lane(of: parton) != nil, let density = values[parton] else {
                    throw PartonDensityError(
                        .partons(subgrid: index), "\(parton) is no parton here", "give −5 to 5 without 0, and 21")
                }
                guard density.count == x.count * q.count else {
                    throw PartonDensityError(
                        .partons(subgrid: index),
                        "parton \(parton) has \(density.count) values for \(x.count) × \(q.count) knots",
                        "give one for each pair of knots")
                }
                // Larger than any density can be, and small enough for the sums of the interpolation.
                if let knot = density.firstIndex(where: { !(abs($0) < 1e100) }) {
                    throw PartonDensityError(
                        .value(subgrid: index, parton: parton, x: knot / q.count, q: knot % q.count),
                        "the density of parton \(parton) is \(density[knot])", "give a finite number")
                }
            }
        }

        private static func validate(
            _ knots: [Double], _ name: String, limit: Double, place: (Int) -> PartonDensityError.Place
        ) throws(PartonDensityError) {
            guard knots.count >= 2 else {
                throw PartonDensityError(place(0), "there are \(knots.count) knots of \(name)", "give at least two")
            }
            for (index, knot) in knots.enumerated() {
                guard knot >= 1e-100, knot <= limit else {
                    throw PartonDensityError(
                        place(index), "a knot of \(name) is \(knot)", "give numbers above 0 and up to \(limit)")
                }
                if index > 0, !(log(knot) - log(knots[index - 1]) >= KnotAxis.smallestStep) {
                    throw PartonDensityError(
                        place(index), "the knot \(name) = \(knot) is not above the one before it, \(knots[index - 1])",
                        "give increasing knots")
                }
            }
        }
    }
}

/// A table of parton densities that cannot be: the problem, its place and the remedy.
public struct PartonDensityError: Error, Equatable, CustomStringConvertible {
    /// Indices count from 0.
    public enum Place: Sendable, Equatable {
        case grid
        case x(subgrid: Int, knot: Int)
        case q(subgrid: Int, knot: Int)
        case partons(subgrid: Int)
        case value(subgrid: Int, parton: Int, x: Int, q: Int)
    }

    public let place: Place
    public let problem: String
    public let remedy: String

    public init(_ place: Place, _ problem: String, _ remedy: String) {
        self.place = place
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String {
        let words =
            switch place {
            case .grid: "grid"
            case .x(let subgrid, let knot): "subgrid \(subgrid), x knot \(knot)"
            case .q(let subgrid, let knot): "subgrid \(subgrid), Q knot \(knot)"
            case .partons(let subgrid): "subgrid \(subgrid)"
            case .value(let subgrid, let parton, let x, let q):
                "subgrid \(subgrid), parton \(parton), x knot \(x), Q knot \(q)"
            }
        return "\(words): \(problem); \(remedy)"
    }
}
