/// Nodes at 2^e (1 + m/8): eight an octave, linear inside it, so that a position is read off the bits of the number
/// without a logarithm. Neighbouring nodes differ by at most 12.5 %.
public enum OctaveAxis {
    static let bitsPerOctave: UInt32 = 3
    static let firstExponent: UInt32 = 2
    static let octaves: UInt32 = 12

    /// Number of nodes: from 4 to 16384 GeV.
    public static let count = Int(octaves << bitsPerOctave) + 1
    @usableFromInline static let shift: UInt32 = 23 - bitsPerOctave
    @usableFromInline static let base = (firstExponent + 127) << bitsPerOctave
    @usableFromInline static let fractionMask: UInt32 = (1 << (23 - bitsPerOctave)) - 1
    @usableFromInline static let fractionScale = 1 / Double(UInt32(1) << (23 - bitsPerOctave))
    @usableFromInline static let lowest = Float(UInt32(1) << firstExponent)
    @usableFromInline static let highest = Float(UInt64(1) << UInt64(firstExponent + octaves)).nextDown

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
