import Balance
import Benchmark
import Binning
import ClosureStudy
import JetPhysics
import TruthResponse
import Workload

/// One block after the other through the chain, as on a thread of `SimulatedSource`: before the stage that is measured come those
/// that it builds on, so that its events are new and in the cache.
final class Workbench {
    enum Stage: String, CaseIterable {
        /// Hard scatterings and their radiation.
        case truth
        case detector
        /// Jets taken over as they are, and with the MC-truth scale.
        case uncorrected, correction
        /// Cuts and bins.
        case selection
        /// For the fit, and for figures.
        case sums, histograms
        /// Selection and sums at once, by the kernel in C.
        case byHand = "by-hand"
        /// What the MC-truth scale is made of.
        case truthResponse = "truth-response"
    }

    /// Rows of a block, as the library takes them.
    static let rows = 512
    /// What the blocks go through in turns: all slices, in the shares of a sample.
    private static let events = 2_000_000

    private let source: SimulatedSource
    private let options: DerivationOptions
    private let scale: JetCorrection
    private let truth = TruthBlock(capacity: rows + 40)
    private let block = ReconstructedBlock(capacity: rows + 40)
    private var balance: BalanceSums
    private var histograms: BalanceHistograms
    private var response: TruthResponseSums
    private let kernel: HandWrittenSums
    private let places: [(slice: Int, first: Int)]
    private var next = 0

    init() throws {
        let sample = try DefaultSample(events: Self.events)
        let (source, options) = (sample.source, sample.options)
        (self.source, self.options) = (source, options)
        scale = JetCorrection(
            scale: try source.simulationScale(absEtaMaximum: options.scaleAbsEtaMaximum).correction, residual: nil)
        let slices = source.sliceWeights.count
        balance = BalanceSums(binning: options.binning, selection: options.selection, slices: slices)
        histograms = BalanceHistograms(
            binning: options.binning, selection: options.selection,
            cells: [.init(etaBin: 0, ptBin: 1), .init(etaBin: 30, ptBin: 4)], slices: slices)
        let axes = SimulationScale.axes(absEtaMaximum: options.scaleAbsEtaMaximum)
        response = TruthResponseSums(eta: axes.eta, truePt: axes.truePt, residual: nil, slices: slices)
        kernel = try HandWrittenSums(sample)
        places = source.plan.draws.indices.flatMap { slice in
            stride(from: 0, through: source.plan.draws[slice] - Self.rows, by: Self.rows).map { (slice, $0) }
        }
    }

    func measure(_ stage: Stage, _ state: inout BenchmarkState) throws {
        // Neighbours in time are of different slices; 7919 is prime.
        next = (next + 7919) % places.count
        let uncorrected = JetCorrection(scale: nil, residual: nil)
        func run(_ part: Stage, _ body: () -> Void) throws {
            if part == stage { try state.measure(f: body) } else { body() }
        }
        try run(.truth) {
            source.truth.fill(
                truth, slice: places[next].slice, first: places[next].first, count: Self.rows, replicas: 1,
                role: source.reconstruction.role, seed: source.reconstruction.seed)
        }
        guard stage != .truth else { return }
        try run(.detector) { source.reconstruction.simulate(truth, into: block) }
        switch stage {
        case .truth, .detector: return
        case .uncorrected: try run(.uncorrected) { uncorrected.apply(to: block) }
        case .truthResponse:
            uncorrected.apply(to: block)
            try run(.truthResponse) { response.add(block) }
        case .correction: try run(.correction) { scale.apply(to: block) }
        case .byHand:
            scale.apply(to: block)
            try run(.byHand) { kernel.add(block) }
        case .selection, .sums, .histograms:
            scale.apply(to: block)
            try select(stage, &state)
        }
    }

    private func select(_ stage: Stage, _ state: inout BenchmarkState) throws {
        guard stage != .selection else {
            return try state.measure { options.selection.withDijets(of: block, binning: options.binning) { _ in } }
        }
        try options.selection.withDijets(of: block, binning: options.binning) { dijets in
            try state.measure { stage == .sums ? balance.add(dijets) : histograms.add(dijets) }
        }
    }
}
