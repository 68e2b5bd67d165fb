import ArgumentParser

/// A range of transverse momenta in GeV, such as `60-120`.
struct TransverseRange: ExpressibleByArgument, CustomStringConvertible {
    let minimum: Double
    let maximum: Double

    private static let largest = 1e6

    init?(argument: String) {
        let ends = argument.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let minimum = Double(ends[0]), let maximum = Double(ends[1]), minimum > 0,
            maximum > minimum, maximum <= Self.largest
        else { return nil }
        (self.minimum, self.maximum) = (minimum, maximum)
    }

    /// Whole numbers around scales of events.
    init?(around scales: ClosedRange<Double>) {
        let (minimum, maximum) = (max(1, scales.lowerBound.rounded(.down)), scales.upperBound.rounded(.up))
        guard maximum <= Self.largest else { return nil }
        // All of one scale, which is whole.
        self.minimum = minimum
        self.maximum = max(maximum, minimum + 1)
    }

    var description: String { "\(short(minimum))-\(short(maximum))" }

    private func short(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
}
