#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// A block of reconstructed events, one column a quantity; laid out like `TruthBlock`, with three jets.
///
/// Truth columns follow the reconstructed jet; without truth, `truePt` is NaN.
public final class ReconstructedBlock {
    public static let jetCount = 3
    public let capacity: Int
    public var count = 0
    /// The jets' transverse momentum at the present stage of calibration.
    public let pt: UnsafeMutablePointer<Double>
    /// The same after the MC-truth scale and before any residual: what residual constants are indexed by.
    public let basePt: UnsafeMutablePointer<Double>
    /// Of the physics: from the event's vertex.
    public let eta: UnsafeMutablePointer<Double>
    /// From the detector's centre: what calorimeters and constants go by.
    public let detectorEta: UnsafeMutablePointer<Double>
    public let phi: UnsafeMutablePointer<Double>
    public let truePt: UnsafeMutablePointer<Double>
    public let trueEta: UnsafeMutablePointer<Double>
    public let flavour: UnsafeMutablePointer<Int32>
    public let event: UnsafeMutablePointer<UInt64>
    public let slice: UnsafeMutablePointer<Int32>
    /// Event weight in units of the slice's weight: 1 for events of equal weight.
    public let relativeWeight: UnsafeMutablePointer<Double>
    /// Transverse momentum of what is measured and in none of the jets, GeV: the missing momentum is minus the sum of the jets,
    /// at whatever stage of calibration, and this.
    public let softX: UnsafeMutablePointer<Double>
    public let softY: UnsafeMutablePointer<Double>
    /// Scalar sum of the transverse energy, GeV.
    public let sumEt: UnsafeMutablePointer<Double>
    /// Number of interactions.
    public let mu: UnsafeMutablePointer<Double>
    /// Number of the run, 0 when there is none.
    public let run: UnsafeMutablePointer<Int32>
    /// A bit for each trigger of a menu that kept the event.
    public let triggers: UnsafeMutablePointer<UInt32>
    /// The three hardest true jets of the same rows as they are measured, whether they are among the jets of this block or not: columns
    /// of jets, slices and weights. nil where nobody asked for them, or nobody knows.
    public var trueJets: ReconstructedBlock?
    /// nil where nobody asked for tracks.
    public var tags: JetTags?

    public init(capacity: Int) {
        self.capacity = capacity
        let jets = capacity * Self.jetCount
        func column(_ count: Int) -> UnsafeMutablePointer<Double> {
            let pointer = UnsafeMutablePointer<Double>.allocate(capacity: count)
            pointer.initialize(repeating: 0, count: count)
            return pointer
        }
        pt = column(jets)
        basePt = column(jets)
        eta = column(jets)
        detectorEta = column(jets)
        phi = column(jets)
        truePt = column(jets)
        trueEta = column(jets)
        flavour = .allocate(capacity: jets)
        flavour.initialize(repeating: 0, count: jets)
        event = .allocate(capacity: capacity)
        event.initialize(repeating: 0, count: capacity)
        slice = .allocate(capacity: capacity)
        slice.initialize(repeating: 0, count: capacity)
        relativeWeight = column(capacity)
        (softX, softY, sumEt, mu) = (column(capacity), column(capacity), column(capacity), column(capacity))
        run = .allocate(capacity: capacity)
        run.initialize(repeating: 0, count: capacity)
        triggers = .allocate(capacity: capacity)
        triggers.initialize(repeating: 0, count: capacity)
    }

    /// Missing transverse momentum of a row, GeV: what the jets at their present calibration and the soft term leave.
    public func missingMomentum(row: Int) -> (x: Double, y: Double) {
        var (x, y) = (-softX[row], -softY[row])
        for jet in 0..<Self.jetCount {
            let position = jet * capacity + row
            guard pt[position] > 0 else { continue }
            x -= pt[position] * cos(phi[position])
            y -= pt[position] * sin(phi[position])
        }
        return (x, y)
    }

    /// The true direction of a jet as seen from the detector's centre, which the response goes by; NaN for a jet without truth. The vertex
    /// adds nearly the same to it and to the measured one.
    @inlinable @inline(__always)
    public func trueDetectorEta(_ position: Int) -> Double {
        truePt[position] > 0 ? trueEta[position] + (detectorEta[position] - eta[position]) : .nan
    }

    deinit {
        for column in [
            pt, basePt, eta, detectorEta, phi, truePt, trueEta, relativeWeight, softX, softY, sumEt, mu,
        ] { column.deallocate() }
        run.deallocate()
        triggers.deallocate()
        flavour.deallocate()
        event.deallocate()
        slice.deallocate()
    }
}
