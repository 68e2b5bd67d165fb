import CardFiles
import DetectorModel
import FileAccess
import Testing

struct CardFileTests {
    static let card = """
        schema: etacal.detector/1
        name: mine
        acceptance: {abs_eta_max: 3}
        response:
          eta: absolute
          transition: 0.1
          regions:
            - {eta: [0, 1], value: 0.9}
            - {eta: [1, 3], pt: [30, 100], values: [0.7, 0.8]}
        resolution:
          eta: absolute
          regions:
            - {eta: [0, 3], n: 3, s: 0.8, c: 0.04}
        pseudo_data:
          response:
            eta: signed
            regions:
              - {eta: [-3, 3], value: 0.98}

        """

    @Test func aCardIsReadWithItsDefaults() throws {
        let card = try DetectorCard(yaml: Self.card, file: "mine.yaml")
        #expect(card.name == "mine" && card.absEtaMaximum == 3)
        #expect(card.resolution.regions[0].form == .terms(noise: 3, stochastic: 0.8, constant: 0.04, exponent: -1))
        #expect(card.pseudoData?.resolutionScale == EtaSteps(1) && card.pseudoData?.response?.transition == 0)
    }

    /// What is changed in the card, where the message points, and what it says.
    static let faults: [(find: String, replacement: String, place: String, problem: String)] = [
        ("name: mine", "nmae: mine", "mine.yaml:2: nmae", "unknown key"),
        ("name: mine\n", "", "mine.yaml:1", "missing"),
        ("detector/1", "detector/9", "mine.yaml:1: schema", "not known"),
        ("eta: [1, 3], pt", "eta: [3, 1], pt", "mine.yaml:9: response.regions.1.eta", "do not increase"),
        ("eta: [1, 3], pt", "eta: [1.5, 3], pt", "mine.yaml:9: response.regions.1.eta", "gap"),
        ("eta: [1, 3], pt", "eta: [0.5, 3], pt", "mine.yaml:9: response.regions.1.eta", "overlap"),
        ("pt: [30, 100]", "pt: [100, 30]", "mine.yaml:9: response.regions.1.pt.1", "not above"),
        ("values: [0.7, 0.8]", "values: [0.7]", "mine.yaml:9: response.regions.1.values", "1 values for 2"),
        ("values: [0.7, 0.8]", "values: [0.7, .nan]", "mine.yaml:9: response.regions.1.values.1", "not a number"),
        ("values: [0.7, 0.8]", "values: [0.7, nan]", "mine.yaml:9: response.regions.1.values.1", "not a finite number"),
        ("values: [0.7, 0.8]", "values: [0.7, -0.8]", "mine.yaml:9: response.regions.1.values.1", "not possible"),
        ("value: 0.9}", "}", "mine.yaml:8: response.regions.0", "no single response"),
        ("s: 0.8", "s: -0.8", "mine.yaml:13: resolution.regions.0.s", "negative"),
        ("n: 3", "n: -30", "mine.yaml:13: resolution.regions.0", "negative at pT = 8"),
        ("c: 0.04", "c: four", "mine.yaml:13: resolution.regions.0.c", "not a number"),
        ("transition: 0.1", "transition: 0.8", "mine.yaml:6: response.transition", "does not fit"),
        ("abs_eta_max: 3", "abs_eta_max: 4", "response.regions", "do not reach"),
        ("eta: signed", "eta: both", "mine.yaml:16: pseudo_data.response.eta", "not a way"),
        ("name: mine", "name: mine\nname: yours", "mine.yaml", "twice"),
        ("name: mine", "name: [mine", "mine.yaml:", ""),
    ]

    @Test(arguments: 0..<faults.count) func faultsAreToldWithTheirPlace(index: Int) throws {
        let fault = Self.faults[index]
        let text = Self.card.replacing(fault.find, with: fault.replacement)
        #expect(text != Self.card)
        let error = #expect(throws: FileError.self) { try DetectorCard(yaml: text, file: "mine.yaml") }
        #expect(error?.kind == .malformed)
        #expect(error?.place.contains(fault.place) == true, "\(error?.place ?? "")")
        #expect(fault.problem.isEmpty || error?.problem.contains(fault.problem) == true, "\(error?.problem ?? "")")
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func anUnknownNameListsTheBuiltInOnes() {
        let error = #expect(throws: FileError.self) { _ = try LoadedCard("cms") }
        #expect(error?.kind == .unreadable && error?.remedy.contains("cms-like") == true)
    }
}
