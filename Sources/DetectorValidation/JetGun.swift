internal import JetPhysics
internal import Sampling

/// Jets of one pT at any direction and of each flavour in turn, four a row that have nothing to do with each other: what a
/// detector does to jets is measured with them evenly, wherever the cross-section would put few.
struct JetGun {
    static let flavours: [Int32] = [0, 1, 4, 5, 21]
    /// Far from the samples of a run.
    private static let sample = 100

    let absEtaMaximum: Double
    let seed: UInt64

    /// Fills the block with rows `first`, `first + 1`, … of jets of `pt` GeV.
    /// - Parameter slice: keeps rows of different pT apart.
    func fill(_ block: TruthBlock, pt: Double, slice: Int, first: Int, count: Int) {
        let stream = RandomStream(seed: seed, sample: Self.sample, slice: slice)
        block.prepare(slice: slice, first: first, count: count)
        for row in 0..<count {
            let event = UInt64(first + row)
            let etas = stream.words(event: event, purpose: .kinematics)
            let phis = stream.words(event: event, purpose: .scattering)
            for jet in 0..<TruthBlock.jetCount {
                let position = jet * block.capacity + row
                block.pt[position] = pt
                block.eta[position] = absEtaMaximum * (2 * uniform(etas[jet]) - 1)
                block.phi[position] = Double.pi * (2 * uniform(phis[jet]) - 1)
                block.flavour[position] = Self.flavours[(first + row + jet) % Self.flavours.count]
            }
            (block.softX[row], block.softY[row]) = (0, 0)
        }
    }

    /// Fills the block with rows without jets whose soft recoil is `soft` GeV in any direction.
    func fillSoft(_ block: TruthBlock, soft: Double, slice: Int, first: Int, count: Int) {
        let stream = RandomStream(seed: seed, sample: Self.sample, slice: slice)
        block.prepare(slice: slice, first: first, count: count)
        for row in 0..<count {
            for jet in 0..<TruthBlock.jetCount { block.pt[jet * block.capacity + row] = 0 }
            let turn = uniform(stream.words(event: UInt64(first + row), purpose: .kinematics).x)
            let (sine, cosine) = sineCosine(turn: SIMD2(repeating: turn))
            (block.softX[row], block.softY[row]) = (soft * cosine.x, soft * sine.x)
        }
    }
}

extension TruthBlock {
    fileprivate func prepare(slice: Int, first: Int, count: Int) {
        precondition(count <= capacity, "more rows than the block holds")
        self.slice = slice
        self.count = count
        for row in 0..<count {
            event[row] = UInt64(first + row)
            draw[row] = UInt64(first + row)
            weight[row] = 1
        }
    }
}
