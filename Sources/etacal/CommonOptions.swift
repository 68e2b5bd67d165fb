import ArgumentParser
import Foundation

/// A number of events up to 4 × 10⁹, which the exact sums have room for: `250000`, `250k`, `2.5M`, `1G`.
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
        // A decimal point is for multiples: 2.5M is a number of events, 1.5 is not.
        guard let first = digits.first, first.isNumber, let number = Double(digits) else { return nil }
        let product = number * Double(scale)
        guard product >= 1, product <= 4e9, abs(product - product.rounded()) < 1e-6,
            let count = Int(exactly: product.rounded())
        else { return nil }
        value = count
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
