#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import Balance
internal import JetPhysics

/// What gives both samples the resolution of the worse: in regions where data are worse simulation is smeared, where they are better,
/// which smearing simulation cannot reach, data are.
///
/// By σ √|k² − 1| with σ that of simulation: from there it is σ √(k² − 1) to data, and from data, σ' = kσ, σ' √(1/k² − 1) to
/// simulation.
public struct ResolutionSmearing: Sendable, Equatable {
    /// By region of |η|.
    public enum Target: String, Sendable {
        case simulation = "mc"
        case data
    }

    /// nil where nothing is known, and nothing done.
    public let targets: [Target?]
    private let regions: AbsEtaRegions
    private let nodes: [[(logPt: Double, width: Double)]]
    private let seed: UInt64

    public static func == (one: ResolutionSmearing, other: ResolutionSmearing) -> Bool {
        one.targets == other.targets && one.simulation == other.simulation && one.data == other.data
    }

    /// From scale factors of regions and widths of their quoted bins.
    init(_ resolution: JetResolution, seed: UInt64) {
        regions = resolution.regions
        self.seed = seed
        targets = resolution.scaleFactors.map { factor in factor.map { $0.value > 1 ? .simulation : .data } }
        nodes = zip(resolution.values, resolution.scaleFactors).map { row, factor in
            guard let factor else { return [] }
            let growth = abs(factor.value * factor.value - 1)
            return row[resolution.binning.quotedPtBins].compactMap { value in
                guard let value, value.combined.simulation > 0 else { return nil }
                return (log(value.truePt / 100), (value.combined.simulation * growth).squareRoot())
            }
        }
    }

    /// Of the samples that constants are derived from.
    var simulation: JetSmearing { simulation(of: .simulation) }
    var data: JetSmearing { data(of: .pseudoData) }

    func simulation(of role: SampleRole) -> JetSmearing { smearing(.simulation, role) }
    func data(of role: SampleRole) -> JetSmearing { smearing(.data, role) }

    private func smearing(_ target: Target, _ role: SampleRole) -> JetSmearing {
        JetSmearing(
            regions: regions, nodes: zip(nodes, targets).map { $1 == target ? $0 : [] }, sample: role, seed: seed)
    }
}
