/// A formula that cannot be: the problem, its column in the text counted from 1, and the remedy.
public struct FormulaError: Error, Equatable, CustomStringConvertible {
    public let column: Int
    public let problem: String
    public let remedy: String

    public init(column: Int, _ problem: String, _ remedy: String) {
        self.column = column
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { "column \(column): \(problem); \(remedy)" }
}
