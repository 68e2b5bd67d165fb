import FileAccess
import Foundation
import Testing

/// A directory of its own for a test, removed at the end.
func withScratch(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
}

struct OutputTests {
    @Test func filesAppearWhenTheyAreFinished() throws {
        try withScratch { directory in
            let path = "\(directory)/ä file.txt"
            let output = try Output(path, .file, overwrite: false)
            try writeText("done", to: output.partialPath)
            #expect(!FileManager.default.fileExists(atPath: path))
            try output.finish()
            #expect(try readText(path) == "done")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["ä file.txt"])
        }
    }

    @Test func whatIsNotFinishedLeavesNothing() throws {
        try withScratch { directory in
            for shape in [Output.Shape.file, .directory] {
                _ = try Output("\(directory)/result", shape, overwrite: false)
                #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
            }
        }
    }

    @Test func whatExistsIsKeptUnlessOverwritten() throws {
        try withScratch { directory in
            let path = "\(directory)/result"
            try writeFile("old", to: path, overwrite: false)
            let refusal = #expect(throws: FileError.self) { try writeFile("new", to: path, overwrite: false) }
            #expect(refusal?.kind == .cannotCreate)
            #expect(try readText(path) == "old")
            try writeFile("new", to: path, overwrite: true)
            #expect(try readText(path) == "new")
        }
    }

    @Test func directoriesAreReplacedWhole() throws {
        try withScratch { directory in
            let path = "\(directory)/run"
            for name in ["first", "second"] {
                let output = try Output(path, .directory, overwrite: name == "second")
                try writeText(name, to: "\(output.partialPath)/\(name).txt")
                try output.finish()
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["second.txt"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["run"])
        }
    }

    @Test func placesThatCannotHoldAnOutputAreRefused() throws {
        try withScratch { directory in
            try writeFile("text", to: "\(directory)/file", overwrite: false)
            for path in ["\(directory)/none/result", "\(directory)/file/result"] {
                let refusal = #expect(throws: FileError.self) { _ = try Output(path, .file, overwrite: true) }
                #expect(refusal?.kind == .cannotCreate)
            }
            let refusal = #expect(throws: FileError.self) {
                _ = try Output("\(directory)/file", .directory, overwrite: true)
            }
            #expect(refusal?.kind == .cannotCreate)
        }
    }

    @Test func checksumsAreThoseOfTheStandard() throws {
        // FIPS 180-2, example B.1.
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(sha256(Data("abc".utf8)) == digest)
        try withScratch { directory in
            try writeFile("abc", to: "\(directory)/abc", overwrite: false)
            #expect(try sha256(ofFile: "\(directory)/abc") == digest)
        }
    }

    @Test func readingSaysWhatIsWrong() throws {
        try withScratch { directory in
            #expect(throws: FileError.self) { try readFile("\(directory)/none") }
            #expect(throws: FileError.self) { try readFile(directory) }
            try Data([0xff, 0xfe, 0x00]).write(to: URL(fileURLWithPath: "\(directory)/binary"))
            let refusal = #expect(throws: FileError.self) { try readText("\(directory)/binary") }
            #expect(refusal?.kind == .malformed)
        }
    }

    /// The name aside is longer than the name, which may be as long as names can be.
    @Test(arguments: [String(repeating: "n", count: 255), String(repeating: "η", count: 127)])
    func namesMayBeAsLongAsPossible(name: String) throws {
        try withScratch { directory in
            try writeFile("one", to: "\(directory)/\(name)", overwrite: false)
            try writeFile("other", to: "\(directory)/\(name)", overwrite: true)
            #expect(try readText("\(directory)/\(name)") == "other")
            let run = try Output("\(directory)/\(name.dropLast())", .directory, overwrite: false)
            try run.finish()
            let refusal = #expect(throws: FileError.self) {
                _ = try Output("\(directory)/\(name)n\(name)", .file, overwrite: false)
            }
            #expect(refusal?.problem == "the name is too long")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 2)
        }
    }

    /// Nobody knows the name aside.
    @Test func failuresNameThePathThatWasGiven() throws {
        try withScratch { directory in
            let output = try Output("\(directory)/run", .directory, overwrite: false)
            let refusal = #expect(throws: FileError.self) {
                try writeText("text", to: "\(output.partialPath)/none/file.txt")
            }
            #expect(refusal?.place == "\(directory)/run/none/file.txt" && refusal?.kind == .failed)
            try makeDirectory("\(output.partialPath)/figures")
            let again = #expect(throws: FileError.self) { try makeDirectory("\(output.partialPath)/figures") }
            #expect(again?.place == "\(directory)/run/figures" && again?.kind == .cannotCreate)
        }
    }

    @Test func pipesAreReadOnce() throws {
        try withScratch { directory in
            let path = "\(directory)/pipe"
            try #require(mkfifo(path, 0o600) == 0)
            try requireFile(path, again: false)
            for body in [{ try requireFile(path, again: true) }, { _ = try sha256(ofFile: path) }] {
                let refusal = #expect(throws: FileError.self) { try body() }
                #expect(refusal?.kind == .unreadable)
            }
        }
    }
}
