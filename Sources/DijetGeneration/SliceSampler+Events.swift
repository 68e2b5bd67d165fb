internal import Sampling

extension SliceSampler {
    /// Where the number of the attempt stands in the counter: events are numbered below 2^48.
    private static let attemptShift: UInt64 = 48
    private static let mostAttempts: UInt64 = 1000

    /// Makes the events `first`, `first + 1`, … of a slice.
    /// - Parameter count: at most `HardEvents.capacity`.
    func fill(_ events: HardEvents, first: UInt64, count: Int, stream: RandomStream) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: HardEvents.capacity + 3) { pending in
            for row in 0..<count { pending[row] = Int32(row) }
            var waiting = count
            var attempt: UInt64 = 0
            while waiting > 0 {
                precondition(attempt < Self.mostAttempts, "the hull lies close above the cross-section")
                // Rows beyond the last are copies of it, whose outcome is not looked at.
                for extra in 0..<3 { pending[waiting + extra] = pending[waiting - 1] }
                var rejected = 0
                for start in stride(from: 0, to: waiting, by: 4) {
                    let rows = SIMD4<Int32>(
                        pending[start], pending[start + 1], pending[start + 2], pending[start + 3])
                    let numbers =
                        SIMD4<UInt64>(truncatingIfNeeded: rows) &+ (first &+ attempt << Self.attemptShift)
                    let accepted = propose(events, rows, lanes: min(4, waiting - start), numbers: numbers, stream)
                    for lane in 0..<min(4, waiting - start) where !accepted[lane] {
                        pending[rejected] = rows[lane]
                        rejected += 1
                    }
                }
                waiting = rejected
                attempt += 1
            }
        }
    }

    /// One proposal for each of four events; those accepted are written to their rows.
    @inline(__always)
    private func propose(
        _ events: HardEvents, _ rows: SIMD4<Int32>, lanes: Int, numbers: SIMD4<UInt64>, _ stream: RandomStream
    ) -> SIMDMask<SIMD4<Int32>> {
        let place = stream.words(events: numbers, purpose: .kinematics)
        let choice = stream.words(events: numbers, purpose: .scattering)
        var (row, star, boost) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
        for lane in 0..<4 {
            let node = nodes.index(UInt32(truncatingIfNeeded: place.x[lane]))
            let (line, column) = node.quotientAndRemainder(dividingBy: boostNodes)
            boost[lane] = Double(column)
            row[lane] = Double(line / starNodes)
            star[lane] = Double(line % starNodes)
        }
        let lastRow = Double(ptNodes - 1)
        // Hats at a border are folded back into the lattice.
        row = Self.absolute(row + Self.triangular(place.y))
        row.replace(with: 2 * lastRow - row, where: row .> lastRow)
        star = Self.absolute(star + Self.triangular(place.z))
        boost = Self.absolute(boost + Self.triangular(place.w))
        let points = density.points(xi: row / lastRow, star: star * Self.starStep, boost: boost * Self.boostStep)

        let acceptance = uniform(choice.x)
        var accepted = SIMDMask<SIMD4<Int32>>(repeating: false)
        for lane in 0..<lanes {
            let height = height(row[lane], star[lane], boost[lane])
            guard let rates = density.rates(points, lane),
                Double(rates.total) * points.strength[lane] > acceptance[lane] * Double(height)
            else { continue }
            accepted[lane] = true
            let (channel, flavour) = (
                UInt32(truncatingIfNeeded: choice.y[lane]), UInt32(truncatingIfNeeded: choice.z[lane])
            )
            var partons = rates.choose(Float(channel >> 8) * 0x1p-24, Float(flavour >> 8) * 0x1p-24)
            let index = Int(rows[lane])
            let rapidity = (boost[lane] * Self.boostStep, star[lane] * Self.starStep)
            var (y3, y4) = (Float(rapidity.0 + rapidity.1), Float(rapidity.0 - rapidity.1))
            var (x1, x2) = (Float(points.x1[lane]), Float(points.x2[lane]))
            // Both directions of the beam are alike: the lowest bit of a word tells which one this is.
            if flavour & 1 == 1 {
                (y3, y4) = (-y3, -y4)
                swap(&x1, &x2)
                swap(&partons.first, &partons.second)
            }
            events.pt[index] = points.pt[lane]
            events.logPt[index] = Float(points.logPt[lane] - 4.605_170_185_988_092)
            events.y3[index] = y3
            events.y4[index] = y4
            events.x1[index] = x1
            events.x2[index] = x2
            events.turn[index] = Float(UInt32(truncatingIfNeeded: choice.w[lane]) >> 8) * 0x1p-24
            events.forward[index] = partons.first
            events.backward[index] = partons.second
            events.parton3[index] = partons.jetA
            events.parton4[index] = partons.jetB
        }
        return accepted
    }

    /// In (−1, 1), more likely near 0 in proportion to 1 − |t|.
    @inline(__always)
    private static func triangular(_ words: SIMD4<UInt64>) -> SIMD4<Double> {
        let v = 2 * uniform(words) - 1
        let size = absolute(v)
        let offset = 1 - squareRoot(1 - size)
        return offset.replacing(with: -offset, where: v .< 0)
    }

    @inline(__always)
    private static func absolute(_ value: SIMD4<Double>) -> SIMD4<Double> {
        unsafeBitCast(
            unsafeBitCast(value, to: SIMD4<UInt64>.self) & SIMD4(repeating: ~(1 << 63)), to: SIMD4<Double>.self)
    }

    /// The hull at a place in units of its nodes.
    @inline(__always)
    private func height(_ row: Double, _ star: Double, _ boost: Double) -> Float {
        let (i, j, k) = (min(Int(row), ptNodes - 2), min(Int(star), starNodes - 2), min(Int(boost), boostNodes - 2))
        let (a, b, c) = (Float(row - Double(i)), Float(star - Double(j)), Float(boost - Double(k)))
        let plane = starNodes * boostNodes
        return hull.withUnsafeBufferPointer { hull in
            let corner = hull.baseAddress.unsafelyUnwrapped + ((i * starNodes + j) * boostNodes + k)
            let (next, above) = (corner + boostNodes, corner + plane)
            let diagonal = above + boostNodes
            let near = Quad(corner[0], next[0], above[0], diagonal[0])
            let far = Quad(corner[1], next[1], above[1], diagonal[1])
            let line = near + (far - near) * c
            let (low, high) = (line.x + (line.y - line.x) * b, line.z + (line.w - line.z) * b)
            return low + (high - low) * a
        }
    }
}
