internal import CHDF5

/// A dataset of one dimension that grows: values are appended, and written a chunk at a time. For one thread at a time.
public final class HDF5Column<Element: HDF5Element> {
    private let handle: Handle
    private let file: HDF5File
    private let place: HDF5Place
    private let pending: UnsafeMutableBufferPointer<Element>
    private var pendingCount = 0
    private var written = 0

    init(_ handle: consuming Handle, _ file: HDF5File, _ place: HDF5Place, chunk: Int) {
        self.handle = handle
        self.file = file
        self.place = place
        pending = .allocate(capacity: chunk)
    }

    deinit { pending.deallocate() }

    /// Values appended so far.
    public var count: Int { written + pendingCount }

    public func append(_ values: UnsafeBufferPointer<Element>) throws(HDF5Error) {
        var rest = values[...]
        while !rest.isEmpty {
            let part = rest.prefix(pending.count - pendingCount)
            _ = UnsafeMutableBufferPointer(rebasing: pending[pendingCount...]).update(fromContentsOf: part)
            pendingCount += part.count
            rest = rest.dropFirst(part.count)
            if pendingCount == pending.count { try flush() }
        }
    }

    public func append(_ values: [Element]) throws(HDF5Error) {
        try values.withUnsafeBufferPointer { buffer throws(HDF5Error) in try append(buffer) }
    }

    /// Writes what is left of the last chunk. More may be appended, at the cost of writing that chunk again.
    public func flush() throws(HDF5Error) {
        guard pendingCount > 0 else { return }
        try locked { () throws(HDF5Error) in
            var (first, count) = (UInt64(written), UInt64(pendingCount))
            var size = first + count
            try place.check(H5Dset_extent(handle.id, &size), "extending the dataset")
            let space = try place.owned(H5Dget_space(handle.id), "extending the dataset") { H5Sclose($0) }
            try place.check(
                H5Sselect_hyperslab(space.id, H5S_SELECT_SET, &first, nil, &count, nil), "choosing rows")
            let memory = try place.owned(H5Screate_simple(1, &count, nil), "choosing rows") { H5Sclose($0) }
            let type = Element.elementType.native
            try place.check(H5Dwrite(handle.id, type, memory.id, space.id, 0, pending.baseAddress), "writing")
        }
        written += pendingCount
        pendingCount = 0
    }
}

extension HDF5Group {
    /// Makes an empty dataset of one dimension that may grow without limit.
    public func makeColumn<Element: HDF5Element>(
        _ name: String, of type: Element.Type, _ storage: HDF5Storage = HDF5Storage()
    ) throws(HDF5Error) -> HDF5Column<Element> {
        let place = place.inside(name)
        return try locked { () throws(HDF5Error) -> HDF5Column<Element> in
            var (size, limit): (UInt64, UInt64) = (0, .max)
            let space = try place.owned(H5Screate_simple(1, &size, &limit), "preparing the dataset") { H5Sclose($0) }
            let creation = try storage.creation(place, chunk: [UInt64(storage.chunkRows)])
            let dataset = try place.owned(
                H5Dcreate2(handle.id, name, Element.elementType.stored, space.id, 0, creation.id, 0),
                "making the dataset"
            ) { H5Dclose($0) }
            return HDF5Column(dataset, file, place, chunk: storage.chunkRows)
        }
    }
}
