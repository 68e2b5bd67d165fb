import Sampling
import Testing

struct SplitMixTests {
    /// The first values of the generator that begins at 1234567, as its authors' code gives them.
    @Test func valuesAreThoseOfTheAuthors() {
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ]
        #expect((1...5).map { splitMix(1_234_567 &+ $0 &* splitMixStep) } == expected)
    }
}
