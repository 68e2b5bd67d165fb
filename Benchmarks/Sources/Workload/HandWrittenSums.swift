internal import Balance
internal import Binning
internal import CChain
internal import ClosureStudy
public import JetPhysics

/// The sums that the kernel in C makes of reconstructed blocks of one slice each.
public final class HandWrittenSums {
    private let kernel: OpaquePointer
    private let binning: BalanceBinning
    private let weights: [Double]

    public struct Unsupported: Error, CustomStringConvertible {
        public let description = "the kernel in C cannot look up these axes; use the standard binning"
    }

    public init(_ sample: DefaultSample) throws {
        let (binning, cuts) = (sample.options.binning, sample.options.selection)
        self.binning = binning
        weights = sample.source.sliceWeights
        let made = cchain_create(
            binning.eta.edges, Int32(binning.eta.count), binning.ptAverage.edges, Int32(binning.ptAverage.count),
            CChainCuts(
                delta_phi_minimum: cuts.deltaPhiMinimum, alpha_maximum: cuts.alphaMaximum,
                third_jet_floor: cuts.thirdJetFloor, abs_eta_maximum: cuts.absEtaMaximum),
            Int32(weights.count))
        guard let made else { throw Unsupported() }
        kernel = made
    }

    deinit { cchain_destroy(kernel) }

    /// Rows in the sums.
    public var selected: Int { cchain_selected(kernel) }

    public func add(_ block: ReconstructedBlock) {
        precondition(block.capacity >= block.count + Int(CChainPadding), "room for whole vectors")
        cchain_add(
            kernel,
            CChainBlock(
                pt: block.pt, eta: block.detectorEta, phi: block.phi, weight: block.relativeWeight,
                jet_stride: block.capacity, count: block.count),
            block.slice[0])
    }

    /// In the order of the library's columns. Each row is a truth event of its own; residuals are none.
    public var cells: CellSums {
        var table = FixedPointTable(
            slices: weights.count, cells: binning.ptAverage.count * binning.pairCount,
            columns: BalanceSums.Column.allCases.count)
        let places: [(BalanceSums.Column, Int)] = [
            (.weight, 0), (.asymmetry, 1), (.etaLow, 2), (.etaHigh, 3), (.ptLow, 4), (.ptHigh, 5),
            (.squaredAsymmetry, 6), (.clusterWeight2, 7), (.clusterCross, 8), (.clusterAsymmetry2, 9), (.rows, 10),
            (.truthEvents, 10),
        ]
        for slice in weights.indices {
            guard let sums = cchain_sums(kernel, Int32(slice)) else { continue }
            let (cells, columns) = (table.cells, table.columns)
            table.withSlice(slice) { result in
                for cell in 0..<cells {
                    for (column, place) in places {
                        result[cell * columns + column.rawValue] = sums[cell * Int(CChainColumns) + place]
                    }
                }
            }
        }
        return CellSums(table, binning: binning, weights: weights)
    }
}
