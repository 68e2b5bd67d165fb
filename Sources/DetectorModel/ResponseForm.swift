internal import Binning
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The mean response <pT reconstructed / pT true> of a region as a function of the true pT (GeV).
public enum ResponseForm: Sendable, Equatable {
    /// The same at any pT.
    case constant(Double)
    /// Values at increasing pT, linear in ln pT between them; continued by the outermost slopes for one unit of ln pT,
    /// then frozen.
    case table(pt: [Double], values: [Double])
    /// The non-linearity of a hadron calorimeter: scale · (1 − (1 − h/e) (E/E0)^(m−1)) with E = pT cosh η.
    /// Groom, NIM A 572 (2007) 633; m is 0.80 to 0.87, E0 about 1 GeV for pions.
    case hadronic(scale: Double, hOverE: Double, e0: Double, m: Double)
    /// A formula of `Formula.cardVariables`.
    case formula(Formula)

    public func value(eta: Double, pt: Double) -> Double {
        switch self {
        case .constant(let value): return value
        case .table(let nodes, let values): return Self.interpolated(log(pt), nodes, values)
        case .hadronic(let scale, let hOverE, let e0, let m):
            return scale * (1 - (1 - hOverE) * pow(max(pt * cosh(eta), e0) / e0, m - 1))
        case .formula(let formula): return formula.value(eta, pt, pt * cosh(eta))
        }
    }

    /// The extremes over the pT of the grid; each form but a formula is monotonic between its nodes.
    func bounds(eta: Double) -> (low: Double, high: Double) {
        // Nothing is known of it but what its values show.
        if case .formula = self { return (-.infinity, .infinity) }
        let ends = [
            value(eta: eta, pt: OctaveAxis.value(0)), value(eta: eta, pt: OctaveAxis.value(OctaveAxis.count - 1)),
        ]
        var (low, high) = (min(ends[0], ends[1]), max(ends[0], ends[1]))
        if case .table(_, let values) = self {
            for value in values { (low, high) = (min(low, value), max(high, value)) }
        }
        return (low, high)
    }

    private static func interpolated(_ logPt: Double, _ nodes: [Double], _ values: [Double]) -> Double {
        guard nodes.count > 1 else { return values[0] }
        let reach = 1.0
        let bounded = max(log(nodes[0]) - reach, min(logPt, log(nodes[nodes.count - 1]) + reach))
        var upper = 1
        while upper < nodes.count - 1, bounded > log(nodes[upper]) { upper += 1 }
        let low = log(nodes[upper - 1])
        let fraction = (bounded - low) / (log(nodes[upper]) - low)
        return values[upper - 1] + fraction * (values[upper] - values[upper - 1])
    }

    func validate(_ path: [String]) throws(CardError) {
        switch self {
        case .constant(let value):
            try requireFactor(value, path + ["value"])
        case .table(let nodes, let values):
            guard nodes.count <= largestList else { throw tooLong(nodes.count, "pT nodes", path + ["pt"]) }
            guard !nodes.isEmpty, nodes.count == values.count else {
                throw CardError(
                    path + ["values"], "\(values.count) values for \(nodes.count) pT nodes",
                    "give one value for each node")
            }
            for (index, node) in nodes.enumerated() {
                guard node > 0, node < 1e6 else {
                    throw CardError(
                        path + ["pt", "\(index)"], "a pT node of \(node) GeV is not possible",
                        "give a positive pT in GeV")
                }
                guard index == 0 || node > nodes[index - 1] * (1 + 1e-9) else {
                    throw CardError(
                        path + ["pt", "\(index)"], "pT node \(node) is not above the one before it",
                        "list increasing pT in GeV")
                }
                try requireFactor(values[index], path + ["values", "\(index)"])
            }
        case .hadronic(let scale, let hOverE, let e0, let m):
            try requireFactor(scale, path + ["hadronic", "scale"])
            guard hOverE.isFinite, hOverE > 0, hOverE <= 1.5 else {
                throw CardError(
                    path + ["hadronic", "h_over_e"], "h/e of \(hOverE) is out of range", "give a value in (0, 1.5]")
            }
            guard e0 > 1e-3, e0 < 1e3 else {
                throw CardError(
                    path + ["hadronic", "e0"], "E0 of \(e0) GeV is not possible",
                    "give about 1 (pions) to 2.6 (protons)")
            }
            guard m.isFinite, m > 0, m < 1 else {
                throw CardError(
                    path + ["hadronic", "m"], "exponent m of \(m) is out of range", "give a value between 0 and 1")
            }
        // Its values are looked at where the acceptance is known.
        case .formula(let formula): try formula.requireCardVariables(path + ["formula"])
        }
    }
}

/// Most regions, cracks or pT nodes of a list: far more than a detector has, and what keeps a card quick to check.
let largestList = 400

func tooLong(_ count: Int, _ what: String, _ path: [String]) -> CardError {
    CardError(path, "there are \(count) \(what)", "give at most \(largestList)")
}

/// Responses and their modifications live between 0.05 and 5: beyond, a typing error is more likely than a detector.
func requireFactor(_ value: Double, _ path: [String]) throws(CardError) {
    guard value.isFinite, value >= 0.05, value <= 5 else {
        throw CardError(path, "a response of \(value) is not possible", "give a number between 0.05 and 5")
    }
}
