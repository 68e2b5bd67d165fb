internal import FileAccess
internal import Foundation

/// The corrections of a file of correctionlib (schema 2), `.json` or `.json.gz`.
struct CorrectionlibFile {
    struct Correction {
        let place: JSONPlace
        let name: String
        let inputs: [(name: String, type: String)]

        /// Read when it is asked for: other corrections of a file may be of what cannot be read.
        func content() throws(FileError) -> CorrectionlibContent {
            let formulas =
                try place.optional("generic_formulas").map { list throws(FileError) in try list.list() } ?? []
            return try CorrectionlibParser(inputs: inputs, formulas: formulas).content(place.member("data"))
        }
    }

    static let largestFile = 256 << 20

    let path: String
    let description: String
    let corrections: [Correction]
    /// Names of what is made of several corrections.
    let compounds: [String]

    /// - Throws: `FileError` with the key path.
    init(_ path: String) throws(FileError) {
        try self.init(try unpacked(path, atMost: Self.largestFile), path: path)
    }

    init(_ data: Data, path: String) throws(FileError) {
        self.path = path
        let document = try JSONPlace(data, file: path)
        if let schema = try document.optional("schema"), case .text(let text) = schema.value, text.hasPrefix("etacal.")
        {
            throw schema.error("this is a file of schema '\(excerpt(text))'", "give a file of correctionlib")
        }
        try document.requireKeys(["schema_version", "description", "corrections", "compound_corrections", "$schema"])
        let version = try document.member("schema_version")
        guard try version.number() == 2 else { throw version.error("only schema version 2 can be read") }
        description = try document.optional("description").map { place throws(FileError) in try place.text() } ?? ""
        var found: [Correction] = []
        for place in try document.member("corrections").list() {
            let correction = try Self.correction(place)
            guard !found.contains(where: { $0.name == correction.name }) else {
                throw place.error("the correction '\(excerpt(correction.name))' is there twice")
            }
            found.append(correction)
        }
        guard !found.isEmpty else { throw document.error("there are no corrections") }
        corrections = found
        var names: [String] = []
        for compound in try document.optional("compound_corrections")?.list() ?? [] {
            names.append(try compound.member("name").text())
        }
        compounds = names
    }

    /// Whether this program wrote it.
    var isOwn: Bool {
        correction(CorrectionlibText.binned) != nil && !ImportedConstants.facts(in: description).isEmpty
    }

    private static func correction(_ place: JSONPlace) throws(FileError) -> Correction {
        try place.requireKeys(["name", "description", "version", "inputs", "output", "generic_formulas", "data"])
        let list = try place.member("inputs")
        var inputs: [(name: String, type: String)] = []
        for input in try list.list() {
            let (name, type) = (try input.member("name").text(), try input.member("type"))
            guard ["real", "int", "string"].contains(try type.text()) else {
                throw type.error("the type is not known; known are real, int, string")
            }
            guard !inputs.contains(where: { $0.name == name }) else {
                throw input.error("the input '\(excerpt(name))' is there twice")
            }
            inputs.append((name, try type.text()))
        }
        return Correction(place: place, name: try place.member("name").text(), inputs: inputs)
    }

    func correction(_ name: String) -> Correction? { corrections.first { $0.name == name } }
}
