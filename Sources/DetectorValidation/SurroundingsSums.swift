internal import Balance
internal import Binning
internal import DetectorModel
internal import JetPhysics

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Sums over events without true jets: the soft term by its recoil, its noise by √ΣE_T, numbers of interactions, jets of pile-up.
struct SurroundingsSums: StorableSums {
    /// GeV; the first has the noise alone.
    static let recoils = [0.0, 3, 8, 20, 50, 0]
    /// The sample with jets of pile-up; in the others there are none.
    static let pileUp = 5
    static let noiseBins = 8

    enum Column: Int, CaseIterable {
        case rows, jets, expected
        /// μ less its expected mean over its width, and with weights the same for data's μ.
        case mu, mu2
        case weight, weight2, weightedMu, weightedMu2, weight2Mu2, weight2Mu4
        case along, along2, across2, noise2
        case root, x2
    }

    /// nil for a card without pile-up.
    let interactions: ExpectedInteractions?
    private let softTerm: SoftTerm
    /// Of √ΣE_T.
    private let edges: [Double]
    private(set) var table: FixedPointTable
    private static var unit: FixedPoint { FixedPoint(bits: 20) }

    /// - Parameter edges: of √ΣE_T, `noiseBins` + 1 of them.
    init(detector: Detector, interactions: ExpectedInteractions?, edges: [Double]) {
        self.interactions = interactions
        softTerm = detector.tables.softTerm
        self.edges = edges
        table = FixedPointTable(
            slices: Self.recoils.count, cells: 1 + Self.noiseBins, columns: Column.allCases.count)
    }

    mutating func merge(_ other: SurroundingsSums) { table.merge(other.table) }

    var record: SumsRecord { table.record }

    mutating func restore(_ record: SumsRecord) throws(SumsRecordError) { try table.restore(record) }

    func sum(_ column: Column, recoil: Int, cell: Int = 0) -> Double {
        table.value(slice: recoil, cell: cell, column: column.rawValue) * Self.unit.quantum
    }

    /// Adds a block; which recoil its rows have is the number of its slice.
    mutating func add(_ block: ReconstructedBlock, truth: TruthBlock) {
        let (softTerm, edges, interactions) = (softTerm, edges, interactions)
        let recoil = truth.slice
        table.withSlice(recoil) { sums in
            func add(_ value: Double, _ column: Column, cell: Int = 0) {
                sums[cell * Column.allCases.count + column.rawValue] &+= Self.unit.quantized(value)
            }
            for row in 0..<block.count {
                add(1, .rows)
                if let own = interactions?.own {
                    let mu = (block.mu[row] - own.mean) / own.unit
                    add(mu, .mu)
                    add(mu * mu, .mu2)
                }
                if let weighted = interactions?.weighted {
                    let (weight, mu) = (block.relativeWeight[row], (block.mu[row] - weighted.mean) / weighted.unit)
                    let (weight2, mu2) = (weight * weight, mu * mu)
                    add(weight, .weight)
                    add(weight2, .weight2)
                    add(weight * mu, .weightedMu)
                    add(weight * mu2, .weightedMu2)
                    add(weight2 * mu2, .weight2Mu2)
                    add(weight2 * mu2 * mu2, .weight2Mu4)
                }
                guard !(block.pt[row] > 0) else {
                    add(1, .jets)
                    continue
                }
                let root = block.sumEt[row].squareRoot()
                let noise = softTerm.noiseWidth(sumEt: block.sumEt[row])
                let (x, y) = (block.softX[row], block.softY[row])
                let soft = Self.recoils[recoil]
                let (ux, uy) = soft > 0 ? (truth.softX[row] / soft, truth.softY[row] / soft) : (1, 0)
                let (along, across) = (x * ux + y * uy, y * ux - x * uy)
                add(1, .expected)
                add(along, .along)
                add(along * along, .along2)
                add(across * across, .across2)
                add(noise * noise, .noise2)
                guard let bin = edges.indices.dropLast().first(where: { root >= edges[$0] && root < edges[$0 + 1] })
                else { continue }
                // Both components tell the noise, when there is nothing else.
                add(1, .rows, cell: 1 + bin)
                add(root, .root, cell: 1 + bin)
                add(x * x + y * y, .x2, cell: 1 + bin)
            }
        }
    }
}
