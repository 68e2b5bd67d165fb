internal import CalibrationFiles
internal import Intercalibration

/// Constants in the text format of CMS, level L2Relative, for readers that stumble over blanks in formulas, tabs, comments behind the
/// header and brackets in comments.
public enum JetCorrectorWriting {
    /// Records are bins of η and pT, which reach from 0 to `CalibrationFunction.ptLimit`; outside of all bins readers take 1. The ranges
    /// of x are the bin's own edges, so that those of the outermost bins are not lost.
    public static func text(
        _ function: CalibrationFunction, _ form: CalibrationFunction.Form, origin: ExportOrigin
    ) -> String {
        let formula = form == .binned ? "[0]" : CorrectionlibText.formula(function)
        let variables = form == .interpolated && function.hasSlopes ? "2 JetPt JetEta" : "1 JetPt"
        let lines =
            comments(function, origin) + ["{2 JetEta JetPt \(variables) \(formula) Correction L2Relative}"]
            + (form == .binned ? binned(function) : interpolated(function))
        return lines.joined(separator: "\n") + "\n"
    }

    /// Relative uncertainties at the pT that constants belong to, which readers interpolate in pT: by bin of η triples of pT, up and
    /// down. Where there is no constant it is 1, all of it.
    public static func uncertainties(_ function: CalibrationFunction, origin: ExportOrigin) -> String {
        let edges = function.calibration.binning.eta.edges
        var lines = comments(function, origin) + ["[Statistical]", "{1 JetEta 1 JetPt \"\" Correction JECSource}"]
        for bin in 0..<edges.count - 1 {
            let up = function.nodes(etaBin: bin, .statisticalUp)
            var triples = zip(function.nodes(etaBin: bin, .nominal), up).flatMap { nominal, up in
                let relative = (up.constant - nominal.constant) / nominal.constant
                return [nominal.pt, relative, relative]
            }
            if triples.isEmpty { triples = [function.calibration.binning.ptAverage.lowest, 1, 1] }
            lines.append(row([edges[bin], edges[bin + 1]], triples))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func comments(_ function: CalibrationFunction, _ origin: ExportOrigin) -> [String] {
        ["# \(function.description(origin))"]
    }

    private static func row(_ edges: [Double], _ numbers: [Double]) -> String {
        (edges.map { "\($0)" } + ["\(numbers.count)"] + numbers.map { "\($0)" }).joined(separator: " ")
    }

    private static func binned(_ function: CalibrationFunction) -> [String] {
        let (eta, pt) = (function.calibration.binning.eta.edges, function.calibration.binning.ptAverage.edges)
        return (0..<eta.count - 1).flatMap { etaBin in
            (0..<pt.count - 1).map { ptBin in
                row(
                    [eta[etaBin], eta[etaBin + 1]] + function.reach(of: ptBin...ptBin),
                    [pt[ptBin], pt[ptBin + 1], function.constant(etaBin: etaBin, ptBin: ptBin, .nominal)])
            }
        }
    }

    private static func interpolated(_ function: CalibrationFunction) -> [String] {
        let eta = function.rows.eta.edges
        return (0..<eta.count - 1).flatMap { bin in
            let pieces = function.pieces(row: bin, .nominal)
            return pieces.indices.map { index in
                let piece = pieces[index]
                let end = index + 1 < pieces.count ? pieces[index + 1].pt : CalibrationFunction.ptLimit
                // A range without 0, of which there is no logarithm.
                let start = piece.pt > 0 ? piece.pt : end
                return row(
                    [eta[bin], eta[bin + 1], piece.pt, end],
                    [start, end] + (function.hasSlopes ? [eta[bin], eta[bin + 1]] : [])
                        + function.parameters(piece, middle: function.rows.eta.centre(bin)))
            }
        }
    }
}
