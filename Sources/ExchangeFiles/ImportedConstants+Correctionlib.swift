public import FileAccess
internal import Intercalibration

extension ImportedConstants {
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
        // Edges around a formula are those of its validity.
        let ptEdges = reader.isStepwise ? Self.finite(reader.pt.map { reader.edges(of: $0) } ?? []) : []
        try self.init(
            path: path, etaEdges: etaEdges,
            Self.convention(reader.inputs[reader.eta].name),
            ptEdges: ptEdges.count < 2 ? choices.ptEdges : ptEdges, isStepwise: reader.isStepwise
        ) { eta, pt throws(FileError) in try reader.value(eta, pt) }
        guard file.isOwn else { return }
        facts = Self.facts(in: file.description)
        guard correction.name == CorrectionlibText.binned else { return }
        try takeStatus(file)
        // A surface bends elsewhere than where constants belong to.
        if facts["method"] != Method.fold.rawValue { try takeNodes(file, choices.variation) }
    }

    private static func convention(_ input: String) -> EtaConvention {
        let name = input.lowercased()
        return name.contains("abs") || name.hasPrefix("|") ? .absolute : .signed
    }

    private static func chosen(
        _ file: CorrectionlibFile, _ name: String?
    ) throws(FileError) -> CorrectionlibFile.Correction {
        let names = file.corrections.map(\.name).joined(separator: ", ")
        if let name {
            guard let found = file.correction(name) else {
                let isCompound = file.compounds.contains(name)
                throw FileError(
                    .malformed, file.path,
                    isCompound
                        ? "'\(excerpt(name))' is made of several corrections, which cannot be read"
                        : "there is no correction '\(excerpt(name))'", "choose one of \(excerpt(names))")
            }
            guard !file.isOwn || ![CorrectionlibText.status, CorrectionlibText.shifts].contains(name) else {
                throw FileError(
                    .malformed, file.path, "\(name) holds no constants", "choose \(CorrectionlibText.binned)")
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
                case .absent, .neighbour:
                    (constants[row][column], ptMean[row][column], uncertainties[row][column]) = (nil, nil, 0)
                }
            }
        }
    }

    /// The pT that constants belong to, from where the interpolated form bends.
    private mutating func takeNodes(_ file: CorrectionlibFile, _ variation: String?) throws(FileError) {
        guard let correction = file.correction(CorrectionlibText.interpolated) else { return }
        let reader = try Reader(correction, variation, file: path)
        guard let pt = reader.pt else { return }
        for row in constants.indices {
            let eta = 0.5 * (etaEdges[row] + etaEdges[row + 1])
            let nodes = reader.edges(of: pt, within: (reader.eta, eta))
                .filter { $0 > 0 && $0 < CalibrationFunction.ptLimit }
            var left = constants[row].indices.filter { constants[row][$0] != nil }
            guard nodes.count == left.count else { continue }
            for node in nodes {
                let told = try (reader.value(eta, node.nextDown)?.constant, reader.value(eta, node)?.constant)
                // By its constant, bins of equal ones from the left.
                guard let below = told.0, let value = told.1, node < 1e6, abs(below - value) < 1e-9,
                    let place = left.firstIndex(where: { abs((constants[row][$0] ?? 0) - value) < 1e-14 })
                else {
                    throw correction.place.error(
                        "at eta = \(eta), pT = \(node) GeV it does not agree with \(CorrectionlibText.binned)")
                }
                ptMean[row][left.remove(at: place)] = node
            }
        }
    }

    /// A correction as a function of η and pT, its other inputs fixed.
    private struct Reader {
        let correction: CorrectionlibFile.Correction
        let file: String
        let eta: Int
        let pt: Int?
        private let content: CorrectionlibContent
        private let values: [CorrectionlibContent.Value]
        private let key: (input: Int, up: String)?

        var inputs: [(name: String, type: String)] { correction.inputs }

        init(_ correction: CorrectionlibFile.Correction, _ variation: String?, file: String) throws(FileError) {
            (self.correction, self.file) = (correction, file)
            content = try correction.content()
            var (eta, pt, key): (Int?, Int?, Int?)
            for (index, input) in correction.inputs.enumerated() {
                let name = input.name.lowercased()
                let isOther = ["theta", "beta", "zeta"].contains { name.contains($0) }
                if input.type == "real", name.contains("eta"), !isOther, eta == nil {
                    eta = index
                } else if input.type == "real", name.contains("pt"), pt == nil {
                    pt = index
                } else if input.type != "real", key == nil {
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
            (self.eta, self.pt) = (eta, pt)
            var values = correction.inputs.map { _ in CorrectionlibContent.Value.real(0) }
            guard let key else {
                guard variation == nil else {
                    throw correction.place.error("the correction has no variations", "leave out --variation")
                }
                (self.values, self.key) = (values, nil)
                return
            }
            var known: Set<String> = []
            content.visit {
                guard case .category(key, let content, let other) = $0 else { return }
                known.formUnion(content.keys)
                if other != nil { known.insert("default") }
            }
            // A name that nothing depends on.
            guard !known.isEmpty else {
                guard variation == nil else {
                    throw correction.place.error("the correction has no variations", "leave out --variation")
                }
                (self.values, self.key) = (values, nil)
                return
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
            self.key = known.contains(up) && ImportedConstants.nominalKeys.contains(chosen) ? (key, up) : nil
        }

        /// Whether it is one number in each bin, of the variation that was chosen.
        var isStepwise: Bool {
            var result = true
            visit { content in
                if case .formula(let formula, _) = content, !formula.isConstant { result = false }
            }
            return result
        }

        /// Contents that can be reached with the inputs that are fixed.
        /// - Parameter within: an input and a value: bins of that input that do not hold the value are left out.
        private func visit(
            within: (input: Int, value: Double)? = nil, _ body: (CorrectionlibContent) -> Void
        ) {
            func visit(_ content: CorrectionlibContent) {
                body(content)
                switch content {
                case .number, .formula: break
                case .category(let input, let content, let other):
                    guard case .key(let key) = values[input] else { return }
                    (content[key] ?? other).map(visit)
                case .bins(let own, let bins, let content, let flow):
                    for (bin, inner) in content.enumerated()
                    where within.map({ own != $0.input || ($0.value >= bins[bin] && $0.value < bins[bin + 1]) }) ?? true
                    {
                        visit(inner)
                    }
                    if case .content(let other) = flow { visit(other) }
                }
            }
            visit(content)
        }

        func value(_ eta: Double, _ pt: Double) throws(FileError) -> (constant: Double, uncertainty: Double)? {
            var values = values
            values[self.eta] = .real(eta)
            if let place = self.pt { values[place] = .real(pt) }
            let constant: Double
            do { constant = try content.value(values) } catch {
                guard case .unknownKey(let key) = error else { return nil }
                throw correction.place.error("at eta = \(eta), pT = \(pt) GeV there is no '\(excerpt(key))'")
            }
            guard let key else { return (constant, 0) }
            values[key.input] = .key(key.up)
            let moved = (try? content.value(values)) ?? constant
            return (constant, abs(moved - constant))
        }

        /// Edges of all bins in an input, increasing. A bin that only keeps bins inside itself from what is no pT does not count.
        /// - Parameter within: an input and a value: bins of that input that do not hold the value are left out.
        func edges(of input: Int, within: (input: Int, value: Double)? = nil) -> [Double] {
            var edges: Set<Double> = []
            visit(within: within) { content in
                guard case .bins(input, let bins, let inner, _) = content else { return }
                if inner.count == 1, case .bins(input, _, _, _) = inner[0] { return }
                edges.formUnion(bins)
            }
            return edges.sorted()
        }
    }
}
