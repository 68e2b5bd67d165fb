internal import Binning
internal import DetectorModel
internal import FileAccess
public import FlavourTagging
internal import JetPhysics

/// Scale factors of tags as YAML.
extension ScaleFactors {
    static let schema = "etacal.tag_weights/1"

    /// Reads a card of scale factors.
    public init(file: String) throws {
        let root = try YAMLValue.document(try readText(file), file: file)
        let keys = try root.mapping(["schema"] + JetKind.allCases.map(\.name))
        try root.requireSchema(keys, Self.schema)
        let tables = try JetKind.allCases.compactMap { kind in try keys[kind.name].map { (kind, try Table($0)) } }
        guard !tables.isEmpty else {
            throw root.error("there are no factors", "give bottom, charm or light")
        }
        self.init(Dictionary(uniqueKeysWithValues: tables))
    }
}

extension ScaleFactors.Table {
    fileprivate init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["pt_edges", "factors", "uncertainties"])
        func rows(_ key: String) throws -> [[Double]] { try value.required(keys, key).list().map { try $0.doubles() } }
        let pt = try value.required(keys, "pt_edges").axis()
        do {
            try self.init(pt: pt, factors: try rows("factors"), uncertainties: try rows("uncertainties"))
        } catch let error as CardError {
            throw value.error(at: error.path, error.problem, error.remedy)
        }
    }
}
