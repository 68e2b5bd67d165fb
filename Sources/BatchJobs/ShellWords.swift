/// A text as one word of a POSIX shell, whatever stands in it.
func shellWord(_ text: String) -> String {
    if text.wholeMatch(of: /[A-Za-z0-9_.,:=\/-]+/) != nil { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}

func shellWords(_ words: [String]) -> String { words.map(shellWord).joined(separator: " ") }
