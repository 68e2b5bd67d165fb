import CardFiles
import DetectorModel
import FileAccess
import Testing

struct CalorimeterYAMLTests {
    static let text = """
        eta: absolute
        sub_calorimeters:
          - {name: "barrel: \\"EM\\"", eta: [0, 1.5], depth: 9.7, depth_end: 12, h_over_e: 0.6, stochastic: 0.52, constant: 0.03, noise: 3}
          - {name: end-cap, eta: [1.52, 4], depth: 10, em_scale: 0.9, h_over_e: 0.5, e0: 1.2, m: 0.85, stochastic: 0.7, constant: 0.05, noise: 3.5}
        dead_material:
          - {eta: 1.51, width: 0.05, interaction_lengths: 0.4}
          - {eta: 2.5, width: 0.05, profile: box, fraction: 0.1, pt_exponent: 0.2}

        """

    @Test func aCalorimeterIsReadWithItsDefaults() throws {
        let calorimeter = try Calorimeter(yaml: Self.text, file: "mine.yaml")
        #expect(calorimeter.jetWidth == 0.1 && calorimeter.photonFraction == 0.27 && calorimeter.fragmentation == 4)
        #expect(
            calorimeter.subCalorimeters[0].name == "barrel: \"EM\"" && calorimeter.subCalorimeters[0].depthEnd == 12)
        #expect(calorimeter.subCalorimeters[0].m == 0.82 && calorimeter.subCalorimeters[0].emScale == 1)
        #expect(calorimeter.subCalorimeters[1].depthEnd == 10 && calorimeter.subCalorimeters[1].e0 == 1.2)
        #expect(calorimeter.deadMaterial[0].profile == .gaussian && calorimeter.deadMaterial[1].profile == .box)
        #expect(calorimeter.deadMaterial[0].loss == .interactionLengths(0.4))
        #expect(calorimeter.deadMaterial[1].loss == .fraction(0.1, ptExponent: 0.2))
        #expect(calorimeter.coveredAbsEta == 4)
    }

    @Test func itIsWrittenInFullAndReadsBackAsItself() throws {
        let calorimeter = try Calorimeter(yaml: Self.text, file: "mine.yaml")
        let again = try Calorimeter(yaml: calorimeter.yaml, file: "again.yaml")
        #expect(again == calorimeter && again.yaml == calorimeter.yaml)
        for key in [
            "eta", "jet_width", "photon_fraction", "fragmentation", "sub_calorimeters", "name", "depth", "depth_end",
            "em_scale", "h_over_e", "e0", "m", "stochastic", "constant", "noise", "dead_material", "width", "profile",
            "interaction_lengths", "fraction", "pt_exponent",
        ] {
            #expect(calorimeter.yaml.contains("\(key):"), "\(key)")
        }
    }

    static let faults: [(find: String, replacement: String, place: String, problem: String)] = [
        ("eta: absolute", "eta: both", "mine.yaml:1: eta", "not a way"),
        ("eta: absolute\n", "", "mine.yaml:1", "'eta' is missing"),
        ("sub_calorimeters:", "calorimeters:", "mine.yaml:2: calorimeters", "unknown key"),
        ("depth_end: 12", "depth_and: 12", "mine.yaml:3: sub_calorimeters.0.depth_and", "unknown key"),
        ("depth: 10", "depth: -10", "mine.yaml:4: sub_calorimeters.1.depth", "out of range"),
        ("depth: 10, ", "", "mine.yaml:4: sub_calorimeters.1", "'depth' is missing"),
        ("depth: 10", "depth: nan", "mine.yaml:4: sub_calorimeters.1.depth", "not a finite number"),
        ("[1.52, 4]", "[1.4, 4]", "mine.yaml:4: sub_calorimeters.1.eta", "overlapping regions"),
        ("[1.52, 4]", "[1.52]", "mine.yaml:4: sub_calorimeters.1.eta", "two edges"),
        ("h_over_e: 0.5,", "h_over_e: 5,", "mine.yaml:4: sub_calorimeters.1.h_over_e", "out of range"),
        ("noise: 3.5", "noise: -1", "mine.yaml:4: sub_calorimeters.1.noise", "out of range"),
        ("lengths: 0.4", "lengths: -0.4", "mine.yaml:6: dead_material.0.interaction_lengths", "out of range"),
        ("lengths: 0.4", "lengths: 0.4, fraction: 0.1", "mine.yaml:6: dead_material.0", "no single loss"),
        ("lengths: 0.4", "lengths: 0.4, pt_exponent: 0.1", "mine.yaml:6: dead_material.0", "no single loss"),
        ("profile: box", "profile: disc", "mine.yaml:7: dead_material.1.profile", "not a profile"),
        ("fraction: 0.1", "fraction: 1.1", "mine.yaml:7: dead_material.1.fraction", "out of range"),
        ("eta: absolute", "eta: absolute\njet_width: 7", "mine.yaml:2: jet_width", "out of range"),
    ]

    @Test(arguments: 0..<faults.count) func faultsAreToldWithTheirPlace(index: Int) throws {
        let fault = Self.faults[index]
        let text = Self.text.replacing(fault.find, with: fault.replacement)
        #expect(text != Self.text)
        let error = #expect(throws: FileError.self) { try Calorimeter(yaml: text, file: "mine.yaml") }
        #expect(error?.place == fault.place || error?.place.hasPrefix(fault.place) == true, "\(error?.place ?? "")")
        #expect(error?.problem.contains(fault.problem) == true, "\(error?.problem ?? "")")
        #expect(error?.remedy.isEmpty == false)
    }

    /// As many parts and materials as are allowed, each jet in all of them.
    @Test func theLargestCalorimeterIsCheckedInTime() throws {
        var text = "eta: signed\njet_width: 0.5\nsub_calorimeters:\n"
        for number in 0..<400 {
            text += "  - {name: p, eta: [\(-10 + Double(number) / 20), \(-10 + Double(number + 1) / 20)], depth: 10, "
            text += "h_over_e: 0.6, stochastic: 0.5, constant: 0.03, noise: 2}\n"
        }
        text += "dead_material:\n"
        for number in 0..<400 {
            text += "  - {eta: \(-10 + Double(number) / 20), width: 1, fraction: 0.001, pt_exponent: 0.1}\n"
        }
        let start = ContinuousClock.now
        let calorimeter = try Calorimeter(yaml: text, file: "large.yaml")
        #expect(ContinuousClock.now - start < Mutants.patience, "\(ContinuousClock.now - start)")
        #expect(calorimeter.subCalorimeters.count == 400 && calorimeter.coveredAbsEta == 10)
    }
}
