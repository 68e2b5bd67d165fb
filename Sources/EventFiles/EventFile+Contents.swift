internal import FileAccess
internal import JetPhysics

/// What is read beyond the momenta of jets and their truth, and where in a row that stands.
extension EventFile {
    /// What blocks of events hold.
    public struct Contents: OptionSet, Sendable {
        public let rawValue: Int

        public init(rawValue: Int) { self.rawValue = rawValue }

        public static let jets: Contents = []
        /// The soft term, of the columns `soft_x soft_y` or, where a row has none there, of `met_x met_y` and the jets.
        public static let missingMomentum = Contents(rawValue: 1)
        /// Scores of b-tagging, which have to be there.
        public static let scores = Contents(rawValue: 2)
        /// True flavours, where there are columns of them.
        public static let flavours = Contents(rawValue: 4)
    }

    static let tagNames = (0..<ReconstructedBlock.jetCount).map(TagColumns.score)
    static let flavourNames = (1...ReconstructedBlock.jetCount).map { "flavour\($0)" }

    static func names(_ contents: Contents) -> [String] {
        names + (contents.contains(.missingMomentum) ? momentumNames : [])
            + (contents.contains(.scores) ? tagNames : []) + (contents.contains(.flavours) ? flavourNames : [])
    }

    private static func scoreColumn(_ contents: Contents) -> Int {
        names.count + (contents.contains(.missingMomentum) ? momentumNames.count : 0)
    }

    private static func flavourColumn(_ contents: Contents) -> Int {
        scoreColumn(contents) + (contents.contains(.scores) ? tagNames.count : 0)
    }

    /// Whether there is a column for each jet that there is: the third one may become a leading jet.
    static func has(_ names: [String], among columns: [String]) -> Bool {
        names.prefix(columns.contains("pt3") ? 3 : 2).allSatisfy(columns.contains)
    }

    static func requireTags(_ columns: [String], _ place: String) throws(FileError) {
        guard has(tagNames, among: columns) else {
            throw FileError(
                .malformed, place, "the columns btag1, btag2 and, with a third jet, btag3 are missing",
                "add the jets' scores, as 'simulate --tagger' does")
        }
    }

    /// Of a jet of a row that is valid; −1 where there is none.
    static func score(_ row: UnsafeMutableBufferPointer<Double>, _ contents: Contents, jet: Int) -> Int32 {
        let value = row[scoreColumn(contents) + jet]
        return value.isNaN ? -1 : Int32(value)
    }

    /// Of a jet of a row that is valid; 0 where it is not known.
    static func flavour(_ row: UnsafeMutableBufferPointer<Double>, _ contents: Contents, jet: Int) -> Int32 {
        let value = row[flavourColumn(contents) + jet]
        return value.isNaN ? 0 : Int32(value)
    }

    static func validateTags(
        _ row: UnsafeMutableBufferPointer<Double>, _ table: any RowSource, _ contents: Contents
    ) throws(FileError) {
        let highest = Double(JetTags.workingPoints.count + 1)
        for jet in 0..<ReconstructedBlock.jetCount {
            let value = row[scoreColumn(contents) + jet]
            guard value.isNaN || value == -1 || (value >= 1 && value <= highest && isWhole(value)) else {
                throw FileError(
                    .malformed, table.place, "jet \(jet + 1) has the score \(value)",
                    "give 1 to \(Int(highest)), or -1 for a jet that is not tagged")
            }
        }
    }

    static func validateFlavours(
        _ row: UnsafeMutableBufferPointer<Double>, _ table: any RowSource, _ contents: Contents
    ) throws(FileError) {
        for jet in 0..<ReconstructedBlock.jetCount {
            let value = row[flavourColumn(contents) + jet]
            guard value.isNaN || (abs(value) <= 21 && isWhole(value)) else {
                throw FileError(
                    .malformed, table.place, "jet \(jet + 1) has a flavour of \(value)",
                    "give 1 to 5 for quarks, 21 for gluons, 0 where it is not known")
            }
        }
    }
}
