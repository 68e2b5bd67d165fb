internal import Foundation
public import Intercalibration

/// Constants as a table of text.
public enum ConstantsTables {
    /// A row for each bin, what is undetermined empty. Numbers read back bit for bit.
    public static func csv(_ calibration: Calibration) -> String {
        let (eta, pt) = (calibration.binning.eta.edges, calibration.binning.ptAverage.edges)
        var lines = ["eta_low,eta_high,pt_low,pt_high,correction,uncertainty,pt_mean,status"]
        func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
        for bin in calibration.constants.indices {
            for column in calibration.constants[bin].indices {
                let edges = [eta[bin], eta[bin + 1], pt[column], pt[column + 1]].map { "\($0)" }
                let numbers = [
                    calibration.constants[bin][column], calibration.uncertainty(eta: bin, pt: column),
                    calibration.ptMean[bin][column],
                ].map(text)
                lines.append((edges + numbers + [calibration.status[bin][column].rawValue]).joined(separator: ","))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A `tabular` of LaTeX with rules of booktabs: rows are bins of η, columns bins of pT. Uncertainties have two digits in parentheses, of
    /// the last two digits of the number; what the fit has carried on has an asterisk.
    public static func latex(_ table: BinTable) -> String {
        let columns = table.ptBins.map { "$\(short(table.ptEdges[$0]))$--$\(short(table.ptEdges[$0 + 1]))$" }
        var lines = [
            #"% Needs \usepackage{booktabs}."#,
            #"\begin{tabular}{r@{ to }l\#(String(repeating: "r", count: columns.count))}"#, #"\toprule"#,
            #"\multicolumn{2}{c}{$\eta$} & \multicolumn{\#(columns.count)}{c}{$\#(table.symbol)$ in bins of $\#(table.ptSymbol)$ [GeV]} \\"#,
            " & & " + columns.joined(separator: " & ") + #" \\"#, #"\midrule"#,
        ]
        for eta in table.etaBins {
            let cells = table.ptBins.map { cell(table, eta, $0) + (table.isExtrapolated[eta][$0] ? "$^{*}$" : "") }
            let edges = ["$\(short(table.etaEdges[eta]))$", "$\(short(table.etaEdges[eta + 1]))$"]
            lines.append((edges + cells).joined(separator: " & ") + #" \\"#)
        }
        lines += [#"\bottomrule"#, #"\end{tabular}"#]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }

    private static func cell(_ table: BinTable, _ eta: Int, _ pt: Int) -> String {
        guard let value = table.values[eta][pt] else { return "--" }
        guard let uncertainty = table.uncertainty(eta, pt) else { return "$\(number(value, ".4f"))$" }
        // 0.0095 is 95 in units of 1e-4; 0.00995 rounds to 0.010, which has one digit less.
        var digits = 1 - Int(floor(log10(uncertainty)))
        if (uncertainty * pow(10, Double(digits))).rounded() >= 100 { digits -= 1 }
        guard (0...12).contains(digits) else {
            return "$\(number(value, ".4f")) \\pm \(power(uncertainty))$"
        }
        let last = Int((uncertainty * pow(10, Double(digits))).rounded())
        return "$\(number(value, ".\(digits)f"))(\(last))$"
    }

    private static func number(_ value: Double, _ format: String) -> String {
        guard abs(value) < 1e12 else { return power(value) }
        let text = String(format: "%\(format)", value)
        // -0.0000 is 0.
        return text.hasPrefix("-") && !text.contains(where: { ("1"..."9").contains($0) })
            ? String(text.dropFirst()) : text
    }

    /// Two digits and a power of ten.
    private static func power(_ value: Double) -> String {
        let parts = String(format: "%.1e", value).split(separator: "e")
        return "\(parts[0]) \\times 10^{\(Int(parts[1]) ?? 0)}"
    }
}
