internal import CalibrationFiles
public import Foundation
internal import Intercalibration

/// Constants as a file of correctionlib (schema 2).
///
/// Every number stands there as a real number: the reader takes `30` for an edge of another type than `30.0`. Bins are half-open. Jets
/// outside the η axis get 1; pT is clamped by bins inside bins, since a clamp alone would take NaN for the last bin.
public enum CorrectionlibText {
    static let binned = "EtaIntercalibration"
    static let interpolated = "EtaIntercalibrationInterpolated"
    static let status = "EtaIntercalibrationStatus"
    static let shifts = "EtaIntercalibrationShift"
    static let (eta, pt, systematic) = ("JetEta", "JetPt", "systematic")
    /// x is the pT; the same operations in the same order as `apply` takes them.
    private static let stepFormula = "[0]+[1]*((log(x)-[2])*[3])"
    /// y is η. The first piece begins at 0, where a logarithm times 0 is no number.
    private static let surfaceFormula =
        "[0]+[1]*((log(max(x,1e-3))-[2])*[3])+([4]+[5]*((log(max(x,1e-3))-[2])*[3]))*(y-[6])"

    static func formula(_ function: CalibrationFunction) -> String {
        function.hasSlopes ? surfaceFormula : stepFormula
    }

    /// The file, as gzip when it is to be compressed.
    public static func data(
        _ function: CalibrationFunction, origin: ExportOrigin, perBin: Bool, isCompressed: Bool
    ) -> Data {
        let data = Data(text(function, origin: origin, perBin: perBin).utf8)
        return isCompressed ? packed(data) : data
    }

    /// - Parameter perBin: whether to add a shift by one standard deviation for each bin alone.
    public static func text(_ function: CalibrationFunction, origin: ExportOrigin, perBin: Bool) -> String {
        var corrections = [
            correction(
                binned, "One number a bin of eta and pT; jets beyond the pT edges have that of the outermost bin.",
                hasVariations: true, data: byVariation { function.binnedContent($0) }),
            correction(
                interpolated,
                "Linear in ln pT between the mean pT that the numbers of an eta bin belong to, constant beyond.",
                hasVariations: true, formula: formula(function), variables: function.hasSlopes ? [pt, eta] : [pt],
                data: byVariation { function.interpolatedContent($0) }),
            correction(
                status,
                "Where a number comes from: 0 there is none, the correction is 1, or what a surface is there; 1 from the bin's events; 2 carried on by the fit; 3 from "
                    + "the nearest bin of pT.",
                hasVariations: false, output: ("status", "0, 1, 2 or 3"), data: function.statusContent),
        ]
        if perBin {
            corrections.append(
                correction(
                    shifts,
                    "Factor on the correction for a shift of one bin, and of those that take its number, by its statistical uncertainty, bins taken for "
                        + "independent of each other: stat_etaI_ptJ_up and _down, I and J counted from 0.",
                    hasVariations: true, data: function.shiftContent))
        }
        return JSONText.object([
            ("schema_version", .int(2)), ("description", .text(function.description(origin))),
            ("corrections", .list(corrections)),
        ]).text
    }

    private static func correction(
        _ name: String, _ description: String, hasVariations: Bool, formula: String? = nil, variables: [String] = [],
        output: (name: String, text: String) = ("correction", "factor on the pT of the jet"), data: JSONText
    ) -> JSONText {
        func variable(_ name: String, _ type: String, _ text: String) -> JSONText {
            .object([("name", .text(name)), ("type", .text(type)), ("description", .text(text))])
        }
        var inputs = [
            variable(eta, "real", "pseudorapidity of the jet, signed"),
            variable(pt, "real", "pT of the jet before this correction, GeV"),
        ]
        if hasVariations { inputs.append(variable(systematic, "string", "which variation")) }
        var members: [(String, JSONText)] = [
            ("name", .text(name)), ("description", .text(description)), ("version", .int(1)),
            ("inputs", .list(inputs)),
            ("output", variable(output.name, "real", output.text)),
        ]
        if let formula {
            let shared = JSONText.object([
                ("nodetype", .text("formula")), ("expression", .text(formula)), ("parser", .text("TFormula")),
                ("variables", .list(variables.map { .text($0) })),
            ])
            members.append(("generic_formulas", .list([shared])))
        }
        return .object(members + [("data", data)])
    }

