import CardFiles
import DetectorModel
import FileAccess
import Foundation
import JetCorrectorFiles
import Testing

struct DetectorConversionTests {
    /// η, N, S, C and d as CMS measured them in simulation.
    static let rows: [(low: Double, high: Double, n: Double, s: Double, c: Double, d: Double)] = [
        (0, 0.5, -1.108, 0.916, 0.041, -0.977), (0.5, 1.3, 2.05, 0.931, 0.057, -0.916),
        (1.3, 2.1, 0.953, 1.397, 0.061, -1.093), (2.1, 2.5, 1.95, 1.525, 0.054, -1.16),
        (2.5, 2.8, 7.39, 0.384, 0, -0.61), (2.8, 3, 8.62, 0.236, 0, -0.287), (3, 3.2, 7.62, 0.25, 0, -0.164),
        (3.2, 4.7, 4.77, 0.2, 0.045, -0.261),
    ]

    /// These rows at a ρ of 19 to 25 GeV, others beside them, on both sides.
    static let resolutions: String = {
        var text = "{2 JetEta Rho 1 JetPt sqrt([0]*abs([0])/(x*x)+[1]*[1]*pow(x,[3])+[2]*[2]) Resolution}\n"
        for row in rows {
            for (low, high) in [(-row.high, -row.low), (row.low, row.high)] {
                for (rho, shift) in [("0 19", -0.1), ("19 25", 0), ("25 60", 0.3)] {
                    text += "\(low) \(high) \(rho) 6 8 3000 \(row.n + shift) \(row.s) \(row.c) \(row.d)\n"
                }
            }
        }
        return text
    }()

    /// Responses that rise and bend like those of calorimeters, made up.
    static let correction: String = {
        var text = "{1 JetEta 1 JetPt 1/([0]-[1]/(x+[2])-0.01*log(x/100)*(x>100)) Correction L2Relative}\n"
        let edges = [-5.2, -3, -2.5, -1.3, 0, 1.3, 2.5, 3, 5.2]
        for (low, high) in zip(edges, edges.dropFirst()) {
            let eta = min(abs(low), abs(high))
            text += "\(low) \(high) 5 6 6500 \(0.94 - 0.04 * eta) \(2 + eta) \(8 + eta)\n"
        }
        return text
    }()

    static func convert(
        _ texts: [String], like: String = "uniform", absEtaMaximum: Double? = nil, rho: Double = 20
    ) throws -> DetectorConversion {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = try texts.enumerated().map { index, text in
            let url = directory.appendingPathComponent("\(index).txt")
            try Data(text.utf8).write(to: url)
            return url.path
        }
        return try DetectorConversion(
            files: files, like: LoadedCard(like), likeName: like, absEtaMaximum: absEtaMaximum, rho: rho)
    }

    /// The card's response at the true pT of a raw one is 1/c, up to the kinematic limit.
    private static func expectInverse(
        _ conversion: DetectorConversion, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let table = try JetCorrectorText(text: text, file: "table.txt")
        var checked = 0
        for record in table.records {
            let (low, high) = (record.edges[0].low, record.edges[0].high)
            guard abs(low + high) / 2 < conversion.card.absEtaMaximum else { continue }
            let inner = low > 0 ? low : high < 0 ? -high : 0
            var raw = 1.003
            while raw < 9000 {
                defer { raw *= 1.0037 }
                let correction = record.value(raw)
                let pt = correction * raw
                guard pt >= 8, pt <= 6500 / cosh(inner) else { continue }
                let response = conversion.card.response.value(eta: (low + high) / 2, pt: pt)
                #expect(abs(response * correction - 1) < 0.003, "η \(low), raw \(raw)", sourceLocation: sourceLocation)
                checked += 1
            }
        }
        #expect(checked > 500, sourceLocation: sourceLocation)
    }

    @Test func aCorrectionBecomesItsInverseInTruePt() throws {
        let conversion = try Self.convert([Self.correction])
        try Self.expectInverse(conversion, Self.correction)
        #expect(conversion.card.absEtaMaximum == 5.2 && conversion.response.convention == .absolute)
        #expect(conversion.response.regions == 4 && conversion.response.isFromFile && !conversion.resolution.isFromFile)
        for region in conversion.card.response.regions {
            guard case .table(let pt, _) = region.form else {
                Issue.record("not a table: \(region)")
                continue
            }
            #expect(pt.count <= 16 && pt.first == 8)
        }
        let uniform = try LoadedCard("uniform").card
        #expect(conversion.card.resolution == uniform.resolution && conversion.card.pseudoData == uniform.pseudoData)
        #expect(try DetectorCard(yaml: conversion.yaml, file: "card.yaml") == conversion.card)
    }

    /// Corrections with corners, steps upwards in pT, and others than logarithms.
    @Test(arguments: [
        "1.2-0.1*(x>50)*min(x-50,100)/100", "1+0.5*exp(-x/20)", "max(1.02,1.4-0.1*log(x))", "1.1+0.05*(x>200)",
        "1.05", "1/(1-0.4*pow(x,-0.2))", "1+0.05*sin(3*log(x))",
    ])
    func cornersAndStepsAreFollowed(formula: String) throws {
        let text = "{1 JetEta 1 JetPt \(formula) Correction L2Relative}\n-5.2 0 2 3 6500\n0 5.2 2 3 6500\n"
        try Self.expectInverse(try Self.convert([text]), text)
    }

