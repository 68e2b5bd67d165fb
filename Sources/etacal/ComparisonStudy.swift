import CalibrationFiles
import FileAccess
import Foundation
import Intercalibration
import Reporting

/// Calibrations read and compared with the first of them.
struct ComparisonStudy {
    /// Lower edges of the regions of |η|: barrel, endcap with and without tracks, the step to the forward calorimeter.
    static let regions = [0, 1.3, 2.5, 3.2]

    let reference: (name: String, sha256: String, calibration: Calibration)
    let others: [ComparedCalibration]
    /// Names of those whose MC-truth scale is there where the reference has none, or the reverse.
    let otherScales: [String]

    /// - Parameter correlation: nil for what the files say of their events.
    init(_ paths: [String], correlation: CalibrationComparison.Correlation?) throws {
        let stored = try paths.map { try StoredCalibration($0) }
        let origins = try paths.map { try CalibrationOrigin.read($0) }
        let names = Self.names(paths)
        let first = stored[0]
        reference = (names[0], first.sha256, first.calibration)
        // Edges first: what all have in common is asked of bins.
        for (path, other) in zip(paths, stored).dropFirst() {
            try Self.explained(path, names[0]) { () throws(CalibrationComparisonError) in
                try CalibrationComparisonError.check(other.calibration, first.calibration)
            }
        }
        let common = CalibrationComparison.common(stored.map(\.calibration))
        others = try stored.indices.dropFirst().map { index in
            let relation: CalibrationOrigin.Relation =
                if let one = origins[index], let other = origins[0] { one.relation(to: other) } else { .apart }
            let other = stored[index]
            // Efficient among what is made of the same balances: no more can be said of one with asymmetries and one with another.
            let isNested =
                relation == .sameEvents
                && other.calibration.method.needsMissingMomentum == first.calibration.method.needsMissingMomentum
                && other.calibration.method.needsScore == first.calibration.method.needsScore
            return ComparedCalibration(
                name: names[index], sha256: other.sha256, method: other.calibration.method, relation: relation,
                comparison: try Self.explained(paths[index], names[0]) { () throws(CalibrationComparisonError) in
                    try CalibrationComparison(
                        other.calibration, with: first.calibration,
                        correlation: correlation ?? (isNested ? .nested : .none), included: common)
                })
        }
        otherScales = zip(names, stored).filter { ($0.1.scale == nil) != (first.scale == nil) }.map(\.0)
    }

    private static func explained<Result>(
        _ path: String, _ reference: String, _ body: () throws(CalibrationComparisonError) -> Result
    ) throws -> Result {
        do { return try body() } catch {
            throw FileError(
                .malformed, "\(path): \(error.key)", "\(error)", "compare what was derived alike, with \(reference)")
        }
    }

    /// As much of the end of each path as tells it from the others: a result is not tied to a machine.
    private static func names(_ paths: [String]) -> [String] {
        let parts = paths.map { URL(fileURLWithPath: $0).pathComponents.filter { $0 != "/" } }
        func name(_ index: Int, _ count: Int) -> String { parts[index].suffix(count).joined(separator: "/") }
        return parts.indices.map { index in
            let counts = 1...max(1, parts[index].count)
            let others = parts.indices.filter { parts[$0] != parts[index] }
            let count = counts.first { count in others.allSatisfy { name($0, count) != name(index, count) } }
            return name(index, count ?? counts.upperBound)
        }
    }

    func json(hasTables: Bool) -> JSONText {
        ComparisonJSON.value(
            reference: reference, others, regions: Self.regions, version: Etacal.version, hasTables: hasTables)
    }

    var figures: [Figure] {
        let names = others.map { $0.name.shown(limit: 40) }
        let reference = reference.name.shown(limit: 40)
        // The lines of many names would be longer than the picture.
        let isShort = others.count < 3
        let words = CalibrationComparison.Correlation.allCases.compactMap { kind -> String? in
            let chosen = zip(names, others).filter { $0.1.comparison.correlation == kind }.map(\.0)
            guard !chosen.isEmpty else { return nil }
            let variance = kind == .none ? "u² + u_ref²" : "|u² − u_ref²|"
            return "σ² = \(variance) for \(isShort ? chosen.joined(separator: ", ") : "\(chosen.count) of them")"
        }
        let compared = isShort ? names.joined(separator: ", ") : "\(others.count) calibrations"
        let figure = ComparisonFigure.figure(
            reference: reference, others: Array(zip(names, others.map(\.comparison))),
            label: FigureLabel(
                sample: "\(compared) compared with \(reference)", selection: words.joined(separator: " · ")))
        return [figure].compactMap { $0 }
    }
}
