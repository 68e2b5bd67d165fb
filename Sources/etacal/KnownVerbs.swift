import ArgumentParser

/// Finds a word that stands where a verb has to, and guesses which verb was meant.
enum KnownVerbs {
    /// With options behind it, ArgumentParser would complain of the options rather than of the verb.
    static func require(_ arguments: [String], in root: any ParsableCommand.Type) throws {
        var command = root
        var path: [String] = []
        for (index, word) in arguments.enumerated() {
            let below = command.configuration.subcommands
            guard !word.hasPrefix("-"), !below.isEmpty else { return }
            if index == 0, word == "help" { continue }
            guard let next = below.first(where: { $0._commandName == word }) else {
                let known = below.map { $0._commandName } + (path.isEmpty ? ["help"] : [])
                throw ValidationError(message(word, path, known))
            }
            command = next
            path.append(word)
        }
    }

    private static func message(_ word: String, _ path: [String], _ known: [String]) -> String {
        func full(_ verb: String) -> String { (path + [verb]).joined(separator: " ") }
        guard let meant = meant(by: word, among: known) else {
            return "Unknown verb '\(full(word))'; there are \(known.map(full).joined(separator: ", "))."
        }
        return "Unknown verb '\(full(word))'. Did you mean '\(full(meant))'?"
    }

    /// The verb that the word begins, or the nearest one as long as most letters are right.
    static func meant(by word: String, among verbs: [String]) -> String? {
        let word = word.lowercased()
        let begun = verbs.filter { $0.hasPrefix(word) }
        if word.count >= 2, begun.count == 1 { return begun[0] }
        return verbs.map { (verb: $0, distance: distance(word, $0)) }
            .filter { $0.distance <= min(2, $0.verb.count / 3) }
            .min { $0.distance < $1.distance }?.verb
    }

    /// Fewest letters put in, left out, replaced, or swapped with their neighbour (optimal string alignment).
    static func distance(_ one: String, _ other: String) -> Int {
        let (a, b) = (Array(one), Array(other))
        var table = (0...a.count).map { row in (0...b.count).map { row == 0 ? $0 : $0 == 0 ? row : 0 } }
        for i in a.indices {
            for j in b.indices {
                let replaced = table[i][j] + (a[i] == b[j] ? 0 : 1)
                var best = min(replaced, table[i][j + 1] + 1, table[i + 1][j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, table[i - 1][j - 1] + 1) }
                table[i + 1][j + 1] = best
            }
        }
        return table[a.count][b.count]
    }
}
