import DijetGeneration
import EventFiles
import FileAccess
import Foundation
import JetPhysics
import Testing

/// Whatever is done to a truth sample or its cross-sections: refused with its place, or taken as it stands there.
struct TruthMutationTests {
    private static let slices = Array(
        "slice,pthat_min_GeV,pthat_max_GeV,sigma_pb\n0,30,60,1.0e7\n3,60,120,5.7e5\n4,120,250,3\n".utf8)

    private static let events: [UInt8] = {
        var text = "slice,event,pt1,eta1,phi1,flavour1,pt2,eta2,phi2,flavour2,pt3,eta3,phi3,flavour3\n"
        for row in 0..<24 {
            let (slice, pt) = ([0, 3, 4][row / 8], [40.0, 80, 160][row / 8] + Double(row))
            let eta = Double(row % 9) / 2 - 2
            text += "\(slice),\(row),\(pt),\(eta),\(Double(row) / 4 - 3),21,\(pt - 5.5),\(-eta),3.1,\(row % 5),"
            text += row % 3 == 0 ? "12.5,-3,0.5,21\n" : ",,,\n"
        }
        return Array(text.utf8)
    }()

    private static let signs = [
        ",", ",,", "\n", "\"", ";", " ", "1,", ",1", "e", ".", "-", "nan", "inf", "pt1", "slice",
    ]

    @Test func theSampleIsValid() throws {
        #expect(try Self.examine(Self.events, Self.slices, "t.csv"))
        #expect(try Self.examine(storedGzip(Self.events), Self.slices, "t.csv.gz", text: Self.events))
    }

    @Test(arguments: 0..<Mutants.parts) func mutantsAreRefusedOrTakenAtTheirWord(part: Int) throws {
        var mutator = Mutator(random: Mutants.generator(part: 200 + part), signs: Self.signs)
        for number in 0..<Mutants.count(3_000) {
            if number % 3 == 0 {
                try Self.examine(Self.events, mutator.mutated(Self.slices), "t.csv")
            } else {
                try Self.examine(mutator.mutated(Self.events), Self.slices, "t.csv")
            }
        }
    }

    /// - Returns: whether the sample was accepted.
    @discardableResult
    private static func examine(
        _ events: [UInt8], _ slices: [UInt8], _ name: String, text: [UInt8]? = nil
    ) throws -> Bool {
        let (path, table) = (scratchPath(name), scratchPath("xsec.csv"))
        try Data(events).write(to: URL(fileURLWithPath: path))
        try Data(slices).write(to: URL(fileURLWithPath: table))
        defer { for file in [path, table] { try? FileManager.default.removeItem(atPath: file) } }
        let shown = Comment(rawValue: String(decoding: slices + events, as: UTF8.self))
        let file: TruthSampleFile
        do { file = try TruthSampleFile(path, crossSections: table) } catch let error as FileError {
            let place = error.place
            #expect(place.hasPrefix(path) || place.hasPrefix(table), "\(error) \(shown)")
            #expect(error.kind == .malformed && error.isWellPut, "\(error) \(shown)")
            return false
        }
        let difference = difference(file, text ?? events, slices)
        #expect(difference == nil, "\(difference ?? "") \(shown)")
        return true
    }

    /// The values of a slice's events in order: event, then pT, η, φ and flavour of each jet.
    private static func rows(_ sample: TruthSample, slice: Int) -> [[Double]] {
        let roles = [SampleRole.simulation, .pseudoData].map { role -> [[Double]] in
            let count = sample.available(slice: slice, role: role)
            let block = TruthBlock(capacity: max(1, count))
            sample.fill(block, slice: slice, first: 0, count: count, replicas: 1, role: role, seed: 1)
            return (0..<count).map { row in
                [Double(block.event[row])]
                    + (0..<TruthBlock.jetCount).flatMap { jet -> [Double] in
                        let position = jet * block.capacity + row
                        return [
                            block.pt[position], block.eta[position], block.phi[position],
                            Double(block.flavour[position]),
                        ]
                    }
            }
        }
        // Even events are simulation, odd ones data.
        return (0..<roles[0].count + roles[1].count).map { roles[$0 % 2][$0 / 2] }
    }

    private static func difference(_ file: TruthSampleFile, _ events: [UInt8], _ slices: [UInt8]) -> String? {
        guard let table = PlainTable(events), let ranges = PlainTable(slices) else { return "no table" }
        guard table.rows.count == file.events else { return "\(file.events) events of \(table.rows.count)" }
        let jets = (1...4).map { jet in ["pt", "eta", "phi", "flavour"].map { table.column("\($0)\(jet)") ?? [] } }
        guard let number = table.column("event"), let sliceOf = table.column("slice"),
            let names = ranges.column("slice"), let limit = ranges.column("pthat_max_GeV"),
            let sigma = ranges.column("sigma_pb"), jets.joined().allSatisfy({ $0.count == number.count })
        else { return "words for numbers" }
        var (position, dropped) = (0, 0)
        for (name, limit, sigma) in zip(names, zip(limit, sigma)).map({ ($0, $1.0, $1.1) }) {
            let all = number.indices.filter { sliceOf[$0] == name }
            let kept = all.filter { jets[0][0][$0] > 0 && jets[1][0][$0] > 0 && jets[0][0][$0] < 1.5 * limit }
            guard kept.count >= 2 else {
                dropped += all.count
                continue
            }
            dropped += all.count - kept.count
            guard position < file.sample.slices.count else { return "a slice is missing" }
            let expected = sigma * Double(kept.count) / Double(all.count)
            guard abs(file.sample.slices[position].crossSection / expected - 1) < 1e-12 else { return "cross-section" }
            let read = rows(file.sample, slice: position)
            guard read.count == kept.count else { return "events of slice \(name)" }
            for (row, index) in zip(read, kept) {
                guard row[0] == number[index] else { return "number of event \(index)" }
                for jet in 0..<4 {
                    let said = jets[jet].map { $0[index] }
                    let isThere = said[0] > 0
                    let turn = (row[3 + 4 * jet] - said[2]) / (2 * .pi)
                    let agrees =
                        isThere
                        ? row[1 + 4 * jet] == said[0] && row[2 + 4 * jet] == said[1]
                            && abs(turn - turn.rounded()) < 1e-14
                            && row[4 + 4 * jet] == (said[3].isNaN ? 0 : said[3])
                        : row[1 + 4 * jet] == 0 && !(said[0] < 0)
                    guard agrees else { return "jet \(jet) of event \(index)" }
                }
            }
            position += 1
        }
        guard position == file.sample.slices.count else { return "a slice too many" }
        return dropped == file.dropped ? nil : "\(file.dropped) dropped, not \(dropped)"
    }
}
