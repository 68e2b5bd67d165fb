import ArgumentParser
import CardFiles
import Foundation

/// What shells offer where an argument stands.
extension CompletionKind {
    static var events: CompletionKind { .file(extensions: ["csv", "csv.gz", "h5", "hdf5"]) }
    static var sums: CompletionKind { .file(extensions: ["h5"]) }
    static var json: CompletionKind { .file(extensions: ["json"]) }
    static var yaml: CompletionKind { .file(extensions: ["yaml", "yml"]) }
    static var card: CompletionKind { names(LoadedCard.builtInNames) }
    static var binning: CompletionKind { names(["standard", "coarse"]) }

    /// Built-in names and YAML files: no kind of ArgumentParser's offers both.
    private static func names(_ builtIn: [String]) -> CompletionKind {
        .custom { _, _, prefix in builtIn + yamlFiles(prefix) }
    }

    /// What paths may hold: the script for bash expands what it is offered, so that a file named `$(COMMAND).yaml` would
    /// run the command when a key is pressed.
    private static func isHarmless(_ path: String) -> Bool {
        path.allSatisfy { $0.isLetter || $0.isNumber || "._-+/=@,%".contains($0) }
    }

    /// Files and directories whose path begins so, as far as the path needs no quotes.
    private static func yamlFiles(_ prefix: String) -> [String] {
        let directory = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: directory.isEmpty ? "." : directory)) ?? []
        return names.sorted().compactMap { name in
            let path = directory + name
            guard path.hasPrefix(prefix), !name.hasPrefix("."), isHarmless(path) else { return nil }
            var isDirectory: ObjCBool = false
            guard manager.fileExists(atPath: path, isDirectory: &isDirectory) else { return nil }
            // bash puts the slash behind a directory by itself.
            if isDirectory.boolValue { return CompletionShell.requesting == .bash ? path : path + "/" }
            return [".yaml", ".yml"].contains { name.hasSuffix($0) } ? path : nil
        }
    }
}
