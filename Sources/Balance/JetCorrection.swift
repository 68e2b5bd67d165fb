public import Binning
internal import CDijets
internal import InstructionSets
public import JetPhysics

/// What is done to jets before their balance is measured: the MC-truth scale, the same for simulation and data, then
/// the residual, for data only.
public struct JetCorrection: Sendable {
    /// Factor as a function of (η, reconstructed pT).
    public let scale: EtaPtGrid?
    public let residual: Residual?

    public init(scale: EtaPtGrid?, residual: Residual?) {
        self.scale = scale
        self.residual = residual
    }

    /// Calibrates the block in place, at the jets' η from the detector's centre, and brings its jets into falling order
    /// again. `basePt` becomes the pT before the residual.
    public func apply(to block: ReconstructedBlock) {
        let (stride, count) = (block.capacity, block.count)
        let kernels = etacal_kernels(EtaCalInstructionSet(InstructionSet.chosen.number))
        for jet in 0..<ReconstructedBlock.jetCount {
            let (pt, basePt) = (block.pt + jet * stride, block.basePt + jet * stride)
            let eta = block.detectorEta + jet * stride
            if let scale {
                scale.withNodes { values, limit, perUnit, last in
                    var table = EtaCalScale(values: values, eta_limit: limit, eta_scale: perUnit, eta_last: last)
                    kernels.calibrate(&table, pt, basePt, eta, count)
                }
            } else {
                basePt.update(from: pt, count: count)
            }
            if let residual { Self.apply(residual, pt, eta, count) }
        }
        Self.restoreOrder(of: block)
    }

    /// Brings the jets of each event into falling order.
    static func restoreOrder(of block: ReconstructedBlock) {
        let (stride, count) = (block.capacity, block.count)
        let (pt1, pt2, pt3) = (block.pt, block.pt + stride, block.pt + 2 * stride)
        for row in 0..<count {
            // One branch for both comparisons: it is rarely taken.
            let isFalling = (pt1[row] < pt2[row] ? 1 : 0) | (pt2[row] < pt3[row] ? 1 : 0) == 0
            if !isFalling { sort(block, row) }
        }
    }

    private static func apply(
        _ residual: Residual, _ pt: UnsafeMutablePointer<Double>, _ eta: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { buffer in
            guard let present = buffer.baseAddress else { return }
            // Jets that are there, listed without a branch.
            var jets = 0
            for row in 0..<count {
                present[jets] = Int32(truncatingIfNeeded: row)
                // 1 for a positive number, 0 for 0: a comparison would become a branch.
                jets &+= Int(truncatingIfNeeded: (0 &- pt[row].bitPattern) &>> 63)
            }
            residual.apply(to: pt, eta: eta, at: present, count: jets)
        }
    }

    private static func sort(_ block: ReconstructedBlock, _ row: Int) {
        let stride = block.capacity
        if block.pt[row] < block.pt[stride + row] { exchange(block, row, stride + row) }
        if block.pt[stride + row] < block.pt[2 * stride + row] {
            exchange(block, stride + row, 2 * stride + row)
            if block.pt[row] < block.pt[stride + row] { exchange(block, row, stride + row) }
        }
    }

    private static func exchange(_ block: ReconstructedBlock, _ first: Int, _ second: Int) {
        swap(&block.pt[first], &block.pt[second])
        swap(&block.basePt[first], &block.basePt[second])
        swap(&block.eta[first], &block.eta[second])
        swap(&block.detectorEta[first], &block.detectorEta[second])
        swap(&block.phi[first], &block.phi[second])
        swap(&block.truePt[first], &block.truePt[second])
        swap(&block.trueEta[first], &block.trueEta[second])
        swap(&block.flavour[first], &block.flavour[second])
        block.tags?.exchange(first, second)
    }
}
