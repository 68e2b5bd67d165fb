internal import DetectorModel
internal import FileAccess

/// What a correction of correctionlib is made of, as far as it is read here: numbers, bins, categories and formulas.
indirect enum CorrectionlibContent {
    case number(Double)
    case bins(input: Int, edges: [Double], content: [CorrectionlibContent], flow: Flow)
    /// Keys as texts, those of integers too.
    case category(input: Int, content: [String: CorrectionlibContent], default: CorrectionlibContent?)
    /// Variables of the formula as numbers of inputs.
    case formula(Formula, inputs: [Int])

    enum Flow {
        case clamp
        case wrap
        case error
        case content(CorrectionlibContent)
        /// The content of the bins around, which is visited there.
        case outer(CorrectionlibContent)
    }

    /// Where a correction has no value.
    enum Fault: Error {
        case outside(input: Int, value: Double)
        case unknownKey(String)
    }

    enum Value {
        case real(Double)
        case key(String)
    }

    func value(_ inputs: [Value]) throws(Fault) -> Double {
        switch self {
        case .number(let number): return number
        case .formula(let formula, let variables):
            var point = SIMD4<Double>.zero
            for (index, variable) in variables.enumerated() {
                if case .real(let value) = inputs[variable] { point[index] = value }
            }
            return formula.value(point.x, point.y, point.z, point.w)
        case .category(let input, let content, let other):
            guard case .key(let key) = inputs[input] else { throw .unknownKey("") }
            guard let next = content[key] ?? other else { throw .unknownKey(key) }
            return try next.value(inputs)
        case .bins(let input, let edges, let content, let flow):
            guard case .real(let value) = inputs[input] else { throw .unknownKey("") }
            if let bin = Self.bin(value, edges) { return try content[bin].value(inputs) }
            switch flow {
            case .error: throw .outside(input: input, value: value)
            case .content(let other), .outer(let other): return try other.value(inputs)
            // As the reader does, which takes NaN for too large.
            case .clamp: return try content[value < edges[0] ? 0 : content.count - 1].value(inputs)
            case .wrap:
                let (low, width) = (edges[0], edges[edges.count - 1] - edges[0])
                let moved = value - ((value - low) / width).rounded(.down) * width
                guard let bin = Self.bin(moved, edges) else { throw .outside(input: input, value: value) }
                return try content[bin].value(inputs)
            }
        }
    }

    private static func bin(_ value: Double, _ edges: [Double]) -> Int? {
        guard value >= edges[0], value < edges[edges.count - 1] else { return nil }
        var (low, high) = (0, edges.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if edges[middle] <= value { low = middle } else { high = middle }
        }
        return low
    }

    /// Calls `body` with each content, itself first.
    func visit(_ body: (CorrectionlibContent) -> Void) {
        body(self)
        switch self {
        case .number, .formula: break
        case .bins(_, _, let content, let flow):
            content.forEach { $0.visit(body) }
            if case .content(let other) = flow { other.visit(body) }
        case .category(_, let content, let other):
            content.keys.sorted().forEach { content[$0]?.visit(body) }
            other?.visit(body)
        }
    }
}

/// Reads contents, which may stand inside each other.
struct CorrectionlibParser {
    let inputs: [(name: String, type: String)]
    let formulas: [JSONPlace]

    private static let formulaKeys = ["nodetype", "expression", "parser", "variables", "parameters"]
    private static let mostParameters = 100

    func content(_ place: JSONPlace) throws(FileError) -> CorrectionlibContent {
        if case .number(let number) = place.value { return .number(number) }
        let type = try place.member("nodetype")
        switch try type.text() {
        case "binning": return try binning(place)
        case "multibinning": return try multiBinning(place)
        case "category": return try category(place)
        case "formula":
            try place.requireKeys(Self.formulaKeys)
            return try formula(place, parameters: place.optional("parameters"))
        case "formularef":
            try place.requireKeys(["nodetype", "index", "parameters"])
            let index = try place.member("index")
            guard let number = Int(exactly: try index.number()), formulas.indices.contains(number) else {
                throw index.error("there is no such formula; there are \(formulas.count)")
            }
            return try formula(formulas[number], parameters: place.member("parameters"))
        case let other:
            throw type.error(
                "'\(excerpt(other))' cannot be read", "give a correction of numbers, bins, categories and formulas")
        }
    }

    private func input(_ place: JSONPlace, isReal: Bool) throws(FileError) -> Int {
        let name = try place.text()
        guard let index = inputs.firstIndex(where: { $0.name == name }) else {
            throw place.error("there is no input '\(excerpt(name))'")
        }
        guard (inputs[index].type == "real") == isReal else {
            throw place.error("the input '\(excerpt(name))' is \(inputs[index].type)")
        }
        return index
    }

