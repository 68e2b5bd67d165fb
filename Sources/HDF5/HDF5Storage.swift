internal import CHDF5

/// How a dataset is laid out in the file: in chunks, whose bytes are sorted by their significance and then compressed.
public struct HDF5Storage: Equatable, Sendable {
    /// In elements of a row: rows of a chunk.
    public let chunkRows: Int
    /// From 0, which does not compress, to 9.
    public let deflateLevel: Int

    /// - Parameters:
    ///   - chunkRows: from 1; where a dataset of fixed size has fewer rows, one chunk holds them all.
    ///   - deflateLevel: of zlib, from 0 to 9. More than 4 takes much longer and hardly gains anything.
    public init(chunkRows: Int = 16384, deflateLevel: Int = 4) {
        precondition(chunkRows > 0 && (0...9).contains(deflateLevel), "chunks have rows, and zlib knows levels 0 to 9")
        self.chunkRows = chunkRows
        self.deflateLevel = deflateLevel
    }

    /// The properties of a dataset with chunks of these dimensions.
    func creation(_ place: HDF5Place, chunk: [UInt64]) throws(HDF5Error) -> Handle {
        let creation = try place.owned(H5Pcreate(etacal_h5_dataset_create()), "preparing the dataset") { H5Pclose($0) }
        let list = creation.id
        try place.check(H5Pset_obj_track_times(list, false), "leaving times out")
        // Chunks that are not full hold zeros behind their end, not what was in memory.
        try place.check(H5Pset_alloc_time(list, H5D_ALLOC_TIME_INCR), "preparing the dataset")
        try place.check(H5Pset_fill_time(list, H5D_FILL_TIME_ALLOC), "preparing the dataset")
        try place.check(H5Pset_chunk(list, Int32(chunk.count), chunk), "choosing chunks")
        if deflateLevel > 0 {
            try place.check(H5Pset_shuffle(list), "choosing the compression")
            try place.check(H5Pset_deflate(list, UInt32(deflateLevel)), "choosing the compression")
        }
        return creation
    }
}

extension HDF5Group {
    /// Writes a dataset of one dimension as a whole.
    @discardableResult
    public func write<Element: HDF5Element>(
        _ values: [Element], to name: String, _ storage: HDF5Storage = HDF5Storage()
    ) throws(HDF5Error) -> HDF5Dataset {
        try write(values, to: name, shape: [values.count], storage)
    }

    /// Writes a dataset of two dimensions as a whole.
    /// - Parameter values: row after row, `values.count` a multiple of `columns`, which is at least 1.
    @discardableResult
    public func write<Element: HDF5Element>(
        _ values: [Element], to name: String, columns: Int, _ storage: HDF5Storage = HDF5Storage()
    ) throws(HDF5Error) -> HDF5Dataset {
        precondition(columns > 0 && values.count % columns == 0, "all rows have the same length")
        return try write(values, to: name, shape: [values.count / columns, columns], storage)
    }

    private func write<Element: HDF5Element>(
        _ values: [Element], to name: String, shape: [Int], _ storage: HDF5Storage
    ) throws(HDF5Error) -> HDF5Dataset {
        let place = place.inside(name)
        return try locked { () throws(HDF5Error) -> HDF5Dataset in
            let dimensions = shape.map { UInt64($0) }
            let space = try place.owned(H5Screate_simple(Int32(shape.count), dimensions, nil), "preparing the dataset")
            {
                H5Sclose($0)
            }
            var chunk = dimensions
            chunk[0] = max(1, min(UInt64(storage.chunkRows), chunk[0]))
            let creation = try storage.creation(place, chunk: chunk)
            let type = Element.elementType
            let dataset = try place.owned(
                H5Dcreate2(handle.id, name, type.stored, space.id, 0, creation.id, 0), "making the dataset"
            ) { H5Dclose($0) }
            if !values.isEmpty { try place.check(H5Dwrite(dataset.id, type.native, 0, 0, 0, values), "writing") }
            return try HDF5Dataset(opened: dataset, file, place)
        }
    }
}
