import JetPhysics

/// A number from 0 to 1 for the `salt`-th property of an event.
func scattered(_ event: Int, _ salt: Int) -> Double {
    var bits = UInt64(event * 64 + salt) &* 0x9E37_79B9_7F4A_7C15
    bits ^= bits >> 29
    bits = bits &* 0xBF58_476D_1CE4_E5B9
    return Double((bits ^ bits >> 32) >> 11) * 0x1p-53
}

/// A dijet with a third jet, as sums of balances see it; the first jet flies along x, the second nearly the other way.
struct DijetRow {
    let id: UInt64
    let slice: Int
    let weight: Double
    /// Of three jets; 0 for one that is not there.
    let pt: [Double]
    let eta: [Double]
    /// True pT of the two leading ones.
    var truth = [Double.nan, .nan]
    var triggers: UInt32 = 0

    var average: Double { 0.5 * (pt[0] + pt[1]) }
    var alpha: Double { pt[2] / average }
}

extension ReconstructedBlock {
    convenience init(_ rows: [DijetRow]) {
        self.init(capacity: max(rows.count, 1))
        count = rows.count
        for (row, dijet) in rows.enumerated() {
            event[row] = dijet.id
            slice[row] = Int32(dijet.slice)
            relativeWeight[row] = dijet.weight
            triggers[row] = dijet.triggers
            for jet in 0..<3 {
                let position = jet * capacity + row
                pt[position] = dijet.pt[jet]
                truePt[position] = jet < 2 ? dijet.truth[jet] : .nan
                detectorEta[position] = dijet.eta[jet]
                phi[position] = [0, 3.1, 1][jet]
            }
        }
    }
}
