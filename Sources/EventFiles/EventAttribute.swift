internal import HDF5

/// What an attribute of the group of events says.
enum EventAttribute {
    case text(String)
    case texts([String])
    case int(Int)
    case doubles([Double])
}

extension HDF5Group {
    /// Sets attributes beside those of another group, in place of what it has of the same name. By increasing name, on which
    /// the bytes of a file depend: whoever writes the same events writes the same file.
    /// - Parameter leftOut: names that are not copied.
    func write(
        _ attributes: [String: EventAttribute], copying other: HDF5Group? = nil, except leftOut: Set<String> = []
    ) throws(HDF5Error) {
        let copied = Set(try other?.attributeNames ?? []).subtracting(leftOut)
        for name in copied.union(attributes.keys).sorted() {
            switch attributes[name] {
            case .text(let value): try setAttribute(name, value)
            case .texts(let values): try setAttribute(name, values)
            case .int(let value): try setAttribute(name, value)
            case .doubles(let values): try setAttribute(name, values)
            case nil: try other?.copyAttribute(name, to: self)
            }
        }
    }

    /// The names of the columns in the order that they were made in, where the group says so; else by increasing name.
    func columnNames() throws(HDF5Error) -> [String] {
        let names = try names
        // Files of others may say something else by that name.
        guard try hasAttribute("columns"), let made = try? textsAttribute("columns") else { return names }
        return made.sorted() == names ? made : names
    }
}
