import Balance
import EventFiles
import FileAccess
import Foundation
import Testing

/// Tables that are made to take a reader's time or memory, or to be taken for something that they are not.
struct HostileTableTests {
    private static let head = "event,weight,pt1,eta1,phi1,pt2,eta2,phi2\n"
    private static let row = "0,1,80,1,0,70,-1,3\n"

    private static let tables: [(text: String, place: String, problem: String)] = [
        (String(repeating: "a", count: 10_000_000), ":1", "longer than 1 MB"),
        (head + String(repeating: ",", count: 10_000_000), ":2", "longer than 1 MB"),
        (head + String(repeating: ",", count: 900_000) + "\n", ":2", "900001 fields"),
        (head + "0,1," + String(repeating: "9", count: 900_000) + ",1,0,70,-1,3\n", ":2", "which is not a number"),
        (String(repeating: "a,", count: 400_000) + "\n", ":1", "400001 columns"),
        ((0..<10_000).map { "c\($0)" }.joined(separator: ",") + "\n1\n", ":1", "missing"),
        (String(repeating: "a,", count: 9000) + "\n", ":1", "twice"),
        (head + String(repeating: " ", count: 10_000_000), ":2", "longer than 1 MB"),
        (head + row + "0,1,80,1,0,70,-1", ":3", "7 fields"),
        // Cut within a number, where it can be told.
        (head + row + "0,1,80,1,0,70,-1,3e", ":3", "'3e'"),
        (head + row + "0,1,80,1,0,70,-1,-", ":3", "'-'"),
        (head + "0,1,80,1,1e300,70,-1,3\n", ":2", "φ 1e+300"),
        (head + "0,1,80,1e300,0,70,-1,3\n", ":2", "η 1e+300"),
        (head + "0,1e200,80,1,0,70,-1,3\n", ":2", "weight is 1e+200"),
        (head + "0,1e-300,80,1,0,70,-1,3\n", ":2", "weight is 1e-300"),
        (head + "0,1e-400,80,1,0,70,-1,3\n", ":2", "'1e-400'"),
        (head + "0.5,1,80,1,0,70,-1,3\n", ":2", "event number is 0.5"),
        (head + "0,1,80,1,0,70,-1,3\u{0}\n", ":2", "'3\u{FFFD}'"),
        (head + "0,1,\u{1B}[31m80,1,0,70,-1,3\n", ":2", "'\u{FFFD}[31m80'"),
        (
            "true_pt1,true_eta1,true_pt2,true_eta2,pt1,eta1,phi1,pt2,eta2,phi2\n-80,1,70,-1,80,1,0,70,-1,3\n", ":2",
            "-80"
        ),
        (
            "true_pt1,true_eta1,true_pt2,true_eta2,pt1,eta1,phi1,pt2,eta2,phi2\n1e9,1,70,-1,80,1,0,70,-1,3\n", ":2",
            "1000000000.0"
        ),
    ]

    @Test(arguments: 0..<tables.count) func isRefusedAtOnce(index: Int) throws {
        let (text, place, problem) = Self.tables[index]
        try withFile("e.csv", text) { path in
            let start = ContinuousClock.now
            let error = #expect(throws: FileError.self) { _ = try EventFile(path) }
            #expect(ContinuousClock.now - start < Mutants.patience)
            #expect(error?.kind == .malformed && error?.place == path + place, "\(error?.place ?? "")")
            #expect(error?.problem.contains(problem) == true && error?.isWellPut == true, "\(error?.problem ?? "")")
        }
    }

    /// Cut at any byte, a table that ends with a line break is refused or loses only whole lines.
    @Test func cutsAreToldWhereTheyCanBe() throws {
        let rows = (0..<3).map { "\($0),1,80.25,1,0,70,-1,3.0\n" }
        let text = Array((Self.head + rows.joined()).utf8)
        for length in Self.head.utf8.count + 1..<text.count {
            let path = scratchPath("cut.csv")
            try Data(text[..<length]).write(to: URL(fileURLWithPath: path))
            defer { try? FileManager.default.removeItem(atPath: path) }
            // All fields are there: a last line without a line break, or a shorter last number, cannot be told from a whole.
            let tail = String(decoding: text[..<length], as: UTF8.self).split(separator: "\n").last ?? ""
            let looksWhole = tail.split(separator: ",").count == 8
            if looksWhole {
                #expect(try EventFile(path).events == 1 + (length - Self.head.utf8.count - 1) / rows[0].utf8.count)
            } else {
                let error = #expect(throws: FileError.self) { _ = try EventFile(path) }
                #expect(error?.kind == .malformed && error?.isWellPut == true, "\(error?.problem ?? "")")
            }
        }
    }

