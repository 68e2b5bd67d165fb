internal import CHDF5

/// A dataset of one dimension and any type that grows: elements are appended, and written a chunk at a time. For one thread
/// at a time.
public final class HDF5RawColumn {
    /// What its attributes are set on.
    public let object: HDF5Object
    private let storedType: Handle
    private let elementBytes: Int
    private let pending: UnsafeMutableRawBufferPointer
    private var pendingBytes = 0
    private var written = 0

    init(_ object: HDF5Object, _ type: consuming Handle, chunk: Int) {
        self.object = object
        elementBytes = H5Tget_size(type.id)
        storedType = type
        pending = .allocate(byteCount: chunk * elementBytes, alignment: 16)
    }

    deinit { pending.deallocate() }

    /// Elements appended so far.
    public var count: Int { written + pendingBytes / elementBytes }

    /// Appends elements as they stand in memory, as many as their bytes are.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(HDF5Error) {
        precondition(bytes.count % elementBytes == 0, "whole elements are appended")
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(pending.count - pendingBytes)
            UnsafeMutableRawBufferPointer(rebasing: pending[pendingBytes...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
            pendingBytes += part.count
            rest = rest.dropFirst(part.count)
            if pendingBytes == pending.count { try flush() }
        }
    }

    public func append(_ bytes: [UInt8]) throws(HDF5Error) {
        try bytes.withUnsafeBufferPointer { buffer throws(HDF5Error) in try append(UnsafeRawBufferPointer(buffer)) }
    }

    /// Writes what is left of the last chunk. More may be appended, at the cost of writing that chunk again.
    public func flush() throws(HDF5Error) {
        guard pendingBytes > 0 else { return }
        let (place, id) = (object.place, object.handle.id)
        try locked { () throws(HDF5Error) in
            var (first, count) = (UInt64(written), UInt64(pendingBytes / elementBytes))
            var size = first + count
            try place.check(H5Dset_extent(id, &size), "extending the dataset")
            let space = try place.owned(H5Dget_space(id), "extending the dataset") { H5Sclose($0) }
            try place.check(
                H5Sselect_hyperslab(space.id, H5S_SELECT_SET, &first, nil, &count, nil), "choosing rows")
            let memory = try place.owned(H5Screate_simple(1, &count, nil), "choosing rows") { H5Sclose($0) }
            try place.check(
                H5Dwrite(id, storedType.id, memory.id, space.id, 0, pending.baseAddress), "writing")
        }
        written += pendingBytes / elementBytes
        pendingBytes = 0
    }
}

/// A column of numbers.
public struct HDF5Column<Element: HDF5Element> {
    private let column: HDF5RawColumn

    init(_ column: HDF5RawColumn) { self.column = column }

    /// What its attributes are set on.
    public var object: HDF5Object { column.object }

    /// Numbers appended so far.
    public var count: Int { column.count }

    public func append(_ values: UnsafeBufferPointer<Element>) throws(HDF5Error) {
        try column.append(UnsafeRawBufferPointer(values))
    }

    public func append(_ values: [Element]) throws(HDF5Error) {
        try values.withUnsafeBufferPointer { buffer throws(HDF5Error) in try append(buffer) }
    }

    /// Writes what is left of the last chunk, as `HDF5RawColumn` does.
    public func flush() throws(HDF5Error) { try column.flush() }
}

extension HDF5Group {
    /// Makes an empty dataset of one dimension that may grow without limit.
    public func makeColumn<Element: HDF5Element>(
        _ name: String, of type: Element.Type, _ storage: HDF5Storage = HDF5Storage()
    ) throws(HDF5Error) -> HDF5Column<Element> {
        try locked { () throws(HDF5Error) -> HDF5Column<Element> in
            let place = place.inside(name)
            // In memory as it will be in the file: little-endian machines convert nothing.
            let stored = try place.owned(H5Tcopy(Element.elementType.native), "preparing the dataset") { H5Tclose($0) }
            return HDF5Column(try makeColumn(name, Element.elementType.stored, stored, storage))
        }
    }

    /// Makes an empty column of the type of another dataset, whatever that is, for the bytes of `readBytes`.
    /// - Throws: of kind `type` when its elements point to something outside of them.
    public func makeColumn(
        _ name: String, like other: HDF5Dataset, _ storage: HDF5Storage = HDF5Storage()
    ) throws(HDF5Error) -> HDF5RawColumn {
        try locked { () throws(HDF5Error) -> HDF5RawColumn in
            let type = try other.selfContainedType()
            let id = type.id
            return try makeColumn(name, id, type, storage)
        }
    }

    private func makeColumn(
        _ name: String, _ stored: hid_t, _ memory: consuming Handle, _ storage: HDF5Storage
    ) throws(HDF5Error) -> HDF5RawColumn {
        let place = place.inside(name)
        var (size, limit): (UInt64, UInt64) = (0, .max)
        let space = try place.owned(H5Screate_simple(1, &size, &limit), "preparing the dataset") { H5Sclose($0) }
        let creation = try storage.creation(place, chunk: [UInt64(storage.chunkRows)])
        let dataset = try place.owned(
            H5Dcreate2(handle.id, name, stored, space.id, 0, creation.id, 0), "making the dataset"
        ) { H5Dclose($0) }
        return HDF5RawColumn(HDF5Object(dataset, file, place), memory, chunk: storage.chunkRows)
    }
}
