public import DetectorModel
public import DijetGeneration
public import JetPhysics
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// How many events of each slice a sample has, and what each stands for.
public struct EventPlan: Sendable, Equatable {
    /// The truth events that one draw may be re-used for fit into one block.
    public static let largestReplicas = 4096

    public let draws: [Int]
    public let replicas: [Int]
    /// pb an event.
    public let weights: [Double]

    public var events: Int { draws.reduce(0, +) }
    public var largestReuse: Int { replicas.max() ?? 1 }

    /// Shares the events among the slices of a truth.
    /// - Parameters:
    ///   - events: at least one a slice.
    ///   - detector: whose resolution sets the shares.
    public init(
        events: Int, truth: any DijetTruth, detector: DetectorCard, role: SampleRole
    ) throws(EventPlanError) {
        let slices = truth.slices
        let draws = try Self.draws(
            events: events, edges: slices.map { ($0.pHatMinimum, $0.pHatMaximum) }, detector: detector)
        self.draws = draws
        replicas = draws.indices.map { truth.replicas(slice: $0, draws: draws[$0], role: role) }
        weights = draws.indices.map { slices[$0].crossSection / Double(draws[$0]) }
        if largestReuse > Self.largestReplicas { throw .tooMuchReuse(factor: largestReuse) }
    }

    /// Shares events so that each unit of ln pT can be calibrated to about the same precision: in proportion to the slice's
    /// width in ln p̂T and to the variance of an asymmetry there.
    /// - Parameter edges: of the slices, GeV.
    public static func draws(
        events: Int, edges: [(low: Double, high: Double)], detector: DetectorCard
    ) throws(EventPlanError) -> [Int] {
        guard events >= edges.count else { throw .tooFewEvents(needed: edges.count) }
        let shares = edges.map { low, high -> Double in
            let resolution = detector.resolution.value(eta: 2, pt: (low * high).squareRoot())
            // Radiation and fragmentation scatter the truth by about a tenth.
            return log(high / low) * (resolution * resolution + 0.01)
        }
        let total = shares.reduce(0, +)
        var draws = shares.map { max(1, Int(Double(events) * $0 / total)) }
        let largest = shares.indices.max { shares[$0] < shares[$1] } ?? 0
        draws[largest] += events - draws.reduce(0, +)
        return draws
    }
}

public enum EventPlanError: Error, Equatable, CustomStringConvertible {
    case tooFewEvents(needed: Int)
    case tooMuchReuse(factor: Int)

    public var description: String {
        switch self {
        case .tooFewEvents(let needed): "events: too few for the truth's slices; ask for at least \(needed)"
        case .tooMuchReuse(let factor):
            "events: each truth event would be used \(factor) times; ask for fewer events or give a larger truth sample "
                + "(at most \(EventPlan.largestReplicas) uses)"
        }
    }
}
