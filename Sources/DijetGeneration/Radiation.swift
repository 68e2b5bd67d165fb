#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import JetPhysics
internal import Sampling

/// What radiation makes of a balanced pair: a third jet and a soft recoil, in the transverse plane.
struct Radiation {
    private var x: SIMD3<Double>
    private var y: SIMD3<Double>
    private var eta: SIMD3<Double>
    private let rotation: Double

    /// - Parameters:
    ///   - pt: of each of the two jets before radiation, GeV.
    ///   - words: azimuth of the event, size, direction and kind of the radiation.
    ///   - recoil: two normal numbers' worth of words.
    init(pt: Double, eta1: Double, eta2: Double, words: SIMD4<UInt32>, recoil: SIMD4<UInt32>) {
        rotation = (2 * uniform(words.x) - 1) * Double.pi
        x = SIMD3(pt, -pt, 0)
        y = .zero
        eta = SIMD3(eta1, eta2, 0)

        // A harder scale and a larger rapidity gap radiate more; the mean is that of α in a parton shower.
        let mean = 0.17 + 0.02 * min(abs(eta1 - eta2), 6)
        let share = min(-mean * log(uniform(words.y)), 0.9)
        let third = share * pt
        let turns = SIMD2(uniform(words.z), uniform(recoil.y))
        let (sine, cosine) = sineCosine(turn: turns)
        let kind = uniform(words.w)
        if third >= FallingSpectrum.thirdJetThreshold {
            if kind < 0.5 {
                // Initial state: both jets recoil.
                let qx = third * cosine.x
                let qy = third * sine.x
                x += SIMD3(-0.5 * qx, -0.5 * qx, qx)
                y += SIMD3(-0.5 * qy, -0.5 * qy, qy)
                eta.z = (4 * kind - 1) * 4.5
            } else {
                // Final state: the emitter loses what the third jet takes, at a distance of 0.45 to 1.2.
                let first = kind < 0.75
                let sign = first ? 1.0 : -1.0
                let distance = 0.45 + 0.75 * (first ? 4 * kind - 2 : 4 * kind - 3)
                let offset = distance * sine.x
                let qx = sign * third * cos(offset)
                let qy = sign * third * sin(offset)
                if first {
                    x += SIMD3(-qx, 0, qx)
                    y += SIMD3(-qy, 0, qy)
                } else {
                    x += SIMD3(0, -qx, qx)
                    y += SIMD3(0, -qy, qy)
                }
                eta.z = (first ? eta1 : eta2) + distance * cosine.x
            }
        }
        // Underlying event and everything below the threshold: both jets recoil.
        let scale = 0.5 * (3 + 0.03 * pt) * (-2 * log(uniform(recoil.x))).squareRoot()
        let kx = scale * cosine.y
        let ky = scale * sine.y
        x += SIMD3(kx, kx, 0)
        y += SIMD3(ky, ky, 0)
    }

    /// Writes the jets by falling pT.
    func write(to block: TruthBlock, row: Int) {
        let square = x * x + y * y
        var order = SIMD3<Int>(0, 1, 2)
        if square[order.x] < square[order.y] { order = SIMD3(order.y, order.x, order.z) }
        if square[order.y] < square[order.z] { order = SIMD3(order.x, order.z, order.y) }
        if square[order.x] < square[order.y] { order = SIMD3(order.y, order.x, order.z) }
        for rank in 0..<TruthBlock.jetCount {
            let position = rank * block.capacity + row
            block.flavour[position] = 0
            guard rank < 3, square[order[rank]] > 0 else {
                block.pt[position] = 0
                continue
            }
            let jet = order[rank]
            block.pt[position] = square[jet].squareRoot()
            block.eta[position] = eta[jet]
            block.phi[position] = wrappedAzimuth(atan2(y[jet], x[jet]) + rotation)
        }
    }
}
