public import Binning
public import JetPhysics

/// Sums of the missing momentum projected on the jet of the reference region (MPF), and of what it is made of.
///
/// B = MET·n_ref / (2 pT_avg) with n_ref the direction of the reference jet; MET is minus the sum of the two leading jets (B2),
/// the third (Bn) and what is in none of them (Bu), so that B0 = B2 + Bn + Bu. The response of the probe relative to the
/// reference is (1 + <B0>) / (1 − <B0>). Bins are in |η| of the probe; events in which both jets lie in the reference region
/// count once, with the jet that is a pseudo-random choice the reference. Exact and mergeable.
public struct ProjectionSums: StorableSums {
    enum Column: Int, CaseIterable {
        case rows, weight, weight2, whole, jets, other, unclustered, square, weightedWhole
        /// Squares of what the jets alone give, with weights squared.
        case seenSquare, weightedSeen
    }
    private static var unit: FixedPoint { FixedPoint(bits: 30) }

    public let absEta: Axis
    public let truePt: Axis
    public let selection: Selection
    public let referenceAbsEtaMaximum: Double
    private var table: FixedPointTable

    /// - Parameter truePt: bins of the mean true pT of the two jets: nothing moves between them by the resolution.
    public init(
        absEta: Axis, truePt: Axis, selection: Selection, referenceAbsEtaMaximum: Double, slices: Int
    ) {
        self.absEta = absEta
        self.truePt = truePt
        self.selection = selection
        self.referenceAbsEtaMaximum = referenceAbsEtaMaximum
        table = FixedPointTable(
            slices: slices, cells: absEta.count * truePt.count, columns: Column.allCases.count)
    }

    public mutating func merge(_ other: ProjectionSums) { table.merge(other.table) }

    public var record: SumsRecord { table.record }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try table.restore(record) }

    /// Adds a calibrated block that has truth.
    public mutating func add(_ block: ReconstructedBlock, binning: BalanceBinning) {
        let (absEta, truePt, limit) = (absEta, truePt, referenceAbsEtaMaximum)
        selection.withDijets(of: block, binning: binning) { dijets in
            dijets.forEachSlice { slice, events in
                table.withSlice(slice) { sums in
                    for event in events {
                        let row = Int(event.row)
                        let second = block.capacity + row
                        let (isInside, isOther) = (
                            abs(block.detectorEta[row]) < limit, abs(block.detectorEta[second]) < limit
                        )
                        guard isInside || isOther else { continue }
                        let isHarder = isInside && isOther ? block.event[row] & 1 == 0 : isInside
                        let (tag, probe) = isHarder ? (row, second) : (second, row)
                        let average = 0.5 * (block.truePt[row] + block.truePt[second])
                        let (etaBin, ptBin) = (
                            absEta.index(of: abs(block.detectorEta[probe])), truePt.index(of: average)
                        )
                        guard etaBin >= 0, ptBin >= 0 else { continue }
                        let projection = Projection(event, block, tag: tag)
                        let (jets, other) = (projection.jets, projection.other)
                        let (unclustered, whole) = (projection.unclustered, projection.whole)
                        let weight = event.weight
                        let cell = sums + (etaBin * truePt.count + ptBin) * Column.allCases.count
                        func add(_ column: Column, _ value: Double) {
                            cell[column.rawValue] &+= Self.unit.quantized(value)
                        }
                        cell[Column.rows.rawValue] &+= 1
                        add(.weight, weight)
                        add(.weight2, weight * weight)
                        add(.whole, weight * whole)
                        add(.jets, weight * jets)
                        add(.other, weight * other)
                        add(.unclustered, weight * unclustered)
                        add(.square, weight * weight * whole * whole)
                        add(.weightedWhole, weight * weight * whole)
                        let seen = jets + other
                        add(.seenSquare, weight * weight * seen * seen)
                        add(.weightedSeen, weight * weight * seen)
                    }
                }
            }
        }
    }

    /// Means of one bin.
    public struct Means: Sendable, Equatable {
        public let rows: Int
        public let whole: Double
        public let wholeUncertainty: Double
        public let jets: Double
        public let other: Double
        public let unclustered: Double
        /// Of the jets without the soft term, `jets` + `other`.
        public let seenUncertainty: Double
    }

    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    /// - Returns: nil for fewer than two events.
    public func means(eta: Int, pt: Int, weights: [Double]) -> Means? {
        let cell = eta * truePt.count + pt
        let squares = weights.map { $0 * $0 }
        func sum(_ column: Column, _ weights: [Double]) -> Double {
            table.total(cell: cell, column: column.rawValue, weights: weights, quantum: Self.unit.quantum)
        }
        let rows = table.count(cell: cell, column: Column.rows.rawValue)
        let weight = sum(.weight, weights)
        guard rows >= 2, weight > 0 else { return nil }
        let whole = sum(.whole, weights) / weight
        let spread =
            sum(.square, squares) - 2 * whole * sum(.weightedWhole, squares) + whole * whole * sum(.weight2, squares)
        let seen = (sum(.jets, weights) + sum(.other, weights)) / weight
        let seenSpread =
            sum(.seenSquare, squares) - 2 * seen * sum(.weightedSeen, squares) + seen * seen * sum(.weight2, squares)
        return Means(
            rows: rows, whole: whole, wholeUncertainty: max(0, spread).squareRoot() / weight,
            jets: sum(.jets, weights) / weight, other: sum(.other, weights) / weight,
            unclustered: sum(.unclustered, weights) / weight,
            seenUncertainty: max(0, seenSpread).squareRoot() / weight)
    }
}
