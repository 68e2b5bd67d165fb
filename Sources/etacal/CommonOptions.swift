import ArgumentParser
import Foundation

/// A number of events: `250000`, `250k`, `10M`, `1G`.
struct EventCount: ExpressibleByArgument {
    let value: Int

    init?(argument: String) {
        let scales: [Character: Int] = ["k": 1_000, "M": 1_000_000, "G": 1_000_000_000]
        var digits = Substring(argument)
        var scale = 1
        if let last = digits.last, let found = scales[last] {
            scale = found
            digits.removeLast()
        }
        let (number, overflow) =
            (Double(digits) ?? -1).isFinite
            ? (Int(exactly: ((Double(digits) ?? -1) * Double(scale)).rounded()) ?? -1, false) : (-1, true)
        guard !overflow, number >= 1, number <= 1_000_000_000_000, digits.first != "-" else { return nil }
        value = number
    }

    var defaultValueDescription: String { "\(value)" }
}

/// Options of every command that computes.
struct CommonOptions: ParsableArguments {
    @Option(help: "Seed of all random numbers.")
    var seed: UInt64?

    @Option(help: "Number of threads (default: all cores). The result does not depend on it.")
    var threads: Int?

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    @Flag(help: "Print a machine-readable summary on standard output.")
    var json = false

    @Flag(help: "Replace an output that exists.")
    var overwrite = false

    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024.") }
    }
}
