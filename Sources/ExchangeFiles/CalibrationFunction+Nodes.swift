#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance

extension CalibrationFunction {
    /// Of each η bin, by increasing pT in GeV: the constants with the pT that they belong to.
    public var nodes: [[(pt: Double, constant: Double)]] {
        (0..<calibration.binning.eta.count).map { nodes(etaBin: $0, .nominal) }
    }

    /// From `pt` on to the next piece, with u = (ln pT − logPt) · inverseStep: constant + difference · u + (slope + bend · u) · (η − η of the
    /// middle of the bin).
    struct Piece {
        var pt: Double
        var constant: Double
        var difference = 0.0
        var logPt = 0.0
        var inverseStep = 0.0
        var slope = 0.0
        var bend = 0.0
    }

    /// The constants of an η bin by increasing pT (GeV) that they belong to. Where several belong to one pT the first counts below it and
    /// the last above.
    func nodes(etaBin: Int, _ variation: Variation) -> [(pt: Double, constant: Double)] {
        let row = calibration.constants[etaBin].indices.map {
            Self.constant(calibration, variation, eta: etaBin, pt: $0)
        }
        return Self.sorted(calibration.ptMean[etaBin], row)
    }

    private static func sorted(_ pt: [Double?], _ constants: [Double?]) -> [(pt: Double, constant: Double)] {
        zip(pt, constants).enumerated().compactMap { bin, node -> (pt: Double, constant: Double, bin: Int)? in
            guard let pt = node.0, let constant = node.1 else { return nil }
            return (pt, constant, bin)
        }.sorted { ($0.pt, $0.bin) < ($1.pt, $1.bin) }.map { ($0.pt, $0.constant) }
    }

    /// Whether the interpolated form depends on η inside its bins.
    var hasSlopes: Bool { !rows.slopes.isEmpty }

    /// The interpolated form in a bin of η of `rows`, from 0 to `ptLimit`.
    func pieces(row: Int, _ variation: Variation) -> [Piece] {
        let nodes = Self.sorted(rows.pt[row], rows.constants[variation]?[row] ?? [])
        let slopes = rows.slopes[variation].map { Self.sorted(rows.pt[row], $0[row]).map(\.constant) }
        guard let first = nodes.first, let last = nodes.last else { return [Piece(pt: 0, constant: 1)] }
        var pieces = [Piece(pt: 0, constant: first.constant, slope: slopes?.first ?? 0)]
        for low in nodes.indices.dropLast() where nodes[low + 1].pt > nodes[low].pt {
            let (node, next) = (nodes[low], nodes[low + 1])
            let logPt = log(node.pt)
            pieces.append(
                Piece(
                    pt: node.pt, constant: node.constant, difference: next.constant - node.constant, logPt: logPt,
                    inverseStep: 1 / (log(next.pt) - logPt), slope: slopes?[low] ?? 0,
                    bend: slopes.map { $0[low + 1] - $0[low] } ?? 0))
        }
        pieces.append(Piece(pt: last.pt, constant: last.constant, slope: slopes?.last ?? 0))
        return pieces
    }

    /// Those of the formula of the interpolated form.
    func parameters(_ piece: Piece, middle: Double) -> [Double] {
        [piece.constant, piece.difference, piece.logPt, piece.inverseStep]
            + (hasSlopes ? [piece.slope, piece.bend, middle] : [])
    }
}
