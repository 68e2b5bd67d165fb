#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
internal import Binning
internal import Intercalibration
internal import TruthResponse

/// What one pass of a forward-folded derivation collects.
struct FoldedPassSums: StorableSums {
    var fold: FoldSums
    /// For the eye, of jets as they are.
    var histograms: BalanceHistograms?
    /// Of simulation, as long as its reactions are not known well.
    var reactions: ReactionSums?
    /// Of simulation as it is, after its scale.
    var pull: AxisPullSums?
    /// Of the same, what constants are compared with in the end.
    var truth: TruthResponseSums?

    mutating func merge(_ other: FoldedPassSums) {
        fold.merge(other.fold)
        if let addend = other.histograms { histograms?.merge(addend) }
        if let addend = other.reactions { reactions?.merge(addend) }
        if let addend = other.pull { pull?.merge(addend) }
        if let addend = other.truth { truth?.merge(addend) }
    }

    var record: SumsRecord {
        var record = SumsRecord()
        record["fold"] = fold.record
        if let histograms { record["histograms"] = histograms.record }
        if let reactions { record["reactions"] = reactions.record }
        if let pull { record["pull"] = pull.record }
        if let truth { record["truth"] = truth.record }
        return record
    }

    mutating func restore(_ record: SumsRecord) throws(SumsRecordError) {
        try fold.restore(record["fold"])
        try histograms?.restore(record["histograms"])
        try reactions?.restore(record["reactions"])
        try pull?.restore(record["pull"])
        try truth?.restore(record["truth"])
    }
}

extension EventSource {
    fileprivate func folded(
        _ pass: Pass, _ passes: PassLedger, _ correction: JetCorrection, _ state: SurfaceState?,
        _ options: DerivationOptions,
        _ selection: Selection, inspected: Bool, reactions: Bool, response: EtaPtGrid? = nil
    ) throws -> PassSums<FoldedPassSums> {
        let (binning, slices) = (options.binning, sliceWeights.count)
        let empty = FoldedPassSums(
            fold: FoldSums(binning: binning, selection: selection, slices: slices),
            histograms: inspected
                ? BalanceHistograms(
                    binning: binning, selection: selection, cells: binning.inspectedCells, slices: slices) : nil,
            reactions: reactions
                ? ReactionSums(binning: binning, selection: selection, surface: state?.surface, slices: slices) : nil,
            pull: response.map { AxisPullSums(simulated: $0, binning: binning, slices: slices) },
            truth: response.map { _ in truthSums(nil, (binning.eta, binning.ptAverage)) })
        let map = state.map { FoldMap(surface: $0.surface, resolution: $0.resolution) }
        return try passes.sums(pass, of: self, from: empty) { block, sums in
            map?.apply(to: block)
            correction.apply(to: block)
            sums.pull?.add(block)
            sums.truth?.add(block)
            selection.withDijets(of: block, binning: binning) { dijets in
                sums.fold.add(dijets)
                sums.histograms?.add(dijets)
            }
            sums.reactions?.add(block)
        }
    }
}

extension EventSource {
    fileprivate func truthSums(_ residual: Residual?, _ axes: (eta: Axis, truePt: Axis)) -> TruthResponseSums {
        TruthResponseSums(
            eta: axes.eta, truePt: axes.truePt, residual: residual, shares: false, slices: sliceWeights.count)
    }

    /// What constants leave of folded simulation. It belongs to true pT and acts at measured ones, a part of it elsewhere: so what it
    /// leaves is measured again, and added.
    /// - Parameter before: of simulation as it is.
    fileprivate func remainder(
        _ map: SurfaceMap, _ passes: PassLedger, _ scale: EtaPtGrid?, _ fold: FoldMap, before: TruthResponseSums
    ) throws -> SurfaceRemainder? {
        var total: SurfaceRemainder?
        for number in 1...SurfaceRemainder.largestPasses {
            let correction = JetCorrection(scale: scale, residual: .surface(total.map(map.with) ?? map))
            let empty = truthSums(correction.residual, (before.eta, before.truePt))
            let after = try passes.sums(Pass(.remainder, number: number), of: self, from: empty) { block, sums in
                fold.apply(to: block)
                correction.apply(to: block)
                sums.add(block)
            }.complete()
            let left = SurfaceRemainder(of: map, before: before, after: after, weights: sliceWeights)
            total = total?.adding(left) ?? left
            if left.largest < SurfaceRemainder.small { break }
        }
        return total
    }
}

extension SurfaceRemainder {
    private static let smallestRows = 50
    static let largestPasses = 3
    /// No more passes are made once this is left.
    fileprivate static let small = 0.0005