    @Test func sidesThatDifferStaySigned() throws {
        let text = Self.correction.replacing("1.3 2.5 5 6 6500 0.8", with: "1.3 2.5 5 6 6500 0.7")
        #expect(text != Self.correction)
        let conversion = try Self.convert([text, Self.resolutions])
        try Self.expectInverse(conversion, text)
        #expect(conversion.response.convention == .signed && conversion.response.regions == 8)
        #expect(conversion.resolution.convention == .absolute && conversion.card.absEtaMaximum == 4.7)
    }

    @Test func binsInPtAreOneCurve() throws {
        let text = """
            {2 JetEta JetPt 1 JetPt [0]+[1]*log(x) Correction L2Relative}
            0 5.2 0 50 4 5 50 1.5 -0.05
            0 5.2 50 9000 4 50 6500 1.31 -0.0005

            """
        let conversion = try Self.convert([text])
        let table = try JetCorrectorText(text: text, file: "table.txt")
        for raw in [9.0, 20, 49, 60, 200, 3000] {
            let correction = table.records[raw < 50 ? 0 : 1].value(raw)
            #expect(abs(conversion.card.response.value(eta: 1, pt: raw * correction) * correction - 1) < 0.003)
        }
    }

    @Test func aResponseIsOfTheTruePt() throws {
        let text = "{1 JetEta 1 JetPt 0.9-1/x Response L2Relative}\n0 5.2 2 3 6500\n"
        let card = try Self.convert([text]).card
        for pt in [8.0, 17, 333, 5000] {
            #expect(abs(card.response.value(eta: -2, pt: pt) / (0.9 - 1 / pt) - 1) < 0.003)
        }
    }

    @Test func rowsOfResolutionsAreTakenAsTheyAre() throws {
        let conversion = try Self.convert([Self.resolutions])
        let expected = Self.rows.map {
            ResolutionRegion(low: $0.low, high: $0.high, noise: $0.n, stochastic: $0.s, constant: $0.c, exponent: $0.d)
        }
        #expect(conversion.card.resolution.regions == expected && conversion.card.resolution.convention == .absolute)
        let denser = try Self.convert([Self.resolutions], rho: 30).card.resolution.regions
        #expect(denser[1].form == .terms(noise: 2.05 + 0.3, stochastic: 0.931, constant: 0.057, exponent: -0.916))
    }

    @Test(arguments: [
        "sqrt([0]*abs([0])/(x*x)+[1]*[1]*pow(x,[3])+[2]*[2])", "TMath::Sqrt([0]*fabs([0])/x^2+[1]^2*x^[3]+[2]^2)",
        "pow([2]^2 + pow([1],2)*TMath::Power(x,[3]) + [0]*TMath::Abs([0])*pow(x,-2), 0.5)",
    ])
    func theUsualFormulaIsKnownHoweverItIsSpelt(formula: String) throws {
        let text =
            "{1 JetEta 1 JetPt \(formula) Resolution}\n-5 0 6 8 3000 2 -0.9 0.05 -1\n0 5 6 8 3000 2 -0.9 0.05 -1\n"
        let card = try Self.convert([text]).card
        #expect(
            card.resolution.regions.map(\.form) == [.terms(noise: 2, stochastic: 0.9, constant: 0.05, exponent: -1)])
    }

    @Test(arguments: [
        "sqrt([0]*[0]/(x*x)+[1]*[1]*pow(x,[3])+[2]*[2])", "sqrt([0]*abs([0])/(x*x)+[1]*[1]*pow(x,[3])+[2])",
        "sqrt([0]^2/x^2+[1]^2/x+[2]^2) + 0*[3]",
    ])
    func otherFormulasStayFormulas(formula: String) throws {
        let text = "{1 JetEta 1 JetPt \(formula) Resolution}\n0 5 6 10 3000 2 0.9 0.05 -1.1\n"
        let conversion = try Self.convert([text])
        guard case .formula(let kept) = conversion.card.resolution.regions[0].form else {
            Issue.record("no formula: \(conversion.yaml)")
            return
        }
        let record = try JetCorrectorText(text: text, file: "table.txt").records[0]
        for pt in [5.0, 10, 77.7, 3000, 4000] {
            #expect(abs(kept.value(1, pt, 2 * pt) / record.value(pt) - 1) < 1e-14, "\(kept.text)")
        }
    }

    @Test func acceptanceIsWhatAllPartsReach() throws {
        #expect(try Self.convert([Self.correction, Self.resolutions]).card.absEtaMaximum == 4.7)
        let narrow = try Self.convert([Self.correction, Self.resolutions], absEtaMaximum: 2.6)
        #expect(narrow.card.response.regions.map(\.high) == [1.3, 2.5, 3] && narrow.resolution.continuedFrom == nil)
        let wide = try Self.convert([Self.correction, Self.resolutions], absEtaMaximum: 5)
        #expect(wide.resolution.continuedFrom == 4.7 && wide.card.resolution.regions.last?.high == 5)
        #expect(wide.response.continuedFrom == nil)
    }
}
