/// Where in a file something is.
public struct HDF5Place: Equatable, Sendable {
    /// The path of the file.
    public let file: String
    /// The path of a group or dataset in it, such as `/events/pt1`.
    public let object: String

    init(_ file: String, _ object: String = "/") {
        self.file = file
        self.object = object
    }

    func inside(_ name: String) -> HDF5Place {
        HDF5Place(file, name.hasPrefix("/") ? name : object == "/" ? "/" + name : "\(object)/\(name)")
    }
}

/// What is wrong with a file, or what the library could not do.
public struct HDF5Error: Error, Equatable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// The file is not HDF5, or cut, or damaged so that it cannot even be opened.
        case notHDF5
        /// There is no such group, dataset or attribute.
        case missing
        /// A dataset or attribute has another type than was asked for.
        case type
        /// A dataset or attribute has other dimensions, or fewer rows, than were asked for.
        case shape
        /// What a dataset holds was packed by a filter that is not known here.
        case filter
        /// The library failed: the disk, the memory, or damaged content.
        case failed
    }

    public let kind: Kind
    public let place: HDF5Place
    public let problem: String
    /// `errno` after a call that failed; 0 where no call did.
    public let systemCode: Int32

    init(_ kind: Kind, _ place: HDF5Place, _ problem: String, systemCode: Int32 = 0) {
        self.kind = kind
        self.place = place
        self.problem = problem
        self.systemCode = systemCode
    }

    public var description: String {
        "\(place.file)\(place.object == "/" ? "" : ": " + place.object): \(problem)"
    }
}
