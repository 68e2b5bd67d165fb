#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import JetPhysics
internal import Sampling

/// Makes jets fluctuate more than they do: each jet's pT is multiplied by 1 + σ z with z normal and σ(|η|, pT) by region.
///
/// z is a function of seed, sample, slice, event, jet and purpose; rows of one truth event are told apart by their order.
public struct JetSmearing: Sendable, Equatable {
    /// What a jet keeps at least.
    private static let least = 0.02

    public let regions: AbsEtaRegions
    /// ln(pT/100 GeV) that increase, and σ there, by region; between them σ is linear, outside as at the ends; empty for none.
    public let nodes: [[(logPt: Double, width: Double)]]
    public let sample: SampleRole
    public let seed: UInt64

    public init(
        regions: AbsEtaRegions, nodes: [[(logPt: Double, width: Double)]], sample: SampleRole, seed: UInt64
    ) {
        precondition(nodes.count == regions.count, "nodes for each region")
        self.regions = regions
        self.nodes = nodes
        self.sample = sample
        self.seed = seed
    }

    public static func == (one: JetSmearing, other: JetSmearing) -> Bool {
        one.regions == other.regions && one.sample == other.sample && one.seed == other.seed
            && one.nodes.elementsEqual(other.nodes) { $0.elementsEqual($1, by: ==) }
    }

    /// Whether it leaves all jets as they are.
    public var isEmpty: Bool { nodes.allSatisfy(\.isEmpty) }

    /// σ at a jet's η and pT in GeV.
    public func width(eta: Double, pt: Double) -> Double {
        let region = regions.index(of: eta)
        guard region >= 0, let first = nodes[region].first, let last = nodes[region].last else { return 0 }
        let place = log(pt / 100)
        guard place > first.logPt else { return first.width }
        guard place < last.logPt else { return last.width }
        let above = nodes[region].firstIndex { $0.logPt > place } ?? nodes[region].count - 1
        let (low, high) = (nodes[region][above - 1], nodes[region][above])
        return low.width + (high.width - low.width) * (place - low.logPt) / (high.logPt - low.logPt)
    }

    /// Smears the jets of a calibrated block, with what they had before the residual, and brings them into falling order again.
    public func apply(to block: ReconstructedBlock) {
        guard !isEmpty else { return }
        var use: UInt64 = 0
        for row in 0..<block.count {
            use =
                row > 0 && block.isOneTruthEvent(row - 1, row) && block.slice[row - 1] == block.slice[row] ? use + 1 : 0
            let stream = RandomStream(seed: seed, sample: sample.rawValue, slice: Int(block.slice[row]))
            // Truth events are fewer than 2^40, and no more than 4096 uses of one.
            let noise = normals(stream.words(event: block.event[row] | use << 48, purpose: .smearing))
            for jet in 0..<ReconstructedBlock.jetCount {
                let position = jet * block.capacity + row
                let pt = block.pt[position]
                guard pt > 0 else { continue }
                let factor = max(Self.least, 1 + width(eta: block.detectorEta[position], pt: pt) * noise[jet])
                block.pt[position] *= factor
                block.basePt[position] *= factor
            }
        }
        JetCorrection.restoreOrder(of: block)
    }
}
