import Testing
import TruthValidation

struct TuningDistanceTests {
    @Test func itIsZeroForTheReference() throws {
        let toy = try ToyTruth().observed(5000)
        let residuals = TuningDistance().residuals(of: toy, to: toy)
        #expect(residuals.count > 100)
        #expect(residuals.allSatisfy { $0.value == 0 })
        #expect(Set(residuals.map { $0.slice ?? -1 }) == [-1, 0, 1])
        #expect(Set(residuals.map { "\($0.slice ?? -1) \($0.name)" }).count == residuals.count)
    }

    /// Without a floor, residuals of another seed have a mean square of 1. There are 200 or so, in part correlated: 0.75 to
    /// 1.3 is more than 2.5 standard deviations.
    @Test func residualsAreInStandardDeviations() throws {
        var other = ToyTruth()
        other.seed = 3
        var distance = TuningDistance()
        distance.floor = 0
        (distance.spectrumEmphasis, distance.summaryEmphasis) = (1, 1)
        (distance.cutEmphasis, distance.asymmetryEmphasis) = (1, 1)
        let (model, reference) = (try ToyTruth().observed(50_000), try other.observed(50_000))
        let bare = distance.residuals(of: model, to: reference)
        let square = bare.reduce(0) { $0 + $1.value * $1.value } / Double(bare.count)
        #expect(square > 0.75 && square < 1.3, "\(square)")
        distance.floor = 0.05
        let floored = distance.residuals(of: model, to: reference)
        #expect(floored.count == bare.count)
        #expect(zip(floored, bare).allSatisfy { abs($0.value) <= abs($1.value) })
    }

    /// A fit needs the same residuals at each trial: what there is depends on the reference alone.
    @Test func theirNumberDoesNotDependOnTheModel() throws {
        let reference = try ToyTruth().observed(5000)
        let counts = try [0.05, 0.2, 0.6].map { radiation in
            let model = try ToyTruth(radiation: radiation).observed(300)
            return TuningDistance().residuals(of: model, to: reference).map(\.name)
        }
        #expect(counts[0] == counts[1] && counts[1] == counts[2])
    }

    @Test func theReferenceIsTheMinimum() throws {
        let reference = try ToyTruth(seed: 5).observed(20_000)
        func chiSquared(_ radiation: Double) throws -> Double {
            TuningDistance().residuals(of: try ToyTruth(radiation: radiation).observed(20_000), to: reference)
                .reduce(0) { $0 + $1.value * $1.value }
        }
        let values = try [0.16, 0.2, 0.25].map(chiSquared)
        #expect(values[1] < 0.3 * values[0] && values[1] < 0.3 * values[2], "\(values)")
    }
}
