import CalibrationFiles
import FlavourTagging
import Foundation
import JetPhysics

/// Responses of flavours as a table of at most 80 columns.
struct FlavourResponseSummary {
    private let response: FlavourResponse
    private let style: TerminalStyle

    init(_ response: FlavourResponse, style: TerminalStyle) { (self.response, self.style) = (response, style) }

    /// Without a line break at the end.
    var text: String {
        let edges = response.binning.ptAverage.edges
        var lines = [
            "kappa: response over that of light jets, data relative to simulation [%]",
            style.paint(
                "  pT_ref [GeV]      b jets       truth        c jets       truth     chi2/ndf  p", .heading),
        ]
        for pt in response.fits.indices {
            lines.append(
                row(response.fits[pt], (Numbers.edge(edges[pt]), "-" + Numbers.edge(edges[pt + 1])), pt..<pt + 1))
        }
        lines.append(row(response.average, ("all", ""), response.fits.indices))
        return (lines + [shift]).joined(separator: "\n")
    }

    private func row(_ fit: FlavourResponse.Fit?, _ label: (String, String), _ pts: Range<Int>) -> String {
        var row = TableRow()
        row.put(label.0, label.1, at: 6)
        for (kind, column) in [(JetKind.bottom, 28), (.charm, 55)] {
            let value = fit.map {
                String(format: "%+.2f +- %.2f", 100 * $0.value(kind), 100 * $0.uncertainty(kind))
            }
            row.put(value ?? "-", at: column)
            let truth = response.truth(kind, pts: pts).map { String(format: "%+.2f", 100 * $0.value) }
            row.put(truth ?? "-", at: column + 9)
        }
        row.put(fit.map { String(format: "%.0f/%d", $0.chiSquared, $0.degreesOfFreedom) } ?? "-", at: 74)
        row.put(Numbers.probability(fit?.probability), at: 80)
        return row.text
    }

    /// The largest of those that are significant.
    private var shift: String {
        let binning = response.binning
        var largest: (value: FlavourResponse.Estimate, eta: Int, pt: Int)?
        for eta in 0..<binning.eta.count {
            for pt in binning.quotedPtBins {
                guard let value = response.shift(eta: eta, pt: pt), abs(value.value) > 2 * value.uncertainty,
                    abs(value.value) > abs(largest?.value.value ?? 0)
                else { continue }
                largest = (value, eta, pt)
            }
        }
        guard let largest else { return "No constant of all jets together moves significantly for it." }
        let (eta, pt) = (binning.eta.edges, binning.ptAverage.edges)
        return String(
            format: "Constants of all jets together move by up to %+.3f +- %.3f %% for it,", 100 * largest.value.value,
            100 * largest.value.uncertainty)
            + "\nat eta \(Numbers.edge(eta[largest.eta])) to \(Numbers.edge(eta[largest.eta + 1])), "
            + "pT \(Numbers.edge(pt[largest.pt])) to \(Numbers.edge(pt[largest.pt + 1])) GeV"
    }
}
