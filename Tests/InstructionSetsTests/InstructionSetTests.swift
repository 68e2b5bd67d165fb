import InstructionSets
import Testing

struct InstructionSetTests {
    @Test func theFastestIsTakenUnlessAnotherIsChosen() throws {
        let fastest = try #require(InstructionSet.available.last)
        #expect(InstructionSet.available.first == .portable)
        #expect(InstructionSet.chosen == fastest)
        // No other test of this process looks at what is chosen.
        for set in InstructionSet.available {
            InstructionSet.choose(set)
            #expect(InstructionSet.chosen == set)
        }
        InstructionSet.choose(fastest)
    }

    @Test func eachHasANumberOfItsOwn() {
        #expect(Set(InstructionSet.allCases.map(\.number)).count == InstructionSet.allCases.count)
    }
}
