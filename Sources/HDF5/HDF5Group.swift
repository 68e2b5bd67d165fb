internal import CHDF5

/// A group or a dataset, both of which have attributes.
public class HDF5Object: @unchecked Sendable {
    let handle: Handle
    /// Keeps the file open.
    let file: HDF5File
    public let place: HDF5Place

    init(_ handle: consuming Handle, _ file: HDF5File, _ place: HDF5Place) {
        self.handle = handle
        self.file = file
        self.place = place
    }

    /// Adds the names that one of the library's functions visits.
    func collect(
        _ names: inout [String], _ each: (hid_t, UnsafeMutablePointer<etacal_h5_visit>?) -> herr_t
    ) -> herr_t {
        withUnsafeMutablePointer(to: &names) { names in
            var visit = etacal_h5_visit(
                visit: { context, name in
                    guard let context, let name else { return }
                    context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
                }, context: names)
            return each(handle.id, &visit)
        }
    }
}

/// A group: a folder of groups and datasets. Paths have slashes and start here, or at the root with one in front.
public final class HDF5Group: HDF5Object, @unchecked Sendable {
    /// What the group holds, by increasing name.
    public var names: [String] {
        get throws(HDF5Error) {
            try locked { () throws(HDF5Error) -> [String] in
                var names: [String] = []
                try place.check(collect(&names, etacal_h5_each_link), "listing the group")
                return names.sorted()
            }
        }
    }

    /// Whether there is a group or dataset at the path, links included that lead somewhere.
    public func contains(_ path: String) throws(HDF5Error) -> Bool {
        try locked { () throws(HDF5Error) -> Bool in
            var reached = path.hasPrefix("/") ? "/" : ""
            for part in path.split(separator: "/") {
                reached += (reached.isEmpty || reached == "/" ? "" : "/") + part
                guard H5Lexists(handle.id, reached, 0) > 0, H5Oexists_by_name(handle.id, reached, 0) > 0 else {
                    return false
                }
            }
            return true
        }
    }

    /// - Throws: of kind `missing` when there is none, of kind `type` when it is a dataset.
    public func group(_ path: String) throws(HDF5Error) -> HDF5Group {
        let place = place.inside(path)
        return try locked { () throws(HDF5Error) -> HDF5Group in
            let object = try open(path, place, H5I_GROUP, "group")
            return HDF5Group(object, file, place)
        }
    }

    /// - Throws: of kind `missing` when there is none, of kind `type` when it is a group.
    public func dataset(_ path: String) throws(HDF5Error) -> HDF5Dataset {
        let place = place.inside(path)
        return try locked { () throws(HDF5Error) -> HDF5Dataset in
            let dataset = try HDF5Dataset(opened: open(path, place, H5I_DATASET, "dataset"), file, place)
            // A chunk that does not fit into the cache would be decompressed anew for each piece of it.
            let cache = 1 << 20
            guard let bytes = dataset.chunkBytes, bytes > cache else { return dataset }
            let access = try place.owned(H5Pcreate(etacal_h5_dataset_access()), "preparing to read") { H5Pclose($0) }
            try place.check(H5Pset_chunk_cache(access.id, 521, bytes, 0.75), "preparing to read")
            let again = try place.owned(H5Dopen2(handle.id, path, access.id), "opening the dataset") { H5Dclose($0) }
            return try HDF5Dataset(opened: again, file, place)
        }
    }

    private func open(
        _ path: String, _ place: HDF5Place, _ type: H5I_type_t, _ kind: String
    ) throws(HDF5Error) -> Handle {
        guard try contains(path) else { throw HDF5Error(.missing, place, "there is no such \(kind)") }
        let object = try place.owned(H5Oopen(handle.id, path, 0), "opening the \(kind)") { H5Oclose($0) }
        guard H5Iget_type(object.id) == type else { throw HDF5Error(.type, place, "this is no \(kind)") }
        return object
    }

    /// Makes a group in this one.
    public func makeGroup(_ name: String) throws(HDF5Error) -> HDF5Group {
        let place = place.inside(name)
        return try locked { () throws(HDF5Error) -> HDF5Group in
            let creation = try place.owned(H5Pcreate(etacal_h5_group_create()), "preparing the group") { H5Pclose($0) }
            try place.check(H5Pset_obj_track_times(creation.id, false), "leaving times out")
            let group = try place.owned(H5Gcreate2(handle.id, name, 0, creation.id, 0), "making the group") {
                H5Gclose($0)
            }
            return HDF5Group(group, file, place)
        }
    }
}
