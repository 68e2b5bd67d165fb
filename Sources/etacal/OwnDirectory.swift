import FileAccess
import Foundation
import Reporting

/// Overwriting takes a directory away whole: only one that holds such a result, or an empty one.
/// - Parameters:
///   - file: what each such directory holds.
///   - kind: what it is, in words.
func requireOwnDirectory(_ path: String, file: String, of kind: String = "a validation", overwrite: Bool) throws {
    guard overwrite, let names = try? FileManager.default.contentsOfDirectory(atPath: path),
        !names.isEmpty, !names.contains(file)
    else { return }
    throw FileError(
        .cannotCreate, path, "the directory holds something other than \(kind)", "choose another name")
}

extension FigureWriter.Outcome {
    /// Why pictures are missing; nil when none are.
    var message: String? {
        switch self {
        case .drawn: nil
        case .partlyDrawn(let reason): "Some pictures are missing: \(reason)"
        case .notDrawn(let reason): "No pictures: \(reason)"
        }
    }
}
