import Foundation
import Testing

/// Files and directories that the program has no right to. Root has every right: it runs the program as nobody.
struct PermissionFaultTests {
    private static let nobody: [String]? = {
        guard getuid() == 0 else { return [] }
        let command = [Fault.program("setpriv") ?? "/none", "--reuid=65534", "--regid=65534", "--clear-groups"]
        return Fault.succeeds(command + ["/bin/sh", "-c", ":"]) ? command : nil
    }()

    /// A copy of the program where everybody can reach it, and a workplace that everybody may look into.
    private static func workplace() throws -> Workplace {
        let place = try Workplace()
        let program = try #require(Program.url)
        try FileManager.default.copyItem(atPath: program.path, toPath: place.path("etacal"))
        try place.write(Sample.events, to: "events.csv")
        try place.write(Sample.card, to: "card.yaml")
        for name in ["closed", "locked", "open"] { try place.makeDirectory(name) }
        try place.write(Sample.events, to: "locked/events.csv")
        try place.write(Sample.card, to: "locked/card.yaml")
        try FileManager.default.setAttributes([.posixPermissions: 0o000], ofItemAtPath: place.path("events.csv"))
        try FileManager.default.setAttributes([.posixPermissions: 0o000], ofItemAtPath: place.path("card.yaml"))
        for (name, mode) in [("closed", 0o555), ("locked", 0o644), ("open", 0o777), ("etacal", 0o755), ("", 0o755)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: place.path(name))
        }
        let above = place.directory.deletingLastPathComponent().path
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: above)
        return place
    }

    private func expectRefusal(_ line: String, _ status: Status, at path: String, _ problem: String) throws {
        let place = try Self.workplace()
        defer {
            try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.path("locked"))
        }
        let nobody = try #require(Self.nobody)
        // The program that the shell is given is left aside for the copy.
        let outcome = try place.etacal(
            line.split(separator: " ").map(String.init),
            through: nobody + Fault.shell("exec '\(place.path("etacal"))' \"$@\""))
        place.expect(outcome, status, says: "etacal: \(path): \(problem)", "Permission denied", "check its permissions")
        #expect(outcome.output == "", "\(outcome)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("closed")).isEmpty)
    }

    @Test(
        .enabled(if: nobody != nil, "root cannot become nobody here"),
        arguments: [
            ("fit events.csv -o open/out", "events.csv"), ("fit locked/events.csv -o open/out", "locked/events.csv"),
            ("detector check card.yaml", "card.yaml"), ("detector check locked/card.yaml", "locked/card.yaml"),
            ("closure --truth events.csv --truth-xsec card.yaml -o open/out", "card.yaml"),
            ("apply events.csv events.csv -o open/out", "events.csv"),
        ])
    func inputsThatMayNotBeReadAreNamed(line: String, path: String) throws {
        try expectRefusal(line, .unreadable, at: path, "the file cannot be read")
    }

    @Test(
        .enabled(if: nobody != nil, "root cannot become nobody here"),
        arguments: [("simulate", "closed"), ("closure", "closed"), ("simulate", "locked"), ("closure", "locked")])
    func directoriesThatMayNotBeWrittenToAreNamed(verb: String, directory: String) throws {
        try expectRefusal(
            "\(verb) --detector uniform --events 100 -o \(directory)/out", .cannotCreate, at: "\(directory)/out",
            "the directory \(directory) cannot be written to")
    }
}
