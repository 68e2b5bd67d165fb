#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import JetPhysics

/// The missing momentum of a dijet along its reference jet, by what it is made of.
///
/// B = MET·n_ref / (2 pT_avg) with n_ref the measured direction of the reference jet; MET is minus the sum of the two leading
/// jets, the third and what is in none of them, at whatever calibration the jets have.
struct Projection {
    /// Of minus the two leading jets, minus the third, and minus the soft term.
    let jets: Double
    let other: Double
    let unclustered: Double

    /// B0, the sum of its parts.
    @inline(__always)
    var whole: Double { jets + other + unclustered }

    /// - Parameters:
    ///   - event: of the block.
    ///   - tag: place of the reference jet in the columns of the block.
    @inline(__always)
    init(_ event: Dijet, _ block: ReconstructedBlock, tag: Int) {
        let row = Int(event.row)
        let second = block.capacity + row
        let angle = block.phi[tag]
        let (x, y) = (cos(angle), sin(angle))
        func along(_ place: Int) -> Double {
            guard block.pt[place] > 0 else { return 0 }
            return block.pt[place] * (cos(block.phi[place]) * x + sin(block.phi[place]) * y)
        }
        let scale = 0.5 / event.average
        jets = -scale * (along(row) + along(second))
        other = -scale * along(second + block.capacity)
        unclustered = -scale * (block.softX[row] * x + block.softY[row] * y)
    }
}
