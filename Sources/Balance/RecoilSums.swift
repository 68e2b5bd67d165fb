public import Binning
public import JetPhysics

/// Sums of ln(pT1/pT2) and of what recoils, with their products, by classes of dijets: what their regression follows from. Exact
/// and mergeable; see `FixedPointTable`.
public struct RecoilSums: StorableSums {
    private enum Column: Int, CaseIterable {
        /// Σω and Σω².
        case weight, weight2
        /// Σω y, Σω q and Σω u: y the log ratio, q and u the recoil's third jet and soft term, signed from the jet at smaller |η|.
        case ratio, third, soft
        case ratio2, ratioThird, ratioSoft, third2, thirdSoft, soft2
    }
    private static var unit: FixedPoint { FixedPoint(bits: 30) }
    /// Of q and u: a soft term has no more weight than that.
    static let largestRecoil = 4.0

    public let binning: BalanceBinning
    public let selection: Selection
    let classes: ScoreClasses
    private var table: FixedPointTable

    public init(binning: BalanceBinning, selection: Selection, slices: Int) {
        self.binning = binning
        self.selection = selection
        classes = ScoreClasses(binning)
        table = FixedPointTable(slices: slices, cells: classes.count, columns: Column.allCases.count)
    }

    public mutating func merge(_ other: RecoilSums) { table.merge(other.table) }

    public var record: SumsRecord { table.record }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try table.restore(record) }

    /// Adds the dijets of a calibrated block, found with this binning and selection.
    public mutating func add(_ dijets: Dijets) {
        precondition(dijets.selection == selection && dijets.binning == binning, "dijets of another selection")
        let (classes, block) = (classes, dijets.block)
        dijets.forEachSlice { slice, events in
            table.withSlice(slice) { sums in
                for event in events {
                    guard let place = classes.place(event, block) else { continue }
                    let recoil = Recoil(event, block)
                    let ratio = place.sign * event.logRatio(block)
                    let third = place.sign * Self.limited(recoil.third)
                    let soft = place.sign * Self.limited(recoil.soft)
                    let cell = sums + place.cell * Column.allCases.count
                    func add(_ column: Column, _ value: Double) {
                        cell[column.rawValue] &+= Self.unit.quantized(event.weight * value)
                    }
                    add(.weight, 1)
                    add(.weight2, event.weight)
                    add(.ratio, ratio)
                    add(.third, third)
                    add(.soft, soft)
                    add(.ratio2, ratio * ratio)
                    add(.ratioThird, ratio * third)
                    add(.ratioSoft, ratio * soft)
                    add(.third2, third * third)
                    add(.thirdSoft, third * soft)
                    add(.soft2, soft * soft)
                }
            }
        }
    }

    @inline(__always)
    static func limited(_ recoil: Double) -> Double { min(max(recoil, -largestRecoil), largestRecoil) }
}

/// Weighted first and second moments of the log ratio y and the recoil (q, u).
public struct RecoilMoments: Sendable, Equatable {
    /// Σω and Σω².
    public private(set) var weight = 0.0
    public private(set) var weight2 = 0.0
    private var first = [0.0, 0.0, 0.0]
    private var second = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]

    public init() {}

    /// - Parameters:
    ///   - first: Σω of y, q and u.
    ///   - second: Σω of their products, symmetric.
    public init(weight: Double, weight2: Double, first: [Double], second: [[Double]]) {
        self.weight = weight
        self.weight2 = weight2
        self.first = first
        self.second = second
    }

    /// (Σω)² / Σω².
    public var effectiveEvents: Double { weight2 > 0 ? weight * weight / weight2 : 0 }

    /// Of y (0), q (1) or u (2).
    public func mean(_ index: Int) -> Double { first[index] / weight }

    public func covariance(_ one: Int, _ other: Int) -> Double {
        second[one][other] / weight - mean(one) * mean(other)
    }

    /// Each event together with its mirror image, in which both jets have changed places.
    public var symmetrized: RecoilMoments {
        RecoilMoments(weight: weight, weight2: weight2, first: [0, 0, 0], second: second)
    }

    /// Of more events. The means about which a class scatters are its own: what is gathered is how events scatter about them.
    public mutating func gather(_ other: RecoilMoments) {
        weight += other.weight
        weight2 += other.weight2
        guard other.weight > 0 else { return }
        for row in 0..<3 {
            for column in 0..<3 { second[row][column] += other.weight * other.covariance(row, column) }
        }
    }
}

extension RecoilSums {
    /// [group][class of α].
    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    public func moments(weights: [Double]) -> [[RecoilMoments]] {
        let squares = weights.map { $0 * $0 }
        return (0..<classes.groups).map { group in
            (0..<ScoreClasses.alphaCount).map { alphaClass in
                let cell = group * ScoreClasses.alphaCount + alphaClass
                func sum(_ column: Column, _ weights: [Double]) -> Double {
                    table.total(cell: cell, column: column.rawValue, weights: weights, quantum: Self.unit.quantum)
                }
                func row(_ columns: Column...) -> [Double] { columns.map { sum($0, weights) } }
                let moments = RecoilMoments(
                    weight: sum(.weight, weights), weight2: sum(.weight2, squares), first: row(.ratio, .third, .soft),
                    second: [
                        row(.ratio2, .ratioThird, .ratioSoft), row(.ratioThird, .third2, .thirdSoft),
                        row(.ratioSoft, .thirdSoft, .soft2),
                    ])
                return classes.isSymmetric(group: group) ? moments.symmetrized : moments
            }
        }
    }
}
