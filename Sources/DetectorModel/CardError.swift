/// A detector card that cannot be: the problem, the key path of the place, and the remedy.
public struct CardError: Error, Equatable, CustomStringConvertible {
    /// Keys and list positions from the top of the card, such as `["response", "regions", "3", "eta"]`.
    public let path: [String]
    public let problem: String
    public let remedy: String

    public init(_ path: [String], _ problem: String, _ remedy: String) {
        self.path = path
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { "\(path.joined(separator: ".")): \(problem); \(remedy)" }
}
