internal import Balance
internal import Binning
internal import DetectorModel
internal import DijetSimulation
internal import JetPhysics

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// What a sample's card says of a jet, from the grids that its simulation has, without modules.
struct JetExpectation: Sendable {
    let detector: Detector
    /// By period.
    let responses: [EtaPtGrid]
    let pulls: [EtaPtGrid]
    private let flavours: FlavourResponses?
    private let pileUp: PileUp?
    private let modules: [DeadModule]
    private let blur: Double

    init(_ detector: Detector) {
        self.detector = detector
        let tables = detector.tables
        responses = tables.periods.indices.map { tables.responseGrid(period: $0) }
        // Anew from the responses: width² d ln R/dη over the steps of the grid.
        let (limit, directions, envelope) = (tables.etaLimit, tables.features.directions, tables.features.envelope)
        pulls = responses.map { response in
            EtaPtGrid(etaLimit: limit, etaNodes: tables.etaNodes) { eta, pt in
                let step = 2 * limit / Double(tables.etaNodes - 1)
                let (below, above) = (max(eta - step, -limit), min(eta + step, limit))
                let slope = log(response.value(eta: above, pt: pt) / response.value(eta: below, pt: pt))
                return (directions?.lateralVariance(eta: eta, envelope) ?? 0) * slope / (above - below)
            }
        }
        flavours = tables.features.flavours
        pileUp = tables.features.pileUp
        modules = tables.modules
        blur = tables.moduleBlur
    }

    func response(eta: Double, pt: Double, flavour: Int32, period: Int) -> Double {
        responses[period].value(eta: eta, pt: pt)
            * (flavours?.value(class: FlavourResponses.classIndex(flavour), pt: pt) ?? 1)
    }

    func width(eta: Double, pt: Double, mu: Double) -> Double {
        let core = detector.resolution.value(eta: eta, pt: pt)
        return pileUp?.resolution(core: core, eta: eta, pt: pt, mu: mu) ?? core
    }

    /// The share of its response that a jet has left in the modules, and the module that takes most of it.
    func modules(eta: Double, phi: Double) -> (left: Double, module: Int?) {
        var (left, worst, most) = (1.0, nil as Int?, 0.0)
        for (index, module) in modules.enumerated() {
            let share = module.window.share(eta: eta, phi: phi, jetWidth: blur)
            left *= 1 - module.loss * share
            if share * module.loss > most { (worst, most) = (index, share * module.loss) }
        }
        return (left, worst)
    }
}

/// Sums over true jets of what they are measured as.
struct JetSums: StorableSums {
    /// Distances in widths of the core.
    static let coreLimit = 1.0
    static let tailLimit = 2.5

    enum Column: Int, CaseIterable {
        case jets, ratio, ratio2
        case core, lowTail, highTail, shape
        /// The displacement, and squares of what is not expected of it.
        case etaShift, etaShift2, phiShift2
        case expectedPull, expectedEtaVariance, expectedPhiVariance
        /// Of modules, what is left in them.
        case left
    }

    /// η bins, each with the flavours inside.
    let eta: Axis
    let flavours: Int
    private let periods: Int
    private let modules: Int
    private let expectation: JetExpectation
    private let pts: [Double]
    /// Cells by pT; of (η, flavour), then of (η, period), then of modules.
    private(set) var table: FixedPointTable
    /// Jets that are seen beyond the acceptance or in a veto window.
    private(set) var misplaced = 0
    /// Deficits in units of the width, by pT, tail region and width.
    private let deficits: [[[Double]]]

    init(eta: Axis, pts: [Double], expectation: JetExpectation) {
        self.eta = eta
        self.pts = pts
        self.expectation = expectation
        flavours = JetGun.flavours.count
        periods = expectation.responses.count
        modules = expectation.detector.tables.modules.count
        deficits = pts.map { pt in
            expectation.detector.tables.tails.regions.map { DetectorTables.deficits(of: $0.shape(pt: pt)) }
        }
        table = FixedPointTable(
            slices: pts.count, cells: eta.count * (flavours + periods) + modules, columns: Column.allCases.count)
    }

    mutating func merge(_ other: JetSums) {
        table.merge(other.table)
        misplaced += other.misplaced
    }

    var record: SumsRecord {
        var record = SumsRecord()
        record["table"] = table.record
        record.rows["misplaced"] = SumsRecord.Rows(numbers: [Int64(misplaced)])
        return record
    }

    mutating func restore(_ record: SumsRecord) throws(SumsRecordError) {
        try table.restore(record["table"])
        misplaced = Int(try record.numbers("misplaced", count: 1)[0])
    }

    func periodCell(eta: Int, period: Int) -> Int { cells.period(eta: eta, period: period) }
    func moduleCell(_ module: Int) -> Int { cells.module(module) }
    func flavourCell(eta: Int, flavour: Int) -> Int { cells.flavour(eta: eta, flavour: flavour) }

    /// Numbers of cells.
    private struct Cells {
        let etas: Int
        let flavours: Int
        let periods: Int

        func flavour(eta: Int, flavour: Int) -> Int { eta * flavours + flavour }
        func period(eta: Int, period: Int) -> Int { etas * flavours + eta * periods + period }
        func module(_ module: Int) -> Int { etas * (flavours + periods) + module }
    }

