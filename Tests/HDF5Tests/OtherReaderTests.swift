import Foundation
import HDF5
import Testing

/// The tools of the HDF5 Group (Debian: hdf5-tools), which are independent of what is tested but for the library.
enum Tool {
    static func run(_ name: String, _ arguments: [String]) throws -> String {
        let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let program = directories.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: try #require(
                program, "\(name) is needed: install the Debian package hdf5-tools, or run Scripts/test"))
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self)
    }
}

struct OtherReaderTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try Sample.write(folder.path("sample.h5"))
    }

    /// What h5dump prints between the braces behind `DATA`, as numbers.
    private func data(_ object: String) throws -> [String] {
        let text = try Tool.run("h5dump", ["-y", "-w", "0", "-m", "%.17g", "-d", object, folder.path("sample.h5")])
        let start = try #require(text.range(of: "DATA {"))
        let rest = text[start.upperBound...]
        return rest[..<(rest.firstIndex(of: "}") ?? rest.endIndex)]
            .split { ",\n ".contains($0) }.map(String.init)
    }

    @Test func numbersAreWhatWasWritten() throws {
        let momenta = try data("/events/pt1").map { try #require(Double($0)) }
        #expect(momenta.count == Sample.rows)
        for (found, written) in zip(momenta, Sample.momenta) {
            #expect(found == written || (found.isNaN && written.isNaN))
        }
        #expect(try data("/events/event").map { UInt64($0) } == Sample.events.map { $0 })
        #expect(try data("/matrix").map { try #require(Double($0)) } == Sample.matrix.map { Double($0) })
    }

    @Test func structureAndAttributesAreWhatWasWritten() throws {
        let text = try Tool.run("h5dump", ["-A", "-p", folder.path("sample.h5")])
        for part in [
            "GROUP \"events\"", "H5T_IEEE_F64LE", "H5T_STD_U64LE", "H5T_IEEE_F32LE", "( 100 ) / ( H5S_UNLIMITED )",
            "( 10, 6 ) / ( 10, 6 )", "COMPRESSION DEFLATE { LEVEL 4 }", "PREPROCESSING SHUFFLE", "CHUNKED ( 16 )",
            "\"sample/1\"", "3e-300", "\"GeV\"", "H5T_CSET_UTF8",
        ] { #expect(text.contains(part), "\(part)") }
    }

    /// In the oldest format, which h5repack writes by itself.
    @Test func otherLayoutsAreRead() throws {
        let expected = try Sample.content(folder.path("sample.h5"))
        for (name, options) in [
            ("contiguous", ["-l", "CONTI"]), ("chunks", ["-l", "events/pt1:CHUNK=13", "-f", "NONE"]),
            ("checksums", ["-f", "FLET"]),
        ] {
            _ = try Tool.run("h5repack", options + [folder.path("sample.h5"), folder.path("\(name).h5")])
            #expect(try Sample.content(folder.path("\(name).h5")) == expected, "\(name)")
        }
    }
}
