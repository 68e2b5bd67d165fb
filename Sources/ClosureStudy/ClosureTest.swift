public import Balance
internal import Binning
public import Intercalibration
public import TruthResponse

/// What one pass over a test sample collects: the truth response of its true jets and the balance of those listed.
struct ClosureTestSums: StorableSums {
    var truth: TruthResponseSums
    var balance: MethodSums
    var alpha: AlphaSums?
    /// Widths of the response of true jets, where the resolution is derived.
    var widths: TruthResponseSums?

    mutating func merge(_ other: ClosureTestSums) {
        truth.merge(other.truth)
        balance.merge(other.balance)
        if let addend = other.alpha { alpha?.merge(addend) }
        if let addend = other.widths { widths?.merge(addend) }
    }

    var record: SumsRecord {
        var record = SumsRecord()
        record["truth"] = truth.record
        record["balance"] = balance.record
        if let alpha { record["alpha"] = alpha.record }
        if let widths { record["widths"] = widths.record }
        return record
    }

    mutating func restore(_ record: SumsRecord) throws(SumsRecordError) {
        try truth.restore(record["truth"])
        try balance.restore(record["balance"])
        try alpha?.restore(record["alpha"])
        try widths?.restore(record["widths"])
    }
}

/// Truth closure, and constants derived anew, on samples that the constants did not see.
public struct ClosureTest: Sendable {
    public let truth: TruthClosure
    /// nil without a simulation to derive against.
    public let rederived: RederivedClosure?
    /// The resolution of jets by truth; nil where it is not derived.
    public let injected: InjectedResolution?

    /// - Parameters:
    ///   - score: that the constants were derived with; where the method needs one and none is given, `simulation` tells it.
    ///   - data: pseudo-data with truth.
    ///   - smearing: what constants were derived with, for balances.
    ///   - truthIsIndependent: whether these are other truth events than the constants came from; if not, the
    ///     re-derived closure has no p-value, since its two fits share the scatter of the truth.
    ///   - simulation: simulation with truth; nil asks for a response of 1.
    ///   - passes: goes through the events.
    public init(
        _ calibration: Calibration, scale: SimulationScale?, score: BalanceScore? = nil, data: any EventSource,
        simulation: (any EventSource)?, options: DerivationOptions, smearing: ResolutionSmearing? = nil,
        truthIsIndependent: Bool = true,
        passes: PassLedger = PassLedger()
    ) throws {
        let factor = scale?.correction
        let binning = options.binning
        let residual = calibration.residual
        let quotedEdges = Array(binning.ptAverage.edges[binning.quotedPtBins.lowerBound...])
        let ptAxis = try Axis(edges: quotedEdges)
        // Folding has no constants of its own sums.
        let method = options.method.worksOnSums ? options.method : .matrix
        let base = JetCorrection(scale: factor, residual: nil)
        let score = try score ?? simulation.flatMap { try $0.balanceScore(base, options, passes) }
        func sums(
            _ stage: DerivationStage, _ source: any EventSource, _ correction: JetCorrection, _ selection: Selection,
            smearing: JetSmearing?, fold: FoldMap? = nil
        ) throws -> PassSums<ClosureTestSums> {
            let slices = source.sliceWeights.count
            let empty = ClosureTestSums(
                truth: TruthResponseSums(
                    eta: binning.eta, truePt: ptAxis, residual: correction.residual, slices: slices),
                balance: MethodSums(method, options, selection: selection, weights: source.sliceWeights, score: score),
                alpha: options.alphaSums(selection, slices: slices),
                widths: options.resolutionCuts.map { _ in
                    .forWidths(AbsEtaRegions(binning), residual: correction.residual, slices: slices)
                })
            return try passes.sums(Pass(stage), of: source, from: empty) { block, sums in
                correction.apply(to: block)
                if let jets = block.trueJets {
                    correction.apply(to: jets)
                    sums.widths?.add(jets)
                }
                if let tag = selection.requiredTag, tag.jets == .both {
                    // Constants of tagged jets are for these.
                    sums.truth.add(block, leastScore: tag.leastScore)
                } else {
                    sums.truth.add(block.trueJets ?? block)
                }
                if let fold {
                    fold.apply(to: block)
                    JetCorrection(scale: nil, residual: nil).apply(to: block)
                }
                smearing?.apply(to: block)
                selection.withDijets(of: block, binning: binning) { dijets in
                    sums.balance.add(dijets)
                    sums.alpha?.add(dijets)
                }
            }
        }
        // The balance of simulation is to have the resolution of data where that has been fitted.
        let fold = calibration.surface?.resolution.map { FoldMap(surface: nil, resolution: $0) }
        let ofData = try sums(
            .closureData, data, JetCorrection(scale: factor, residual: residual), options.dataSelection,
            smearing: smearing?.data(of: .closurePseudoData))
        let ofSimulation = try simulation.map {
            try sums(
                .closureSimulation, $0, base, options.selection,
                smearing: smearing?.simulation(of: .closureSimulation), fold: fold)
        }
        let dataSums = try ofData.complete()
        let simulationSums = try ofSimulation?.complete()
        let simulationWeights = simulation?.sliceWeights ?? []
        truth = try TruthClosure(
            data: dataSums.truth, dataWeights: data.sliceWeights, simulation: simulationSums?.truth,
            simulationWeights: simulationWeights, calibration: calibration)
        injected = dataSums.widths.flatMap { ofData in
            simulationSums?.widths.map {
                InjectedResolution(
                    data: ofData.widths(weights: data.sliceWeights), simulation: $0.widths(weights: simulationWeights))
            }
        }
        guard let simulationSums else {
            rederived = nil
            return
        }
        let remainder = try Calibration(
            method: method, data: dataSums.balance.sample(weights: data.sliceWeights),
            simulation: simulationSums.balance.sample(weights: simulationWeights), requirement: options.requirement
        ).followed(by: calibration.reaction).extrapolated(
            data: dataSums.alpha.map { AlphaSample(sums: $0, weights: data.sliceWeights) },
            simulation: simulationSums.alpha.map { AlphaSample(sums: $0, weights: simulationWeights) }, options)
        let shares = (0..<binning.eta.count).map { eta in
            (0..<ptAxis.count).map { dataSums.truth.response(eta: eta, pt: $0, weights: data.sliceWeights)?.shares }
        }
        rederived = try RederivedClosure(
            remainder: remainder, applied: calibration, shares: shares, isIndependent: truthIsIndependent)
    }
}
