public import CalibrationFiles
public import Intercalibration

/// Numbers with their statistical uncertainty in bins of (η, pT), as tables of results hold them.
public struct BinTable: Sendable {
    /// A name for a path or file, such as `constants`.
    let name: String
    let title: String
    /// TeX of what the numbers are, and of what pT the bins are in.
    let symbol: String
    let ptSymbol: String
    let etaEdges: [Double]
    let ptEdges: [Double]
    /// [η bin][pT bin], nil where undetermined.
    let values: [[Double?]]
    let uncertainties: [[Double?]]
    /// Whether a number was carried on by the fit to where too few events tell it.
    let isExtrapolated: [[Bool]]
    /// How the numbers were derived.
    let method: String?

    /// The constants of a calibration, each in its own bin: none is taken from a neighbour.
    public init(_ calibration: Calibration) {
        name = "constants"
        title = "Intercalibration constants"
        symbol = #"c(\eta)"#
        ptSymbol = #"p_\mathrm{T}^\mathrm{avg}"#
        etaEdges = calibration.binning.eta.edges
        ptEdges = calibration.binning.ptAverage.edges
        values = calibration.constants
        uncertainties = calibration.constants.indices.map { eta in
            calibration.constants[eta].indices.map { calibration.uncertainty(eta: eta, pt: $0) }
        }
        isExtrapolated = calibration.status.map { $0.map { $0 == .extrapolated } }
        method = calibration.method.rawValue
    }

    /// The non-closure of a test against truth.
    public init(_ closure: StoredClosure) {
        name = "closure"
        title = "Closure against truth"
        symbol = #"\delta(\eta)"#
        ptSymbol = #"p_\mathrm{T}^\mathrm{true}"#
        etaEdges = closure.etaEdges
        ptEdges = closure.ptEdges
        values = closure.nonclosure
        uncertainties = closure.uncertainty
        isExtrapolated = values.map { $0.map { _ in false } }
        method = nil
    }

    var etaBins: Range<Int> { 0..<etaEdges.count - 1 }
    var ptBins: Range<Int> { 0..<ptEdges.count - 1 }

    /// Whether all uncertainties are to be told: where a gauge fixes a number there is none.
    func uncertainty(_ eta: Int, _ pt: Int) -> Double? {
        values[eta][pt] == nil ? nil : uncertainties[eta][pt].flatMap { $0 > 0 ? $0 : nil }
    }
}

/// A number so that readers of YAML 1.1 take it for one: `1e-05` is a text there, `1.0e-05` is not.
func plainNumber(_ value: Double) -> String {
    let text = "\(value)"
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
}
