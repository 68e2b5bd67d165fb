import Balance
import Binning
import EventFiles
import FileAccess
import Foundation
import JetPhysics
import Testing
import Threads

/// All that a pass over a file sees.
private struct Rows: MergeableSums {
    var rows: [[Double]] = []
    mutating func merge(_ other: Rows) { rows += other.rows }
    static func collect(_ file: EventFile) throws -> [[Double]] {
        try file.reduce(Rows()) { block, sums in
            for row in 0..<block.count {
                var values = [Double(block.event[row]), Double(block.slice[row]), block.relativeWeight[row]]
                for jet in 0..<3 {
                    let position = jet * block.capacity + row
                    values += [block.pt[position], block.eta[position], block.phi[position], block.truePt[position]]
                }
                sums.rows.append(values)
            }
        }.rows
    }
}

struct EventFileTests {
    private let header = "event,slice,weight,pt1,eta1,phi1,pt2,eta2,phi2,pt3,eta3,phi3,extra\n"

    @Test func columnsAreFoundByNameAndAbsentJetsAreEmpty() throws {
        try withFile("e.csv", header + "5,1,0.5,80,1,0.1,70,-1,3,,,,x\n6,0,2,90,0,0,85,0.5,3,10,2,1,y\n") { path in
            // A column that is not a number is nobody's business unless it is asked for.
            let file = try EventFile(path)
            #expect(file.events == 2 && !file.hasTruth)
            #expect(file.sliceWeights == [2, 0.5])
            let rows = try Rows.collect(file)
            #expect(Array(rows[0][0...5]) == [5, 1, 1, 80, 1, 0.1])
            #expect(rows[0][6].isNaN)
            #expect(rows[0][11] == 0 && rows[1][11] == 10)
        }
    }

