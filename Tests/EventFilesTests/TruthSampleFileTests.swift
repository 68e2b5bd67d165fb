import EventFiles
import FileAccess
import Foundation
import JetPhysics
import Testing

func scratchPath(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString)-\(name)").path
}

/// Without waiting for the disk each time, as Foundation does.
func writeBytes(_ bytes: [UInt8], to path: String) throws {
    let file = try #require(fopen(path, "wb"))
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count && fclose(file) == 0)
}

func withFile(_ name: String, _ text: String, _ body: (String) throws -> Void) throws {
    let path = scratchPath(name)
    try writeText(text, to: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
}

struct TruthSampleFileTests {
    static var excerpt: String {
        Bundle.module.resourceURL!.appendingPathComponent("Fixtures/pythia8_excerpt_dijets.csv.gz").path
    }

    @Test func theExcerptIsReadThroughGzip() throws {
        let table = TruthSampleFile.crossSectionPath(for: Self.excerpt)
        #expect(table.hasSuffix("pythia8_excerpt_xsec.csv"))
        let file = try TruthSampleFile(Self.excerpt, crossSections: table)
        #expect(file.events == 15_400 && file.dropped == 322)
        #expect(file.sample.slices.count == 7)
        #expect(file.sample.slices[6].pHatMinimum == 1000)
        // Dropped events take their part of the cross-section with them.
        #expect(file.sample.slices[1].crossSection < 1.50785e8 && file.sample.slices[1].crossSection > 1.45e8)
        let block = TruthBlock(capacity: 16)
        file.sample.fill(block, slice: 0, first: 0, count: 16, replicas: 1, role: .simulation, seed: 1)
        // The file's first row: two jets of 10.774 and 8.0886 GeV.
        #expect(block.event[0] == 0 && block.pt[0] == 10.774 && block.eta[0] == 1.3998 && block.flavour[0] == 21)
        #expect(block.pt[16] == 8.0886 && block.phi[16] == 0.0925 && block.pt[32] == 0)
    }

    static let header = "slice,event,pt1,eta1,phi1,flavour1,pt2,eta2,phi2,flavour2\n"
    static let slices = "slice,pthat_min_GeV,pthat_max_GeV,sigma_pb\n0,30,60,100\n1,60,120,5\n"

    @Test func plainTextIsReadToo() throws {
        try withFile("xsec.csv", Self.slices) { table in
            try withFile(
                "t.csv", Self.header + "1,0,70,0,0,1,60,1,3,2\n1,1,75,0,0,1,60,1,3,2\r\n1,2,500,0,0,1,400,1,3,2\n"
            ) { path in
                let file = try TruthSampleFile(path, crossSections: table)
                #expect(file.events == 3 && file.dropped == 1)
                #expect(file.sample.slices.count == 1 && abs(file.sample.slices[0].crossSection - 10 / 3.0) < 1e-12)
            }
        }
    }

    @Test(arguments: [
        ("7,0,70,0,0,1,60,1,3,2\n", ":2", "slice 7"), ("1,0,70,0,0,1,60,1,3\n", ":2", "9 fields"),
        ("1,0,70,0,0,1,60,1,3,2\n1,1,seventy,0,0,1,60,1,3,2\n", ":3", "'seventy'"),
        ("1,0,70,0,99,1,60,1,3,2\n", ":2", "φ 99"), ("1,-1,70,0,0,1,60,1,3,2\n", ":2", "event number"),
        ("", "", "no events"),
    ])
    func faultsAreToldWithTheirPlace(rows: String, place: String, problem: String) throws {
        try withFile("xsec.csv", Self.slices) { table in
            try withFile("t.csv", Self.header + rows) { path in
                let error = #expect(throws: FileError.self) { _ = try TruthSampleFile(path, crossSections: table) }
                #expect(error?.place == path + place && error?.kind == .malformed)
                #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
            }
        }
    }

    @Test(arguments: ["0,60,30,1\n", "0,30,60,0\n", "0,30,60,1\n0,60,120,1\n", "0,30,60,1\n1,50,120,1\n"])
    func sliceTablesThatMakeNoSenseAreRefused(rows: String) throws {
        try withFile("xsec.csv", "slice,pthat_min_GeV,pthat_max_GeV,sigma_pb\n" + rows) { table in
            #expect(throws: FileError.self) { _ = try TruthSampleFile(Self.excerpt, crossSections: table) }
        }
    }
}
