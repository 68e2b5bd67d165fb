internal import Binning
public import DetectorModel
public import JetPhysics
internal import Sampling

/// Turns truth into what the detector sees: pT_reco = pT_true · R(η, pT_true) · (1 + σ z).
public struct JetSmearing: Sendable {
    /// Largest |σ z|. A fluctuation beyond is reflected, which keeps the momentum positive and, being symmetric, the
    /// mean where it is.
    static var largestFluctuation: Double { 0.95 }
    /// Rows that are worked on at a time: what is between the steps stays in the first cache.
    private static let batch = 256

    public let detector: Detector
    public let role: SampleRole
    public let seed: UInt64
    /// Response and resolution.
    private let grid: EtaPtGridPair

    public init(detector: Detector, role: SampleRole, seed: UInt64) {
        self.detector = detector
        self.role = role
        self.seed = seed
        grid = EtaPtGridPair(detector.response, detector.resolution)
    }

    /// Fills `block` from `truth`; jets outside the acceptance are lost, and the three hardest that remain are kept in
    /// order of reconstructed pT.
    public func simulate(_ truth: TruthBlock, into block: ReconstructedBlock) {
        precondition(truth.count <= block.capacity, "more events than the block holds")
        let stream = RandomStream(seed: seed, sample: role.rawValue, slice: truth.slice)
        block.count = truth.count
        block.event.update(from: truth.event, count: truth.count)
        block.relativeWeight.update(from: truth.weight, count: truth.count)
        block.slice.update(repeating: Int32(truth.slice), count: truth.count)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * TruthBlock.jetCount * Self.batch) {
            scratch in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.batch + 1) { present in
                guard let normal = scratch.baseAddress, let present = present.baseAddress else { return }
                let pt = normal + TruthBlock.jetCount * Self.batch
                for first in stride(from: 0, to: truth.count, by: Self.batch) {
                    let rows = first..<min(first + Self.batch, truth.count)
                    Self.drawNormals(stream, truth, rows, into: normal)
                    for jet in 0..<TruthBlock.jetCount {
                        let column = jet * Self.batch
                        smear(truth, jet, rows, present, normal + column, into: pt + column)
                    }
                    Self.order(truth, rows, pt, into: block)
                }
            }
        }
    }

    /// One normal number for each row and jet.
    private static func drawNormals(
        _ stream: RandomStream, _ truth: TruthBlock, _ rows: Range<Int>,
        into normal: UnsafeMutablePointer<Double>
    ) {
        var row = rows.lowerBound
        while row < rows.upperBound {
            // The last draws may be repeated; scratch has room for a whole batch.
            let last = rows.upperBound &- 1
            let draws = SIMD4(
                truth.draw[row], truth.draw[min(row &+ 1, last)], truth.draw[min(row &+ 2, last)],
                truth.draw[min(row &+ 3, last)])
            let words = stream.words(events: draws, purpose: .jetResponse)
            let (first, second) = normalPair(words.x, words.y)
            let (third, fourth) = normalPair(words.z, words.w)
            let raw = UnsafeMutableRawPointer(normal + (row &- rows.lowerBound))
            let column = batch &* MemoryLayout<Double>.stride
            raw.storeBytes(of: first, as: SIMD4<Double>.self)
            raw.storeBytes(of: second, toByteOffset: column, as: SIMD4<Double>.self)
            raw.storeBytes(of: third, toByteOffset: 2 &* column, as: SIMD4<Double>.self)
            raw.storeBytes(of: fourth, toByteOffset: 3 &* column, as: SIMD4<Double>.self)
            row &+= 4
        }
    }

    /// The reconstructed pT of the rows' jets, 0 where there is none.
    private func smear(
        _ truth: TruthBlock, _ jet: Int, _ rows: Range<Int>, _ present: UnsafeMutablePointer<Int32>,
        _ normal: UnsafeMutablePointer<Double>, into output: UnsafeMutablePointer<Double>
    ) {
        let (grid, limit) = (grid, detector.absEtaMaximum)
        let start = jet * truth.capacity + rows.lowerBound
        let (truePt, truthEta) = (truth.pt + start, truth.eta + start)
        // Many events have no further jets. The list of those that have is made without a branch.
        var count = 0
        for index in 0..<rows.count {
            present[count] = Int32(truncatingIfNeeded: index)
            output[index] = 0
            // 1 for a positive number, 0 for 0: a comparison would become a branch.
            count &+= Int(truncatingIfNeeded: (0 &- truePt[index].bitPattern) &>> 63)
        }
        present[count] = count > 0 ? present[count &- 1] : 0
        for place in stride(from: 0, to: count, by: 2) {
            // Two at a time; of an odd number the last one twice.
            let (one, other) = (Int(present[place]), Int(present[place &+ 1]))
            let (pt, eta) = (SIMD2(truePt[one], truePt[other]), SIMD2(truthEta[one], truthEta[other]))
            let (response, resolution) = grid.value(eta: eta, pt: pt)
            var fluctuation = SIMD2(normal[one], normal[other]) * resolution
            let (first, second) = (abs(fluctuation.x), abs(fluctuation.y))
            if (first > second ? first : second) > Self.largestFluctuation {
                fluctuation = SIMD2(Self.reflected(fluctuation.x), Self.reflected(fluctuation.y))
            }
            let smeared = pt * response * (fluctuation + 1)
            output[one] = abs(eta.x) < limit ? smeared.x : 0
            output[other] = abs(eta.y) < limit ? smeared.y : 0
        }
    }

    private static func reflected(_ fluctuation: Double) -> Double {
        guard abs(fluctuation) > largestFluctuation else { return fluctuation }
        let reflected = max(2 * largestFluctuation - abs(fluctuation), -largestFluctuation)
        return fluctuation > 0 ? reflected : -reflected
    }

    /// Writes the three hardest jets by falling pT.
    private static func order(
        _ truth: TruthBlock, _ rows: Range<Int>, _ pt: UnsafeMutablePointer<Double>,
        into block: ReconstructedBlock
    ) {
        let (inputStride, stride) = (truth.capacity, block.capacity)
        for row in rows {
            let index = row &- rows.lowerBound
            // A jet's number in the lowest bits of its pT: sorting needs no more than the numbers then, and of equal
            // jets the first stays first.
            func key(_ jet: Int) -> Double {
                Double(bitPattern: pt[jet &* batch &+ index].bitPattern & ~3 | UInt64(3 &- jet))
            }
            var (a, b, c, d) = (key(0), key(1), key(2), key(3))
            func sort(_ high: inout Double, _ low: inout Double) {
                (high, low) = (high > low ? high : low, high > low ? low : high)
            }
            sort(&a, &b)
            sort(&c, &d)
            sort(&a, &c)
            sort(&b, &d)
            sort(&b, &c)
            func write(_ key: Double, _ rank: Int) {
                let jet = 3 &- Int(truncatingIfNeeded: key.bitPattern & 3)
                let (input, output) = (jet &* inputStride &+ row, rank &* stride &+ row)
                let value = pt[jet &* batch &+ index]
                block.pt[output] = value
                block.eta[output] = truth.eta[input]
                block.phi[output] = truth.phi[input]
                block.truePt[output] = value > 0 ? truth.pt[input] : .nan
                block.trueEta[output] = truth.eta[input]
                block.flavour[output] = truth.flavour[input]
            }
            write(a, 0)
            write(b, 1)
            write(c, 2)
        }
    }
}
