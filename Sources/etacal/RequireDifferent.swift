import ArgumentParser
import Foundation

/// What two paths to one file have in common.
func placeOfFile(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
}

/// Expects an output that replaces none of the files it is made of.
func requireDifferent(_ output: String, from inputs: String?...) throws {
    for input in inputs.compactMap(\.self) where placeOfFile(input) == placeOfFile(output) {
        throw ValidationError("\(input) and -o name the same file.")
    }
}
