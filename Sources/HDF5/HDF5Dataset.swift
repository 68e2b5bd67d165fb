internal import CHDF5

/// A dataset of one or two dimensions, or of any others that are left alone. All of its elements are in the file.
public final class HDF5Dataset: HDF5Object, @unchecked Sendable {
    /// The number of elements in each dimension; of two, rows and columns.
    public let shape: [Int]
    /// Rows of a chunk, where there are chunks.
    public let chunkRows: Int?
    /// Bytes of a chunk, where there are chunks: as many are read at once at least.
    public let chunkBytes: Int?
    /// The type of its numbers; nil when it holds something else, or numbers of another size.
    public let elementType: HDF5ElementType?
    /// Of an element in the file.
    public let elementBytes: Int
    /// Whether its elements are integers or floating-point numbers of any size.
    public let isNumeric: Bool

    init(opened handle: consuming Handle, _ file: HDF5File, _ place: HDF5Place) throws(HDF5Error) {
        let type = try place.owned(H5Dget_type(handle.id), "reading the type") { H5Tclose($0) }
        guard Self.isPossible(type.id) else {
            throw HDF5Error(.type, place, "its numbers have bits that are outside of them")
        }
        elementType = HDF5ElementType(of: type.id)
        isNumeric = [H5T_INTEGER, H5T_FLOAT].contains(H5Tget_class(type.id))
        let size = H5Tget_size(type.id)
        elementBytes = size

        let space = try place.owned(H5Dget_space(handle.id), "reading the dimensions") { H5Sclose($0) }
        let rank = try place.check(H5Sget_simple_extent_ndims(space.id), "reading the dimensions")
        var dimensions = [UInt64](repeating: 0, count: Int(rank))
        try place.check(H5Sget_simple_extent_dims(space.id, &dimensions, nil), "reading the dimensions")
        let bytes = dimensions.reduce(UInt64(size)) { product, dimension in
            let (value, overflows) = product.multipliedReportingOverflow(by: dimension)
            return overflows ? .max : value
        }
        guard bytes < 1 << 62 else { throw HDF5Error(.shape, place, "its dimensions are impossible: \(dimensions)") }
        shape = dimensions.map { Int($0) }

        let creation = try place.owned(H5Dget_create_plist(handle.id), "reading the layout") { H5Pclose($0) }
        guard H5Pget_layout(creation.id) != H5D_VIRTUAL, H5Pget_external_count(creation.id) == 0 else {
            throw HDF5Error(.type, place, "its numbers are kept in other files")
        }
        if let filter = Self.unknownFilter(of: creation.id) {
            throw HDF5Error(.filter, place, "the filter '\(filter)' that packs it is not known here")
        }
        var stored = bytes == 0 || H5Dget_storage_size(handle.id) >= bytes
        var chunk = [UInt64](repeating: 0, count: Int(rank))
        if H5Pget_layout(creation.id) == H5D_CHUNKED, rank > 0 {
            try place.check(H5Pget_chunk(creation.id, rank, &chunk), "reading the layout")
            var count: UInt64 = 0
            try place.check(H5Dget_num_chunks(handle.id, space.id, &count), "counting the chunks")
            let needed = zip(dimensions, chunk).reduce(UInt64(1)) { product, pair in
                product.multipliedReportingOverflow(by: (pair.0 + pair.1 - 1) / max(1, pair.1)).partialValue
            }
            stored = count == needed
            chunkRows = Int(chunk[0])
            chunkBytes = chunk.reduce(size) { $0 &* Int($1) }
        } else {
            chunkRows = nil
            chunkBytes = nil
        }
        // Elements that nobody wrote are told to be 0: a small file may claim any number of them.
        guard stored else { throw HDF5Error(.shape, place, "not all of its elements were written") }
        super.init(handle, file, place)
    }