    @Test func whatCannotBeReadTwiceIsRefused() throws {
        let path = scratchPath("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        defer { try? FileManager.default.removeItem(atPath: path) }
        for name in [path, "/dev/null"] {
            let error = #expect(throws: FileError.self) { _ = try EventFile(name) }
            #expect(error?.kind == .unreadable && ["pipe", "device"].contains { error?.problem.contains($0) == true })
        }
    }

    @Test func eventsWithoutANumberAreNoneOfTheirNeighbours() throws {
        let text = "event,pt1,eta1,phi1,pt2,eta2,phi2\n1,80,1,0,70,-1,3\n,80,1,0,70,-1,3\n2,80,1,0,70,-1,3\n"
        try withFile("e.csv", text) { path in
            let events = try EventFile(path).reduce(Identities()) { block, seen in
                for row in 0..<block.count { seen.events.append(block.event[row]) }
            }.events
            #expect(events[0] == 1 && events[2] == 2 && Set(events).count == 3)
        }
    }

    /// What strtod reads, `apply` calibrates; what other columns hold, it keeps byte by byte.
    @Test func otherBytesAreKept() throws {
        let path = scratchPath("e.csv")
        let output = scratchPath("out.csv")
        defer { for file in [path, output] { try? FileManager.default.removeItem(atPath: file) } }
        let text =
            Array("pt1,eta1,phi1,pt2,eta2,phi2,note\n 0x50,1,0,+70,-1,3,".utf8) + [0xFF, 0xCC, 0x81, 10]
            + Array("80,1,0,70,-1,3,".utf8) + [0xCC, 0x81, 10]
        try Data(text).write(to: URL(fileURLWithPath: path))
        #expect(try EventRewriter.rewrite(path, to: output, calibration: .toy, overwrite: false) { $1 * 2 } == 2)
        let expected =
            Array("pt1,eta1,phi1,pt2,eta2,phi2,note\n160.0,1,0,140.0,-1,3,".utf8) + [0xFF, 0xCC, 0x81, 10]
            + Array("160.0,1,0,140.0,-1,3,".utf8) + [0xCC, 0x81, 10]
        #expect([UInt8](try readFile(output)) == expected)
    }

    static let header = TruthSampleFileTests.header

    @Test(arguments: [
        ("1,0,1e300,0,0,1,60,1,3,2\n", "pT 1e+300"), ("1,0,-70,0,0,1,60,1,3,2\n", "pT -70"),
        ("1,0.5,70,0,0,1,60,1,3,2\n", "event number is 0.5"), ("1,0,70,0,0,1.5,60,1,3,2\n", "flavour 1.5"),
        ("1,0,70,0,0,1e300,60,1,3,2\n", "flavour 1e+300"), ("1,0,70,0,0,1,60,1,1e300,2\n", "φ 1e+300"),
    ])
    func impossibleTruthIsRefused(row: String, problem: String) throws {
        try withFile("xsec.csv", TruthSampleFileTests.slices) { table in
            try withFile("t.csv", Self.header + "1,1,75,0,0,1,60,1,3,2\n1,2,75,0,0,1,60,1,3,2\n" + row) { path in
                let error = #expect(throws: FileError.self) { _ = try TruthSampleFile(path, crossSections: table) }
                #expect(
                    error?.place == path + ":4" && error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
            }
        }
    }

    @Test(arguments: ["0.5,30,60,1\n", "0,30,1e300,1\n", "0,30,60,1e300\n", "0,30,60,1e-300\n", "1e300,30,60,1\n"])
    func impossibleSlicesAreRefused(row: String) throws {
        try withFile("xsec.csv", "slice,pthat_min_GeV,pthat_max_GeV,sigma_pb\n" + row) { table in
            let error = #expect(throws: FileError.self) {
                _ = try TruthSampleFile(TruthSampleFileTests.excerpt, crossSections: table)
            }
            #expect(error?.place == table + ":2")
        }
    }
}

private struct Identities: MergeableSums {
    var events: [UInt64] = []
    mutating func merge(_ other: Identities) { events += other.events }
}
