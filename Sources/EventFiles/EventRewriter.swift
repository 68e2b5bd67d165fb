internal import FileAccess

/// Copies an event table with calibrated jets: other columns are kept, the missing momentum follows the jets, and the columns of a
/// jet move with it when calibration changes the order of pT.
public enum EventRewriter {
    /// Text that stays text and columns of HDF5 that stay such are kept whatever they hold. Where one becomes the other, all columns
    /// have to be numbers.
    /// - Parameter calibrate: the new pT of a jet (GeV) at (η from the detector's centre where the table has it, pT).
    /// - Returns: number of events written.
    public static func rewrite(
        _ path: String, to output: String, overwrite: Bool, calibrate: (_ eta: Double, _ pt: Double) -> Double
    ) throws -> Int {
        // Validates every number of the table before anything is written.
        let events = try EventFile(path, memory: 0).events
        switch (try isHDF5(path), isNamedHDF5(output)) {
        case (false, false): try TextRewriter.rewrite(path, to: output, overwrite: overwrite, calibrate: calibrate)
        case (true, true): try ColumnRewriter.rewrite(path, to: output, overwrite: overwrite, calibrate: calibrate)
        default: try NumberRewriter.rewrite(path, to: output, overwrite: overwrite, calibrate: calibrate)
        }
        return events
    }
}
