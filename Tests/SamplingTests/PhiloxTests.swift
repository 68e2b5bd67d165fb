import Sampling
import Testing

struct PhiloxTests {
    /// Random123's published vectors for philox4x32 with ten rounds: counter, key, output.
    static let knownAnswers: [(SIMD4<UInt32>, SIMD2<UInt32>, SIMD4<UInt32>)] = [
        (SIMD4(repeating: 0), SIMD2(repeating: 0), SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
        (
            SIMD4(repeating: .max), SIMD2(repeating: .max),
            SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
        ),
        (
            SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2(0xa409_3822, 0x299f_31d0),
            SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
        ),
    ]

    @Test(arguments: 0..<3) func knownAnswers(index: Int) {
        let (counter, key, output) = Self.knownAnswers[index]
        #expect(philox4x32(counter: counter, key: key) == output)
    }

    /// In each lane, with other counters in the others and rubbish in the high halves.
    @Test(arguments: 0..<3) func fourCountersKnowTheAnswersToo(index: Int) {
        let (counter, key, output) = Self.knownAnswers[index]
        for lane in 0..<4 {
            func lanes(_ word: UInt32) -> SIMD4<UInt64> {
                var lanes = SIMD4<UInt64>(1, 22, 333, 4444)
                lanes[lane] = UInt64(word) | 0xABCD << 32
                return lanes
            }
            let counters = QuadWords(
                x: lanes(counter.x), y: lanes(counter.y), z: lanes(counter.z), w: lanes(counter.w))
            #expect(philox4x32(counters: counters, key: key)[lane] == output)
        }
    }

    @Test func fourEventsAreFourTimesOne() {
        let stream = RandomStream(seed: 0x1234_5678_9ABC_DEF0, sample: 3, slice: 16)
        for first: UInt64 in [0, 17, 0xFFFF_FFFE, 0xFFFF_FFFF_FFFF_FFF0] {
            let events = SIMD4(first, first + 1, first + 2, first + 3)
            let words = stream.words(events: events, purpose: .jetResponse)
            let low = normalPair(words.x, words.y)
            let high = normalPair(words.z, words.w)
            let uniforms = uniform(words.z)
            for lane in 0..<4 {
                let expected = stream.words(event: events[lane], purpose: .jetResponse)
                #expect(words[lane] == expected)
                #expect(uniforms[lane] == uniform(expected.z))
                let numbers = SIMD4(low.first[lane], low.second[lane], high.first[lane], high.second[lane])
                #expect(numbers == normals(expected))
            }
        }
    }

    @Test func streamsOfDifferentKeysShareNothing() {
        var seen: Set<SIMD4<UInt32>> = []
        var drawn = 0
        for seed: UInt64 in [1, 2, 1 << 32] {
            for sample in 0..<3 {
                for slice in 0..<3 {
                    let stream = RandomStream(seed: seed, sample: sample, slice: slice)
                    for event: UInt64 in [0, 1, 1 << 32] {
                        for purpose in [RandomPurpose.kinematics, .fragmentation, .softRecoil, .jetResponse] {
                            seen.insert(stream.words(event: event, purpose: purpose))
                            drawn += 1
                        }
                    }
                }
            }
        }
        #expect(seen.count == drawn)
    }
}
