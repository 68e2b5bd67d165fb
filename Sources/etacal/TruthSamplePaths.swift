import CalibrationFiles
import EventFiles
import FileAccess
import Foundation

/// A truth sample, and the table of its cross-sections.
struct TruthSamplePaths {
    let sample: String
    let crossSections: String

    /// - Parameter crossSections: nil for the table beside the sample.
    init(_ sample: String, crossSections: String?) throws {
        try requireFile(sample, again: true)
        self.sample = sample
        self.crossSections = crossSections ?? TruthSampleFile.crossSectionPath(for: sample)
        guard FileManager.default.fileExists(atPath: self.crossSections) else {
            throw FileError(
                .unreadable, self.crossSections, "there is no such file of cross-sections",
                "name the one of \(sample) with --truth-xsec")
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
