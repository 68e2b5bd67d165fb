/// Nodes at 2^e (1 + m/8): eight an octave, linear inside it, so that a position is read off the bits of the number
/// without a logarithm. Neighbouring nodes differ by at most 12.5 %.
public enum OctaveAxis {
    // Computed, not stored: a stored static would be reached through a lock in the innermost loop.
    @inlinable static var bitsPerOctave: UInt64 { 3 }
    @inlinable static var firstExponent: UInt64 { 2 }
    @inlinable static var octaves: UInt64 { 12 }
    @inlinable static var shift: UInt64 { 52 - bitsPerOctave }
    @inlinable static var base: UInt64 { (firstExponent + 1023) << bitsPerOctave }
    @inlinable static var lowest: Double { Double(UInt64(1) << firstExponent) }
    @inlinable static var highest: Double { Double(UInt64(1) << (firstExponent + octaves)).nextDown }

    /// Number of nodes: from 4 to 16384 GeV.
    @inlinable public static var count: Int { Int(octaves << bitsPerOctave) + 1 }

    /// The value at a node.
    public static func value(_ node: Int) -> Double {
        let exponent = Int(firstExponent) + node >> Int(bitsPerOctave)
        let mantissa = 1 + Double(node & Int((1 << bitsPerOctave) - 1)) / Double(1 << bitsPerOctave)
        return Double(sign: .plus, exponent: exponent, significand: mantissa)
    }

    /// The node below `value` and the fraction of the way to the next; values outside are clamped, NaN to the first.
    @inlinable @inline(__always)
    public static func position(of value: Double) -> (node: Int, fraction: Double) {
        // In two steps, which take no branch.
        let raised = value > lowest ? value : lowest
        let clamped = raised < highest ? raised : highest
        let bits = clamped.bitPattern
        // The bits below the node's, put below those of 2^bitsPerOctave, count in steps from there to the next number.
        let fraction = Double(bitPattern: (bits & ((1 << shift) - 1)) | (1023 + bitsPerOctave) << 52)
        return (
            Int(truncatingIfNeeded: (bits &>> shift) &- base), fraction - Double(1 << bitsPerOctave)
        )
    }
}
