/// What tracks tell of the jets of a block, laid out as the block's columns of jets.
public final class JetTags {
    /// How many of the leading significances of a jet are kept.
    public static let significanceCount = 3
    public let capacity: Int
    /// The number of the true jet that a jet is; −1 for none.
    public let source: UnsafeMutablePointer<Int32>
    /// Pseudo-continuous score: 1, fails all working points, to 5, passes the tightest; −1 where a tagger does not reach.
    public let score: UnsafeMutablePointer<Int32>
    /// Larger for jets more like those of b quarks; NaN where a tagger does not reach.
    public let discriminant: UnsafeMutablePointer<Double>
    /// The largest jet-signed significances of d0, falling; NaN where there are fewer tracks. The next one of a jet stands as many
    /// columns of jets further on as a block has jets.
    public let significance: UnsafeMutablePointer<Double>

    /// - Parameter capacity: of the block.
    public init(capacity: Int) {
        self.capacity = capacity
        let jets = capacity * ReconstructedBlock.jetCount
        source = .allocate(capacity: jets)
        source.initialize(repeating: -1, count: jets)
        score = .allocate(capacity: jets)
        score.initialize(repeating: -1, count: jets)
        discriminant = .allocate(capacity: jets)
        discriminant.initialize(repeating: .nan, count: jets)
        significance = .allocate(capacity: jets * Self.significanceCount)
        significance.initialize(repeating: .nan, count: jets * Self.significanceCount)
    }

    /// Shares of b jets that working points keep, in per cent. A jet that passes none has the score 1, and 2, 3, … if it passes these.
    public static let workingPoints = [85, 77, 70, 60]

    /// The least score of jets that pass a working point, given in per cent; nil for one that is not.
    public static func leastScore(workingPoint: Int) -> Int? {
        workingPoints.firstIndex(of: workingPoint).map { $0 + 2 }
    }

    /// Two jets of a row change places.
    public func exchange(_ first: Int, _ second: Int) {
        swap(&source[first], &source[second])
        swap(&score[first], &score[second])
        swap(&discriminant[first], &discriminant[second])
        let columns = capacity * ReconstructedBlock.jetCount
        for rank in 0..<Self.significanceCount {
            swap(&significance[rank * columns + first], &significance[rank * columns + second])
        }
    }

    /// One of the leading significances of the jet at a position of the block.
    public func significance(_ rank: Int, at position: Int) -> Double {
        significance[rank * capacity * ReconstructedBlock.jetCount + position]
    }

    deinit {
        source.deallocate()
        score.deallocate()
        discriminant.deallocate()
        significance.deallocate()
    }
}