    /// ln of the mean response after over that before; that of the nearest bin of pT where there are too few jets, or constants are
    /// frozen.
    fileprivate init(
        of map: SurfaceMap, before: TruthResponseSums, after: TruthResponseSums, weights: [Double]
    ) {
        let edges = before.truePt.edges
        let nodes = LinearNodes((0..<before.truePt.count).map { 0.5 * log(edges[$0] * edges[$0 + 1]) })
        self.init(
            logPt: nodes,
            values: (0..<before.eta.count).map { eta in
                let centre = before.eta.centre(eta)
                let found = nodes.places.indices.map { pt -> Double? in
                    let shown = map.surface.shown(eta: centre, logPt: nodes.places[pt])
                    guard map.distance(eta: centre, logPt: shown) == 0,
                        let one = before.response(eta: eta, pt: pt, weights: weights),
                        let other = after.response(eta: eta, pt: pt, weights: weights),
                        min(one.rows, other.rows) >= Self.smallestRows, one.base > 0, other.calibrated > 0
                    else { return nil }
                    return log(other.calibrated / one.base)
                }
                let known = found.indices.filter { found[$0] != nil }
                return found.indices.map { pt in
                    known.min { abs($0 - pt) < abs($1 - pt) }.flatMap { found[$0] } ?? 0
                }
            })
    }
}

extension Derivation {
    /// A move of all coefficients by less than this, in standard deviations, ends the passes.
    private static let smallMove = 0.1
    /// Comparisons for each pass that is asked for: folding costs a pass over simulation alone, and surface and resolution take some to
    /// settle against each other.
    static let comparisonsPerPass = 2

    /// Compares data with simulation that is folded with what the comparison before has found, until nothing moves.
    static func folded(
        data: any EventSource, simulation: (any EventSource)?, scale: SimulationScale?, options: DerivationOptions,
        passes: PassLedger
    ) throws -> Derivation {
        guard let simulation else { throw MethodError.needsSimulation(options.method) }
        let base = JetCorrection(scale: scale?.correction, residual: nil)
        // Both samples are gone through in one round.
        let unfoldedPass = try simulation.folded(
            Pass(.simulationBalance), passes, base, nil, options, options.selection, inspected: true, reactions: true,
            response: scale?.responseGrid)
        let ofData = try data.folded(
            Pass(.dataBalance), passes, base, nil, options, options.dataSelection, inspected: true, reactions: false
        ).complete()
        let first = try unfoldedPass.complete()
        let measured = FoldSample(sums: ofData.fold, weights: data.sliceWeights)
        // Fluctuations of jets are enlarged about the truth.
        let model = try SurfaceModel(
            binning: options.binning, simulated: scale?.responseGrid,
            pull: first.pull?.pull(weights: simulation.sliceWeights), resolutionIsFree: scale != nil)
        var state = SurfaceState(model)
        var folded = first
        var reactions = first.reactions.map { ReactionTable($0, weights: simulation.sliceWeights) } ?? ReactionTable()
        var fit: SurfaceFit?
        var done = 0
        while done < Self.comparisonsPerPass * options.passes, fit?.largestMove ?? .infinity > Self.smallMove {
            if done > 0 {
                folded = try simulation.folded(
                    Pass(.folding, number: done), passes, base, state, options, options.selection, inspected: false,
                    reactions: done == 1
                ).complete()
                if let found = folded.reactions { reactions = ReactionTable(found, weights: simulation.sliceWeights) }
            }
            let step = try SurfaceFit(
                model, at: state, data: measured,
                simulation: FoldSample(sums: folded.fold, weights: simulation.sliceWeights), reactions: reactions,
                requirement: options.requirement)
            state = step.next
            fit = step
            done += 1
        }
        guard let fit, let seen = first.histograms, let shown = ofData.histograms else {
            preconditionFailure("at least one pass")
        }
        let unfolded = BalanceSample(sums: first.fold.balance, weights: simulation.sliceWeights)
        var calibration = try Calibration(
            fit, model: model, data: measured.balance, simulation: unfolded, requirement: options.requirement,
            passes: done)
        if let truth = first.truth, let map = calibration.surface?.map,
            let remainder = try simulation.remainder(
                map, passes, base.scale, FoldMap(surface: state.surface, resolution: state.resolution), before: truth)
        {
            calibration.take(remainder)
        }
        return Derivation(
            calibration: calibration, scale: scale, simulation: InspectedSample(unfolded, seen),
            data: InspectedSample(measured.balance, shown))
    }
}
