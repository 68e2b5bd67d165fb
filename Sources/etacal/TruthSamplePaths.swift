import CalibrationFiles
import EventFiles
import FileAccess
import Foundation

/// A truth sample, and the table of its cross-sections.
struct TruthSamplePaths {
    let sample: String
    let crossSections: String

    static let standardOption = "--truth-xsec"

    /// - Parameters:
    ///   - crossSections: nil for the table beside the sample.
    ///   - option: what names another table, for messages.
    init(_ sample: String, crossSections: String?, option: String = Self.standardOption) throws {
        try requireFile(sample, again: true)
        self.sample = sample
        self.crossSections = crossSections ?? TruthSampleFile.crossSectionPath(for: sample)
        guard FileManager.default.fileExists(atPath: self.crossSections) else {
            throw FileError(
                .unreadable, self.crossSections, "there is no such file of cross-sections",
                "name the one of \(sample) with \(option)")
        }
    }

    var name: String { URL(fileURLWithPath: sample).lastPathComponent }

    func inputs(events: Int) throws -> [Provenance.Input] {
        [
            Provenance.Input(name: name, sha256: try sha256(ofFile: sample), events: events),
            Provenance.Input(
                name: URL(fileURLWithPath: crossSections).lastPathComponent, sha256: try sha256(ofFile: crossSections),
                events: nil),
        ]
    }
}
