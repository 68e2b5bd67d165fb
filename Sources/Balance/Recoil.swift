#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import JetPhysics

/// What recoils against the two leading jets, along their axis and over pT_avg: signed, from the softer towards the harder.
///
/// Momenta that balance have pT1 − pT2 = −(third + soft) pT_avg, but for what the angle between the jets is short of π.
struct Recoil {
    /// n = (n1 − n2) / |n1 − n2|, the axis: projection of the third jet.
    let third: Double
    /// Of what is in none of the three jets.
    let soft: Double

    /// - Parameter event: of the block.
    @inline(__always)
    init(_ event: Dijet, _ block: ReconstructedBlock) {
        let row = Int(event.row)
        let second = block.capacity + row
        let (phi1, phi2) = (block.phi[row], block.phi[second])
        let (x, y) = (cos(phi1) - cos(phi2), sin(phi1) - sin(phi2))
        let square = x * x + y * y
        // Jets that fly the same way, as a selection may let them, have no axis.
        let scale = square > 1e-12 ? 1 / (event.average * square.squareRoot()) : 0
        let place = second + block.capacity
        let (pt, phi) = (block.pt[place], block.phi[place])
        third = pt > 0 ? scale * pt * (cos(phi) * x + sin(phi) * y) : 0
        soft = scale * (block.softX[row] * x + block.softY[row] * y)
    }
}
