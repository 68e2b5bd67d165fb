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
    /// Number of the draw inside the slice: what the random streams of the detector are keyed by.
    public let draw: UnsafeMutablePointer<UInt64>

    public init(capacity: Int) {
        self.capacity = capacity
        let jets = capacity * Self.jetCount
        pt = .allocate(capacity: jets)
        eta = .allocate(capacity: jets)
        phi = .allocate(capacity: jets)
        flavour = .allocate(capacity: jets)
        event = .allocate(capacity: capacity)
        draw = .allocate(capacity: capacity)
        pt.initialize(repeating: 0, count: jets)
        eta.initialize(repeating: 0, count: jets)
        phi.initialize(repeating: 0, count: jets)
        flavour.initialize(repeating: 0, count: jets)
        event.initialize(repeating: 0, count: capacity)
        draw.initialize(repeating: 0, count: capacity)
    }

    deinit {
        pt.deallocate()
        eta.deallocate()
        phi.deallocate()
        flavour.deallocate()
        event.deallocate()
        draw.deallocate()
    }
}