    private static func byVariation(_ content: (CalibrationFunction.Variation) -> JSONText) -> JSONText {
        category(CalibrationFunction.Variation.allCases.map { ($0.rawValue, content($0)) })
    }

    /// Without a default: a name that is misspelt is an error and not the nominal correction.
    static func category(_ entries: [(String, JSONText)]) -> JSONText {
        .object([
            ("nodetype", .text("category")), ("input", .text(systematic)),
            ("content", .list(entries.map { .object([("key", .text($0.0)), ("value", $0.1)]) })),
        ])
    }

    static func bins(_ input: String, _ edges: [Double], _ content: [JSONText], flow: JSONText) -> JSONText {
        .object([
            ("nodetype", .text("binning")), ("input", .text(input)), ("edges", .numbers(edges)),
            ("content", .list(content)), ("flow", flow),
        ])
    }
}

extension CalibrationFunction {
    private var etaEdges: [Double] { calibration.binning.eta.edges }
    private var ptEdges: [Double] { calibration.binning.ptAverage.edges }

    /// Bins of pT that reach from 0 to `ptLimit`, inside bins of η.
    private func clamped(outside: Double, _ number: (_ eta: Int, _ pt: Int) -> Double) -> JSONText {
        let rows = (0..<etaEdges.count - 1).map { eta in
            let row = CorrectionlibText.bins(
                CorrectionlibText.pt, ptEdges, (0..<ptEdges.count - 1).map { .number(number(eta, $0)) },
                flow: .text("clamp"))
            return CorrectionlibText.bins(CorrectionlibText.pt, [0, Self.ptLimit], [row], flow: .number(outside))
        }
        return CorrectionlibText.bins(CorrectionlibText.eta, etaEdges, rows, flow: .number(outside))
    }

    fileprivate func binnedContent(_ variation: Variation) -> JSONText {
        clamped(outside: 1) { constant(etaBin: $0, ptBin: $1, variation) }
    }

    fileprivate var statusContent: JSONText { clamped(outside: 0) { Double(sources[$0][$1].rawValue) } }

    fileprivate func interpolatedContent(_ variation: Variation) -> JSONText {
        let bins = (0..<rows.eta.count).map { row in
            let pieces = pieces(row: row, variation)
            let middle = rows.eta.centre(row)
            let content = pieces.map { piece in
                guard piece.difference != 0 || piece.slope != 0 || piece.bend != 0 else {
                    return JSONText.number(piece.constant)
                }
                return .object([
                    ("nodetype", .text("formularef")), ("index", .int(0)),
                    ("parameters", .numbers(parameters(piece, middle: middle))),
                ])
            }
            return CorrectionlibText.bins(
                CorrectionlibText.pt, pieces.map(\.pt) + [Self.ptLimit], content, flow: .number(1))
        }
        return CorrectionlibText.bins(CorrectionlibText.eta, rows.eta.edges, bins, flow: .number(1))
    }

    fileprivate var shiftContent: JSONText {
        var entries: [(String, JSONText)] = []
        for eta in sources.indices {
            for pt in sources[eta].indices where [.own, .extrapolated].contains(sources[eta][pt]) {
                let relative = relativeUncertainty(etaBin: eta, ptBin: pt)
                guard relative > 0 else { continue }
                for (name, factor) in [("up", 1 + relative), ("down", max(1 - relative, 0.01))] {
                    let inner = CorrectionlibText.bins(
                        CorrectionlibText.pt, reach(of: takers(etaBin: eta, ptBin: pt)), [.number(factor)],
                        flow: .number(1))
                    let outer = CorrectionlibText.bins(
                        CorrectionlibText.eta, Array(etaEdges[eta...eta + 1]), [inner], flow: .number(1))
                    entries.append(("stat_eta\(eta)_pt\(pt)_\(name)", outer))
                }
            }
        }
        return CorrectionlibText.category(entries)
    }

    /// Edges around some bins of pT, the outermost ones moved to where jets still have their number.
    func reach(of bins: ClosedRange<Int>) -> [Double] {
        let (first, last) = (bins.lowerBound, bins.upperBound)
        return [first == 0 ? 0 : ptEdges[first], last == ptEdges.count - 2 ? Self.ptLimit : ptEdges[last + 1]]
    }
}
