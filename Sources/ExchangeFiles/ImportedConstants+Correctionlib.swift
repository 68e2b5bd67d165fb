public import FileAccess

extension ImportedConstants {
    /// The largest pT of a jet that a bin without an end is taken to reach to, GeV: half of √s = 13 TeV.
    private static let largestPt = 6500.0
    /// What the nominal one of several variations is called.
    private static let nominalKeys = ["nom", "nominal", "central", "sf", "default"]

    /// - Throws: `FileError` with the key path when there is no correction of η and pT.
    public init(correctionlib path: String, _ choices: Choices) throws(FileError) {
        let file = try CorrectionlibFile(path)
        let correction = try Self.chosen(file, choices.correction)
        let reader = try Reader(correction, choices.variation, file: path)
        let etaEdges = reader.edges(of: reader.eta)
        guard etaEdges.count >= 2, etaEdges.allSatisfy(\.isFinite) else {
            throw correction.place.error(
                "the correction has no bins in '\(reader.inputs[reader.eta].name)' with ends", "give one in bins of eta"
            )
        }
        let ptEdges = Self.finite(reader.edges(of: reader.pt))
        try self.init(path: path, etaEdges: etaEdges, ptEdges: ptEdges.count < 2 ? choices.ptEdges : ptEdges) {
            eta, pt throws(FileError) in try reader.value(eta, pt)
        }
        guard correction.name == CorrectionlibText.binned else { return }
        facts = Self.facts(in: file.description)
        try takeStatus(file)
        try takeNodes(file)
    }

    private static func chosen(
        _ file: CorrectionlibFile, _ name: String?
    ) throws(FileError) -> CorrectionlibFile.Correction {
        let names = file.corrections.map(\.name).joined(separator: ", ")
        if let name {
            guard let found = file.correction(name) else {
                throw FileError(
                    .malformed, file.path, "there is no correction '\(excerpt(name))'",
                    "choose one of \(excerpt(names))")
            }
            return found
        }
        if let own = file.correction(CorrectionlibText.binned) { return own }
        guard file.corrections.count == 1 else {
            throw FileError(
                .malformed, file.path, "there are \(file.corrections.count) corrections: \(excerpt(names))",
                "choose one with --correction")
        }
        return file.corrections[0]
    }

    /// Edges in pT that jets can have.
    private static func finite(_ edges: [Double]) -> [Double] {
        guard edges.count >= 2 else { return edges }
        var edges = edges
        if edges[edges.count - 1] > 1e6 { edges[edges.count - 1] = max(largestPt, 2 * edges[edges.count - 2]) }
        if edges[0] <= 0 { edges[0] = min(10, 0.5 * edges[1]) }
        return edges[0] < edges[1] ? edges : []
    }

    /// Undetermined bins, which have the number of a neighbour there.
    private mutating func takeStatus(_ file: CorrectionlibFile) throws(FileError) {
        guard let correction = file.correction(CorrectionlibText.status) else { return }
        let reader = try Reader(correction, nil, file: path)
        for row in constants.indices {
            for column in constants[row].indices {
                let eta = 0.5 * (etaEdges[row] + etaEdges[row + 1])
                let pt = (ptEdges[column] * ptEdges[column + 1]).squareRoot()
                let value = try reader.value(eta, pt)?.constant ?? 0
                guard let source = Int(exactly: value).flatMap(CalibrationFunction.Source.init) else {
                    throw correction.place.error("at eta = \(eta), pT = \(pt) GeV the status is \(value)")
                }
                switch source {
                case .own: break
                case .extrapolated: extrapolated[row][column] = true
                case .none, .neighbour:
                    (constants[row][column], ptMean[row][column], uncertainties[row][column]) = (nil, nil, 0)
                }
            }
        }
    }

    /// The pT that constants belong to, from where the interpolated form bends.
    private mutating func takeNodes(_ file: CorrectionlibFile) throws(FileError) {
        guard let correction = file.correction(CorrectionlibText.interpolated) else { return }
        let reader = try Reader(correction, nil, file: path)
        for row in constants.indices {
            let nodes = reader.edges(of: reader.pt, within: (reader.eta, 0.5 * (etaEdges[row] + etaEdges[row + 1])))
                .filter { $0 > 0 && $0 < CalibrationFunction.ptLimit }
            let determined = constants[row].indices.filter { constants[row][$0] != nil }
            guard nodes.count == determined.count else { continue }
            for (column, node) in zip(determined, nodes) where node < 1e6 { ptMean[row][column] = node }
        }
    }

