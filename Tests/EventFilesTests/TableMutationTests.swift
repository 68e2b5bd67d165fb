import Balance
import EventFiles
import FileAccess
import Foundation
import JetPhysics
import Testing

/// All that a pass over a table hands on.
struct Passed: MergeableSums {
    struct Row: Equatable {
        let event: UInt64
        let slice: Int
        let weight: Double
        let triggers: UInt32
        /// pT, η, φ, true pT, true η of each jet.
        let jets: [[Double]]

        /// As bits: what is absent is equal to itself.
        static func == (one: Row, other: Row) -> Bool {
            one.event == other.event && one.slice == other.slice && one.weight == other.weight
                && one.triggers == other.triggers
                && one.jets.map { $0.map(\.bitPattern) } == other.jets.map { $0.map(\.bitPattern) }
        }
    }
    var rows: [Row] = []

    mutating func merge(_ other: Passed) { rows += other.rows }

    static func rows(_ file: EventFile) throws -> [Row] {
        let weights = file.sliceWeights
        return try file.reduce(Passed()) { add($0, &$1, weights) }.rows
    }

    static func add(_ block: ReconstructedBlock, _ passed: inout Passed, _ weights: [Double]) {
        for row in 0..<block.count {
            let slice = Int(block.slice[row])
            let jets = (0..<ReconstructedBlock.jetCount).map { jet -> [Double] in
                let position = jet * block.capacity + row
                return [
                    block.pt[position], block.eta[position], block.phi[position], block.truePt[position],
                    block.trueEta[position],
                ]
            }
            passed.rows.append(
                Row(
                    event: block.event[row], slice: slice, weight: block.relativeWeight[row] * weights[slice],
                    triggers: block.triggers[row], jets: jets))
        }
    }
}

/// Whatever is done to a table of events: it is refused with its place, or every value is taken as it stands there.
struct TableMutationTests {
    private static let signs = [
        ",", ",,", "\n", "\n\n", "\r\n", "\"", ";", "\t", " ", "1,", ",1", "e", ".", "-", "nan", "inf", "0x", "#",
        "pt1", "é",
        ",\u{301}", "event", "slice,", "true_pt1,", "triggers",
    ]

    /// Tables with all columns and with few, in other orders, with columns that nobody knows.
    static let texts: [[UInt8]] = {
        var full =
            "event,slice,weight,pt1,eta1,phi1,pt2,eta2,phi2,pt3,eta3,phi3,true_pt1,true_eta1,true_pt2,true_eta2,true_pt3,true_eta3\n"
        var plain = "note,phi2,phi1,eta2,eta1,pt2,pt1\n"
        var weighted = "weight, pt1,eta1 ,phi1,pt2,eta2,phi2,event,triggers\r\n"
        for row in 0..<24 {
            let (pt, eta, phi) = (60 + 3.5 * Double(row), 0.25 * Double(row % 17) - 2, 0.37 * Double(row % 17) - 3)
            full +=
                "\(row / 2),\(row / 12),\(row % 3 == 0 ? "" : "0.5"),\(pt),\(eta),\(phi),\(pt - 4),\(-eta),\(phi + 3.1),"
            full += row % 4 == 0 ? "12.5,-3,0.5," : ",,,"
            full += "\(pt + 1),\(eta),\(pt - 5),\(-eta),,\n"
            plain += "\"n\(row)\",\(phi + 3.1),\(phi),\(-eta),\(eta),\(pt - 4),\(pt)\n"
            weighted +=
                "\(pow(0.5, Double(row))),\(pt),\(eta),\(phi),\(pt - 4),\(-eta),\(phi + 3.1),\(row),\(row % 5 == 0 ? "" : "\(row % 8)")\r\n"
        }
        return [full, plain, weighted].map { Array($0.utf8) }
    }()

    @Test func theTablesAreValid() throws {
        for text in Self.texts {
            #expect(try Self.examine(text, text, "e.csv"))
            #expect(try Self.examine(storedGzip(text), text, "e.csv.gz"))
        }
    }

