internal import CPartonGrid
public import DijetGeneration
public import FileAccess
internal import Foundation

extension PartonDensity {
    static let longestFile = 64 << 20

    /// The central member of NNPDF2.3 LO with α_s(M_Z) = 0.130, thinned to x ≥ 1.2 · 10⁻⁶ and Q ≥ 9.5 GeV.
    public static let builtIn: PartonDensity = {
        let text = [UInt8](UnsafeBufferPointer(start: etacal_parton_grid, count: etacal_parton_grid_size))
        guard
            let density = try? PartonDensity(
                lhagrid: text, file: "NNPDF23_lo_as_0130", name: "NNPDF23_lo_as_0130", citation: "arXiv:1207.1303")
        else { preconditionFailure("the built-in grid is valid") }
        return density
    }()

    /// Reads one member of a set in LHAPDF6's format `lhagrid1`: a header up to `---`, then subgrids, each with a line of x
    /// knots, one of Q knots in GeV, one of PDG numbers, and a line of x·f for each pair of knots, Q running fastest, up to the
    /// next `---`. Partons other than −5 to 5 and the gluon (21 or 0) are left out. α_s is not in such a file.
    public init(file path: String) throws(FileError) {
        let text = try readFile(path, atMost: Self.longestFile)
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        try self.init(lhagrid: [UInt8](text), file: path, name: name)
    }

    /// Reads the text of such a file.
    /// - Parameter file: the name that messages use.
    public init(lhagrid text: [UInt8], file: String, name: String, citation: String = "") throws(FileError) {
        var lines = NumberLines(text, file: file)
        try Self.readHeader(&lines)
        var subgrids: [Subgrid] = []
        var places: [SubgridLines] = []
        while try lines.advance() {
            guard !lines.isBlank else { continue }
            let (subgrid, place) = try Self.readSubgrid(&lines)
            subgrids.append(subgrid)
            places.append(place)
        }
        do { try self.init(name: name, citation: citation, subgrids: subgrids) } catch {
            let line = error.place.line(places, subgrids).map { ":\($0)" } ?? ""
            throw FileError(.malformed, file + line, error.problem, error.remedy)
        }
    }

    private static func readHeader(_ lines: inout NumberLines) throws(FileError) {
        let remedy = "give a member of a set for LHAPDF6, NAME_0000.dat"
        var format: String?
        while try lines.advance() {
            if lines.isSeparator {
                guard format != nil else {
                    throw lines.error("the header does not name the format", remedy)
                }
                return
            }
            let parts = lines.text.split(separator: ":", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            guard parts.count == 2, parts[0] == "Format" else { continue }
            guard parts[1] == "lhagrid1" else {
                throw lines.error("the format '\(excerpt(parts[1]))' is not known", "this version reads 'lhagrid1'")
            }
            format = parts[1]
        }
        throw FileError(.malformed, lines.file, "no line '---' ends the header", remedy)
    }

    /// Reads a subgrid whose first line is the present one.
    private static func readSubgrid(_ lines: inout NumberLines) throws(FileError) -> (Subgrid, SubgridLines) {
        let first = lines.line
        let x = try lines.numbers()
        try lines.require("the Q knots of a subgrid")
        let q = try lines.numbers()
        try lines.require("the partons of a subgrid")
        let partons = try readPartons(lines)
        let (pairs, overflow) = x.count.multipliedReportingOverflow(by: q.count)
        guard !overflow, pairs > 0 else { throw lines.error("the subgrid has no knots", "give knots of x and Q") }

        var columns = partons.map { _ in [Double]() }
        var row: [Double] = []
        while true {
            try lines.require("the '---' that ends a subgrid")
            if lines.isSeparator { break }
            try lines.numbers(into: &row)
            guard row.count == partons.count else {
                throw lines.error(
                    "there are \(row.count) densities for \(partons.count) partons", "complete the line")
            }
            guard columns[0].count < pairs else {
                throw lines.error(
                    "there are more lines than \(x.count) × \(q.count) knots", "give one for each pair of knots")
            }
            for (index, value) in row.enumerated() { columns[index].append(value) }
        }
        guard columns[0].count == pairs else {
            throw lines.error(
                "the subgrid ends after \(columns[0].count) lines for \(x.count) × \(q.count) knots",
                "give one for each pair of knots; a file that ends early was cut")
        }
        var values: [Int: [Double]] = [:]
        for (parton, column) in zip(partons, columns) where PartonDensity.lane(of: parton) != nil {
            values[parton] = column
        }
        return (Subgrid(x: x, q: q, values: values), SubgridLines(first: first))
    }

    private static func readPartons(_ lines: NumberLines) throws(FileError) -> [Int] {
        var partons: [Int] = []
        for number in try lines.numbers() {
            guard let value = Int(exactly: number) else {
                throw lines.error("the parton \(number) is no PDG number", "give whole numbers")
            }
            let parton = value == 0 ? 21 : value
            guard !partons.contains(parton) else {
                throw lines.error("the parton \(parton) stands there twice", "give each once; 0 and 21 are the gluon")
            }
            partons.append(parton)
        }
        guard partons.contains(where: { PartonDensity.lane(of: $0) != nil }) else {
            throw lines.error("there is none of the partons −5 to 5 and 21", "give the densities of quarks and gluon")
        }
        return partons
    }
}

/// Where a subgrid stands: the line of its x knots. Q knots, partons and values follow.
private struct SubgridLines {
    let first: Int
}

extension PartonDensityError.Place {
    fileprivate func line(_ places: [SubgridLines], _ subgrids: [PartonDensity.Subgrid]) -> Int? {
        switch self {
        case .grid: nil
        case .x(let subgrid, _): places[subgrid].first
        case .q(let subgrid, _): places[subgrid].first + 1
        case .partons(let subgrid): places[subgrid].first + 2
        case .value(let subgrid, _, let x, let q): places[subgrid].first + 3 + x * subgrids[subgrid].q.count + q
        }
    }
}
