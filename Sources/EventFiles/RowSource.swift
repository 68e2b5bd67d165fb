public import FileAccess
internal import HDF5

/// The rows of a table of numbers, in their order.
protocol RowSource: AnyObject {
    /// The names of all columns of the table.
    var columns: [String] { get }
    /// Where the row that was read last is.
    var place: String { get }
    /// Where the names of the columns are.
    var header: String { get }

    /// Fills `row` with the wanted columns of the next row; NaN stands for what is absent.
    /// - Returns: false at the end of the table.
    func next(into row: UnsafeMutableBufferPointer<Double>) throws(FileError) -> Bool

    /// Leaves out rows, as many as there still are, whatever stands in them.
    func skip(_ count: Int) throws(FileError)
}

/// Opens a table as text or as HDF5, whichever it is.
/// - Parameters:
///   - wanted: the columns to read, in the order of a row.
///   - optional: those of them that may be missing; their place in a row stays NaN.
func openRows(_ path: String, wanted: [String], optional: Set<String>) throws(FileError) -> any RowSource {
    if try isHDF5(path) { return try ColumnTable(path, wanted: wanted, optional: optional) }
    return try NumberTable(path, wanted: wanted, optional: optional)
}

/// Goes through a table of numbers, text or HDF5.
/// - Parameters:
///   - columns: those to read, which have to be there.
///   - body: takes the numbers of a row, NaN for what is absent.
public func forEachRow(
    of path: String, columns: [String], _ body: (_ row: UnsafeMutableBufferPointer<Double>) throws(FileError) -> Void
) throws(FileError) {
    let rows = try openRows(path, wanted: columns, optional: [])
    let row = UnsafeMutableBufferPointer<Double>.allocate(capacity: columns.count)
    defer { row.deallocate() }
    while try rows.next(into: row) { try body(row) }
}

/// Whether a table that can be read is HDF5, by its content or its name.
func isHDF5(_ path: String) throws(FileError) -> Bool {
    try requireReadable(path)
    return isNamedHDF5(path) || HDF5File.isHDF5(path)
}

/// Whether a table that is to be written is HDF5.
func isNamedHDF5(_ path: String) -> Bool { path.hasSuffix(".h5") || path.hasSuffix(".hdf5") }
