internal import Balance

extension DerivationOptions {
    /// Empty sums for the resolution, where it is derived.
    func widthSums(_ selection: Selection, tellsImbalance: Bool, slices: Int) -> WidthSums? {
        resolutionCuts.map {
            WidthSums(
                binning: binning, selection: selection, cuts: $0, tellsImbalance: tellsImbalance, slices: slices)
        }
    }
}

extension Derivation {
    /// The resolution of jets of data as corrected last, and of simulation; nil where it was not asked for.
    public func jetResolution() throws -> JetResolution? {
        guard let measured = (correctedData ?? data).widths, let expected = simulation?.widths else { return nil }
        return try JetResolution(data: measured, simulation: expected)
    }
}
