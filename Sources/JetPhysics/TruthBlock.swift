/// A block of truth dijet events of one slice, one column a quantity.
///
/// Columns of jets are jet-major: jet `j` of row `r` stands at `j * capacity + r`. Jets fall in pT; an absent jet has
/// pT 0. GeV and radian. Pointers, because the loops over them must not pay for bounds or reference counts.
public final class TruthBlock {
    public static let jetCount = 4
    public let capacity: Int
    public var count = 0
    public var slice = 0
    public let pt: UnsafeMutablePointer<Double>
    public let eta: UnsafeMutablePointer<Double>
    public let phi: UnsafeMutablePointer<Double>
    /// PDG-like: 21, 1 to 5, or 0 when unknown.
    public let flavour: UnsafeMutablePointer<Int32>
    /// Identity of the truth event inside its slice. Consecutive rows with the same identity are one truth event,
    /// smeared several times.
    public let event: UnsafeMutablePointer<UInt64>
    /// Event weight in units of the slice's weight: 1 for events of equal weight.
    public let weight: UnsafeMutablePointer<Double>
    /// The partons that came in along +z and along −z: 21, ±1 to ±5, or 0 when unknown.
    public let partonForward: UnsafeMutablePointer<Int32>
    public let partonBackward: UnsafeMutablePointer<Int32>
    /// Transverse momentum of what is visible and in no jet, and of the neutrinos: with the jets they add up to zero.
    public let softX: UnsafeMutablePointer<Double>
    public let softY: UnsafeMutablePointer<Double>
    public let invisibleX: UnsafeMutablePointer<Double>
    public let invisibleY: UnsafeMutablePointer<Double>
    /// Number of the draw inside the slice: what the random streams of the detector are keyed by.
    public let draw: UnsafeMutablePointer<UInt64>

    public init(capacity: Int) {
        self.capacity = capacity
        let jets = capacity * Self.jetCount
        func column<Value: AdditiveArithmetic>(_ count: Int) -> UnsafeMutablePointer<Value> {
            let pointer = UnsafeMutablePointer<Value>.allocate(capacity: count)
            pointer.initialize(repeating: .zero, count: count)
            return pointer
        }
        pt = column(jets)
        eta = column(jets)
        phi = column(jets)
        flavour = column(jets)
        event = column(capacity)
        draw = column(capacity)
        weight = column(capacity)
        weight.update(repeating: 1, count: capacity)
        partonForward = column(capacity)
        partonBackward = column(capacity)
        softX = column(capacity)
        softY = column(capacity)
        invisibleX = column(capacity)
        invisibleY = column(capacity)
    }

    deinit {
        for column in [pt, eta, phi, weight, softX, softY, invisibleX, invisibleY] { column.deallocate() }
        for column in [flavour, partonForward, partonBackward] { column.deallocate() }
        event.deallocate()
        draw.deallocate()
    }
}
