import Balance
import ClosureStudy
import Intercalibration

/// Says why nothing was derived, where the selection and the binning leave no event at all.
enum EmptySelection {
    /// One line for each sample of which nothing is left; it is gone through once more for that.
    static func lines(
        _ derivation: Derivation, data: any EventSource, simulation: (any EventSource)?, _ options: DerivationOptions
    ) throws -> [String] {
        let correction = JetCorrection(scale: derivation.scale?.correction, residual: nil)
        let samples =
            [
                ("data", data, derivation.data, options.dataSelection),
                ("MC", simulation, derivation.simulation, options.selection),
            ] as [(String, (any EventSource)?, InspectedSample?, Selection)]
        return try samples.compactMap { name, source, sample, selection in
            guard let source, sample?.balance.sums.rowsSelected == 0 else { return nil }
            let flow = try source.cutFlow(correction, binning: options.binning, selection: selection)
            return flow.explanation.map { "\(name): \($0)" }
        }
    }
}
