public import ArgumentParser
import CardFiles
import Foundation
import InstructionSets

/// A number of events: `250000`, `250k`, `2.5M`, `1G`, `1T`.
struct EventCount: ExpressibleByArgument {
    /// What the sums of one thread have room for; those that are merged have more.
    static let largestOfAThread = 4_000_000_000

    let value: Int

    func requireFewEnough() throws {
        guard value <= Self.largestOfAThread else { throw ValidationError("--events takes up to 4G here.") }
    }

    init?(argument: String) {
        let scales: [Character: Int] = [
            "k": 1_000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000,
        ]
        var digits = Substring(argument)
        var scale = 1
        if let last = digits.last, let found = scales[last] {
            scale = found
            digits.removeLast()
        }
        // A decimal point is for multiples: 2.5M is a number of events, 1.5 is not.
        guard let first = digits.first, first.isNumber, let number = Double(digits) else { return nil }
        let product = number * Double(scale)
        guard product >= 1, product <= Double(RunConfiguration.largestEvents), abs(product - product.rounded()) < 1e-6,
            let count = Int(exactly: product.rounded())
        else { return nil }
        value = count
    }

    var defaultValueDescription: String { "\(value)" }
    static var defaultCompletionKind: CompletionKind { .list(["100k", "1M", "5M", "20M"]) }
}

/// Options of every command that computes.
struct CommonOptions: ParsableArguments {
    @Option(help: "Seed of the random numbers that closure, simulate and validate draw (default: 1).")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Most threads to use, 1 to 1024 (default: one a core); no result depends on it.", valueName: "number"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Instruction set of the loops over events (default: the best that there is); no result depends on it.",
            valueName: "set"))
    var instructionSet: InstructionSet?

    @OptionGroup private var result: ResultOptions

    var quiet: Bool { result.quiet }
    var json: Bool { result.json }
    var overwrite: Bool { result.overwrite }

    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024.") }
        if let instructionSet {
            guard instructionSet.isAvailable else {
                let known = InstructionSet.available.map(\.rawValue).joined(separator: ", ")
                throw ValidationError(
                    "--instruction-set: this processor has no \(instructionSet.rawValue); it has \(known).")
            }
            InstructionSet.choose(instructionSet)
        }
    }
}

extension InstructionSet: ExpressibleByArgument {}