    /// A correction as a function of η and pT, its other inputs fixed.
    private struct Reader {
        let correction: CorrectionlibFile.Correction
        let file: String
        let eta: Int
        let pt: Int
        private let values: [CorrectionlibContent.Value]
        private let key: (input: Int, up: String)?

        var inputs: [(name: String, type: String)] { correction.inputs }

        init(_ correction: CorrectionlibFile.Correction, _ variation: String?, file: String) throws(FileError) {
            (self.correction, self.file) = (correction, file)
            var (eta, pt, key): (Int?, Int?, Int?)
            for (index, input) in correction.inputs.enumerated() {
                let name = input.name.lowercased()
                if input.type == "real", name.contains("eta"), eta == nil {
                    eta = index
                } else if input.type == "real", name.contains("pt"), pt == nil {
                    pt = index
                } else if input.type == "string", key == nil {
                    key = index
                } else {
                    throw correction.place.error(
                        "the input '\(excerpt(input.name))' is neither eta nor pT nor the one name of a variation",
                        "give a correction of JetEta and JetPt")
                }
            }
            guard let eta else {
                throw correction.place.error(
                    "the correction has no input of eta", "give a correction of JetEta and JetPt")
            }
            (self.eta, self.pt) = (eta, pt ?? -1)
            var values = correction.inputs.map { _ in CorrectionlibContent.Value.real(0) }
            guard let key else {
                guard variation == nil else {
                    throw correction.place.error("the correction has no variations", "leave out --variation")
                }
                (self.values, self.key) = (values, nil)
                return
            }
            var known: Set<String> = []
            correction.content.visit {
                if case .category(key, let content, _) = $0 { known.formUnion(content.keys) }
            }
            guard let chosen = variation ?? ImportedConstants.nominalKeys.first(where: known.contains),
                known.contains(chosen)
            else {
                throw correction.place.error(
                    "there is no variation \(variation.map { "'\(excerpt($0))'" } ?? "nom")",
                    "choose one with --variation: \(excerpt(known.sorted().joined(separator: ", ")))")
            }
            values[key] = .key(chosen)
            let up = CalibrationFunction.Variation.statisticalUp.rawValue
            self.values = values
            self.key = known.contains(up) && chosen != up ? (key, up) : nil
        }

        func value(_ eta: Double, _ pt: Double) throws(FileError) -> (constant: Double, uncertainty: Double)? {
            var values = values
            values[self.eta] = .real(eta)
            if self.pt >= 0 { values[self.pt] = .real(pt) }
            let constant: Double
            do { constant = try correction.content.value(values) } catch {
                guard case .unknownKey(let key) = error else { return nil }
                throw correction.place.error("at eta = \(eta), pT = \(pt) GeV there is no '\(excerpt(key))'")
            }
            guard let key else { return (constant, 0) }
            values[key.input] = .key(key.up)
            let moved = (try? correction.content.value(values)) ?? constant
            return (constant, abs(moved - constant))
        }

        /// Edges of all bins in an input, increasing. A bin that only keeps bins inside itself from what is no pT does not count.
        /// - Parameter within: an input and a value: bins of that input that do not hold the value are left out.
        func edges(of input: Int, within: (input: Int, value: Double)? = nil) -> [Double] {
            var edges: Set<Double> = []
            func visit(_ content: CorrectionlibContent) {
                switch content {
                case .number, .formula: break
                case .category(_, let content, let other):
                    content.values.forEach(visit)
                    other.map(visit)
                case .bins(let own, let bins, let content, let flow):
                    var isShell = false
                    if content.count == 1, case .bins(own, _, _, _) = content[0] { isShell = true }
                    if own == input, !isShell { edges.formUnion(bins) }
                    for (bin, inner) in content.enumerated()
                    where within.map({ own != $0.input || ($0.value >= bins[bin] && $0.value < bins[bin + 1]) }) ?? true
                    {
                        visit(inner)
                    }
                    if case .content(let other) = flow { visit(other) }
                }
            }
            visit(correction.content)
            return edges.sorted()
        }
    }
}
