import Foundation
import Testing

struct TerminalFaultTests {
    /// A new terminal: the end that a user sits at, and the name of the end for programs.
    private static func terminal() -> (descriptor: Int32, name: String)? {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        guard terminal >= 0 else { return nil }
        #if canImport(Glibc)
            // TIOCSPTLCK and TIOCGPTN, which Swift does not see.
            var (lock, number) = (Int32(0), UInt32(0))
            guard ioctl(terminal, 0x4004_5431, &lock) == 0, ioctl(terminal, 0x8004_5430, &number) == 0 else {
                return nil
            }
            return (terminal, "/dev/pts/\(number)")
        #else
            guard grantpt(terminal) == 0, unlockpt(terminal) == 0, let name = ptsname(terminal) else { return nil }
            return (terminal, String(cString: name))
        #endif
    }

    /// A terminal for progress that is closed when the program has written on it.
    @Test func aTerminalMayVanish() throws {
        let place = try Workplace()
        let (terminal, name) = try #require(Self.terminal(), "no terminal can be made")
        let child = try Child(
            ["simulate", "--detector", "uniform", "--events", "4G", "-o", "out.csv"], in: place,
            through: Fault.shell("trap '' HUP; exec \"$0\" \"$@\" 2>'\(name)'"))
        var byte = UInt8(0)
        #expect(read(terminal, &byte, 1) == 1)
        close(terminal)
        // Progress is written some five times a second.
        usleep(600_000)
        #expect(child.process.isRunning)
        kill(child.process.processIdentifier, SIGTERM)
        let outcome = try child.outcome()
        #expect(outcome.status == Status.terminated.rawValue, "\(outcome)")
        #expect(try place.snapshot().isEmpty)
    }
}
