internal import CHDF5

/// An open HDF5 file. It stays open as long as anything of it is in use.
///
/// Files that are written have the format of HDF5 1.10, in which all that describes the data carries a checksum, and no times: the
/// same content gives the same bytes.
public final class HDF5File: Sendable {
    public let path: String
    private let handle: Handle

    /// Opens a file for reading. What links to other files or is kept in them is not followed.
    /// - Throws: of kind `notHDF5` when the file is something else, or was cut.
    public init(reading path: String) throws(HDF5Error) {
        self.path = path
        let place = HDF5Place(path)
        handle = try locked { () throws(HDF5Error) -> Handle in
            let access = try Self.access(place)
            guard try place.check(H5Fis_hdf5(path), "opening the file") > 0 else {
                throw HDF5Error(.notHDF5, place, "this is no HDF5 file")
            }
            guard let handle = Handle(H5Fopen(path, etacal_h5_read_only(), access.id), { H5Fclose($0) }) else {
                let reason = etacal_h5_reason().map { String(cString: $0) } ?? "its header cannot be read"
                throw HDF5Error(.notHDF5, place, "this HDF5 file is cut or damaged (\(reason))")
            }
            return handle
        }
    }

    /// Makes a file anew; one that stands there is emptied. `close()` is when it is complete.
    public init(creating path: String) throws(HDF5Error) {
        self.path = path
        let place = HDF5Place(path)
        handle = try locked { () throws(HDF5Error) -> Handle in
            let access = try Self.access(place)
            try place.check(H5Pset_libver_bounds(access.id, H5F_LIBVER_V110, H5F_LIBVER_V110), "choosing the format")
            let creation = try place.owned(H5Pcreate(etacal_h5_file_create()), "preparing the file") { H5Pclose($0) }
            try place.check(H5Pset_obj_track_times(creation.id, false), "leaving times out")
            return try place.owned(
                H5Fcreate(path, etacal_h5_truncate(), creation.id, access.id), "creating the file"
            ) { H5Fclose($0) }
        }
    }

    /// Whether a file begins as HDF5 does, or has that behind a block of something else.
    public static func isHDF5(_ path: String) -> Bool { (try? locked { H5Fis_hdf5(path) > 0 }) ?? false }

    private static func access(_ place: HDF5Place) throws(HDF5Error) -> Handle {
        let access = try place.owned(H5Pcreate(etacal_h5_file_access()), "preparing the file") { H5Pclose($0) }
        // What of it is still held by somebody becomes invalid, and the file is on the disk.
        try place.check(H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG), "preparing the file")
        // Some file systems have no locks. Nobody writes where another one reads: files appear when they are complete.
        try place.check(H5Pset_file_locking(access.id, false, true), "preparing the file")
        return access
    }

    /// The group that holds all others.
    public var root: HDF5Group {
        get throws(HDF5Error) {
            try locked { () throws(HDF5Error) -> HDF5Group in
                let place = HDF5Place(path)
                return HDF5Group(
                    try place.owned(H5Gopen2(handle.id, "/", 0), "opening the root group") { H5Gclose($0) }, self, place
                )
            }
        }
    }

    /// Writes all that is still in memory. Groups and datasets of the file cannot be used afterwards.
    /// - Throws: when the disk is full, for example; the file is then of no use.
    public func close() throws(HDF5Error) {
        let place = HDF5Place(path)
        try locked { () throws(HDF5Error) in
            try place.check(H5Fflush(handle.id, H5F_SCOPE_GLOBAL), "writing")
            try place.check(H5Fclose(handle.id), "closing the file")
        }
    }
}
