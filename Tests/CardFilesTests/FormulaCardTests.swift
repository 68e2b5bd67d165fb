import DetectorModel
import CardFiles
import FileAccess
import Foundation
import Testing

struct FormulaCardTests {
    static let card = """
        schema: etacal.detector/1
        name: formulas
        acceptance: {abs_eta_max: 3}
        response:
          eta: absolute
          regions:
            - {eta: [0, 1], formula: "0.9 - 1/(pt + 8)"}
            - {eta: [1, 3], formula: "1 - 0.4*energy^-0.2 - (eta > 2 &&eta < 9) *0.05"}
        resolution:
          eta: signed
          regions:
            - {eta: [-3, 0], formula: "sqrt(3^2/pt^2 + 0.8^2/pt + 0.04^2)"}
            - {eta: [0, 3], formula: "(eta <= 1)*0.1 + (eta > 1)*sqrt(pt^2*0.06^2 + pt*1.1^2)/pt"}

        """

    @Test func formulasTakeEtaPtAndEnergy() throws {
        let card = try DetectorCard(yaml: Self.card, file: "card.yaml")
        #expect(abs(card.response.value(eta: -0.5, pt: 92) - 0.89) < 1e-14)
        let expected = 1 - 0.4 * pow(50 * cosh(1.5), -0.2)
        #expect(abs(card.response.value(eta: 1.5, pt: 50) - expected) < 1e-14)
        #expect(abs(card.response.value(eta: -2.5, pt: 50) - (0.95 - 0.4 * pow(50 * cosh(2.5), -0.2))) < 1e-14)
        #expect(abs(card.resolution.value(eta: -1, pt: 100) - (0.0009 + 0.0064 + 0.0016).squareRoot()) < 1e-14)
        #expect(card.resolution.value(eta: 0.5, pt: 100) == 0.1)
        #expect(abs(card.resolution.value(eta: 2, pt: 100) - (36.0 + 121).squareRoot() / 100) < 1e-14)
        // As every resolution, frozen outside what it is meant for.
        #expect(card.resolution.value(eta: -1, pt: 2) == card.resolution.value(eta: -1, pt: 8))
    }

    @Test func theTextIsWrittenBack() throws {
        let card = try DetectorCard(yaml: Self.card, file: "card.yaml")
        #expect(card.yaml.contains("formula: \"0.9 - 1/(pt + 8)\""))
        #expect(try DetectorCard(yaml: card.yaml, file: "again.yaml") == card)
    }

    static let faults: [(find: String, replacement: String, place: String, problem: String)] = [
        ("1/(pt + 8)", "1/(pt + 8", ":7: response.regions.0.formula", "column 9 of the formula: '(' is not closed"),
        ("1/(pt + 8)", "1/(x + 8)", ":7: response.regions.0.formula", "column 10 of the formula: 'x' is not known"),
        ("1/(pt + 8)", "[0]", ":7: response.regions.0.formula", "no parameter"),
        ("0.9 - 1/(pt + 8)", "0.9 - 1/(pt - 8)", ":7: response.regions.0.formula", "pT = 8.0 GeV"),
        ("0.9 - 1/(pt + 8)", "6 - pt", ":7: response.regions.0.formula", "pT = 6.0 GeV"),
        ("0.9 - 1/(pt + 8)", "log(pt - 5)", ":7: response.regions.0.formula", "is no number at η ="),
        ("(eta <= 1)*0.1", "(eta <= 1)*2.1", ":13: resolution.regions.1.formula", "the resolution is 2.1 at η = "),
        ("(eta <= 1)*0.1", "(eta < 0.5)*0.1 - 0.1", ":13: resolution.regions.1.formula", "-0.1 at η = 0.5, pT = 8.0"),
        ("(eta <= 1)*0.1", "sqrt(eta - 0.5)", ":13: resolution.regions.1.formula", "no number"),
        ("{eta: [0, 1], formula", "{eta: [0, 1], value: 1, formula", ":7: response.regions.0", "no single response"),
        ("{eta: [0, 3], formula", "{eta: [0, 3], n: 1, formula", ":13: resolution.regions.1", "no single resolution"),
        ("\"0.9 - 1/(pt + 8)\"", "[1]", ":7: response.regions.0.formula", "not a text"),
        ("\"0.9 - 1/(pt + 8)\"", "\"\"", ":7: response.regions.0.formula", "empty"),
    ]

    @Test(arguments: 0..<faults.count) func faultsAreToldWithTheirPlace(index: Int) throws {
        let fault = Self.faults[index]
        let text = Self.card.replacing(fault.find, with: fault.replacement)
        #expect(text != Self.card)
        let error = #expect(throws: FileError.self) { _ = try DetectorCard(yaml: text, file: "card.yaml") }
        #expect(error?.place == "card.yaml" + fault.place && error?.kind == .malformed, "\(error.debugDescription)")
        #expect(error?.problem.contains(fault.problem) == true, "\(error?.problem ?? "")")
        #expect(error?.isWellPut == true)
    }

    /// As dear as a formula can be, in as many regions as there can be.
    @Test func theDearestCardIsCheckedInSeconds() throws {
        let formula = "0.9 + 0*(0" + String(repeating: "+erf(pt)", count: 168) + ")"
        let regions = (0..<100).map {
            "    - {eta: [\(Double($0) / 12.5), \(Double($0 + 1) / 12.5)], formula: \"\(formula)\"}\n"
        }
        let card =
            "schema: etacal.detector/1\nname: dear\nacceptance: {abs_eta_max: 8}\nresponse:\n  eta: absolute\n"
            + "  transition: 0.039\n  regions:\n" + regions.joined()
            + "resolution:\n  eta: absolute\n  regions:\n    - {eta: [0, 8], n: 3, s: 0.8, c: 0.04}\n"
        let start = ContinuousClock.now
        _ = try DetectorCard(yaml: card, file: "card.yaml")
        #expect(ContinuousClock.now - start < Mutants.patience * 5)
    }

    /// Formulas have && and *; anchors and aliases are refused all the same.
    @Test func anchorsAreNotHiddenByFormulas() {
        for (find, replacement) in [
            ("name: formulas", "name: &a formulas"), ("&&eta", "&& &eta"), ("name: formulas", "name: &&a *b"),
        ] {
            let text = Self.card.replacing(find, with: replacement)
            #expect(throws: FileError.self) { _ = try DetectorCard(yaml: text, file: "card.yaml") }
        }
    }
}
