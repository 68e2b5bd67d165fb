/// How long a job may run, as Slurm writes it: `HH:MM:SS` or `D-HH:MM:SS`.
public struct TimeLimit: Sendable, CustomStringConvertible {
    public let description: String
    let seconds: Int

    /// - Returns: nil for another form, for minutes or seconds above 59, and for no time at all.
    public init?(_ text: String) {
        guard let match = text.wholeMatch(of: /(?:([0-9]{1,3})-)?([0-9]{1,4}):([0-5][0-9]):([0-5][0-9])/) else {
            return nil
        }
        let (days, hours) = (match.1.flatMap { Int($0) } ?? 0, Int(match.2) ?? 0)
        seconds = ((days * 24 + hours) * 60 + (Int(match.3) ?? 0)) * 60 + (Int(match.4) ?? 0)
        guard seconds > 0 else { return nil }
        description = text
    }

    /// Rounded up.
    var minutes: Int { (seconds + 59) / 60 }
}