    private func edges(_ place: JSONPlace) throws(FileError) -> [Double] {
        if case .object = place.value {
            try place.requireKeys(["n", "low", "high"])
            let (count, low, high) = (
                try place.member("n").number(), try place.member("low").number(), try place.member("high").number()
            )
            guard let bins = Int(exactly: count), bins > 0, bins <= 100_000, low < high else {
                throw place.error("these are no bins: \(count) from \(low) to \(high)")
            }
            return (0...bins).map { low + (high - low) * Double($0) / Double(bins) }
        }
        var edges: [Double] = []
        for element in try place.list() {
            var edge = 0.0
            if case .text(let text) = element.value {
                switch text {
                case "inf", "+inf": edge = .infinity
                case "-inf": edge = -.infinity
                default: throw element.error("'\(excerpt(text))' is not an edge")
                }
            } else {
                edge = try element.number()
            }
            guard edges.last.map({ $0 < edge }) ?? true else {
                throw element.error("the edge \(edge) is not above the one before it")
            }
            edges.append(edge)
        }
        guard edges.count >= 2 else { throw place.error("there are fewer than two edges") }
        return edges
    }

    private func flow(_ place: JSONPlace) throws(FileError) -> CorrectionlibContent.Flow {
        guard case .text(let text) = place.value else { return .content(try content(place)) }
        switch text {
        case "clamp": return .clamp
        case "wrap": return .wrap
        case "error": return .error
        default: throw place.error("'\(excerpt(text))' is not known; known are clamp, wrap, error or a content")
        }
    }

    private func binning(_ place: JSONPlace) throws(FileError) -> CorrectionlibContent {
        try place.requireKeys(["nodetype", "input", "edges", "content", "flow"])
        let edges = try edges(place.member("edges"))
        let list = try place.member("content")
        var contents: [CorrectionlibContent] = []
        for element in try list.list() { contents.append(try content(element)) }
        guard contents.count == edges.count - 1 else {
            throw list.error("there are \(contents.count) contents for \(edges.count - 1) bins")
        }
        return .bins(
            input: try input(place.member("input"), isReal: true), edges: edges, content: contents,
            flow: try flow(place.member("flow")))
    }

    /// Bins inside bins: what lies outside in any input takes the flow.
    private func multiBinning(_ place: JSONPlace) throws(FileError) -> CorrectionlibContent {
        try place.requireKeys(["nodetype", "inputs", "edges", "content", "flow"])
        var axes: [(input: Int, edges: [Double])] = []
        let (names, lists) = (try place.member("inputs").list(), try place.member("edges").list())
        guard names.count == lists.count, (1...4).contains(names.count) else {
            throw place.error("there are \(names.count) inputs and \(lists.count) lists of edges")
        }
        for (name, list) in zip(names, lists) { axes.append((try input(name, isReal: true), try edges(list))) }
        let flow = try flow(place.member("flow"))
        let list = try place.member("content")
        var contents: [CorrectionlibContent] = []
        for element in try list.list() { contents.append(try content(element)) }
        guard Set(axes.map(\.input)).count == axes.count else { throw place.error("an input has two lists of edges") }
        // Lists of edges of a few bytes can ask for more bins than there are numbers.
        var count = 1
        for axis in axes { count = min(count, contents.count + 1) * (axis.edges.count - 1) }
        guard contents.count == count else {
            throw list.error("there are \(contents.count) contents, which is not a number for each bin")
        }
        for (number, axis) in axes.enumerated().reversed() {
            let bins = axis.edges.count - 1
            var own = flow
            if number > 0, case .content(let other) = flow { own = .outer(other) }
            contents = stride(from: 0, to: contents.count, by: bins).map {
                .bins(input: axis.input, edges: axis.edges, content: Array(contents[$0..<$0 + bins]), flow: own)
            }
        }
        return contents[0]
    }

    private func category(_ place: JSONPlace) throws(FileError) -> CorrectionlibContent {
        try place.requireKeys(["nodetype", "input", "content", "default"])
        var contents: [String: CorrectionlibContent] = [:]
        for element in try place.member("content").list() {
            try element.requireKeys(["key", "value"])
            let key = try element.member("key")
            let text: String
            switch key.value {
            case .text(let name): text = name
            case .number(let number) where Int(exactly: number) != nil: text = "\(Int(number))"
            default: throw key.error("this is no text and no whole number")
            }
            guard contents.updateValue(try content(element.member("value")), forKey: text) == nil else {
                throw key.error("the key '\(excerpt(text))' stands there twice")
            }
        }
        var other: CorrectionlibContent?
        if let place = try place.optional("default") { other = try content(place) }
        return .category(
            input: try input(place.member("input"), isReal: false), content: contents, default: other)
    }

    private func formula(_ place: JSONPlace, parameters list: JSONPlace?) throws(FileError) -> CorrectionlibContent {
        let parser = try place.member("parser")
        guard try parser.text() == "TFormula" else { throw parser.error("only TFormula can be read") }
        var parameters: [Double] = []
        if let list { for element in try list.list() { parameters.append(try element.number()) } }
        let names = try place.member("variables")
        var variables: [Int] = []
        for name in try names.list() { variables.append(try input(name, isReal: true)) }
        guard (1...4).contains(variables.count), parameters.count <= Self.mostParameters else {
            throw names.error("a formula has 1 to 4 variables and at most \(Self.mostParameters) parameters")
        }
        let expression = try place.member("expression")
        do {
            let formula = try Formula(
                try expression.text(), variables: Array(["x", "y", "z", "t"].prefix(variables.count)),
                parameters: parameters, dialect: .correctionlib)
            return .formula(formula, inputs: variables)
        } catch let error as FormulaError {
            throw expression.error("column \(error.column): \(error.problem)", error.remedy)
        } catch let error as FileError { throw error } catch { throw expression.error("\(error)") }
    }
}
