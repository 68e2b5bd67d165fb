import FileAccess
import Foundation
import Intercalibration
import SumsFiles
import Testing

/// Replicas in a file and back.
struct ReplicasFileTests {
    private static let replicas = Bootstrap(
        subSamples: 512, fitted: [[0.1, nil, -0.2], [nil, 0.3, 0.1 / 3]],
        quotedVariances: [[1e-4, 0, 2e-4], [0, 3e-4, 1e-5]],
        logResponses: [
            [[0.11, nil, -0.21], [0.09, nil, -0.19], [0.1, nil, nil]],
            [[nil, 0.31, 0.03], [nil, 0.29, 0.04], [nil, 0.3 / 7, 0.05]],
        ])

    private func withFile(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).h5").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func theyReadBackBitForBit() throws {
        try withFile { path in
            try ReplicasFile(Self.replicas, calibration: "abc").write(into: path)
            let again = try ReplicasFile.read(path)
            #expect(again.replicas == Self.replicas && again.calibration == "abc")
            let bytes = try readFile(path)
            try ReplicasFile(Self.replicas, calibration: "abc").write(into: path)
            #expect(try readFile(path) == bytes)
        }
    }

    @Test func otherFilesAreRefused() throws {
        try withFile { path in
            #expect(throws: FileError.self) { try ReplicasFile.read(path) }
            try writeText("{}", to: path)
            #expect { try ReplicasFile.read(path) } throws: { "\($0)".contains("--replicas") }
        }
    }
}
