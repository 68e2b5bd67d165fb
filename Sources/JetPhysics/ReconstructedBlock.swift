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
    public let eta: UnsafeMutablePointer<Double>
    public let phi: UnsafeMutablePointer<Double>
    public let truePt: UnsafeMutablePointer<Double>
    public let trueEta: UnsafeMutablePointer<Double>
    public let flavour: UnsafeMutablePointer<Int32>
    public let event: UnsafeMutablePointer<UInt64>
    public let slice: UnsafeMutablePointer<Int32>
    /// Event weight in units of the slice's weight: 1 for events of equal weight.
    public let relativeWeight: UnsafeMutablePointer<Double>

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
    }

    deinit {
        for column in [pt, basePt, eta, phi, truePt, trueEta, relativeWeight] { column.deallocate() }
        flavour.deallocate()
        event.deallocate()
        slice.deallocate()
    }
}
