public import Balance
public import DetectorModel
public import DijetGeneration
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// What a luminosity gives: the events expected in bins of pT_avg, and the statistical precision of a constant.
///
/// Lowest order, where both jets have the pT of the bin; selections that cut radiation keep about a third of it. The constant of
/// an |η| region follows the mean asymmetry A of N events with a jet there and the other anywhere in the acceptance,
///
///     u² = ⟨σ_A²⟩ / N,   σ_A² = σ(η1)² + σ(η2)² + 0.1²,
///
/// with the relative resolutions σ of the detector and the imbalance of the truth. Simulation is taken to be exact.
public struct ExpectedPrecision: Sendable {
    /// σ of the truth's own asymmetry by radiation and fragmentation.
    public static let truthImbalance = 0.1
    /// |η| of a few regions: central, end-cap, transition, forward.
    public static let standardRegions = [0, 1.3, 2.5, 3.2, 5.2]

    /// A region of |η| in a bin of pT_avg.
    public struct Region: Sendable, Equatable {
        public let events: Double
        /// One standard deviation of the constant, relative; nil when not even two events are expected.
        public let uncertainty: Double?
    }

    public struct Bin: Sendable, Equatable {
        /// GeV.
        public let ptLow: Double
        public let ptHigh: Double
        /// pb, both jets within the outermost region.
        public let crossSection: Double
        /// What fills the bin; nil without a menu, and where no trigger does.
        public let trigger: TriggerMenu.Trigger?
        public let events: Double
        public let regions: [Region]
    }

    public let regionEdges: [Double]
    public let bins: [Bin]

    /// - Parameters:
    ///   - ptEdges: pT_avg in GeV, increasing.
    ///   - luminosity: 1/pb.
    ///   - triggers: nil when every event is kept.
    ///   - regionEdges: |η|, increasing from 0.
    public init(
        process: LeadingOrder, ptEdges: [Double], luminosity: Double, triggers: TriggerMenu?, detector: DetectorCard,
        regionEdges: [Double] = standardRegions
    ) {
        precondition(luminosity > 0 && regionEdges.count >= 2 && ptEdges.count >= 2, "bins, regions and events")
        self.regionEdges = regionEdges
        let plane = RapidityPlane(regionEdges)
        bins = zip(ptEdges, ptEdges.dropFirst()).map { low, high in
            let trigger = triggers?.trigger(forBinFrom: low)
            let kept = triggers == nil ? 1 : trigger.map { 1 / $0.prescale } ?? 0
            let rates = plane.rates(process, low: low, high: high, detector: detector)
            return Bin(
                ptLow: low, ptHigh: high, crossSection: rates.total, trigger: trigger,
                events: luminosity * kept * rates.total,
                regions: rates.regions.map { region in
                    let events = luminosity * kept * region.rate
                    return Region(
                        events: events,
                        uncertainty: events >= 2 ? (region.variance / region.rate / events).squareRoot() : nil)
                })
        }
    }
}

/// Midpoints of cells in the rapidity of a jet, narrow ones that end where regions end.
private struct RapidityPlane {
    private static let cellWidth = 0.1
    private static let ptSteps = 4
    /// Rates fall about as pT^−(power + 1); in pT^−power they are nearly constant.
    private static let power = 4.5

    private let nodes: [(eta: Double, width: Double, region: Int)]
    private let regions: Int

    init(_ edges: [Double]) {
        regions = edges.count - 1
        var nodes: [(eta: Double, width: Double, region: Int)] = []
        for region in 0..<regions {
            let cells = max(1, ((edges[region + 1] - edges[region]) / Self.cellWidth - 1e-9).rounded(.up))
            let width = (edges[region + 1] - edges[region]) / cells
            for cell in 0..<Int(cells) {
                let eta = edges[region] + (Double(cell) + 0.5) * width
                nodes += [(eta, width, region), (-eta, width, region)]
            }
        }
        self.nodes = nodes
    }

    /// σ in pb of a bin, and by region that of the events with a jet there and ∫ σ_A² dσ.
    func rates(
        _ process: LeadingOrder, low: Double, high: Double, detector: DetectorCard
    ) -> (total: Double, regions: [(rate: Double, variance: Double)]) {
        var total = 0.0
        var sums = Array(repeating: (rate: 0.0, variance: 0.0), count: regions)
        let reach = pow(low / high, Self.power) - 1
        for step in 0..<Self.ptSteps {
            let share = 1 + reach * (Double(step) + 0.5) / Double(Self.ptSteps)
            let pt = low * pow(share, -1 / Self.power)
            let ptWidth = -reach * pt / (Self.power * share) / Double(Self.ptSteps)
            let variances = nodes.map { node in
                let resolution = detector.resolution.value(eta: node.eta, pt: pt)
                return resolution * resolution
            }
            for (index1, node1) in nodes.enumerated() {
                for (index2, node2) in nodes.enumerated() {
                    let density = process.crossSection(pt: pt, y3: node1.eta, y4: node2.eta)
                    let rate = density * ptWidth * node1.width * node2.width
                    guard rate > 0 else { continue }
                    let imbalance = ExpectedPrecision.truthImbalance * ExpectedPrecision.truthImbalance
                    let variance = variances[index1] + variances[index2] + imbalance
                    total += rate
                    sums[node1.region].rate += rate
                    sums[node1.region].variance += rate * variance
                    if node2.region != node1.region {
                        sums[node2.region].rate += rate
                        sums[node2.region].variance += rate * variance
                    }
                }
            }
        }
        return (total, sums)
    }
}
