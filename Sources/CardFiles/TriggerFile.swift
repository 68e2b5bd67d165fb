public import ClosureStudy
internal import FileAccess

extension TriggerMenu {
    static let schema = "etacal.triggers/1"

    /// Reads a list of triggers: `triggers: [{name, pt_avg_min (GeV), prescale}]`.
    public init(file: String) throws {
        let root = try YAMLValue.document(try readText(file), file: file)
        let keys = try root.mapping(["schema", "triggers"])
        try root.requireSchema(keys, Self.schema)
        let list = try root.required(keys, "triggers")
        let triggers = try list.list().map { value in
            let parts = try value.mapping(["name", "pt_avg_min", "prescale"])
            return Trigger(
                name: try value.required(parts, "name").name(),
                ptAverageMinimum: try value.required(parts, "pt_avg_min").double(),
                prescale: try value.required(parts, "prescale").double())
        }
        do { try self.init(triggers) } catch {
            throw list.error(at: error.path, error.problem, error.remedy)
        }
    }
}
