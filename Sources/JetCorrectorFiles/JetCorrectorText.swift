public import DetectorModel
package import FileAccess

/// A table of corrections or resolutions of jets in the text format of CMS: a header with a formula, then one record of
/// edges, ranges and parameters a bin.
///
///     {1 JetEta 1 JetPt [0]+[1]*log(x) Correction L2Relative}
///     -1.3 0 4 10 3000 1.02 0.01
///     0 1.3 4 10 3000 1.03 0.01
///
/// Comments (#), blank lines, tabs and line ends of Windows may stand anywhere, and records in any order. Sections in [ ]
/// are not read.
public struct JetCorrectorText: Sendable {
    public enum Kind: String, Sendable {
        case correction = "Correction"
        case response = "Response"
        case resolution = "Resolution"
    }

    /// A bin of the table and what its formula gives there.
    public struct Record: Sendable, Equatable {
        public let line: Int
        /// Lower and upper edge in each binning variable; a value belongs to the bin when low ≤ value < high.
        public let edges: [Edges]
        /// What each variable of the formula is clamped to.
        public let ranges: [Edges]
        public let formula: Formula

        public struct Edges: Sendable, Equatable {
            public let low: Double
            public let high: Double

            func clamp(_ value: Double) -> Double { max(low, min(value, high)) }
        }

        /// The formula at values of its variables.
        public func value(_ values: Double...) -> Double {
            var point = SIMD4<Double>.zero
            for (index, range) in ranges.enumerated() where index < values.count {
                point[index] = range.clamp(values[index])
            }
            return formula.value(point.x, point.y, point.z, point.w)
        }
    }

    public let file: String
    public let kind: Kind
    /// Such as `L2Relative`; empty when there is none.
    public let level: String
    /// Names of what bins are in, and of what the formula's x, y, z and t are.
    public let binVariables: [String]
    public let formulaVariables: [String]
    /// Sorted by their edges, without overlaps.
    public let records: [Record]

    /// Bytes.
    package static let largestFile = 16 << 20
    static let mostRecords = 100_000
    /// What a formula calls its variables.
    static let letters = ["x", "y", "z", "t"]

    /// - Throws: `FileError` with file and line.
    public init(file: String) throws {
        let bytes = Array(try readFile(file, atMost: Self.largestFile))
        try self.init(bytes: bytes, file: file)
    }

    /// - Parameter file: the name that messages use.
    public init(text: String, file: String) throws { try self.init(bytes: Array(text.utf8), file: file) }

    private init(bytes: [UInt8], file: String) throws {
        var lines = CorrectorLines(bytes, file: file)
        var header: CorrectorHeader?
        var records: [Record] = []
        while let line = try lines.next() {
            if line.text.hasPrefix("[") {
                throw line.error(
                    "sections in [ ] are of files with sources of uncertainty", "give a file of one table without them")
            }
            if line.text.hasPrefix("{") {
                if let header {
                    throw line.error("there is a second header, after that of line \(header.line)", "split the file")
                }
                header = try CorrectorHeader(line)
                continue
            }
            guard let header else {
                throw line.error(
                    "records begin without a header", "give '{nBin variables nPar variables formula …}' first")
            }
            guard records.count < Self.mostRecords else {
                throw line.error("there are more than \(Self.mostRecords) records", "check what the file is")
            }
            records.append(try header.record(line))
        }
        guard let header else {
            throw FileError(.malformed, file, "there is no header in { }", "give a text file of jet corrections")
        }
        guard !records.isEmpty else {
            throw FileError(.malformed, "\(file):\(header.line)", "no records follow the header", "give the whole file")
        }
        (self.file, kind, level) = (file, header.kind, header.level)
        (binVariables, formulaVariables) = (header.binVariables, header.formulaVariables)
        self.records = records.sorted { $0.precedes($1) }
        try requireDisjoint()
    }
}

extension JetCorrectorText.Record {
    fileprivate func precedes(_ other: JetCorrectorText.Record) -> Bool {
        for (one, another) in zip(edges, other.edges) where one != another {
            return (one.low, one.high) < (another.low, another.high)
        }
        return line < other.line
    }

    package func error(_ file: String, _ problem: String, _ remedy: String) -> FileError {
        FileError(.malformed, "\(file):\(line)", problem, remedy)
    }
}

extension JetCorrectorText {
    /// Neighbours in the order of edges either have the same edges of a variable, and are told apart by the next one, or
    /// edges that do not overlap.
    private func requireDisjoint() throws(FileError) {
        for (record, next) in zip(records, records.dropFirst()) {
            guard let variable = binVariables.indices.first(where: { record.edges[$0] != next.edges[$0] }) else {
                throw next.error(file, "the bin is that of line \(record.line)", "leave one of them out")
            }
            let (one, another) = (record.edges[variable], next.edges[variable])
            guard one.high <= another.low else {
                throw next.error(
                    file,
                    "the bin overlaps that of line \(record.line): \(binVariables[variable]) from \(another.low) to \(another.high) "
                        + "and from \(one.low) to \(one.high)", "let bins end where the next begins")
            }
        }
    }
}
