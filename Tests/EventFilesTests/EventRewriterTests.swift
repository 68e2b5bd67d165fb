import EventFiles
import FileAccess
import Foundation
import Testing

struct EventRewriterTests {
    private func rewritten(_ text: String) throws -> [[String]] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output) = (
            folder.appendingPathComponent("in.csv").path, folder.appendingPathComponent("out.csv").path
        )
        try text.write(toFile: input, atomically: true, encoding: .utf8)
        // 10 % more beyond |η| = 1.
        _ = try EventRewriter.rewrite(input, to: output, calibration: .toy, overwrite: false) { eta, pt in
            abs(eta) > 1 ? 1.1 * pt : pt
        }
        return try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// The missing momentum is minus the sum of the jets and of a soft term that stays.
    @Test func missingMomentumFollowsTheJets() throws {
        let rows = try rewritten("pt1,eta1,phi1,pt2,eta2,phi2,met_x,met_y\n100,0,0,90,2,1.5,-3,4\n100,0,0,90,2,1.5,,\n")
        let change = (x: 9 * cos(1.5), y: 9 * sin(1.5))
        #expect(abs(try #require(Double(rows[1][6])) + 3 + change.x) < 1e-9)
        #expect(abs(try #require(Double(rows[1][7])) - 4 + change.y) < 1e-9)
        #expect(rows[2][6] == "" && rows[2][7] == "")
    }

    /// From text and from columns, to either: the copy is not of what was checked, and is not left behind.
    @Test(arguments: ["in.csv", "in.h5"], ["out.csv", "out.h5"])
    func tablesThatChangeAreNoticed(input: String, output: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (text, source, target) = (
            folder.appendingPathComponent("text.csv").path, folder.appendingPathComponent(input).path,
            folder.appendingPathComponent(output).path
        )
        try "pt1,eta1,phi1,pt2,eta2,phi2\n100,0,0,90,2,3\n".write(toFile: text, atomically: true, encoding: .utf8)
        _ = try EventRewriter.rewrite(text, to: source, calibration: .toy, overwrite: false) { $1 }
        var isChanged = false
        let error = #expect(throws: FileError.self) {
            _ = try EventRewriter.rewrite(source, to: target, calibration: .toy, overwrite: false) { _, pt in
                guard !isChanged else { return pt }
                isChanged = true
                let handle = FileHandle(forWritingAtPath: source)
                _ = try? handle?.seekToEnd()
                try? handle?.write(contentsOf: Data("100,0,0,90,2,3\n".utf8))
                try? handle?.close()
                return pt
            }
        }
        #expect(try #require(error).problem == "the file changed while it was read")
        #expect(!FileManager.default.fileExists(atPath: target))
    }

    /// Byte by byte, also where jets change their order.
    @Test func triggersAreKept() throws {
        let rows = try rewritten(
            "pt1,eta1,phi1,triggers,pt2,eta2,phi2\n100,0,0,4294967295,95,2,3\n100,0,0,0x05,50,2,3\n")
        #expect(rows[0][3] == "triggers" && rows[1][3] == "4294967295" && rows[2][3] == "0x05")
        #expect(rows[1][1] == "2" && rows[2][1] == "0")
    }

    /// Constants go by the η that the detector sees, where a table has it.
    @Test func detectorEtaDecides() throws {
        let rows = try rewritten(
            "pt1,eta1,phi1,det_eta1,pt2,eta2,phi2,det_eta2\n100,0.99,0,1.01,90,1.01,3,0.99\n100,0.99,0,nan,90,1.01,3,\n"
        )
        #expect(Double(rows[1][0]) == 1.1 * 100 && Double(rows[1][4]) == 90)
        #expect(Double(rows[2][0]) == 100 && Double(rows[2][4]) == 1.1 * 90)
    }
}
