import ClosureStudy
import Foundation

extension ResolutionTest {
    /// Scale factors, and how measured widths compare with those of truth, as a table for people.
    func lines(style: TerminalStyle) -> [String] {
        let edges = measured.regions.edges
        let header = """
               |eta|    data/MC resolution   of truth   chi2/ndf   MC, data over truth [%]
            """
        var lines = [style.paint(header, .heading)]
        for (region, factor) in measured.scaleFactors.enumerated() {
            guard let factor else { continue }
            var row = TableRow()
            row.put(Numbers.edge(edges[region]), ".." + Numbers.edge(edges[region + 1]), at: 7)
            row.put(String(format: "%.3f +- %.3f", factor.value, factor.uncertainty), at: 30)
            row.put(injectedScaleFactors[region].map { String(format: "%.3f", $0) } ?? "-", at: 41)
            row.put(String(format: "%.1f/%d", factor.chiSquared, factor.degreesOfFreedom), at: 52)
            func percent(_ ratio: Ratio?) -> String {
                ratio.map { String(format: "%+.1f +- %.1f", 100 * ($0.value - 1), 100 * $0.uncertainty) } ?? "-"
            }
            row.put(percent(methodShares[region]), at: 65)
            row.put(percent(dataRatios[region]), at: 78)
            lines.append(row.text)
        }
        if let targets = smearing?.targets {
            func regions(_ target: ResolutionSmearing.Target) -> String {
                let count = targets.count { $0 == target }
                return count == 1 ? "1 region" : "\(count) regions"
            }
            lines.append("smeared: MC in \(regions(.simulation)), data in \(regions(.data))")
        }
        return lines.count > 1 ? lines + [""] : ["resolution: too few dijets for any region".wrapped()]
    }
}