    @Test(arguments: ["out.csv", "out.csv.gz", "out.h5", "out.hdf5"])
    func whatIsWrittenReadsBackBitForBit(name: String) throws {
        let path = scratchPath(name)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let block = ReconstructedBlock(capacity: 100)
        block.count = 100
        for row in 0..<100 {
            block.event[row] = UInt64(row)
            block.slice[row] = Int32(row % 3)
            block.relativeWeight[row] = 1
            for jet in 0..<3 {
                let position = jet * 100 + row
                block.pt[position] = jet == 2 && row % 4 == 0 ? 0 : 100 / Double(3 + jet + row)
                block.eta[position] = sin(Double(position))
                block.phi[position] = 3 * cos(Double(position))
                block.truePt[position] = 99 / Double(3 + jet + row)
                block.trueEta[position] = block.eta[position]
            }
        }
        let writer = try EventWriter(path, sliceWeights: [1 / 3.0, 1e-9, 7e8], overwrite: false)
        try writer.write(block)
        #expect(!FileManager.default.fileExists(atPath: path))
        try writer.finish()
        let file = try EventFile(path)
        #expect(file.hasTruth && file.sliceWeights == [1 / 3.0, 1e-9, 7e8])
        let rows = try Rows.collect(file)
        #expect(rows.count == 100)
        for (row, values) in rows.enumerated() {
            #expect(values[2] == 1)
            for jet in 0..<3 {
                #expect(values[3 + 4 * jet] == block.pt[jet * 100 + row])
                if values[3 + 4 * jet] > 0 { #expect(values[6 + 4 * jet] == block.truePt[jet * 100 + row]) }
            }
        }
    }

    /// All 32 bits, and what other tools may write for them.
    @Test(arguments: ["out.csv.gz", "out.h5"])
    func triggersAreReadBitByBit(name: String) throws {
        struct Masks: MergeableSums {
            var masks: [UInt32] = []
            mutating func merge(_ other: Masks) { masks += other.masks }
        }
        func masks(_ file: EventFile) throws -> [UInt32] {
            try file.reduce(Masks()) { block, seen in
                for row in 0..<block.count { seen.masks.append(block.triggers[row]) }
            }.masks
        }
        let block = ReconstructedBlock(capacity: 34)
        block.count = 34
        let written = (0..<32).map { UInt32(1) << UInt32($0) } + [0, .max]
        for row in 0..<34 {
            (block.relativeWeight[row], block.triggers[row]) = (1, written[row])
            for jet in 0..<2 { block.pt[jet * 34 + row] = 80 }
        }
        let path = scratchPath(name)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = try EventWriter(path, sliceWeights: [1], hasTriggers: true, overwrite: false)
        try writer.write(block)
        try writer.finish()
        let menu = try TriggerMenu((0..<32).map { .init(name: "\($0)", ptAverageMinimum: 0, prescale: 1) })
        for menu in [nil, menu] {
            let file = try EventFile(path, menu: menu)
            #expect(file.hasTriggers)
            #expect(try masks(file) == written)
        }
        let jets = "80,1,0,70,-1,3"
        try withFile("e.csv", "pt1,eta1,phi1,pt2,eta2,phi2,triggers\n\(jets),5.0\n\(jets),0x3\n\(jets),\n") { path in
            let read = try masks(EventFile(path))
            #expect(read == [5, 3, 0])
        }
        try withFile("e.csv", "pt1,eta1,phi1,pt2,eta2,phi2\n\(jets)\n") { path in
            let file = try EventFile(path)
            #expect(!file.hasTriggers)
            #expect(try masks(file) == [0])
        }
    }

    /// What does not matter without a menu does with one.
    @Test(arguments: [
        (
            "triggers,pt1,eta1,phi1,pt2,eta2,phi2\n7,80,1,0,70,-1,3\n8,80,1,0,70,-1,3\n", ":3",
            "8, with bits beyond the 3"
        ),
        ("triggers,pt1,eta1,phi1,pt2,eta2,phi2\n,80,1,0,70,-1,3\n", ":2", "triggers are missing"),
        ("trigger,pt1,eta1,phi1,pt2,eta2,phi2\n1,80,1,0,70,-1,3\n", ":1", "'triggers' is missing"),
    ])
    func triggersFitTheirMenu(text: String, place: String, problem: String) throws {
        let menu = try TriggerMenu((0..<3).map { .init(name: "\($0)", ptAverageMinimum: 0, prescale: 1) })
        try withFile("e.csv", text) { path in
            let events = try EventFile(path).events
            #expect(events > 0)
            let error = #expect(throws: FileError.self) { _ = try EventFile(path, menu: menu) }
            #expect(error?.place == path + place && error?.kind == .malformed, "\(error?.place ?? "")")
            #expect(error?.problem.contains(problem) == true && error?.isWellPut == true, "\(error?.problem ?? "")")
        }
    }

    /// One file without slices whose weights fall over twelve orders of magnitude with pT, as merged samples have: the
    /// lightest events, alone in their cell, keep all digits.
    @Test func smallWeightsAreNotLostBesideLargeOnes() throws {
        var text = "weight,pt1,eta1,phi1,pt2,eta2,phi2\n"
        var expected = (weight: 0.0, asymmetry: 0.0)
        for row in 0..<400 {
            let heavy = row % 2 == 0
            let weight = heavy ? 1e6 : 1e-6 * (1 + Double(row) / 40)
            let (first, second) = (heavy ? 60.0 : 600.0 + Double(row), heavy ? 50.0 : 590.0)
            text += "\(weight),\(first),-1,0,\(second),1,3\n"
            if !heavy {
                expected.weight += weight
                expected.asymmetry += weight * (first - second) / (0.5 * (first + second))
            }
        }
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-2, 0, 2]), ptAverage: try Axis(edges: [40, 100, 1000]), referenceAbsEtaMaximum: 2,
            quotedPtMinimum: 40)
        try withFile("e.csv", text) { path in
            let file = try EventFile(path)
            #expect(file.sliceWeights.contains(1e6) && file.sliceWeights.count >= 2)
            let empty = BalanceSums(binning: binning, selection: .standard, slices: file.sliceWeights.count)
            let sums = try file.reduce(empty) { $1.add($0) }
            let cell = try #require(sums.moments(ptBin: 1, pair: binning.pair(0, 1), weights: file.sliceWeights))
            #expect(cell.rows == 200)
            #expect(abs(cell.weight / expected.weight - 1) < 1e-8)
            #expect(abs(cell.asymmetry / (expected.asymmetry / expected.weight) - 1) < 1e-6)
        }
    }

    @Test func reusesOfATruthEventStayInOneBlock() throws {
        var text = "event,pt1,eta1,phi1,pt2,eta2,phi2\n"
        for event in 0..<30 { for _ in 0..<1000 { text += "\(event),80,1,0,70,-1,3\n" } }
        try withFile("e.csv", text) { path in
            let seen = Guarded<[Set<UInt64>]>([])
            _ = try EventFile(path).reduce(Rows()) { block, _ in
                seen.withLock { $0.append(Set((0..<block.count).map { block.event[$0] })) }
            }
            let blocks = seen.withLock { $0 }
            #expect(blocks.count > 3)
            #expect(blocks.reduce(0) { $0 + $1.count } == 30)
        }
    }

    @Test(arguments: [
        ("pt1,eta1,phi1,pt2,eta2\n1,2,3,4,5\n", ":1", "'phi2' is missing"),
        ("pt1,eta1,phi1,pt2,eta2,phi2\n80,1,0,70,-1\n", ":2", "5 fields"),
        ("pt1,eta1,phi1,pt2,eta2,phi2\n80,1,0,70,-1,3,9\n", ":2", "7 fields"),
        ("pt1,eta1,phi1,pt2,eta2,phi2\n80,1,0,70,-1,3\n80,1,0,7o,-1,3\n", ":3", "'7o'"),
        ("pt1,eta1,phi1,pt2,eta2,phi2\n", "", "no events"), ("", "", "empty"),
        ("pt1,eta1,phi1,pt2,eta2,phi2\n-80,1,0,70,-1,3\n", ":2", "pT -80"),
        ("pt1,eta1,phi1,pt2,eta2,phi2\ninf,1,0,70,-1,3\n", ":2", "'inf'"),
        ("pt1,eta1,phi1,pt2,eta2,phi2\n80,1,0,70,,3\n", ":2", "η nan"),
        ("pt1,eta1,phi1,pt2,eta2,phi2,pt1\n80,1,0,70,-1,3,9\n", ":1", "twice"),
        (
            "true_pt1,true_eta1,true_pt2,true_eta2,pt1,eta1,phi1,pt2,eta2,phi2\n8,1,60,-1,9999,1,0,70,-1,3\n", ":2",
            "true pT of 8"
        ),
        ("slice,pt1,eta1,phi1,pt2,eta2,phi2\n0.5,80,1,0,70,-1,3\n", ":2", "slice is 0.5"),
        ("weight,pt1,eta1,phi1,pt2,eta2,phi2\n0,80,1,0,70,-1,3\n", "", "weights are zero"),
        ("triggers,pt1,eta1,phi1,pt2,eta2,phi2\n1.5,80,1,0,70,-1,3\n", ":2", "triggers are 1.5"),
        ("triggers,pt1,eta1,phi1,pt2,eta2,phi2\n0,80,1,0,70,-1,3\n-1,80,1,0,70,-1,3\n", ":3", "triggers are -1"),
        ("triggers,pt1,eta1,phi1,pt2,eta2,phi2\n4294967296,80,1,0,70,-1,3\n", ":2", "triggers are 4294967296"),
        ("triggers,pt1,eta1,phi1,pt2,eta2,phi2\nHLT_jet40,80,1,0,70,-1,3\n", ":2", "'HLT_jet40'"),
    ])
    func faultsAreToldWithTheirPlace(text: String, place: String, problem: String) throws {
        try withFile("e.csv", text) { path in
            let error = #expect(throws: FileError.self) { _ = try EventFile(path) }
            #expect(error?.place == path + place && error?.kind == .malformed, "\(error?.place ?? "")")
            #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
        }
    }

    @Test func compressedFilesThatWereCutAreNoticed() throws {
        let whole = try readFile(TruthSampleFileTests.excerpt)
        let path = scratchPath("cut_dijets.csv.gz")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: FileError.self) { _ = try EventFile(path) }
        #expect(error?.problem.contains("end early") == true || error?.problem.contains("damaged") == true)
    }

    @Test func calibratedJetsMoveWithTheirColumns() throws {
        let table = "note,pt1,eta1,phi1,btag1,pt2,eta2,phi2,btag2,pt3,eta3,phi3,btag3\na,80,2,0.1,5,70,-1,3,1,,,,\n"
        try withFile("e.csv", table) { path in
            let output = scratchPath("out.csv")
            defer { try? FileManager.default.removeItem(atPath: output) }
            let count = try EventRewriter.rewrite(path, to: output, calibration: .toy, overwrite: false) { eta, pt in
                eta > 0 ? pt * 0.5 : pt * 2
            }
            #expect(count == 1)
            let row = try readText(output).split(separator: "\n")[1]
            #expect(row == "a,140.0,-1,3,1,40.0,2,0.1,5,,,,")
        }
    }
}