    @Test(arguments: 0..<Mutants.parts) func mutantsAreRefusedOrTakenAtTheirWord(part: Int) throws {
        var mutator = Mutator(random: Mutants.generator(part: part), signs: Self.signs)
        var accepted = 0
        let count = Mutants.count(7_000)
        for number in 0..<count {
            let mutant = mutator.mutated(Self.texts[number % Self.texts.count])
            let isCompressed = number % 5 == 0
            let file = isCompressed ? storedGzip(mutant) : mutant
            if try Self.examine(file, mutant, isCompressed ? "e.csv.gz" : "e.csv") { accepted += 1 }
        }
        if count > 100 { #expect(accepted * 20 > count) }
    }

    /// Compressed bytes carry a checksum: what is accepted has lost nothing.
    @Test(arguments: 0..<Mutants.parts) func damagedCompressionIsRefusedOrHarmless(part: Int) throws {
        var mutator = Mutator(random: Mutants.generator(part: 100 + part), signs: ["\u{1f}", "abc"])
        let text = Self.texts[0]
        let header = text[...(text.firstIndex(of: 10) ?? 0)]
        let rest = text[header.endIndex...]
        let whole = try Self.deflated()
        for number in 0..<Mutants.count(2_000) {
            switch number % 4 {
            case 0: try Self.examine(mutator.mutated(storedGzip(text)), text, "e.csv.gz")
            case 1:
                // Two members; damage to the second one's header must not hide it.
                let cut = header.endIndex + mutator.random.below(rest.count)
                let (one, other) = (storedGzip(Array(text[..<cut])), storedGzip(Array(text[cut...])))
                #expect(try Self.examine(one + other, text, "e.csv.gz"))
                try Self.examine(one + mutator.mutated(other), text, "e.csv.gz", alsoPlausible: Array(text[..<cut]))
            case 2: try Self.examine(mutator.mutated(whole.bytes), whole.text, "e.csv.gz")
            default:
                let garbage = (0...mutator.random.below(9)).map { _ in UInt8(mutator.random.below(256)) }
                #expect(try !Self.examine(storedGzip(text) + garbage, text, "e.csv.gz"))
            }
        }
    }

    /// - Parameters:
    ///   - file: what is written.
    ///   - text: what it says, uncompressed.
    ///   - alsoPlausible: what may be read instead, when the file is cut where it cannot be told.
    /// - Returns: whether the table was accepted.
    @discardableResult
    private static func examine(
        _ file: [UInt8], _ text: [UInt8], _ name: String, alsoPlausible: [UInt8]? = nil
    ) throws -> Bool {
        let path = scratchPath(name)
        try writeBytes(file, to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let shown = Comment(rawValue: String(decoding: text.prefix(12_000), as: UTF8.self))
        let start = ContinuousClock.now
        defer { #expect(ContinuousClock.now - start < Mutants.patience, shown) }
        let (table, rows): (EventFile, [Passed.Row])
        do {
            table = try EventFile(path)
            rows = try Passed.rows(table)
        } catch let error as FileError {
            #expect(error.kind == .malformed && error.place.hasPrefix(path) && error.isWellPut, "\(error) \(shown)")
            return false
        }
        #expect(table.events == rows.count, shown)
        var difference = difference(rows, text)
        if difference != nil, let alsoPlausible { difference = self.difference(rows, alsoPlausible) }
        #expect(difference == nil, "\(difference ?? "") \(shown)")
        return true
    }

    /// What rows that were read and a straightforward reading of the text do not agree in.
    private static func difference(_ rows: [Passed.Row], _ text: [UInt8]) -> String? {
        guard let table = PlainTable(text) else { return "no table" }
        guard table.rows.count == rows.count else { return "\(rows.count) rows of \(table.rows.count)" }
        func column(_ name: String) -> [Double] { table.column(name) ?? [] }
        let (events, slices, weights) = (column("event"), column("slice"), column("weight"))
        let triggers = column("triggers")
        guard [events, slices, weights, triggers].allSatisfy({ $0.count == rows.count }) else {
            return "words for numbers"
        }
        let jets = (1...3).map { jet in ["pt", "eta", "phi", "true_pt", "true_eta"].map { column("\($0)\(jet)") } }
        guard jets.joined().allSatisfy({ $0.count == rows.count }) else { return "words for numbers" }
        var sliceOfClass: [Int: Double] = [:]
        for (index, row) in rows.enumerated() {
            if events[index].isNaN {
                let isNamed = table.names.contains("event")
                guard row.event == UInt64(index) | (isNamed ? 1 << 63 : 0) else { return "event of row \(index)" }
            } else {
                guard Double(row.event) == events[index] else { return "event of row \(index)" }
            }
            let slice = slices[index].isNaN ? 0 : slices[index]
            guard sliceOfClass.updateValue(slice, forKey: row.slice) ?? slice == slice else {
                return "slice of row \(index)"
            }
            let weight = weights[index].isNaN ? 1 : weights[index]
            guard abs(row.weight - weight) <= 1e-14 * abs(weight) else { return "weight of row \(index)" }
            guard Double(row.triggers) == (triggers[index].isNaN ? 0 : triggers[index]) else {
                return "triggers of row \(index)"
            }
            for jet in 0..<3 {
                let said = jets[jet].map { $0[index] }
                guard agree(said, row.jets[jet]) else { return "jet \(jet) of row \(index): \(said) \(row.jets[jet])" }
            }
        }
        return nil
    }

    private static func agree(_ said: [Double], _ read: [Double]) -> Bool {
        let same = { (one: Double, other: Double) in one == other || (one.isNaN && other.isNaN) }
        guard same(said[3], read[3]), same(said[4], read[4]) else { return false }
        guard said[0].isNaN || (said[0] >= 0 && said[0] < 1e6) else { return false }
        guard said[0] > 0 else { return read[0] == 0 }
        let turn = (read[2] - said[2]) / (2 * .pi)
        return read[0] == said[0] && read[1] == said[1] && abs(said[1]) < 20 && read[2] >= -.pi && read[2] < .pi
            && abs(turn - turn.rounded()) < 1e-14
    }

    /// A table that zlib compressed, with its text.
    private static func deflated() throws -> (bytes: [UInt8], text: [UInt8]) {
        let block = ReconstructedBlock(capacity: 24)
        block.count = 24
        for row in 0..<24 {
            block.event[row] = UInt64(row)
            block.relativeWeight[row] = 1
            for jet in 0..<2 {
                block.pt[jet * 24 + row] = 70 + Double(row) / 3
                block.eta[jet * 24 + row] = Double(row) / 7 - 2
                block.truePt[jet * 24 + row] = 60
            }
        }
        return try ["d.csv.gz", "d.csv"].map { name -> [UInt8] in
            let path = scratchPath(name)
            let writer = try EventWriter(path, sliceWeights: [1], overwrite: false)
            try writer.write(block)
            try writer.finish()
            defer { try? FileManager.default.removeItem(atPath: path) }
            return [UInt8](try readFile(path))
        }.withUnsafeBufferPointer { ($0[0], $0[1]) }
    }
}

extension FileError {
    /// Place, problem and remedy, in a line or two that a terminal can show.
    var isWellPut: Bool {
        let text = description
        return !place.isEmpty && !problem.isEmpty && !remedy.isEmpty && text.utf8.count < 2500
            && !text.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
    }
}