    /// Whether the bits of a number lie inside of it, which HDF5 before 1.14 takes for granted in files without checksums.
    private static func isPossible(_ type: hid_t) -> Bool {
        let kind = H5Tget_class(type)
        guard [H5T_INTEGER, H5T_FLOAT].contains(kind) else { return true }
        let bits = 8 * H5Tget_size(type)
        let (offset, precision) = (H5Tget_offset(type), H5Tget_precision(type))
        guard offset >= 0, precision > 0, precision <= bits, Int(offset) <= bits - precision else { return false }
        guard kind == H5T_FLOAT else { return true }
        var (sign, exponent, exponentBits, mantissa, mantissaBits) = (0, 0, 0, 0, 0)
        guard H5Tget_fields(type, &sign, &exponent, &exponentBits, &mantissa, &mantissaBits) >= 0 else { return false }
        // Relative to the offset.
        return sign < precision && isPart(exponent, exponentBits, of: precision)
            && isPart(mantissa, mantissaBits, of: precision)
    }

    private static func isPart(_ first: Int, _ count: Int, of bits: Int) -> Bool {
        first >= 0 && count > 0 && count <= bits && first <= bits - count
    }

    /// The name of a filter without which nothing can be read, or else its number.
    private static func unknownFilter(of creation: hid_t) -> String? {
        for index in 0..<UInt32(max(0, H5Pget_nfilters(creation))) {
            var (flags, values, configuration): (UInt32, Int, UInt32) = (0, 0, 0)
            var name = [CChar](repeating: 0, count: 64)
            let filter = H5Pget_filter2(creation, index, &flags, &values, nil, name.count, &name, &configuration)
            guard filter >= 0, H5Zfilter_avail(filter) <= 0 else { continue }
            let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return text.isEmpty ? "\(filter)" : text
        }
        return nil
    }

    /// The number of rows; 1 without dimensions.
    public var rows: Int { shape.first ?? 1 }

    /// Elements of a row.
    public var columns: Int { shape.dropFirst().reduce(1, *) }

    /// All elements, row after row.
    /// - Throws: of kind `type` unless they are of that type, in whatever byte order.
    public func read<Element: HDF5Element>(_ type: Element.Type) throws(HDF5Error) -> [Element] {
        try read(type, rows: 0..<rows)
    }

    /// Some rows, one after another.
    /// - Throws: of kind `type` unless the elements are of that type, in whatever byte order; of kind `shape` when there
    ///   are not so many rows.
    public func read<Element: HDF5Element>(_: Element.Type, rows range: Range<Int>) throws(HDF5Error) -> [Element] {
        try requireRows(range)
        return try filled(range.count * columns) { buffer throws(HDF5Error) in
            try read(into: buffer, firstRow: range.lowerBound)
        }
    }

