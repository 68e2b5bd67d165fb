public import Balance
internal import FileAccess

/// Copies an event table with calibrated jets: other columns are kept, the missing momentum follows the jets, and the columns of a
/// jet move with it when calibration changes the order of pT.
public enum EventRewriter {
    /// Text that stays text and columns of HDF5 that stay such are kept whatever they hold. Where one becomes the other, all columns
    /// have to be numbers.
    /// - Parameters:
    ///   - calibration: what files say that keep it (HDF5).
    ///   - shard: the part of the rows that is written, to HDF5 alone, for `EventMerger`; nil for all.
    ///   - calibrate: the new pT of a jet (GeV) at (η from the detector's centre where the table has it, pT).
    /// - Returns: number of events written.
    public static func rewrite(
        _ path: String, to output: String, calibration: EventCalibration, shard: Shard? = nil, overwrite: Bool,
        calibrate: (_ eta: Double, _ pt: Double) -> Double
    ) throws -> Int {
        let state = try FileState(path)
        // Validates every number of the table before anything is written.
        let events = try EventFile(path, memory: 0).events
        guard isNamedHDF5(output) else {
            precondition(shard == nil, "parts are HDF5")
            if try isHDF5(path) {
                try NumberRewriter.rewrite(path, state, to: output, overwrite: overwrite, calibrate: calibrate)
            } else {
                try TextRewriter.rewrite(path, state, to: output, overwrite: overwrite, calibrate: calibrate)
            }
            return events
        }
        let rewriting = Rewriting(
            rows: (shard ?? .whole).range(of: events), part: shard.map { EventPart($0, of: events) },
            calibration: calibration, inputSHA256: try sha256(ofFile: path))
        if try isHDF5(path) {
            try ColumnRewriter.rewrite(path, state, to: output, rewriting, overwrite: overwrite, calibrate: calibrate)
        } else {
            try NumberRewriter.rewrite(path, state, to: output, rewriting, overwrite: overwrite, calibrate: calibrate)
        }
        return rewriting.rows.count
    }
}

/// What becomes of a table in HDF5.
struct Rewriting {
    /// Those that are written.
    let rows: Range<Int>
    /// nil when these are all.
    let part: EventPart?
    let calibration: EventCalibration
    let inputSHA256: String
}
