internal import Binning
internal import JetPhysics

/// A model of truth against a reference, by criteria with limits and by the shapes of distributions.
public struct TruthComparison: Sendable {
    /// Slices from this p̂T on are judged, GeV: below, multiparton interactions matter that a model need not have.
    public static let judgedFrom = 30.0
    /// Reference events below which a bin is shown and not judged.
    public static let fewestEvents = 100.0

    public let model: ObservedTruth
    public let reference: ObservedTruth
    public let criteria: [Criterion]

    /// - Parameters: both with slices of the same p̂T.
    public init(model: ObservedTruth, reference: ObservedTruth) throws {
        precondition(
            model.slices.count == reference.slices.count
                && zip(model.slices, reference.slices).allSatisfy {
                    $0.pHatMinimum == $1.pHatMinimum && $0.pHatMaximum == $1.pHatMaximum
                }, "the same slices")
        self.model = model
        self.reference = reference
        var criteria: [Criterion] = []
        for slice in model.slices.indices {
            criteria += Self.sliceCriteria(slice, model, reference)
            criteria += Self.cutCriteria(slice, model, reference)
        }
        criteria += Self.pooledCriteria(model, reference)
        self.criteria = try criteria + Self.steps(model)
    }

    /// Slices that are judged.
    public var judgedSlices: [Int] { Self.judgedSlices(reference) }

    static func judgedSlices(_ truth: ObservedTruth) -> [Int] {
        truth.slices.indices.filter { truth.slices[$0].pHatMinimum >= judgedFrom }
    }

    public var judged: [Criterion] { criteria.filter(\.isJudged) }
    public var failed: [Criterion] { criteria.filter { $0.verdict == .failed } }
    /// Whether events of both were compared and all that is judged is good enough.
    public var passed: Bool {
        failed.isEmpty && judged.contains { $0.quantity != .crossSection && $0.quantity != .step }
    }

    private static func sliceCriteria(
        _ slice: Int, _ model: ObservedTruth, _ reference: ObservedTruth
    ) -> [Criterion] {
        let note = reference.slices[slice].pHatMinimum >= judgedFrom ? nil : "p̂T below \(Int(judgedFrom)) GeV"
        var found = [
            Criterion(
                .crossSection, slice: slice, model: model.crossSection(slice: slice),
                reference: reference.crossSection(slice: slice), limit: 0.01)
        ]
        for (flavour, limit, excuse) in [
            (FlavourClass.gluon, 0.04, Criterion.Excuse.none), (.charm, 0.15, .both), (.bottom, 0.15, .both),
        ] {
            for jet in 0..<2 {
                found.append(
                    Criterion(
                        .flavour(flavour, jet: jet), slice: slice,
                        model: model.observables.flavour(flavour, jet: jet, slice: slice),
                        reference: reference.observables.flavour(flavour, jet: jet, slice: slice), limit: limit,
                        excuse: excuse, note: note))
            }
        }
        for (moment, limit) in [(TruthMoment.eta1, 0.03), (.deltaEta, 0.04), (.asymmetry, 0.10)] {
            found.append(
                Criterion(
                    .spread(moment), slice: slice, model: model.observables.moments(moment, slice: slice)?.spread,
                    reference: reference.observables.moments(moment, slice: slice)?.spread, limit: limit, note: note))
        }
        return found
    }

    private static func cutCriteria(_ slice: Int, _ model: ObservedTruth, _ reference: ObservedTruth) -> [Criterion] {
        let below = reference.slices[slice].pHatMinimum >= judgedFrom ? nil : "p̂T below \(Int(judgedFrom)) GeV"
        let axis = TruthObservables.gapAxis
        var found: [Criterion] = []
        for (cut, limit) in [(TruthCut.both, 0.05), (.alpha, 0.04), (.deltaPhi, 0.03)] {
            // Both cuts together are judged in each bin of the gap, one alone over all gaps.
            found.append(
                Criterion(
                    .passing(cut), slice: slice, model: model.observables.passing(cut, gap: nil, slice: slice),
                    reference: reference.observables.passing(cut, gap: nil, slice: slice), limit: limit,
                    note: below ?? (cut == .both ? "judged in bins of the rapidity gap" : nil)))
            for bin in 0..<axis.count {
                let events = reference.observables.total(gap: bin, nil, slice: slice).effectiveEvents
                let few = events < fewestEvents ? "\(Int(events.rounded())) reference events" : nil
                found.append(
                    Criterion(
                        .passingInGap(cut), slice: slice, bin: axis.edges[bin]...axis.edges[bin + 1],
                        model: model.observables.passing(cut, gap: bin, slice: slice),
                        reference: reference.observables.passing(cut, gap: bin, slice: slice), limit: limit,
                        note: below ?? few ?? (cut == .both ? nil : "judged over all rapidity gaps")))
            }
        }
        return found
    }

    private static func pooledCriteria(_ model: ObservedTruth, _ reference: ObservedTruth) -> [Criterion] {
        let slices = judgedSlices(reference)
        var found: [Criterion] = []
        let probe = TruthObservables.absProbeAxis
        for bin in 0..<probe.count {
            let asymmetry = MeanAsymmetry(model, reference, bin: bin, slices: slices)
            let few = (asymmetry?.events ?? 0) < 10 ? "fewer than 10 reference events" : nil
            found.append(
                Criterion(
                    .meanAsymmetry, slice: nil, bin: probe.edges[bin]...probe.edges[bin + 1],
                    model: asymmetry?.model, reference: asymmetry?.reference, limit: 0.01, excuse: .both, note: few))
        }
        let all = Array(model.slices.indices)
        let (ours, theirs) = (
            model.crossSections(of: .pt1, slices: all), reference.crossSections(of: .pt1, slices: all)
        )
        for bin in spectrumBins {
            found.append(
                Criterion(
                    .spectrum, slice: nil,
                    bin: TruthHistogram.ptAxis.edges[bin]...TruthHistogram.ptAxis.edges[bin + 1],
                    model: ours[bin].estimate, reference: theirs[bin].estimate, limit: 0.10, excuse: .reference))
        }
        return found
    }

    /// Bins of `TruthHistogram.ptAxis` from 25 GeV to 1 TeV.
    public static let spectrumBins: Range<Int> = {
        let edges = TruthHistogram.ptAxis.edges
        let (low, high) = (edges.firstIndex { $0 > 24.99 } ?? 0, edges.firstIndex { $0 > 999.9 } ?? 0)
        return low..<high
    }()
}
