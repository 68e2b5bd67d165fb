internal import FileAccess
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import HDF5

/// Where a file keeps its events: a group with a dataset of one dimension for each column, all of one length.
enum EventsGroup {
    static let name = "events"
    static let schema = "etacal.events/1"
    /// Rows that are handled at once.
    static let blockRows = 16384
    static let storage = HDF5Storage(chunkRows: blockRows, deflateLevel: 1)
    /// Each column keeps one in memory.
    private static let largestChunk = 64 << 20

    static func open(_ path: String) throws(FileError) -> HDF5Group {
        try requireReadable(path)
        return try reading(path) { () throws(HDF5Error) in
            try HDF5File(reading: path).root.group(name)
        }
    }

    /// Runs what reads a file, with its errors as those of files.
    static func reading<Value>(_ path: String, _ body: () throws(HDF5Error) -> Value) throws(FileError) -> Value {
        do throws(HDF5Error) { return try body() } catch { throw failure(error, path) }
    }

    private static func failure(_ error: HDF5Error, _ path: String) -> FileError {
        let remedy =
            switch error.kind {
            case .notHDF5: "give an HDF5 file; if it is one, get it anew"
            case .missing: "give a file with a group /\(name) that has a dataset for each column"
            case .type: "give a dataset of one dimension that holds numbers"
            case .shape: "give all columns of /\(name) the same number of rows"
            case .filter: "write it with gzip or uncompressed"
            case .failed: "get the file anew; h5dump checks it"
            }
        let object = error.place.object == "/" ? "" : ": \(error.place.object)"
        return FileError(.malformed, path + object, excerpt(error.problem), remedy)
    }

    /// Runs what writes a file, with its errors as those of files.
    static func writing<Value>(_ output: Output, _ body: () throws(HDF5Error) -> Value) throws(FileError) -> Value {
        do throws(HDF5Error) { return try body() } catch {
            // What is copied may be at fault, too.
            guard error.place.file == output.partialPath else { throw failure(error, error.place.file) }
            guard error.systemCode == 0 else { throw .writing(output.partialPath, error.systemCode) }
            throw FileError(.failed, output.path, excerpt(error.problem), "check the disk")
        }
    }

    /// Checks that a dataset is a column.
    /// - Parameter rows: of all columns; nil when this is the first one.
    static func require(_ dataset: HDF5Dataset, rows: Int?, _ path: String) throws(FileError) {
        let place = path + ": " + dataset.place.object
        guard dataset.shape.count == 1 else {
            throw FileError(
                .malformed, place, "the column has \(dataset.shape.count) dimensions", "give each column one dimension")
        }
        guard rows == nil || rows == dataset.rows else {
            throw FileError(
                .malformed, place, "the column has \(dataset.rows) rows, others have \(rows ?? 0)",
                "give all columns the same number of rows")
        }
        guard dataset.chunkBytes ?? 0 <= largestChunk else {
            throw FileError(
                .malformed, place, "a chunk of the column has \((dataset.chunkBytes ?? 0) >> 20) MB",
                "write it in smaller chunks, such as h5repack -l CHUNK=\(blockRows)")
        }
    }
}

/// Expects a regular file that may be read, as libraries tell that less clearly.
func requireReadable(_ path: String) throws(FileError) {
    // Tables are gone through several times, and once more for their checksum.
    try requireFile(path, again: true)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .reading(path) }
    close(descriptor)
}
