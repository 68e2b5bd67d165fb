import Balance
import Binning
import Foundation
import Intercalibration
import Testing

/// How means over an η bin follow from a surface, against sums over jets that are really moved.
struct BinPlacesTests {
    private let axis: Axis
    private let eta: SplineAxis
    private let logPt: SplineAxis
    /// A step of 20 % at the lower edge of the bin from 1 to 1.4, and a slope inside.
    private var coefficients: [Double] {
        eta.places.flatMap { place in
            logPt.places.map { _ in 0.1 * tanh((place - 1) / 0.1) + 0.05 * place }
        }
    }

    init() throws {
        axis = try Axis(edges: [0, 1, 1.4, 2])
        eta = SplineAxis(breaks: try Axis(edges: [0, 0.5, 0.85, 0.95, 1.05, 1.15, 1.375, 1.425, 2]))
        logPt = SplineAxis(breaks: try Axis(edges: [log(30), log(300)]))
    }

    private func surface(_ change: (spline: Int, step: Double)? = nil, pull: AxisPull?) -> ResponseSurface {
        var coefficients = coefficients
        if let change {
            for inner in 0..<logPt.count { coefficients[change.spline * logPt.count + inner] += change.step }
        }
        return ResponseSurface(eta: eta, logPt: logPt, coefficients: coefficients, pull: pull)
    }

    /// ⟨φ ln f⟩ − ⟨φ⟩⟨ln f⟩, or ⟨ln f⟩ for φ = 1, of evenly spread jets that f moves; and ⟨xⁿ⟩ of where they are seen.
    private func mean(_ surface: ResponseSurface, _ polynomial: [Double]) -> (mean: Double, moments: [Double]) {
        let count = 400_000
        var (sum, jets, weights, values, moments) = (0.0, 0.0, 0.0, 0.0, Array(repeating: 0.0, count: 5))
        // Jets at an edge count by the share that is inside, so that the sum is a smooth function of the surface.
        let spacing = 1.0 / Double(count)
        for index in 0..<count {
            let place = 0.7 + (Double(index) + 0.5) * spacing
            let seen = place + surface.displacement(eta: place, logPt: log(90))
            let share = min(max((seen - 1) / spacing + 0.5, 0), 1) * min(max((1.4 - seen) / spacing + 0.5, 0), 1)
            guard share > 0 else { continue }
            let x = (seen - 1.2) / 0.2
            let value = polynomial.reversed().reduce(0) { $0 * x + $1 }
            jets += share
            let logResponse = surface.value(eta: place, logPt: log(90)).value
            sum += share * value * logResponse
            values += share * logResponse
            weights += share * value
            for power in 0...4 { moments[power] += share * pow(x, Double(power)) }
        }
        let common = polynomial.count > 1 ? weights / jets * values / jets : 0
        return (sum / jets - common, moments.map { $0 / jets })
    }

    @Test(arguments: [nil, AxisPull(absEta: [1], squaredWidths: [0.01])])
    func derivativesAreDifferencesOfMovedJets(pull: AxisPull?) throws {
        let surface = surface(pull: pull)
        let moments = mean(surface, [1]).moments
        let places = BinPlaces(axis, 1, surface, logPt: log(90), moments: moments)
        let linear = [-moments[1], 1]
        for polynomial in [[1], linear] {
            let derivatives = places.derivatives(polynomial: polynomial)
            let largest = try #require(derivatives.map { abs($0.value) }.max())
            let unmoved = BinPlaces(axis, 1, self.surface(pull: nil), logPt: log(90), moments: moments)
                .derivatives(polynomial: polynomial)
            if pull != nil {
                // What is tested is no small part of them.
                let change = derivatives.map { entry in
                    abs(entry.value - (unmoved.first { $0.index == entry.index }?.value ?? 0))
                }
                #expect(try #require(change.max()) > 0.03 * largest)
            }
            for spline in 0..<eta.count {
                let step = 0.002
                let (up, down) = (
                    mean(self.surface((spline, step), pull: pull), polynomial).mean,
                    mean(self.surface((spline, -step), pull: pull), polynomial).mean
                )
                let found = derivatives.first { $0.index == spline }?.value ?? 0
                #expect(
                    abs((up - down) / (2 * step) - found) < 0.02 * largest,
                    "spline \(spline), degree \(polynomial.count - 1): \(found) for \((up - down) / (2 * step))")
            }
        }
    }
}
