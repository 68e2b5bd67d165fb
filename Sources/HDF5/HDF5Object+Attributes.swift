internal import CHDF5

/// Attributes: small values with a name, a single one or a list. Setting one that is there is an error.
extension HDF5Object {
    public func setAttribute(_ name: String, _ value: Int) throws(HDF5Error) {
        try set(name, [Int64(value)], isList: false)
    }

    public func setAttribute(_ name: String, _ value: Double) throws(HDF5Error) {
        try set(name, [value], isList: false)
    }

    public func setAttribute(_ name: String, _ values: [Int]) throws(HDF5Error) {
        try set(name, values.map { Int64($0) }, isList: true)
    }

    public func setAttribute(_ name: String, _ values: [Double]) throws(HDF5Error) {
        try set(name, values, isList: true)
    }

    /// Texts are kept as UTF-8 and hold no character of code 0.
    public func setAttribute(_ name: String, _ value: String) throws(HDF5Error) {
        try set(name, [value], isList: false)
    }

    public func setAttribute(_ name: String, _ values: [String]) throws(HDF5Error) {
        try set(name, values, isList: true)
    }

    private func set<Element: HDF5Element>(_ name: String, _ values: [Element], isList: Bool) throws(HDF5Error) {
        try locked { () throws(HDF5Error) in
            let type = Element.elementType
            let attribute = try create(name, type.stored, isList ? values.count : nil)
            guard !values.isEmpty else { return }
            try attributePlace(name).check(H5Awrite(attribute.id, type.native, values), "writing")
        }
    }

    /// Of fixed length: the heap for texts of variable length is the one part of a file without a checksum.
    private func set(_ name: String, _ texts: [String], isList: Bool) throws(HDF5Error) {
        try locked { () throws(HDF5Error) in
            let length = max(1, texts.map(\.utf8.count).max() ?? 1)
            let type = try textType(length, attributePlace(name))
            let attribute = try create(name, type.id, isList ? texts.count : nil)
            var bytes: [UInt8] = []
            for text in texts {
                precondition(!text.utf8.contains(0), "texts hold no character of code 0")
                bytes += Array(text.utf8) + Array(repeating: 0, count: length - text.utf8.count)
            }
            guard !texts.isEmpty else { return }
            try attributePlace(name).check(H5Awrite(attribute.id, type.id, bytes), "writing")
        }
    }

    private func textType(_ length: Int, _ place: HDF5Place) throws(HDF5Error) -> Handle {
        let type = try place.owned(H5Tcopy(etacal_h5_text()), "making a type of texts") { H5Tclose($0) }
        try place.check(H5Tset_size(type.id, length), "making a type of texts")
        try place.check(H5Tset_cset(type.id, H5T_CSET_UTF8), "making a type of texts")
        try place.check(H5Tset_strpad(type.id, H5T_STR_NULLPAD), "making a type of texts")
        return type
    }

    private func create(_ name: String, _ type: hid_t, _ count: Int?) throws(HDF5Error) -> Handle {
        let place = attributePlace(name)
        var size = UInt64(count ?? 1)
        // An empty list has no elements to lay out in one dimension.
        let kind = count == 0 ? H5S_NULL : H5S_SCALAR
        let space = try place.owned(
            count ?? 0 > 0 ? H5Screate_simple(1, &size, nil) : H5Screate(kind), "preparing the attribute"
        ) { H5Sclose($0) }
        return try place.owned(H5Acreate2(handle.id, name, type, space.id, 0, 0), "making the attribute") {
            H5Aclose($0)
        }
    }
}

extension HDF5Object {
    /// The names of the attributes, in alphabetic order.
    public var attributeNames: [String] {
        get throws(HDF5Error) {
            try locked { () throws(HDF5Error) -> [String] in
                var names: [String] = []
                try place.check(collect(&names, etacal_h5_each_attribute), "listing attributes")
                return names.sorted()
            }
        }
    }

