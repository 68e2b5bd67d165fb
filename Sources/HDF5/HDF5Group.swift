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
}

/// A group: a folder of groups and datasets. Paths have slashes and start here, or at the root with one in front.
public final class HDF5Group: HDF5Object, @unchecked Sendable {
    /// What the group holds, by increasing name.
    public var names: [String] {
        get throws(HDF5Error) {
            try locked { () throws(HDF5Error) -> [String] in
                var info = H5G_info_t()
                try place.check(H5Gget_info(handle.id, &info), "looking into the group")
                var names: [String] = []
                for index in 0..<info.nlinks {
                    names.append(try name(at: index))
                }
                return names
            }
        }
    }

    private func name(at index: UInt64) throws(HDF5Error) -> String {
        func copy(_ text: UnsafeMutablePointer<CChar>?, _ capacity: Int) -> Int {
            H5Lget_name_by_idx(handle.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, text, capacity, 0)
        }
        let length = try place.check(copy(nil, 0), "listing the group")
        var text = [CChar](repeating: 0, count: length + 1)
        try place.check(copy(&text, text.count), "listing the group")
        return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
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
            let object = try open(path, place, H5I_DATASET, "dataset")
            return try HDF5Dataset(opened: object, file, place)
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