    private var cells: Cells { Cells(etas: eta.count, flavours: flavours, periods: periods) }

    /// The sum of a column over some cells of one pT.
    func sum(_ column: Column, pt: Int, cells: [Int]) -> Double {
        cells.reduce(0.0) { $0 + table.value(slice: pt, cell: $1, column: column.rawValue) } * Self.unit.quantum
    }

    private static var unit: FixedPoint { FixedPoint(bits: 30) }

    mutating func add(_ truth: TruthBlock, _ measured: MeasuredJets, _ block: ReconstructedBlock, runs: [Int32]) {
        let tables = expectation.detector.tables
        let lateral = tables.features.directions
        let pt = pts[truth.slice]
        let (eta, flavours, expectation, cells) = (eta, flavours, expectation, cells)
        let regions = deficits[truth.slice]
        let shapes = tables.tails.regions.map { $0.shape(pt: pt) }
        let (etaWidth, phiWidth) = (lateral?.etaResolution(pt: pt) ?? 0, lateral?.phiResolution(pt: pt) ?? 0)
        table.withSlice(truth.slice) { sums in
            func add(_ value: Double, _ cell: Int, _ column: Column) {
                sums[cell * Column.allCases.count + column.rawValue] &+= Self.unit.quantized(value)
            }
            for jet in 0..<TruthBlock.jetCount {
                for row in 0..<truth.count {
                    let (source, target) = (jet * truth.capacity + row, jet * measured.capacity + row)
                    let seen = truth.eta[source] + measured.offset[target]
                    let bin = eta.index(of: seen)
                    guard bin >= 0 else { continue }
                    let period = runs.firstIndex(of: block.run[row]) ?? 0
                    let flavour = (Int(truth.event[row]) + jet) % flavours
                    let response = expectation.response(
                        eta: seen, pt: pt, flavour: truth.flavour[source], period: period)
                    let modules = expectation.modules(eta: seen, phi: truth.phi[source])
                    let whole = measured.pt[target] / (pt * response)
                    if let module = modules.module {
                        // Inside, in comparison with what the module leaves.
                        let cell = cells.module(module)
                        add(1, cell, .jets)
                        add(whole, cell, .ratio)
                        add(whole * whole, cell, .ratio2)
                        add(modules.left, cell, .left)
                        continue
                    }
                    for cell in [
                        cells.flavour(eta: bin, flavour: flavour), cells.period(eta: bin, period: period),
                    ] {
                        add(1, cell, .jets)
                        add(whole, cell, .ratio)
                        add(whole * whole, cell, .ratio2)
                    }
                    let cell = cells.flavour(eta: bin, flavour: flavour)
                    let width = expectation.width(eta: seen, pt: pt, mu: block.mu[row])
                    let region = tables.tails.regionIndex(eta: seen)
                    let steps =
                        min(width, DetectorTables.largestWidth) / DetectorTables.largestWidth
                        * Double(DetectorTables.deficitSteps)
                    let step = Int(steps)
                    let deficit =
                        regions[region][step]
                        + (steps - Double(step)) * (regions[region][step + 1] - regions[region][step])
                    // Distance from the peak.
                    let distance = (whole - 1) / width + deficit + shapes[region].mean
                    add(abs(distance) < Self.coreLimit ? 1 : 0, cell, .core)
                    // Where nothing negative is measured there is no low tail to count.
                    let isWhole = width * (Self.tailLimit + 0.5) < 1 - DetectorTables.leastFluctuation
                    add(isWhole ? 1 : 0, cell, .shape)
                    add(isWhole && distance < -Self.tailLimit ? 1 : 0, cell, .lowTail)
                    add(isWhole && distance > Self.tailLimit ? 1 : 0, cell, .highTail)
                    let shift = measured.eta[target] - truth.eta[source]
                    let turn = (measured.phi[target] - truth.phi[source]).remainder(dividingBy: 2 * Double.pi)
                    add(shift, cell, .etaShift)
                    let pull = expectation.pulls[period].value(eta: seen, pt: pt)
                    add((shift - pull) * (shift - pull), cell, .etaShift2)
                    add(turn * turn, cell, .phiShift2)
                    add(pull, cell, .expectedPull)
                    add(etaWidth * etaWidth, cell, .expectedEtaVariance)
                    add(phiWidth * phiWidth, cell, .expectedPhiVariance)
                }
            }
        }
        let limit = tables.acceptance.absEtaMaximum
        for position in 0..<ReconstructedBlock.jetCount * block.capacity
        where position % block.capacity < block.count && block.pt[position] > 0 {
            let (seen, phi) = (block.detectorEta[position], block.phi[position])
            let isVetoed = tables.acceptance.vetoes.contains { window in
                // Single precision decides at the edges.
                window.contains(eta: seen - 1e-5, phi: phi) && window.contains(eta: seen + 1e-5, phi: phi)
                    && window.contains(eta: seen, phi: phi - 1e-5) && window.contains(eta: seen, phi: phi + 1e-5)
            }
            if abs(seen) > limit + 1e-5 || isVetoed { misplaced += 1 }
        }
    }
}
