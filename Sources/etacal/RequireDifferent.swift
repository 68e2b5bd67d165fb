import ArgumentParser
import Foundation

/// Expects an output that replaces none of the files it is made of.
func requireDifferent(_ output: String, from inputs: String?...) throws {
    func place(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
    for input in inputs.compactMap(\.self) where place(input) == place(output) {
        throw ValidationError("\(input) and -o name the same file.")
    }
}
