/// Where the fields of a line begin.
final class CommaFinder {
    /// Of the fields of the line that was looked at last, counted from its start, and one more, where the next line's would be.
    let starts: UnsafeMutablePointer<Int>
    private let most: Int

    /// - Parameter most: fields of a line that are asked for.
    init(atMost most: Int) {
        self.most = most
        // A word of eight characters may have as many.
        starts = .allocate(capacity: most + 10)
        starts.initialize(repeating: 0, count: most + 10)
    }

    deinit { starts.deallocate() }

    /// Finds the fields of a line.
    /// - Parameter start: of the line; behind its `end` seven bytes may be looked at.
    /// - Returns: their number, or a larger one than `most` where there are more.
    func find(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
        let starts = starts
        let length = end - start
        var (field, position) = (1, 0)
        while position < length, field <= most {
            var hits = Self.commas(start + position)
            // Mostly there is one or none, which no branch is to depend on.
            starts[field] = position &+ (hits.trailingZeroBitCount &>> 3) &+ 1
            field &+= hits == 0 ? 0 : 1
            hits &= hits &- 1
            while hits != 0 {
                starts[field] = position &+ (hits.trailingZeroBitCount &>> 3) &+ 1
                field &+= 1
                hits &= hits &- 1
            }
            position &+= 8
        }
        // The last word may reach beyond the line.
        while field > 1, starts[field - 1] > length { field -= 1 }
        starts[field] = length + 1
        return field
    }

    /// The highest bit of each of eight bytes that is a comma.
    @inline(__always)
    private static func commas(_ text: UnsafePointer<UInt8>) -> UInt64 {
        let others = UInt64(littleEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self)) ^ 0x2C2C_2C2C_2C2C_2C2C
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        return ~(((others & low) &+ low) | others | low)
    }
}
