/// Nodes at 2^e (1 + m/8): eight an octave, linear inside it, so that a position is read off the bits of the number
/// without a logarithm. Neighbouring nodes differ by at most 12.5 %.
public enum OctaveAxis {
    // Computed, not stored: a stored static would be reached through a lock in the innermost loop.
    @inlinable static var bitsPerOctave: UInt32 { 3 }
    @inlinable static var firstExponent: UInt32 { 2 }
    @inlinable static var octaves: UInt32 { 12 }
    @inlinable static var shift: UInt32 { 23 - bitsPerOctave }
    @inlinable static var base: UInt32 { (firstExponent + 127) << bitsPerOctave }
    @inlinable static var fractionMask: UInt32 { (1 << shift) - 1 }
    @inlinable static var fractionScale: Double { 1 / Double(UInt32(1) << shift) }
    @inlinable static var lowest: Float { Float(UInt32(1) << firstExponent) }
    @inlinable static var highest: Float { Float(UInt32(1) << (firstExponent + octaves)).nextDown }

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
        let single = Float(value)
        let clamped = single > lowest ? (single < highest ? single : highest) : lowest
        let bits = clamped.bitPattern
        return (Int((bits >> shift) &- base), Double(bits & fractionMask) * fractionScale)
    }
}