    public func hasAttribute(_ name: String) throws(HDF5Error) -> Bool {
        try locked { () throws(HDF5Error) -> Bool in
            try attributePlace(name).check(H5Aexists(handle.id, name), "looking for the attribute") > 0
        }
    }

    /// Copies all attributes to another object, which has none of their names. Texts get a fixed length, and what points to
    /// something else in the file is left out.
    public func copyAttributes(to other: HDF5Object) throws(HDF5Error) {
        for name in try attributeNames { try copyAttribute(name, to: other) }
    }

    /// Copies one attribute as `copyAttributes` does.
    public func copyAttribute(_ name: String, to other: HDF5Object) throws(HDF5Error) {
        try locked { () throws(HDF5Error) in
            let place = attributePlace(name)
            let attribute = try open(name, place)
            let type = try place.owned(H5Aget_type(attribute.id), "reading the type") { H5Tclose($0) }
            let space = try place.owned(H5Aget_space(attribute.id), "reading the dimensions") { H5Sclose($0) }
            if H5Tis_variable_str(type.id) > 0 {
                let isList = H5Sget_simple_extent_type(space.id) != H5S_SCALAR
                return try other.set(name, try textsAttribute(name), isList: isList)
            }
            guard !Self.pointsElsewhere(type) else { return }
            let copy = try place.owned(
                H5Acreate2(other.handle.id, name, type.id, space.id, 0, 0), "making the attribute"
            ) { H5Aclose($0) }
            let bytes = try content(of: attribute, type, place)
            guard !bytes.isEmpty else { return }
            try place.check(H5Awrite(copy.id, type.id, bytes), "writing")
        }
    }

    /// Whether both objects have an attribute of the same type and content, or neither has it. What points to something else in
    /// its file has no content that could be compared: it is the same.
    public func hasSameAttribute(_ name: String, as other: HDF5Object) throws(HDF5Error) -> Bool {
        try locked { () throws(HDF5Error) -> Bool in
            let (isHere, isThere) = (try hasAttribute(name), try other.hasAttribute(name))
            guard isHere, isThere else { return isHere == isThere }
            let (ours, theirs) = (attributePlace(name), other.attributePlace(name))
            let one = try open(name, ours)
            let two = try other.open(name, theirs)
            let type = try ours.owned(H5Aget_type(one.id), "reading the type") { H5Tclose($0) }
            let theirType = try theirs.owned(H5Aget_type(two.id), "reading the type") { H5Tclose($0) }
            guard H5Tequal(type.id, theirType.id) > 0, try elements(of: one, ours) == elements(of: two, theirs) else {
                return false
            }
            if H5Tis_variable_str(type.id) > 0 { return try textsAttribute(name) == other.textsAttribute(name) }
            guard !Self.pointsElsewhere(type) else { return true }
            return try content(of: one, type, ours) == other.content(of: two, theirType, theirs)
        }
    }

    private static func pointsElsewhere(_ type: borrowing Handle) -> Bool {
        let id = type.id
        return [H5T_VLEN, H5T_REFERENCE].contains { H5Tdetect_class(id, $0) != 0 }
    }

