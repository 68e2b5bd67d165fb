import ExchangeFiles
import FileAccess
import Foundation
import Intercalibration
import Testing

struct ImportTests {
    private static let origin = ExportOrigin(version: "1.2.3", sha256: "00ff")
    private static let choices = ImportedConstants.Choices(ptEdges: [50, 100, 200])

    private static func correctionlib(_ text: String, _ choices: ImportedConstants.Choices = choices) throws
        -> Calibration
    {
        try SampleCalibration.withFile(Data(text.utf8), ending: "json") {
            try ImportedConstants(correctionlib: $0, choices).calibration(choices)
        }
    }

    private static func jetCorrector(_ text: String) throws -> Calibration {
        try SampleCalibration.withFile(Data(text.utf8), ending: "txt") {
            try ImportedConstants(jetCorrector: $0, choices).calibration(choices)
        }
    }

    private static func requireSame(_ one: Calibration, _ other: Calibration) {
        #expect(one.binning == other.binning && one.kind == other.kind)
        #expect(one.constants == other.constants)
        #expect(one.ptMean == other.ptMean)
    }

    @Test(arguments: [false, true]) func correctionlibComesBackBitForBit(isCompressed: Bool) throws {
        let calibration = try SampleCalibration.make()
        let data = CorrectionlibText.data(
            CalibrationFunction(calibration), origin: Self.origin, perBin: true, isCompressed: isCompressed)
        let back = try SampleCalibration.withFile(data, ending: "json") {
            try ImportedConstants(correctionlib: $0, Self.choices).calibration(Self.choices)
        }
        Self.requireSame(calibration, back)
        #expect(back.method == .imported)
        for (one, other) in zip(calibration.status.joined(), back.status.joined()) {
            #expect(one == other || one == .tooFewEvents && other == .unconstrained)
        }
        for row in 0..<6 {
            for column in 0..<3 {
                let one = calibration.uncertainty(eta: row, pt: column)
                let other = back.uncertainty(eta: row, pt: column)
                #expect((one == nil) == (other == nil) && abs((one ?? 0) - (other ?? 0)) < 4e-16)
            }
        }
    }

