/// A number as a function of up to four variables, given as text: arithmetic, comparisons and a closed list of functions.
///
/// The text is never run as code: it is read once into a list of steps, the size of which is bounded, and a text that is
/// not a formula cannot become one. It speaks the part of ROOT's formulas that Delphes cards and the text files of CMS
/// use: `^` and `**` are powers, `log` is the natural logarithm, a comparison is 1 or 0, and `[0]`, `[1]` … are
/// parameters. As in ROOT, −x^2 is −(x^2) and 2^3^2 is 2^(3^2). Otherwise than there, a < b < c is an error: it does not
/// mean what it says.
///
/// A value may be infinite or NaN, such as at a division by zero: whoever uses a formula looks at its values.
public struct Formula: Sendable, Equatable {
    /// Bounds on what a hostile text can cost.
    public static let longestText = 4096
    public static let deepestNesting = 64
    public static let mostSteps = 512
    static let mostParameters = 100

    /// Whose formulas a text is one of.
    public enum Dialect: Sendable {
        /// −x^2 is −(x^2).
        case root
        /// −x^2 is (−x)^2, and no other sign stands before a number.
        case correctionlib
    }

    /// As it was given.
    public let text: String
    public let variables: [String]
    public private(set) var parameters: [Double]
    /// How many parameters the text asks for: one more than the highest number in brackets.
    public let parameterCount: Int

    private let steps: [FormulaStep]
    private let mostOperands: Int

    /// Reads a formula.
    /// - Parameters:
    ///   - variables: their names, at most four, in the order in which `value` takes them.
    ///   - parameters: what `[0]`, `[1]` … stand for.
    ///   - dialect: how signs bind.
    public init(
        _ text: String, variables: [String], parameters: [Double] = [], dialect: Dialect = .root
    ) throws(FormulaError) {
        precondition(variables.count <= 4, "a formula has at most four variables")
        guard text.utf8.count <= Self.longestText else {
            throw FormulaError(
                column: Self.longestText + 1, "the formula has \(text.utf8.count) bytes",
                "give at most \(Self.longestText)")
        }
        var parser = try FormulaParser(
            text, variables: variables, parameterLimit: parameters.count, dialect: dialect)
        try parser.parse()
        self.text = text
        self.variables = variables
        self.parameters = parameters
        parameterCount = parser.parameterCount
        steps = parser.steps
        mostOperands = parser.mostOperands
    }

    /// Whether it has the same value everywhere, as it names no variable.
    public var isConstant: Bool {
        !steps.contains { step in
            if case .variable = step { true } else { false }
        }
    }

    /// The same formula with other parameters, at least as many as it asks for.
    public func with(parameters: [Double]) -> Formula {
        precondition(parameters.count >= parameterCount, "every parameter has a number")
        var other = self
        other.parameters = parameters
        return other
    }

    /// The value at a point; variables that the formula does not have are ignored. Allocates nothing.
    public func value(_ first: Double, _ second: Double = 0, _ third: Double = 0, _ fourth: Double = 0) -> Double {
        let point = SIMD4(first, second, third, fourth)
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: mostOperands) { operands in
            var count = 0
            func push(_ value: Double) {
                operands[count] = value
                count += 1
            }
            for step in steps {
                switch step {
                case .number(let value): push(value)
                case .variable(let index): push(point[index])
                case .parameter(let index): push(parameters[index])
                case .one(let function): operands[count - 1] = function.value(operands[count - 1])
                case .two(let function):
                    count -= 1
                    operands[count - 1] = function.value(operands[count - 1], operands[count])
                }
            }
            return operands[0]
        }
    }
}
