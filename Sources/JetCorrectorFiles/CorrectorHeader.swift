internal import DetectorModel
internal import FileAccess

/// `{ nBin binVariables nPar parVariables formula Kind level }`, and the records that it describes.
struct CorrectorHeader {
    let line: Int
    let binVariables: [String]
    let formulaVariables: [String]
    let formula: Formula
    let kind: JetCorrectorText.Kind
    let level: String

    init(_ line: CorrectorLines.Line) throws(FileError) {
        self.line = line.number
        guard line.text.hasSuffix("}"), !line.text.dropLast().contains("}") else {
            throw line.error("the header does not end its line with one '}'", "write '{…}' in one line")
        }
        let words = line.text.dropFirst().dropLast().split { $0 == " " || $0 == "\t" }
        var next = 0
        binVariables = try Self.names(words, &next, "bins", 1...3, line)
        formulaVariables = try Self.names(words, &next, "the formula", 1...4, line)
        // The level may be missing, as it is in files of resolutions.
        let known = words.indices.suffix(2).last { index in
            index >= next && JetCorrectorText.Kind(rawValue: String(words[index])) != nil
        }
        guard let known, let kind = JetCorrectorText.Kind(rawValue: String(words[known])) else {
            let word = excerpt(String(words.dropFirst(next).dropFirst().first ?? ""))
            throw line.error(
                "'\(word)' is not what a table can be of",
                "end the header with Correction, Response or Resolution and a level")
        }
        self.kind = kind
        level = known == words.count - 1 ? "" : String(words[words.count - 1])
        let text = words[next..<known].joined(separator: " ")
        guard !text.isEmpty, text != "\"\"" else {
            throw line.error(
                "the header has no formula", "give a table of corrections or resolutions, not of uncertainties")
        }
        do {
            formula = try Formula(
                text, variables: Array(JetCorrectorText.letters.prefix(formulaVariables.count)),
                parameters: [Double](repeating: 0, count: 100))
        } catch {
            throw line.error("column \(error.column) of the formula: \(error.problem)", error.remedy)
        }
    }

    /// A number of names and the names.
    private static func names(
        _ words: [Substring], _ next: inout Int, _ what: String, _ range: ClosedRange<Int>, _ line: CorrectorLines.Line
    ) throws(FileError) -> [String] {
        let word = next < words.count ? String(words[next]) : ""
        guard let count = Int(word), range.contains(count) else {
            throw line.error(
                "'\(excerpt(word))' is not a number of variables of \(what)",
                "give \(range.lowerBound) to \(range.upperBound) and their names")
        }
        let names = words.dropFirst(next + 1).prefix(count).map(String.init)
        guard names.count == count, names.allSatisfy({ $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } }),
            names.allSatisfy({ $0.first?.isLetter == true }), Set(names).count == count
        else {
            throw line.error("there are no \(count) names of variables of \(what)", "name each, such as JetEta")
        }
        next += count + 1
        return names
    }

    /// A record: edges, the number of numbers that follow, ranges of the formula's variables, parameters.
    func record(_ line: CorrectorLines.Line) throws(FileError) -> JetCorrectorText.Record {
        let words = line.words
        var numbers: [Double] = []
        for word in words {
            let isPlain = word.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
            guard isPlain, let number = Double(word), number.isFinite else {
                throw line.error("'\(excerpt(String(word)))' is not a finite number", "mend the file or fetch it again")
            }
            numbers.append(number)
        }
        let (edgeCount, rangeCount) = (2 * binVariables.count, 2 * formulaVariables.count)
        guard numbers.count > edgeCount, let count = Int(exactly: numbers[edgeCount]), count >= 0 else {
            throw line.error(
                "\(numbers.count) numbers are no record of \(binVariables.joined(separator: ", "))",
                "give two edges for each, and how many numbers follow")
        }
        guard count == numbers.count - edgeCount - 1 else {
            throw line.error(
                "\(numbers.count - edgeCount - 1) numbers follow where \(count) are announced",
                "give the number of those that follow it")
        }
        guard count >= rangeCount + formula.parameterCount, count <= rangeCount + 100 else {
            throw line.error(
                "the record has \(count - rangeCount) parameters, the formula \(formula.parameterCount)",
                "give a range for each variable, then each parameter")
        }
        return JetCorrectorText.Record(
            line: line.number,
            edges: try Self.pairs(numbers[..<edgeCount], binVariables, line) { $0 < $1 },
            ranges: try Self.pairs(numbers[(edgeCount + 1)..<(edgeCount + 1 + rangeCount)], formulaVariables, line) {
                $0 <= $1
            },
            formula: formula.with(parameters: Array(numbers[(edgeCount + 1 + rangeCount)...])))
    }

    private static func pairs(
        _ numbers: ArraySlice<Double>, _ names: [String], _ line: CorrectorLines.Line,
        _ isInOrder: (Double, Double) -> Bool
    ) throws(FileError) -> [JetCorrectorText.Record.Edges] {
        var pairs: [JetCorrectorText.Record.Edges] = []
        for (index, name) in names.enumerated() {
            let (low, high) = (numbers[numbers.startIndex + 2 * index], numbers[numbers.startIndex + 2 * index + 1])
            guard isInOrder(low, high) else {
                throw line.error("\(name) from \(low) to \(high) does not increase", "give the lower number first")
            }
            pairs.append(JetCorrectorText.Record.Edges(low: low, high: high))
        }
        return pairs
    }
}