    /// All moved by one standard deviation, but the pT they belong to.
    @Test func aVariationOfOurOwnComesBack() throws {
        let function = CalibrationFunction(try SampleCalibration.make())
        var choices = Self.choices
        choices.variation = "stat_up"
        let back = try Self.correctionlib(
            CorrectionlibText.text(function, origin: Self.origin, perBin: false), choices)
        #expect(back.ptMean == function.calibration.ptMean)
        for row in 0..<6 {
            for column in 0..<3 where back.constants[row][column] != nil {
                #expect(
                    back.constants[row][column] == function.constant(etaBin: row, ptBin: column, .statisticalUp))
            }
        }
    }

    /// What others write into comments is theirs.
    @Test func commentsOfOthersDecideNothing() throws {
        let table = "{1 JetEta 1 JetPt [0] Correction L2Relative}\n-1 0 3 3 3500 1.01\n0 1 3 3 3500 1.02\n"
        for comment in ["# kind: single; quoted_pt_min: 100.0", "# a; reference_abs_eta_max: nan"] {
            let back = try Self.jetCorrector(comment + "\n" + table)
            #expect(back.kind == .dataOverSimulation && back.binning.quotedPtMinimum == 50)
        }
    }

    @Test func anInputThatNothingDependsOnIsAllowed() throws {
        let inputs = Self.etaAndPt + #", {"name": "era", "type": "string"}"#
        let data = #"{"nodetype": "binning", "input": "eta", "edges": [-1, 0, 1], "content": [1.1, 1], "flow": 1}"#
        #expect(try Self.correctionlib(Self.document(inputs: inputs, data: data)).constants[0] == [1.1, 1.1])
    }

    /// Also where it is nowhere off in the middle of bins.
    @Test func whatMissesTheFileInsideBinsIsKnown() throws {
        let formula =
            #"{"nodetype": "formula", "expression": "1+0.05*x*x", "parser": "TFormula", "variables": ["eta"]}"#
        let data =
            #"{"nodetype": "binning", "input": "eta", "edges": [-3, -1, 1, 3], "content": [\#(formula), \#(formula), \#(formula)], "flow": 1}"#
        let constants = try SampleCalibration.withFile(
            Data(Self.document(inputs: Self.etaAndPt, data: data).utf8), ending: "json"
        ) { try ImportedConstants(correctionlib: $0, Self.choices) }
        // At an edge, 1.2 in place of nearly 1.45.
        let deviation = try #require(constants.largestDeviation)
        #expect(abs(deviation.eta) > 2.9 && abs(deviation.value - (1.2 / 1.447 - 1)) < 0.003, "\(deviation)")
    }

    /// Bins for what lies outside of bins, again and again.
    @Test func nestedFlowsTakeNoLonger() throws {
        var flow = "1.0"
        let ones = Array(repeating: "1.01", count: 60).joined(separator: ",")
        for _ in 0..<8 {
            flow = """
                {"nodetype": "multibinning", "inputs": ["eta", "pt"], "edges": [{"n": 60, "low": -3, "high": 3}, [10, 20]],
                 "content": [\(ones)], "flow": \(flow)}
                """
        }
        let start = ContinuousClock.now
        let back = try Self.correctionlib(Self.document(inputs: Self.etaAndPt, data: flow))
        #expect(back.constants[0][0] == 1.01)
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func compressionIsTheSameEachTime() throws {
        let function = CalibrationFunction(try SampleCalibration.make())
        func data() -> Data {
            CorrectionlibText.data(function, origin: Self.origin, perBin: false, isCompressed: true)
        }
        #expect(data() == data())
    }

    @Test func theTextOfCMSComesBackBitForBit() throws {
        let function = CalibrationFunction(try SampleCalibration.make())
        let back = try Self.jetCorrector(JetCorrectorWriting.text(function, .binned, origin: Self.origin))
        #expect(back.binning == function.calibration.binning)
        for row in 0..<6 {
            for column in 0..<3 {
                #expect(back.constants[row][column] == function.constant(etaBin: row, ptBin: column, .nominal))
            }
        }
    }

    @Test func whatIsInterpolatedIsTakenAtTheMiddleOfBins() throws {
        let function = CalibrationFunction(try SampleCalibration.make())
        let back = try Self.jetCorrector(JetCorrectorWriting.text(function, .interpolated, origin: Self.origin))
        #expect(back.binning.ptAverage.edges == [50, 100, 200])
        for row in 0..<6 {
            for (column, pt) in [(0, 5000.0.squareRoot()), (1, 20_000.0.squareRoot())] {
                let expected = function.value(.interpolated, eta: back.binning.eta.centre(row), pt: pt)
                #expect(back.ptMean[row][column] == pt)
                #expect(abs((back.constants[row][column] ?? 0) - expected) < 1e-15)
            }
        }
    }

    /// Which η is meant its name says: readers take a signed one at its word.
    @Test func binsOfAbsoluteEtaAreMirroredAndOthersAreNot() throws {
        func constants(_ name: String, _ edges: String) throws -> Calibration {
            let inputs = #"{"name": "\#(name)", "type": "real"}, {"name": "pt", "type": "real"}"#
            let data =
                #"{"nodetype": "binning", "input": "\#(name)", "edges": \#(edges), "content": [1.01, 1.02], "flow": 1}"#
            var choices = Self.choices
            choices.referenceAbsEtaMaximum = 2.5
            return try Self.correctionlib(Self.document(inputs: inputs, data: data), choices)
        }
        let mirrored = try constants("abseta", "[0, 1.3, 2.5]")
        #expect(mirrored.binning.eta.edges == [-2.5, -1.3, 0, 1.3, 2.5])
        #expect(mirrored.constants.map { $0[0] } == [1.02, 1.01, 1.01, 1.02])
        let apart = try constants("JetAbsEta", "[1.3, 2.5, 3]")
        #expect(apart.binning.eta.edges == [-3, -2.5, -1.3, 1.3, 2.5, 3])
        #expect(apart.constants.map { $0[0] } == [1.02, 1.01, 1, 1.01, 1.02])
        let signed = try constants("JetEta", "[0, 1.3, 2.5]")
        #expect(signed.binning.eta.edges == [0, 1.3, 2.5])
        let text = try Self.jetCorrector(
            "{1 JetEta 1 JetPt [0] Correction L2Relative}\n0 1.3 3 3 3500 1.01\n1.3 2.5 3 3 3500 1.02\n")
        #expect(text.binning.eta.edges == [0, 1.3, 2.5])
    }

    /// A formula inside bins of pT is taken where it is asked for, and steps of pT where they are, in any order of the variables.
    @Test func formulasAreTakenAtTheBinsOfPtThatWereChosen() throws {
        let formula =
            #"{"nodetype": "formula", "expression": "1+x/1000", "parser": "TFormula", "variables": ["pt"]}"#
        let data = #"""
            {"nodetype": "binning", "input": "eta", "edges": [-1, 0, 1], "flow": 1, "content": [1.0,
             {"nodetype": "binning", "input": "pt", "edges": [10, 6500], "flow": "clamp", "content": [\#(formula)]}]}
            """#
        let back = try Self.correctionlib(Self.document(inputs: Self.etaAndPt, data: data))
        #expect(back.binning.ptAverage.edges == [50, 100, 200])
        #expect(back.constants[1] == [1 + 5000.0.squareRoot() / 1000, 1 + 20_000.0.squareRoot() / 1000])
        let steps = try Self.jetCorrector(
            """
            {2 JetPt JetEta 1 JetPt [0] Correction L2Relative}
            0 30 -1 0 3 0 6500 1.1
            0 30 0 1 3 0 6500 1.2
            30 6500 -1 0 3 0 6500 1.05
            30 6500 0 1 3 0 6500 1.0

            """)
        #expect(steps.binning.ptAverage.edges == [10, 30, 6500])
        #expect(steps.constants == [[1.1, 1.05], [1.2, 1.0]])
    }

    @Test func hostileSizesAreRefusedAtOnce() {
        let axes = Array(repeating: #"{"n": 65536, "low": 0, "high": 1}"#, count: 4).joined(separator: ", ")
        for names in [#"["eta", "pt", "eta", "pt"]"#, #"["eta", "eta", "eta", "eta"]"#] {
            let data =
                #"{"nodetype": "multibinning", "inputs": \#(names), "edges": [\#(axes)], "content": [], "flow": 1}"#
            #expect(throws: FileError.self) { try Self.correctionlib(Self.document(inputs: Self.etaAndPt, data: data)) }
        }
        let ones = Array(repeating: "1", count: 20_000).joined(separator: ", ")
        let many = #"{"nodetype": "binning", "input": "eta", "edges": {"n": 20000, "low": -1, "high": 1}, "flow": 1,"#
        let start = ContinuousClock.now
        #expect(throws: FileError.self) {
            try Self.correctionlib(Self.document(inputs: Self.etaAndPt, data: many + #" "content": [\#(ones)]}"#))
        }
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func gapsAreUndetermined() throws {
        let back = try Self.jetCorrector(
            "{1 JetEta 1 JetPt [0] Correction L2Relative}\n-1 0 3 3 3500 1.01\n0 1 3 3 3500 1.02\n2 3 3 3 3500 1.03\n")
        #expect(back.constants.map { $0[0] } == [1.01, 1.02, nil, 1.03])
        #expect(back.status[2][0] == .unconstrained)
    }

    private static func document(inputs: String, data: String, more: String = "") -> String {
        """
        {"schema_version": 2, "corrections": [{"name": "c", "version": 1, "inputs": [\(inputs)],
         "output": {"name": "o", "type": "real"}, "data": \(data)\(more)}]}
        """
    }

    private static let etaAndPt = #"{"name": "eta", "type": "real"}, {"name": "pt", "type": "real"}"#

    /// Edges without an end, multi-dimensional and uniform bins.
    @Test func binsOfOthersAreRead() throws {
        let data = #"""
            {"nodetype": "multibinning", "inputs": ["eta", "pt"],
             "edges": [{"n": 4, "low": -2, "high": 2}, [0, 100, "inf"]],
             "content": [1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.07, 1.08], "flow": 1.0}
            """#
        let back = try Self.correctionlib(Self.document(inputs: Self.etaAndPt, data: data))
        #expect(back.binning.eta.edges == [-2, -1, 0, 1, 2])
        #expect(back.binning.ptAverage.edges == [10, 100, 6500])
        #expect(back.constants == [[1.01, 1.02], [1.03, 1.04], [1.05, 1.06], [1.07, 1.08]])
    }

    @Test func aVariationIsTakenByName() throws {
        let inputs = Self.etaAndPt + #", {"name": "systematic", "type": "string"}"#
        func bins(_ value: Double) -> String {
            #"{"nodetype": "binning", "input": "eta", "edges": [-2, 0, 2], "content": [\#(value), 1], "flow": "clamp"}"#
        }
        let data = #"""
            {"nodetype": "category", "input": "systematic",
             "content": [{"key": "central", "value": \#(bins(1.1))}, {"key": "up", "value": \#(bins(1.2))}]}
            """#
        let text = Self.document(inputs: inputs, data: data)
        #expect(try Self.correctionlib(text).constants[0] == [1.1, 1.1])
        var choices = Self.choices
        choices.variation = "up"
        #expect(try Self.correctionlib(text, choices).constants[0] == [1.2, 1.2])
        choices.variation = "down"
        let error = #expect(throws: FileError.self) { try Self.correctionlib(text, choices) }
        #expect(error?.remedy.contains("central, up") == true)
    }

    @Test(arguments: [
        (#"{"nodetype": "binning", "input": "eta", "edges": [0, 1, 1], "content": [1, 1], "flow": 1}"#, "data.edges.2"),
        (#"{"nodetype": "binning", "input": "eta", "edges": [0, 1], "content": [1, 1], "flow": 1}"#, "data.content"),
        (#"{"nodetype": "binning", "input": "phi", "edges": [0, 1], "content": [1], "flow": 1}"#, "data.input"),
        (#"{"nodetype": "binning", "input": "eta", "edges": [0, 1], "content": [1], "flow": "freeze"}"#, "data.flow"),
        (#"{"nodetype": "binning", "input": "eta", "edges": [0, 1], "content": [1]}"#, "data"),
        (#"{"nodetype": "binning", "input": "eta", "edges": [0, 1], "content": [1], "flow": 1, "x": 1}"#, "data"),
        (
            #"{"nodetype": "binning", "input": "eta", "edges": [0, 1, ], "content": [1], "flow": 1}"#,
            "corrections.data.edges"
        ),
        (#"{"nodetype": "transform", "input": "eta", "rule": 1, "content": 1}"#, "data.nodetype"),
        (#"{"nodetype": "formularef", "index": 0, "parameters": []}"#, "data.index"),
        (
            #"{"nodetype": "formula", "expression": "x+", "parser": "TFormula", "variables": ["pt"]}"#,
            "data.expression"
        ),
        (#"{"nodetype": "formula", "expression": "x", "parser": "muParser", "variables": ["pt"]}"#, "data.parser"),
        ("1.0", "corrections.0"),
        (#"{"nodetype": "binning", "input": "eta", "edges": [-1, 0, 1], "content": [1, 1e9], "flow": 1}"#, ".json"),
    ])
    func faultsAreToldWithTheirPlace(data: String, place: String) throws {
        let error = #expect(throws: FileError.self) {
            try Self.correctionlib(Self.document(inputs: Self.etaAndPt, data: data))
        }
        #expect(error?.kind == .malformed)
        #expect(error?.place.hasSuffix(place) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        "{1 JetEta 1 JetPt [0] Response L2Relative}\n-1 1 3 3 3500 1.01\n",
        "{1 JetEta 1 JetPt [0] Correction L1Offset}\n-1 1 3 3 3500 1.01\n",
        "{1 JetPhi 1 JetPt [0] Correction L2Relative}\n-1 1 3 3 3500 1.01\n",
        "{1 JetEta 1 Rho [0] Correction L2Relative}\n-1 1 3 3 3500 1.01\n",
        "{1 JetEta 1 JetPt [0] Correction L2Relative}\n-1 1 3 3 3500 -1.01\n",
        "{1 JetEta 1 JetPt [0] Correction L2Relative}\n-1 1 3 3 3500\n",
    ])
    func tablesOfSomethingElseAreRefused(text: String) throws {
        let error = #expect(throws: FileError.self) { try Self.jetCorrector(text) }
        #expect(error?.kind == .malformed && error?.remedy.isEmpty == false)
    }
}
