import JetCorrectorFiles
import DetectorModel
import FileAccess
import Foundation
import Testing

struct JetCorrectorTextTests {
    static let table = """
        {1 JetEta 1 JetPt [0]+[1]*log(x) Correction L2Relative}
        -1.3 0 4 10 3000 1.02 0.01
        0 1.3 4 10 3000 1.03 0.02

        """

    @Test func recordsAreRead() throws {
        let table = try JetCorrectorText(text: Self.table, file: "table.txt")
        #expect(table.kind == .correction && table.level == "L2Relative")
        #expect(table.binVariables == ["JetEta"] && table.formulaVariables == ["JetPt"])
        #expect(table.records.map(\.line) == [2, 3])
        #expect(table.records[0].edges[0].low == -1.3 && table.records[0].edges[0].high == 0)
        #expect(abs(table.records[1].value(100) - (1.03 + 0.02 * log(100))) < 1e-14)
        // Clamped to the range of the record.
        #expect(table.records[1].value(2) == table.records[1].value(10))
        #expect(table.records[1].value(1e5) == table.records[1].value(3000))
    }

    /// What other readers stumble over: comments and blank lines behind the header, tabs, blanks in the formula, line ends.
    @Test(arguments: [
        "# a [comment] {before}\n\n{1 JetEta 1 JetPt [0]+[1]*log(x) Correction L2Relative}\n\n# between\n  -1.3 0 4 10 3000 1.02 0.01 # end\n\n0 1.3 4 10 3000 1.03 0.02",
        "{1\tJetEta\t1\tJetPt\t[0]+[1]*log(x)\tCorrection\tL2Relative}\n-1.3\t0\t4\t10\t3000\t1.02\t0.01\n0\t1.3 \t4\t10\t3000\t1.03\t0.02\t\n",
        "{ 1 JetEta 1 JetPt [0] + [1] * log( x ) Correction L2Relative }\n0 1.3 4 10 3000 1.03 0.02\n-1.3 0 4 10 3000 1.02 0.01\n",
        "{1 JetEta 1 JetPt [0]+[1]*log(x) Correction L2Relative}\r\n-1.3 0 4 10 3000 1.02 0.01\r\n0 1.3 4 10 3000 1.03 0.02\r\n",
        "{1 JetEta 1 JetPt [0]+[1]*log(x) Correction L2Relative}\r-1.3 0 4 10 3000 1.02 0.01\r0 1.3 4 10 3000 1.03 0.02",
    ])
    func spellingsDoNotMatter(text: String) throws {
        let table = try JetCorrectorText(text: text, file: "table.txt")
        let plain = try JetCorrectorText(text: Self.table, file: "table.txt")
        #expect(table.records.map(\.edges) == plain.records.map(\.edges))
        for (one, other) in zip(table.records, plain.records) { #expect(one.value(70) == other.value(70)) }
    }

    @Test func linesAreCountedInAnyText() throws {
        let table = try JetCorrectorText(text: Self.table.replacing("\n", with: "\r\n\r\n#\r\n"), file: "table.txt")
        #expect(table.records.map(\.line) == [4, 7])
    }

    @Test func severalVariablesAreRead() throws {
        let text =
            "{3 JetEta Rho JetA 4 JetPt JetEta Rho JetA x+10*y+100*z+1000*t Resolution}\n0 1 0 5 0 1 8 0 9 0 9 0 9 0 9\n0 1 5 9 0 1 8 0 9 0 9 0 9 0 9\n"
        let table = try JetCorrectorText(text: text, file: "table.txt")
        #expect(table.kind == .resolution && table.level.isEmpty && table.records.count == 2)
        #expect(table.records[1].value(1, 2, 3, 44) == 9321)
    }

    struct Fault: Sendable {
        let find: String
        let replacement: String
        let line: Int?
        let problem: String

        init(_ find: String, _ replacement: String, _ line: Int?, _ problem: String) {
            (self.find, self.replacement, self.line, self.problem) = (find, replacement, line, problem)
        }
    }

    static let faults = [
        Fault("{1 JetEta", "[Source]\n{1 JetEta", 1, "sections"), Fault("0 1.3 4", "[Total]\n0 1.3 4", 3, "sections"),
        Fault("L2Relative}", "L2Relative", 1, "end its line"), Fault("L2Relative}", "L2Relative\n}", 1, "end its line"),
        Fault(
            "0 1.3 4", "{1 JetEta 1 JetPt x Correction L2Relative}\n0 1.3 4", 3, "second header, after that of line 1"),
        Fault("{1 JetEta 1 JetPt [0]+[1]*log(x) Correction L2Relative}\n", "", 1, "without a header"),
        Fault("{1 JetEta", "{one JetEta", 1, "'one' is not a number of variables"),
        Fault("{1 JetEta", "{4 JetEta", 1, "'4' is not a number"), Fault("{1 JetEta", "{2 JetEta", 1, "no 2 names"),
        Fault("1 JetPt [0]", "5 JetPt [0]", 1, "'5' is not a number"),
        Fault("1 JetPt [0]", "2 JetPt [0]", 1, "no 2 names"),
        Fault("Correction", "Corection", 1, "what a table can be of"),
        Fault("Correction", "PAR0", 1, "what a table can be of"),
        Fault("[0]+[1]*log(x)", "\"\"", 1, "no formula"), Fault("[0]+[1]*log(x) ", "", 1, "no formula"),
        Fault("log(x)", "log(y)", 1, "'y' is not known"), Fault("log(x)", "log(x", 1, "column 12 of the formula"),
        Fault("log(x)", "gROOT->Reset()", 1, "not known"),
        Fault("4 10 3000 1.03", "5 10 3000 1.03", 3, "4 numbers follow where 5"),
        Fault("4 10 3000 1.03", "3 10 3000 1.03", 3, "4 numbers follow where 3"),
        Fault("4 10 3000 1.03 0.02", "3 10 3000 1.03", 3, "1 parameters, the formula 2"),
        Fault("4 10 3000 1.03 0.02", "-1 10 3000 1.03 0.02", 3, "no record"),
        Fault("4 10 3000 1.03 0.02", "", 3, "no record"),
        Fault("4 10 3000 1.03", "4.5 10 3000 1.03", 3, "no record"), Fault("1.03", "nan", 3, "not a finite number"),
        Fault("1.03", "1e999", 3, "not a finite number"), Fault("1.03", "0x10", 3, "not a finite number"),
        Fault("1.03", "1,03", 3, "not a finite number"), Fault("1.03", "é", 3, "ASCII"),
        Fault("1.03", "1\u{0}3", 3, "ASCII"),
        Fault("0 1.3 4", "1.3 0 4", 3, "does not increase"), Fault("0 1.3 4", "0 0 4", 3, "does not increase"),
        Fault("10 3000 1.03", "3000 10 1.03", 3, "does not increase"),
        Fault("0 1.3 4", "-0.5 1.3 4", 3, "overlaps that of line 2"),
        Fault("0 1.3 4", "-1.3 0 4", 3, "is that of line 2"),
        Fault("-1.3 0 4 10 3000 1.02 0.01\n0 1.3 4 10 3000 1.03 0.02\n", "", 1, "no records"),
    ]

    @Test(arguments: 0..<faults.count) func mistakesAreNamed(index: Int) throws {
        let fault = Self.faults[index]
        let text = Self.table.replacing(fault.find, with: fault.replacement)
        #expect(text != Self.table)
        let error = #expect(throws: FileError.self) { _ = try JetCorrectorText(text: text, file: "table.txt") }
        #expect(error?.place == fault.line.map { "table.txt:\($0)" }, "\(error.debugDescription)")
        #expect(error?.problem.contains(fault.problem) == true, "\(error.debugDescription)")
        #expect(error?.isWellPut == true && error?.kind == .malformed)
    }

    @Test(arguments: ["", "\n\n", "# only a comment", "\r\n"]) func anEmptyFileHasNoHeader(text: String) {
        let error = #expect(throws: FileError.self) { _ = try JetCorrectorText(text: text, file: "table.txt") }
        #expect(error?.place == "table.txt" && error?.problem.contains("no header") == true)
    }

    @Test func hostileTextIsRefusedAtOnce() {
        let head = "{1 JetEta 1 JetPt "
        for text in [
            String(repeating: "{", count: 1_000_000), String(repeating: "1 ", count: 1_000_000),
            head + String(repeating: "(", count: 100_000) + " Correction L2Relative}",
            head + "x Correction L2Relative}\n" + String(repeating: "1 ", count: 8_000),
            head + "x Correction L2Relative}\n" + (0..<120_000).map { "\($0) \($0 + 1) 2 1 2\n" }.joined(),
            String(repeating: "#\n", count: 1_000_000), String(repeating: "\u{0}", count: 1_000_000),
        ] {
            let start = ContinuousClock.now
            let error = #expect(throws: FileError.self) { _ = try JetCorrectorText(text: text, file: "table.txt") }
            #expect(error?.isWellPut == true && ContinuousClock.now - start < Mutants.patience, "\(text.prefix(30))")
        }
    }

    @Test(arguments: 0..<Mutants.parts) func mutantsAreRefusedOrRead(part: Int) throws {
        var mutator = Mutator(
            random: Mutants.generator(part: part),
            signs: ["{", "}", "[0]", "[", "#", "\t", "\n", "x", "(", ")", " 1 ", "JetPt"])
        let texts = [Self.table, DetectorConversionTests.resolutions, DetectorConversionTests.correction].map {
            Array($0.utf8)
        }
        for number in 0..<Mutants.count(10_000) {
            let text = String(decoding: mutator.mutated(texts[number % texts.count]), as: UTF8.self)
            do {
                let table = try JetCorrectorText(text: text, file: "table.txt")
                #expect(!table.records.isEmpty)
            } catch let error as FileError { #expect(error.isWellPut, "\(error)") }
        }
    }
}
