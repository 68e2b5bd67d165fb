public import Balance
public import Binning
public import JetPhysics

/// Sums of the response r = pT / pT_true of matched jets in bins of true η, as seen from the detector's centre, and true pT,
/// before and after the residual.
/// Exact and mergeable; see `FixedPointTable`.
public struct TruthResponseSums: StorableSums, Equatable {
    /// Added to in pairs of neighbours.
    enum Column: Int, CaseIterable {
        case rows, weight, weight2, truePt
        /// Σωr, Σωr², Σω²r, Σω²r² before the residual, then after it.
        case base, base2, weightedBase, weightedBase2
        case calibrated, calibrated2, weightedCalibrated, weightedCalibrated2
    }
    static var unit: FixedPoint { FixedPoint(bits: 30) }
    static var momentum: FixedPoint { FixedPoint(bits: 20) }

    public let eta: Axis
    public let truePt: Axis
    /// Whether bins are in the measured η instead of the true one.
    let isByMeasuredEta: Bool
    /// What blocks were corrected with; the shares of its fitted numbers in it take a column each.
    public let residual: Residual?
    public private(set) var table: FixedPointTable
    private let shareCount: Int
    var columns: Int { Column.allCases.count + shareCount }

    /// - Parameters:
    ///   - residual: what blocks were corrected with.
    ///   - shares: whether it is recorded which of its constants act where.
    public init(eta: Axis, truePt: Axis, residual: Residual?, shares: Bool = true, slices: Int) {
        self.init(eta: eta, truePt: truePt, isByMeasuredEta: false, residual: residual, shares: shares, slices: slices)
    }

    init(eta: Axis, truePt: Axis, isByMeasuredEta: Bool, residual: Residual?, shares: Bool, slices: Int) {
        self.isByMeasuredEta = isByMeasuredEta
        self.eta = eta
        self.truePt = truePt
        self.residual = residual
        shareCount = shares ? residual?.shareCount ?? 0 : 0
        table = FixedPointTable(
            slices: slices, cells: eta.count * truePt.count, columns: Column.allCases.count + shareCount)
    }

    public mutating func merge(_ other: TruthResponseSums) { table.merge(other.table) }

    public var record: SumsRecord { table.record }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try table.restore(record) }

    /// Adds all jets of a calibrated block that have truth: no selection. Whether those are the listed ones, which reach a threshold and
    /// are among the three hardest, or every true one (`trueJets`) is the caller's choice.
    /// - Parameter leastScore: of jets that count, in a block with tags; nil for all.
    public mutating func add(_ block: ReconstructedBlock, leastScore: Int32? = nil) {
        let tagged = leastScore.flatMap { least in block.tags.map { (scores: $0.score, least: least) } }
        var row = 0
        let (eta, truePt, residual, columns, isByMeasuredEta) = (eta, truePt, residual, columns, isByMeasuredEta)
        while row < block.count {
            var end = row + 1
            while end < block.count, block.slice[end] == block.slice[row] { end += 1 }
            let range = row..<end
            table.withSlice(Int(block.slice[row])) { sums in
                Self.add(block, range, eta, truePt, isByMeasuredEta, residual, columns, tagged, sums)
            }
            row = end
        }
    }

    private static func add(
        _ block: ReconstructedBlock, _ rows: Range<Int>, _ eta: Axis, _ truePt: Axis, _ isByMeasuredEta: Bool,
        _ residual: Residual?, _ columns: Int, _ tagged: (scores: UnsafeMutablePointer<Int32>, least: Int32)?,
        _ sums: UnsafeMutablePointer<Int64>
    ) {
        let stride = block.capacity
        let nodes = Column.allCases.count
        let (one, fine) = (FixedPoint(bits: 0), FixedPointPair(unit, unit))
        /// Σωr and Σωr², Σω²r and Σω²r².
        func add(_ response: Double, _ weight: Double, to column: UnsafeMutablePointer<Int64>) {
            let moments = SIMD2(response, response * response) * weight
            fine.add(moments, to: column)
            fine.add(moments * weight, to: column + 2)
        }
        for jet in 0..<ReconstructedBlock.jetCount {
            for row in rows {
                let position = jet * stride + row
                let pt = block.truePt[position]
                guard block.pt[position] > 0, pt > 0 else { continue }
                if let tagged, tagged.scores[position] < tagged.least { continue }
                let direction = isByMeasuredEta ? block.detectorEta[position] : block.trueDetectorEta(position)
                let etaBin = eta.index(of: direction)
                let ptBin = truePt.index(of: pt)
                guard etaBin >= 0, ptBin >= 0 else { continue }
                let weight = block.relativeWeight[row]
                let cell = sums + (etaBin * truePt.count + ptBin) * columns
                let responses = SIMD2(block.basePt[position], block.pt[position]) / pt
                FixedPointPair(one, unit).add(SIMD2(1, weight), to: cell + Column.rows.rawValue)
                FixedPointPair(unit, momentum).add(SIMD2(weight, pt) * weight, to: cell + Column.weight2.rawValue)
                add(responses.x, weight, to: cell + Column.base.rawValue)
                guard let residual else { continue }
                add(responses.y, weight, to: cell + Column.calibrated.rawValue)
                guard columns > nodes else { continue }
                residual.addShares(
                    eta: block.detectorEta[position], pt: block.basePt[position], corrected: block.pt[position],
                    weight: weight, unit, to: cell + nodes)
            }
        }
    }

    /// The mean response of a cell and its variance.
    public struct Response: Sendable, Equatable {
        public let rows: Int
        public let weight: Double
        public let meanTruePt: Double
        public let base: Double
        public let baseVariance: Double
        public let calibrated: Double
        public let calibratedVariance: Double
        /// Mean share of each fitted number in the residual's logarithm; those of pT bins sum to at most 1.
        public let shares: [Double]
    }

    /// - Returns: nil for a cell with fewer than two jets.
    public func response(eta etaBin: Int, pt ptBin: Int, weights: [Double]) -> Response? {
        let cell = etaBin * truePt.count + ptBin
        let squares = weights.map { $0 * $0 }
        func sum(_ column: Int, _ weights: [Double], _ point: FixedPoint) -> Double {
            table.total(cell: cell, column: column, weights: weights, quantum: point.quantum)
        }
        let rows = table.count(cell: cell, column: Column.rows.rawValue)
        let weight = sum(Column.weight.rawValue, weights, Self.unit)
        guard rows >= 2, weight > 0 else { return nil }
        let weight2 = sum(Column.weight2.rawValue, squares, Self.unit)
        let effective = weight * weight / weight2
        guard effective > 1 else { return nil }
        func mean(_ first: Column, _ weighted: Column, _ weighted2: Column) -> (mean: Double, variance: Double) {
            let mean = sum(first.rawValue, weights, Self.unit) / weight
            let spread =
                sum(weighted2.rawValue, squares, Self.unit) - 2 * mean * sum(weighted.rawValue, squares, Self.unit)
                + mean * mean * weight2
            return (mean, max(0, spread) / (weight * weight) * effective / (effective - 1))
        }
        let base = mean(.base, .weightedBase, .weightedBase2)
        let calibrated =
            residual == nil ? base : mean(.calibrated, .weightedCalibrated, .weightedCalibrated2)
        return Response(
            rows: rows, weight: weight, meanTruePt: sum(Column.truePt.rawValue, weights, Self.momentum) / weight,
            base: base.mean, baseVariance: base.variance, calibrated: calibrated.mean,
            calibratedVariance: calibrated.variance,
            shares: (0..<shareCount).map {
                sum(Column.allCases.count + $0, weights, Self.unit) / weight
            })
    }
}
