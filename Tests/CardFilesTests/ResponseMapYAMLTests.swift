import CardFiles
import DetectorModel
import FileAccess
import Testing

struct ResponseMapYAMLTests {
    @Test func slopesAndAsymmetryOfAResponseAreRead() throws {
        let text = CardFileTests.card.replacing(
            "  transition: 0.1\n",
            with: "  transition: 0.1\n  asymmetry: -0.02\n  slopes: [{eta: [1, 3], rise: 0.05, pt_exponent: 0.3}, "
                + "{eta: [0, 1], rise: -0.01}]\n")
        let card = try DetectorCard(yaml: text, file: "mine.yaml")
        let map = try #require(card.response.map)
        #expect(map.asymmetry == -0.02 && map.slopes.count == 2)
        #expect(map.slopes[0] == ResponseSlope(low: 1, high: 3, rise: 0.05, ptExponent: 0.3))
        #expect(map.slopes[1].ptExponent == 0)
        #expect(try DetectorCard(yaml: card.yaml, file: "again.yaml") == card)
    }

    @Test(arguments: [
        ("asymmetry: 0.6", "response.asymmetry", "out of range"),
        ("slopes: [{eta: [1, 9], rise: 0.1}]", "response.slopes.0.eta", "do not increase"),
        ("slopes: [{eta: [1, 3]}]", "response.slopes.0", "'rise' is missing"),
        ("slopes: [{eta: [1, 3], raise: 0.1}]", "response.slopes.0.raise", "unknown key"),
        ("slopes: 3", "response.slopes", "not a list"),
    ])
    func faultsOfSlopesAreTold(line: String, place: String, problem: String) throws {
        let text = CardFileTests.card.replacing("  transition: 0.1\n", with: "  transition: 0.1\n  \(line)\n")
        let error = #expect(throws: FileError.self) { try DetectorCard(yaml: text, file: "mine.yaml") }
        #expect(error?.place == "mine.yaml:7: \(place)", "\(error?.place ?? "")")
        #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    }
}
