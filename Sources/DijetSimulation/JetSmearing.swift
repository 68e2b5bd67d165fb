internal import Binning
public import DetectorModel
public import JetPhysics
internal import Sampling

/// Turns truth into what the detector sees: pT_reco = pT_true · R(η, pT_true) · (1 + σ z).
public struct JetSmearing: Sendable {
    /// Largest |σ z|. A fluctuation beyond is reflected, which keeps the momentum positive and, being symmetric, the
    /// mean where it is.
    static let largestFluctuation = 0.95

    public let detector: Detector
    public let role: SampleRole
    public let seed: UInt64

    public init(detector: Detector, role: SampleRole, seed: UInt64) {
        self.detector = detector
        self.role = role
        self.seed = seed
    }

    /// Fills `block` from `truth`; jets outside the acceptance are lost, and the three hardest that remain are kept in
    /// order of reconstructed pT.
    public func simulate(_ truth: TruthBlock, into block: ReconstructedBlock) {
        precondition(truth.count <= block.capacity, "more events than the block holds")
        let stream = RandomStream(seed: seed, sample: role.rawValue, slice: truth.slice)
        let (response, resolution) = (detector.response, detector.resolution)
        let limit = detector.absEtaMaximum
        let (inputStride, stride) = (truth.capacity, block.capacity)
        let absent = ReconstructedBlock.jetCount
        block.count = truth.count
        for row in 0..<truth.count {
            let z = normals(stream.words(event: truth.draw[row], purpose: .jetResponse))
            block.event[row] = truth.event[row]
            block.slice[row] = Int32(truth.slice)
            block.relativeWeight[row] = 1
            for jet in 0..<absent {
                let position = jet * stride + row
                block.pt[position] = 0
                block.truePt[position] = .nan
            }
            for jet in 0..<TruthBlock.jetCount {
                let input = jet * inputStride + row
                let truePt = truth.pt[input]
                let eta = truth.eta[input]
                guard truePt > 0, abs(eta) < limit else { continue }
                let (node, fraction) = OctaveAxis.position(of: truePt)
                var fluctuation = z[jet] * resolution.value(eta: eta, ptNode: node, ptFraction: fraction)
                if abs(fluctuation) > Self.largestFluctuation {
                    let reflected = max(2 * Self.largestFluctuation - abs(fluctuation), -Self.largestFluctuation)
                    fluctuation = fluctuation > 0 ? reflected : -reflected
                }
                let pt = truePt * response.value(eta: eta, ptNode: node, ptFraction: fraction) * (1 + fluctuation)
                // Insert by falling pT.
                var rank = absent
                while rank > 0, pt > block.pt[(rank - 1) * stride + row] { rank -= 1 }
                guard rank < absent else { continue }
                var lower = absent - 1
                while lower > rank {
                    let (to, from) = (lower * stride + row, (lower - 1) * stride + row)
                    block.pt[to] = block.pt[from]
                    block.eta[to] = block.eta[from]
                    block.phi[to] = block.phi[from]
                    block.truePt[to] = block.truePt[from]
                    block.trueEta[to] = block.trueEta[from]
                    block.flavour[to] = block.flavour[from]
                    lower -= 1
                }
                let output = rank * stride + row
                block.pt[output] = pt
                block.eta[output] = eta
                block.phi[output] = truth.phi[input]
                block.truePt[output] = truePt
                block.trueEta[output] = eta
                block.flavour[output] = truth.flavour[input]
            }
        }
    }
}
