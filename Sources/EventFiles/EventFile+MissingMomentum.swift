#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import FileAccess
internal import JetPhysics

/// The soft term of a row, as it is told or as the missing momentum leaves it.
extension EventFile {
    private static let softNames = ["soft_x", "soft_y"]
    private static let missingNames = ["met_x", "met_y"]
    private static let softColumn = triggerColumn + 1

    static let momentumNames = softNames + missingNames

    static func requireMissingMomentum(_ columns: [String], _ place: String) throws(FileError) {
        guard [softNames, missingNames].contains(where: { $0.allSatisfy(columns.contains) }) else {
            throw FileError(
                .malformed, place, "the columns met_x and met_y, or soft_x and soft_y, are missing",
                "add the missing transverse momentum in GeV, or take a method that does without, such as 'matrix'")
        }
    }

    /// Of a row that is valid otherwise.
    /// - Returns: transverse momentum of what is measured and in none of the three jets, GeV.
    static func softTerm(_ row: UnsafeMutableBufferPointer<Double>) -> (x: Double, y: Double) {
        let soft = (row[softColumn], row[softColumn + 1])
        guard soft.0.isNaN || soft.1.isNaN else { return soft }
        // The missing momentum is minus the sum of the jets and the soft term.
        var (x, y) = (-row[softColumn + 2], -row[softColumn + 3])
        for jet in 0..<ReconstructedBlock.jetCount where row[3 + 5 * jet] > 0 {
            x -= row[3 + 5 * jet] * cos(row[5 + 5 * jet])
            y -= row[3 + 5 * jet] * sin(row[5 + 5 * jet])
        }
        return (x, y)
    }

    static func validateMissingMomentum(
        _ row: UnsafeMutableBufferPointer<Double>, _ table: any RowSource
    ) throws(FileError) {
        let (x, y) = softTerm(row)
        guard !x.isNaN, !y.isNaN else {
            throw FileError(
                .malformed, table.place, "the missing momentum is missing",
                "give met_x and met_y, or soft_x and soft_y, of each event in GeV")
        }
        guard abs(x) < 1e6, abs(y) < 1e6 else {
            throw FileError(
                .malformed, table.place, "the missing momentum leaves a soft term of (\(x), \(y))",
                "give met_x and met_y in GeV")
        }
    }
}
