/// A number from 0 to 1 for the `salt`-th property of an event.
func scattered(_ event: Int, _ salt: Int) -> Double {
    var bits = UInt64(event * 64 + salt) &* 0x9E37_79B9_7F4A_7C15
    bits ^= bits >> 29
    bits = bits &* 0xBF58_476D_1CE4_E5B9
    return Double((bits ^ bits >> 32) >> 11) * 0x1p-53
}
