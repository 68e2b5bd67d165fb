import CardFiles
import DetectorModel
import FileAccess
import Foundation
import Testing

extension DetectorConversionTests {
    struct Fault: Sendable {
        let text: String
        let place: String
        let problem: String

        init(_ text: String, _ place: String, _ problem: String) {
            (self.text, self.place, self.problem) = (text, place, problem)
        }
    }

    private static func table(_ header: String, _ records: String...) -> String {
        "{\(header)}\n" + records.map { $0 + "\n" }.joined()
    }

    static let faults = [
        Fault(
            table("1 JetEta 1 JetPt max(1,100/x)^1.5 Correction L2Relative", "0 5 2 30 6500"), ".txt:2",
            "the corrected pT falls"),
        Fault(
            table("1 JetEta 1 JetPt 1.2-0.1*(x>100) Correction L2Relative", "0 1 2 1 6500", "1 5 2 1 6500"), ".txt:2",
            "around JetPt = 1"),
        Fault(table("1 JetEta 1 JetPt log(x-60) Correction L2Relative", "0 5 2 1 6500"), ".txt:2", "the response is"),
        Fault(table("1 JetEta 1 JetPt 0.1 Correction L2Relative", "0 5 2 1 6500"), ".txt:2", "the response is 10.0"),
        Fault(table("1 JetEta 1 JetPt 25 Correction L2Relative", "0 5 2 1 6500"), ".txt:2", "the response is 0.04"),
        Fault(table("1 JetEta 1 JetPt 0/0 Correction L2Relative", "0 5 2 1 6500"), ".txt:2", "the response is"),
        Fault(
            table("1 JetEta 1 JetPt 1+0.1*sin(1000*x) Correction L2Relative", "0 5 2 1 6500"), ".txt:2",
            "jumps too often"),
        Fault(
            table("1 JetEta 1 JetPt 1 Correction L2Relative", "0 1 2 1 6500", "1.5 5 2 1 6500"), ".txt:3",
            "no bin before this covers JetEta from 1.0 to 1.5"),
        Fault(table("1 JetEta 1 JetPt 1 Correction L2Relative", "0.5 5 2 1 6500"), ".txt", "do not reach 0"),
        Fault(table("1 JetEta 1 JetPt 1 Correction L2Relative", "-5 -1 2 1 6500"), ".txt", "do not reach 0"),
        Fault(
            table("2 JetEta JetPt 1 JetPt 1 Correction L2Relative", "0 5 0 50 2 1 50", "0 5 60 900 2 60 900"), ".txt:3",
            "covers JetPt from 50.0 to 60.0"),
        Fault(table("1 JetPhi 1 JetPt 1 Correction L2Relative", "0 5 2 1 6500"), ".txt", "the bins are in JetPhi"),
        Fault(
            table("2 JetEta JetPhi 1 JetPt 1 Correction L2Relative", "0 5 0 1 2 1 6500"), ".txt",
            "the bins are in JetEta, JetPhi"),
        Fault(
            table("1 JetEta 2 JetPt Rho 1 Correction L1FastJet", "0 5 4 1 6500 0 9"), ".txt",
            "the formula is of JetPt, Rho"),
        Fault(table("1 JetEta 1 JetPt 1 Correction L2L3Residual", "0 5 2 1 6500"), ".txt", "L2L3Residual"),
        Fault(table("2 JetEta Rho 1 JetPt 0.1 Resolution", "0 5 25 50 2 1 6500"), ".txt", "no bin of Rho holds 20.0"),
        Fault(table("1 JetPt 1 JetPt 0.1 Resolution", "0 5 2 1 6500"), ".txt", "the bins are in JetPt"),
        Fault(
            table("1 JetEta 1 JetPt 3 Resolution", "0 1 2 1 6500", "1 5 2 1 6500"), ".txt:3", "the resolution is 3.0"),
        Fault(
            table(
                "1 JetEta 1 JetPt sqrt([0]*abs([0])/(x*x)+[1]*[1]*pow(x,[3])+[2]*[2]) Resolution", "0 1 6 8 9 2 1 0 -1",
                "1 5 6 8 9 -9 0 0 -1"),
            ".txt:3", "negative at pT = 8"),
    ]

    @Test(arguments: 0..<faults.count) func mistakesAreNamed(index: Int) {
        let fault = Self.faults[index]
        let error = #expect(throws: FileError.self) { _ = try Self.convert([fault.text]) }
        #expect(error?.place.hasSuffix(fault.place) == true, "\(error.debugDescription)")
        #expect(error?.problem.contains(fault.problem) == true, "\(error.debugDescription)")
        #expect(error?.isWellPut == true && error?.kind == .malformed)
    }

    @Test func twoFilesOfAKindAreRefused() {
        let error = #expect(throws: FileError.self) { _ = try Self.convert([Self.correction, Self.correction]) }
        #expect(
            error?.place.hasSuffix("1.txt") == true && error?.problem.contains("gives the response already") == true)
    }

    @Test func whatTheOtherCardDoesNotReachIsRefused() {
        let error = #expect(throws: FileError.self) { _ = try Self.convert([Self.correction], absEtaMaximum: 6) }
        #expect(error?.place == "uniform" && error?.problem.contains("5.2") == true)
    }

    /// Whatever is done to a file: it is refused with its place, or gives a card that is read again.
    @Test(arguments: 0..<Mutants.parts) func mutantsAreRefusedOrGiveACard(part: Int) throws {
        var mutator = Mutator(
            random: Mutants.generator(part: part),
            signs: ["{", "}", "[0]", "#", "\t", "\n", "x", "(", ")", " 1 ", "Rho"])
        let texts = [Self.correction, Self.resolutions].map { Array($0.utf8) }
        var accepted = 0
        for number in 0..<Mutants.count(1_000) {
            let text = String(decoding: mutator.mutated(texts[number % texts.count]), as: UTF8.self)
            let start = ContinuousClock.now
            do {
                let conversion = try Self.convert([text])
                #expect(try DetectorCard(yaml: conversion.yaml, file: "card.yaml") == conversion.card)
                accepted += 1
            } catch let error as FileError { #expect(error.isWellPut, "\(error)") }
            #expect(ContinuousClock.now - start < Mutants.patience)
        }
        if Mutants.count(1_000) > 50 { #expect(accepted > 0) }
    }
}
