/// How often the sub-samples of a sample count in the replicas of a bootstrap: Poisson numbers of mean 1, each a function of
/// (sample, sub-sample, replica), so that everything that is made of the same events fluctuates alike.
public struct PoissonCounts: Sendable {
    private let stream: RandomStream

    /// P(n ≤ k) in units of 2^−32, to where it is 1 to rounding.
    private static let distribution: [UInt32] = {
        var (term, sum) = (0.367_879_441_171_442_33, 0.0)
        return (0..<13).map { number in
            if number > 0 { term /= Double(number) }
            sum += term
            return UInt32(min(sum * 0x1p32, 0x1p32 - 1))
        }
    }()

    /// - Parameter sample: below 2^16; distinguishes samples that fluctuate on their own, such as data and simulation.
    public init(sample: Int) { stream = RandomStream(seed: 0, sample: sample, slice: 0) }

    /// The numbers of one sub-sample in replicas that follow each other.
    /// - Parameters:
    ///   - first: a multiple of 4.
    ///   - output: one for each replica; their count is a multiple of 4.
    public func fill(_ output: UnsafeMutableBufferPointer<Double>, subSample: Int, first: Int) {
        precondition(first % 4 == 0 && output.count % 4 == 0 && first >= 0, "replicas come in fours")
        for start in stride(from: 0, to: output.count, by: 4) {
            let place = UInt64(subSample) << 32 | UInt64((first + start) / 4)
            let words = stream.words(event: place, purpose: .bootstrap)
            for lane in 0..<4 { output[start + lane] = Self.count(words[lane]) }
        }
    }

    /// Inverts the distribution: the expected number of comparisons is 2.
    @inline(__always)
    private static func count(_ word: UInt32) -> Double {
        var number = 0
        while number < distribution.count, word >= distribution[number] { number += 1 }
        return Double(number)
    }
}
