public import Binning
public import JetPhysics

/// By how much a change of the response across a jet pulls the axis that is measured: η moves by w² ∂ ln R/∂η, with w the lateral width
/// of jets, which is a function of |η|.
public struct AxisPull: Sendable, Equatable {
    private let nodes: LinearNodes
    /// |η| of the nodes.
    public var absEta: [Double] { nodes.places }
    /// w² at the nodes.
    public let squaredWidths: [Double]

    public init(absEta: [Double], squaredWidths: [Double]) {
        precondition(absEta.count == squaredWidths.count, "a width for each node")
        nodes = LinearNodes(absEta)
        self.squaredWidths = squaredWidths
    }

    /// Half the distance over which ln f is differentiated there: the width of jets, as they do not feel what happens within it, and
    /// 0.1 at least. Over less, a wave of f grows from one comparison to the next beside a step.
    public func reach(eta: Double) -> Double { max(squaredWidth(eta: eta).squareRoot(), 0.1) }

    /// w² at a place.
    public func squaredWidth(eta: Double) -> Double {
        nodes.value(of: squaredWidths, at: abs(eta))
    }
}

/// What jets of simulation say of their lateral width: their displacement in η against the change of the response there. Exact and
/// mergeable.
public struct AxisPullSums: StorableSums {
    /// Σω g², Σω g Δη with g = ∂ ln R/∂η.
    private static let columns = 2
    /// Half the distance over which the response is differentiated: that of the scale's nodes.
    private static let step = 0.05
    /// Above this a width is no longer one.
    private static let largest = 0.16
    private static var unit: FixedPoint { FixedPoint(bits: 20) }

    private let simulated: EtaPtGrid
    private let ptMinimum: Double
    private let classes: AbsEtaClasses
    private var table: FixedPointTable

    /// - Parameters:
    ///   - simulated: R at (η, pT after the scale).
    ///   - binning: jets count from the lowest pT_avg on.
    public init(simulated: EtaPtGrid, binning: BalanceBinning, slices: Int) {
        self.simulated = simulated
        ptMinimum = binning.ptAverage.lowest
        classes = AbsEtaClasses(covering: binning.eta)
        table = FixedPointTable(slices: slices, cells: classes.count, columns: Self.columns)
    }

    public mutating func merge(_ other: AxisPullSums) { table.merge(other.table) }

    public var record: SumsRecord { table.record }

    public mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try table.restore(record) }

    /// Adds a calibrated block.
    public mutating func add(_ block: ReconstructedBlock) {
        let pair = FixedPointPair(Self.unit, Self.unit)
        for jet in 0..<ReconstructedBlock.jetCount {
            for row in 0..<block.count {
                let place = jet * block.capacity + row
                let truth = block.truePt[place]
                guard truth >= ptMinimum, block.pt[place] > 0 else { continue }
                let seen = block.trueDetectorEta(place)
                // False for a jet without a true direction.
                guard abs(seen) < classes.limit else { continue }
                let group = classes.index(of: seen)
                let ratio =
                    simulated.value(eta: seen + Self.step, pt: truth)
                    / simulated.value(eta: seen - Self.step, pt: truth)
                // The logarithm, for steps that a calorimeter has.
                let gradient = (ratio - 1) / (ratio + 1) / Self.step
                table.withSlice(Int(block.slice[row])) { sums in
                    pair.add(
                        SIMD2(gradient, block.eta[place] - block.trueEta[place])
                            * (block.relativeWeight[row] * gradient), to: sums + group * Self.columns)
                }
            }
        }
    }

    /// - Parameter weights: what an event of relative weight 1 of each slice stands for.
    /// - Returns: nil for a simulation the response of which does not change with η.
    public func pull(weights: [Double]) -> AxisPull? {
        func total(_ column: Int) -> [Double] {
            (0..<classes.count).map {
                table.total(cell: $0, column: column, weights: weights, quantum: Self.unit.quantum)
            }
        }
        let (squares, products) = (total(0), total(1))
        let (square, product) = (squares.reduce(0, +), products.reduce(0, +))
        guard square > 0 else { return nil }
        let mean = product / square
        // A class without any edge of its own gets the width of all: as much as a tenth of the mean information speaks for it.
        let share = 0.1 * square / Double(classes.count)
        return AxisPull(
            absEta: classes.centres,
            squaredWidths: zip(squares, products).map {
                min(max(($1 + share * mean) / ($0 + share), 0), Self.largest)
            })
    }
}
