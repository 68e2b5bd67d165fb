import FileAccess
#if canImport(Glibc)
    @preconcurrency import Glibc
#else
    @preconcurrency import Darwin
#endif

/// Standard output and error where they may be full, closed or gone.
enum StandardStreams {
    /// Takes the places of streams that are closed, which the first files to be opened would get otherwise: messages
    /// would be written into results.
    static func prepare() {
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) == -1 {
            // Reading is all that this standard output can do, so that what is printed is known to be lost.
            _ = open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Writes to standard error as far as that is possible: nobody can be told when it is not.
    static func writeError(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Waits until everything that was printed has been taken.
    static func flush() throws(FileError) {
        // A long text goes past the buffer: its failure shows in the flag alone, and errno is still that of the writing
        // that was tried last.
        let isFlushed = fflush(stdout) == 0
        guard isFlushed, ferror(stdout) == 0 else { throw .writing("standard output") }
    }

    /// Line ends and other control characters of file names, escaped so that they cannot disguise a message.
    static func oneLine(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
        }.joined()
    }
}