    /// The bytes of an attribute's values as they stand in the file.
    private func content(
        of attribute: borrowing Handle, _ type: borrowing Handle, _ place: HDF5Place
    ) throws(HDF5Error) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: try elements(of: attribute, place) * H5Tget_size(type.id))
        guard !bytes.isEmpty else { return bytes }
        try place.check(H5Aread(attribute.id, type.id, &bytes), "reading")
        return bytes
    }

    /// A single number, an integer of any size.
    /// - Throws: of kind `missing` when there is none, `type` or `shape` when it is something else.
    public func intAttribute(_ name: String) throws(HDF5Error) -> Int { try single(name, try intsAttribute(name)) }

    /// Integers of any size, as many as there are; what `Int` cannot hold as the one next to it.
    public func intsAttribute(_ name: String) throws(HDF5Error) -> [Int] {
        try numbers(name, Int64.self, from: [H5T_INTEGER]).map { Int($0) }
    }

    /// A single number of any type.
    public func doubleAttribute(_ name: String) throws(HDF5Error) -> Double {
        try single(name, try doublesAttribute(name))
    }

    /// Numbers of any type, as many as there are.
    public func doublesAttribute(_ name: String) throws(HDF5Error) -> [Double] {
        try numbers(name, Double.self, from: [H5T_INTEGER, H5T_FLOAT])
    }

    /// A single text.
    public func textAttribute(_ name: String) throws(HDF5Error) -> String { try single(name, try textsAttribute(name)) }

    /// Texts, of fixed or variable length, as many as there are. What is not UTF-8 in them is replaced.
    public func textsAttribute(_ name: String) throws(HDF5Error) -> [String] {
        try locked { () throws(HDF5Error) -> [String] in
            let place = attributePlace(name)
            let attribute = try open(name, place)
            let count = try elements(of: attribute, place)
            let stored = try place.owned(H5Aget_type(attribute.id), "reading the type") { H5Tclose($0) }
            guard H5Tget_class(stored.id) == H5T_STRING else {
                throw HDF5Error(.type, place, "this is no text")
            }
            guard count > 0 else { return [] }
            guard H5Tis_variable_str(stored.id) > 0 else {
                let length = H5Tget_size(stored.id)
                var bytes = [UInt8](repeating: 0, count: count * length)
                try place.check(H5Aread(attribute.id, stored.id, &bytes), "reading")
                return (0..<count).map { index in
                    String(decoding: bytes[index * length..<(index + 1) * length].prefix { $0 != 0 }, as: UTF8.self)
                }
            }
            var texts = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
            try place.check(H5Aread(attribute.id, stored.id, &texts), "reading")
            defer { for text in texts { H5free_memory(text) } }
            return texts.map { $0.map { String(cString: $0) } ?? "" }
        }
    }

    private func numbers<Element: HDF5Element>(
        _ name: String, _: Element.Type, from classes: [H5T_class_t]
    ) throws(HDF5Error) -> [Element] where Element: ExpressibleByIntegerLiteral {
        try locked { () throws(HDF5Error) -> [Element] in
            let place = attributePlace(name)
            let attribute = try open(name, place)
            let count = try elements(of: attribute, place)
            let stored = try place.owned(H5Aget_type(attribute.id), "reading the type") { H5Tclose($0) }
            guard classes.contains(H5Tget_class(stored.id)) else {
                throw HDF5Error(.type, place, "this is no \(classes.count == 1 ? "integer" : "number")")
            }
            var values = [Element](repeating: 0, count: count)
            if count > 0 { try place.check(H5Aread(attribute.id, Element.elementType.native, &values), "reading") }
            return values
        }
    }
}

extension HDF5Object {
    private func attributePlace(_ name: String) -> HDF5Place { HDF5Place(place.file, "\(place.object)@\(name)") }

    private func open(_ name: String, _ place: HDF5Place) throws(HDF5Error) -> Handle {
        guard try hasAttribute(name) else { throw HDF5Error(.missing, place, "there is no such attribute") }
        return try place.owned(H5Aopen(handle.id, name, 0), "opening the attribute") { H5Aclose($0) }
    }

    private func elements(of attribute: borrowing Handle, _ place: HDF5Place) throws(HDF5Error) -> Int {
        let space = try place.owned(H5Aget_space(attribute.id), "reading the dimensions") { H5Sclose($0) }
        return Int(try place.check(H5Sget_simple_extent_npoints(space.id), "reading the dimensions"))
    }

    private func single<Value>(_ name: String, _ values: [Value]) throws(HDF5Error) -> Value {
        guard let value = values.first, values.count == 1 else {
            throw HDF5Error(.shape, attributePlace(name), "there are \(values.count) values, not one")
        }
        return value
    }
}
