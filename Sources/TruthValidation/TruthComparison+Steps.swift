#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Binning
internal import GSL
internal import JetPhysics

extension TruthComparison {
    /// Whether the edge between two slices shows in the model's summed pT_1 spectrum.
    ///
    /// ln dσ/dln pT of the four bins on either side of the edge is fitted by a cubic in ln pT and a step at the edge. The
    /// step has to be 0 within three standard deviations; where they are large the criterion says little. For smooth spectra
    /// its bias is below 0.1 % up to 250 GeV and 0.5 % at 1 TeV; a kink at the edge shows as well. Bins near the
    /// lower end of the lowest slice, where the spectrum bends, are left out.
    static func steps(_ model: ObservedTruth) throws(GSLError) -> [Criterion] {
        let spectrum = model.crossSections(of: .pt1, slices: Array(model.slices.indices))
        let edges = TruthHistogram.ptAxis.edges
        var found: [Criterion] = []
        for (below, above) in zip(model.slices, model.slices.dropFirst()) where below.pHatMaximum == above.pHatMinimum {
            let edge = below.pHatMaximum
            guard edge > edges[spectrumBins.lowerBound], edge < edges[spectrumBins.upperBound] * 1.001 else { continue }
            let step = try step(
                at: edge, in: spectrum, axis: TruthHistogram.ptAxis,
                from: distanceFromEnd * (model.slices.first?.pHatMinimum ?? 0))
            found.append(
                Criterion(
                    .step, slice: nil, bin: edge...edge, model: step, reference: Estimate(0, uncertainty: 0),
                    limit: 3 * (step?.uncertainty ?? 0),
                    note: step == nil ? "too few events" : nil))
        }
        return found
    }

    /// Bins count from this multiple of the lowest p̂T on.
    private static let distanceFromEnd = 1.4

    /// The step of ln(spectrum) at `edge`, of bins from `lowest` on; nil where there are too few bins below the edge or too
    /// few events in one.
    private static func step(
        at edge: Double, in spectrum: [WeightSum], axis: Axis, from lowest: Double
    ) throws(GSLError) -> Estimate? {
        let bin = axis.index(of: edge)
        guard bin >= 4, bin + 4 < axis.count else { return nil }
        let bins = (bin - 4...bin + 4).filter { axis.edges[$0] >= lowest }
        guard bins.count >= 7, bins.allSatisfy({ spectrum[$0].effectiveEvents > 5 }) else { return nil }
        let columns = 5
        var normal = Matrix(rows: columns, columns: columns)
        var right = Array(repeating: 0.0, count: columns)
        for bin in bins {
            let (low, high) = (log(axis.edges[bin] / edge), log(axis.edges[bin + 1] / edge))
            let x = 0.5 * (low + high)
            // The bin that holds the edge lies above it in part.
            let above = min(max(high / (high - low), 0), 1)
            let row = [1, x, x * x, x * x * x, above]
            let value = log(spectrum[bin].weight / (high - low))
            // The relative variance of a sum of weights.
            let weight = spectrum[bin].effectiveEvents
            for first in 0..<columns {
                right[first] += weight * row[first] * value
                for second in 0..<columns { normal[first, second] += weight * row[first] * row[second] }
            }
        }
        let factor = try Cholesky(normal)
        let solution = try factor.solve(right)
        let variance = try factor.inverse()[columns - 1, columns - 1]
        return Estimate(solution[columns - 1], uncertainty: variance.squareRoot())
    }
}
