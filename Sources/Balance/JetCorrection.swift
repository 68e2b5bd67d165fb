public import Binning
public import JetPhysics

/// What is done to jets before their balance is measured: the MC-truth scale, the same for simulation and data, then
/// the residual, for data only.
public struct JetCorrection: Sendable {
    /// Factor as a function of (η, reconstructed pT).
    public let scale: EtaPtGrid?
    public let residual: ResidualMap?

    public init(scale: EtaPtGrid?, residual: ResidualMap?) {
        self.scale = scale
        self.residual = residual
    }

    /// Calibrates the block in place and brings its jets into falling order again. `basePt` becomes the pT before the
    /// residual.
    public func apply(to block: ReconstructedBlock) {
        let stride = block.capacity
        for jet in 0..<ReconstructedBlock.jetCount {
            for row in 0..<block.count {
                let position = jet * stride + row
                var pt = block.pt[position]
                guard pt > 0 else {
                    block.basePt[position] = 0
                    continue
                }
                if let scale { pt *= scale.value(eta: block.eta[position], pt: pt) }
                block.basePt[position] = pt
                if let residual { pt *= residual.constant(eta: block.eta[position], pt: pt) }
                block.pt[position] = pt
            }
        }
        for row in 0..<block.count {
            if block.pt[row] < block.pt[stride + row] { Self.exchange(block, row, stride + row) }
            if block.pt[stride + row] < block.pt[2 * stride + row] {
                Self.exchange(block, stride + row, 2 * stride + row)
                if block.pt[row] < block.pt[stride + row] { Self.exchange(block, row, stride + row) }
            }
        }
    }

    private static func exchange(_ block: ReconstructedBlock, _ first: Int, _ second: Int) {
        swap(&block.pt[first], &block.pt[second])
        swap(&block.basePt[first], &block.basePt[second])
        swap(&block.eta[first], &block.eta[second])
        swap(&block.phi[first], &block.phi[second])
        swap(&block.truePt[first], &block.truePt[second])
        swap(&block.trueEta[first], &block.trueEta[second])
        swap(&block.flavour[first], &block.flavour[second])
    }
}
