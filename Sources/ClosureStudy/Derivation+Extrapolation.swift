internal import Balance
internal import Intercalibration

extension DerivationOptions {
    /// Empty sums for the extrapolation, where there is one.
    func alphaSums(_ selection: Selection, slices: Int) -> AlphaSums? {
        alphaCuts.map { AlphaSums(binning: binning, selection: selection, cuts: $0, slices: slices) }
    }
}

extension Calibration {
    /// The same at α → 0, where that is asked for.
    /// - Parameter data: corrected with these constants as far as they were there.
    func extrapolated(
        data: AlphaSample?, simulation: AlphaSample?, _ options: DerivationOptions
    ) throws -> Calibration {
        guard let data else { return self }
        return extrapolated(
            by: try AlphaExtrapolation(data: data, simulation: simulation, requirement: options.requirement))
    }
}