    private func filled<Element>(
        _ count: Int, _ fill: (UnsafeMutableBufferPointer<Element>) throws(HDF5Error) -> Void
    ) throws(HDF5Error) -> [Element] {
        guard count > 0 else {
            // Arrays without room are one object of all threads, and that way its count would be written.
            try fill(UnsafeMutableBufferPointer(start: nil, count: 0))
            return []
        }
        var failure: HDF5Error?
        let values = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(HDF5Error) {
                try fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
                initialized = count
            } catch { failure = error }
        }
        if let failure { throw failure }
        return values
    }

    /// Fills a buffer, whose size is a multiple of `columns`, with rows from `firstRow` on.
    /// - Throws: as `read(_:rows:)`.
    public func read<Element: HDF5Element>(
        into buffer: UnsafeMutableBufferPointer<Element>, firstRow: Int
    ) throws(HDF5Error) {
        guard elementType == Element.elementType else {
            let found = elementType?.rawValue ?? "something else"
            throw HDF5Error(.type, place, "its elements are \(found), not \(Element.elementType.rawValue)")
        }
        try transfer(UnsafeMutableRawBufferPointer(buffer), firstRow, Element.elementType.native, buffer.count)
    }

    /// The same for numbers of any type, each as the double next to it.
    /// - Throws: of kind `type` unless the elements are numbers; of kind `shape` when there are not so many rows.
    public func readDoubles(into buffer: UnsafeMutableBufferPointer<Double>, firstRow: Int) throws(HDF5Error) {
        guard isNumeric else { throw HDF5Error(.type, place, "its elements are no numbers") }
        try transfer(UnsafeMutableRawBufferPointer(buffer), firstRow, HDF5ElementType.float64.native, buffer.count)
    }

    /// The same for some rows.
    public func readDoubles(rows range: Range<Int>) throws(HDF5Error) -> [Double] {
        try requireRows(range)
        return try filled(range.count * columns) { buffer throws(HDF5Error) in
            try readDoubles(into: buffer, firstRow: range.lowerBound)
        }
    }

    /// Fills a buffer with elements as the file has them, of whatever type, from `firstRow` on.
    /// - Parameter buffer: its size is a multiple of `columns * elementBytes`.
    /// - Throws: of kind `type` when elements point to something outside of them; of kind `shape` when there are not so many
    ///   rows.
    public func readBytes(into buffer: UnsafeMutableRawBufferPointer, firstRow: Int) throws(HDF5Error) {
        try locked { () throws(HDF5Error) in
            let type = try selfContainedType()
            try transfer(buffer, firstRow, type.id, buffer.count / max(1, elementBytes))
        }
    }

    /// The same for some rows.
    public func readBytes(rows range: Range<Int>) throws(HDF5Error) -> [UInt8] {
        try requireRows(range)
        return try filled(range.count * columns * elementBytes) { buffer throws(HDF5Error) in
            try readBytes(into: UnsafeMutableRawBufferPointer(buffer), firstRow: range.lowerBound)
        }
    }

    /// Whether its elements are of the same type as those of another dataset, byte order included.
    public func hasSameType(as other: HDF5Dataset) throws(HDF5Error) -> Bool {
        try locked { () throws(HDF5Error) -> Bool in
            let type = try place.owned(H5Dget_type(handle.id), "reading the type") { H5Tclose($0) }
            let theirs = try place.owned(H5Dget_type(other.handle.id), "reading the type") { H5Tclose($0) }
            return H5Tequal(type.id, theirs.id) > 0
        }
    }

    /// The type of its elements as it stands in the file.
    func selfContainedType() throws(HDF5Error) -> Handle {
        let type = try place.owned(H5Dget_type(handle.id), "reading the type") { H5Tclose($0) }
        let pointers = [H5T_VLEN, H5T_REFERENCE].contains { H5Tdetect_class(type.id, $0) != 0 }
        guard !pointers, H5Tis_variable_str(type.id) == 0 else {
            throw HDF5Error(.type, place, "its elements have no fixed length")
        }
        return type
    }

    private func transfer(
        _ bytes: UnsafeMutableRawBufferPointer, _ firstRow: Int, _ type: hid_t, _ count: Int
    ) throws(HDF5Error) {
        precondition(columns == 0 || count % columns == 0, "whole rows are read")
        guard count > 0 else { return }
        let rows = count / columns
        try requireRows(firstRow..<firstRow + rows)
        try locked { () throws(HDF5Error) in
            let space = try place.owned(H5Dget_space(handle.id), "reading the dimensions") { H5Sclose($0) }
            if let first = shape.first, rows != first {
                var start = shape.map { _ in UInt64(0) }
                start[0] = UInt64(firstRow)
                var extent = shape.map { UInt64($0) }
                extent[0] = UInt64(rows)
                try place.check(
                    H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, extent, nil), "choosing rows")
            }
            var size = UInt64(count)
            let memory = try place.owned(H5Screate_simple(1, &size, nil), "choosing rows") { H5Sclose($0) }
            try place.check(H5Dread(handle.id, type, memory.id, space.id, 0, bytes.baseAddress), "reading")
        }
    }

    private func requireRows(_ range: Range<Int>) throws(HDF5Error) {
        guard range.lowerBound >= 0, range.upperBound <= rows else {
            throw HDF5Error(.shape, place, "there are \(rows) rows, and rows to \(range.upperBound) are asked for")
        }
    }
}
