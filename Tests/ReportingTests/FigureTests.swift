import CardFiles
import Foundation
import Reporting
import Testing

struct FigureTests {
    @Test(arguments: ["cms-like", "uniform"]) func theResponseMapIsDrawnInAllFormats(name: String) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString) ä")
            .path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let figure = ClosureFigures.responseMap(card: try LoadedCard(name).card, dataCard: nil)
        #expect(try FigureWriter.write([figure], to: directory) == .drawn)
        let starts: [(String, [UInt8])] = [
            ("png", [0x89, 0x50, 0x4e, 0x47]), ("pdf", Array("%PDF".utf8)), ("svg", Array("<?xml".utf8)),
        ]
        for (ending, start) in starts {
            let data = try #require(FileManager.default.contents(atPath: "\(directory)/response-map.\(ending)"))
            #expect(data.count > 5000 && data.starts(with: start))
        }
        let rows = try String(contentsOfFile: "\(directory)/response-map.dat", encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
        #expect(rows.count == 121 * 31)
        let script = try String(contentsOfFile: "\(directory)/response-map.gp", encoding: .utf8)
        for label in ["mean response, simulation", "data / simulation", "resolution", "{/:Italic η}", "[GeV]"] {
            #expect(script.contains(label))
        }
    }
}
