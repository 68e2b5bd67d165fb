/// Reads a formula by recursive descent; precedence climbing for the operators of two operands.
struct FormulaParser {
    private let tokens: [FormulaToken]
    private let variables: [String]
    private let parameterLimit: Int
    private let dialect: Formula.Dialect
    private var position = 0
    private var nesting = 0
    private var operands = 0

    private(set) var steps: [FormulaStep] = []
    private(set) var parameterCount = 0
    private(set) var mostOperands = 0

    init(_ text: String, variables: [String], parameterLimit: Int, dialect: Formula.Dialect) throws(FormulaError) {
        tokens = try FormulaToken.tokens(of: text)
        self.variables = variables
        self.parameterLimit = parameterLimit
        self.dialect = dialect
    }

    private var token: FormulaToken { tokens[position] }

    private func isSign(_ sign: String) -> Bool { token.kind == .sign && token.text == sign }

    mutating func parse() throws(FormulaError) {
        guard token.kind != .end else {
            throw FormulaError(column: 1, "the formula is empty", "give a number or a formula")
        }
        try expression(strength: 1)
        guard token.kind == .end else {
            if isSign(")") { throw error("')' closes nothing", "take it out or put '(' before it") }
            throw error("an operator is missing before '\(token.text.prefix(20))'", "put one there")
        }
    }

    private func error(_ problem: String, _ remedy: String) -> FormulaError {
        FormulaError(column: token.column, problem, remedy)
    }

    private mutating func emit(_ step: FormulaStep, at column: Int) throws(FormulaError) {
        guard steps.count < Formula.mostSteps else {
            throw FormulaError(
                column: column, "the formula has more than \(Formula.mostSteps) numbers, names and operators",
                "give a shorter one")
        }
        steps.append(step)
        switch step {
        case .number, .variable, .parameter: operands += 1
        case .one: break
        case .two: operands -= 1
        }
        mostOperands = max(mostOperands, operands)
    }

    /// Runs what may contain itself.
    private mutating func nested(
        _ body: (inout FormulaParser) throws(FormulaError) -> Void
    ) throws(FormulaError) {
        guard nesting < Formula.deepestNesting else {
            throw error("the formula is nested more than \(Formula.deepestNesting) deep", "give a simpler one")
        }
        nesting += 1
        try body(&self)
        nesting -= 1
    }

    /// Operators at least that strong, the stronger ones first, equal ones from the left.
    private mutating func expression(strength lowest: Int) throws(FormulaError) {
        try signed()
        var hasCompared = false
        while token.kind == .sign, let (operation, strength) = FormulaOperation.binary(token.text), strength >= lowest {
            let column = token.column
            if strength == FormulaOperation.comparing {
                guard !hasCompared else {
                    throw error("comparisons do not chain", "write a < b && b < c, or put the first in ( )")
                }
                hasCompared = true
            } else if strength < FormulaOperation.comparing {
                hasCompared = false
            }
            position += 1
            try expression(strength: strength + 1)
            try emit(.two(operation), at: column)
        }
    }

    /// Signs before a power: −x^2 is −(x^2), but for correctionlib.
    private mutating func signed() throws(FormulaError) {
        if dialect == .correctionlib {
            try negated()
            return try raised()
        }
        for (sign, function) in [("-", FormulaFunction.minus), ("!", .not), ("+", nil)] where isSign(sign) {
            let column = token.column
            position += 1
            try nested { parser throws(FormulaError) in try parser.signed() }
            if let function { try emit(.one(function), at: column) }
            return
        }
        try primary()
        try raised()
    }

    /// One sign at most.
    private mutating func negated() throws(FormulaError) {
        guard isSign("-") else { return try primary() }
        let column = token.column
        position += 1
        try primary()
        try emit(.one(.minus), at: column)
    }

    /// What may stand behind a number: its power.
    private mutating func raised() throws(FormulaError) {
        guard isSign("^") else { return }
        let column = token.column
        position += 1
        // From the right, and 2^-x is what it says.
        try nested { parser throws(FormulaError) in try parser.signed() }
        try emit(.two(.power), at: column)
    }

    private mutating func primary() throws(FormulaError) {
        let (kind, column) = (token.kind, token.column)
        switch kind {
        case .number(let value):
            position += 1
            try emit(.number(value), at: column)
        case .parameter(let index):
            guard index < parameterLimit else {
                throw error(
                    "there is no parameter \(token.text)", parameterLimit == 0 ? "write its value" : "give its value")
            }
            parameterCount = max(parameterCount, index + 1)
            position += 1
            try emit(.parameter(index), at: column)
        case .name: try named()
        case .sign where token.text == "(":
            position += 1
            try nested { parser throws(FormulaError) in try parser.expression(strength: 1) }
            try close(column)
        case .sign: throw error("a number or name is missing before '\(token.text)'", "put one there")
        case .end: throw error("the formula ends too early", "give a number or name after the last sign")
        }
    }

    private mutating func close(_ opened: Int) throws(FormulaError) {
        guard isSign(")") else {
            if token.kind == .end { throw FormulaError(column: opened, "'(' is not closed", "put ')' behind it") }
            throw error("')' is missing before '\(token.text.prefix(20))'", "close the bracket or put an operator")
        }
        position += 1
    }
}

extension FormulaParser {
    /// A variable, a constant or a function with its arguments.
    private mutating func named() throws(FormulaError) {
        let (name, column) = (token.text, token.column)
        let bare = name.hasPrefix("std::") ? String(name.dropFirst(5)) : name
        if let index = variables.firstIndex(of: name) {
            position += 1
            return try emit(.variable(index), at: column)
        }
        if ["pi", "TMath::Pi"].contains(name) {
            position += 1
            if isSign("("), tokens[position + 1].text == ")" { position += 2 }
            return try emit(.number(.pi), at: column)
        }
        if let function = FormulaFunction.named(bare) {
            try arguments(1, of: name)
            return try emit(.one(function), at: column)
        }
        guard let operation = FormulaOperation.named(bare) else {
            throw error("'\(name.prefix(40))' is not known", "known are \(known)")
        }
        try arguments(2, of: name)
        try emit(.two(operation), at: column)
    }

    private var known: String {
        (variables
            + [
                "pi", "abs", "sqrt", "log", "log10", "log2", "exp", "pow", "min", "max", "cosh", "sinh", "tanh", "cos",
                "sin", "tan", "acosh", "asinh", "atanh", "acos", "asin", "atan", "atan2", "erf",
            ]).joined(separator: ", ")
    }

    private mutating func arguments(_ count: Int, of name: String) throws(FormulaError) {
        position += 1
        guard isSign("(") else { throw error("\(name) has no arguments", "put them in ( ) behind it") }
        let opened = token.column
        for number in 1...count {
            guard number == 1 || isSign(",") else {
                throw error("\(name) has \(number - 1) of its \(count) arguments", "separate them by a comma")
            }
            position += 1
            try nested { parser throws(FormulaError) in try parser.expression(strength: 1) }
        }
        if isSign(",") { throw error("\(name) has too many arguments", "give \(count)") }
        try close(opened)
    }
}
