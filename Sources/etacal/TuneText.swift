import CardFiles
import ClosureStudy
import DijetGeneration
import Foundation

/// A tune as the YAML file that `--radiation` reads.
enum TuneText {
    static func yaml(_ result: RadiationTuning.Result, reference: String) -> String {
        let fit = result.fit
        let numbers = String(
            format: "chi2/ndf %.0f/%d after %d iterations from %.0f", fit.chiSquared, fit.degreesOfFreedom,
            fit.iterations, fit.initialChiSquared)
        let summary = "fitted to \(reference), \(numbers) (\(fit.reason.rawValue))"
        // A file may have any name.
        var lines = [
            "schema: etacal.radiation/1", "name: tuned", "summary: \(quotedYAML(summary))", "parameters:",
        ]
        for (index, parameter) in RadiationParameter.allCases.enumerated() {
            let value = String(format: "%.4g", result.model[parameter])
            let deviation = String(format: "%.1g", result.uncertainties[index])
            lines.append("  \(parameter.rawValue): \(value)  # +- \(deviation)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
