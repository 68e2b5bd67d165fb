internal import Foundation

/// What a piece of work took, in seconds.
public struct Timing: Sendable {
    public let wall: Double
    /// Of all threads of this process.
    public let processor: Double

    public init(wall: Double, processor: Double) {
        self.wall = wall
        self.processor = processor
    }
}

/// Runs `body` once.
public func timed<Result>(_ body: () throws -> Result) rethrows -> (result: Result, timing: Timing) {
    let (wall, processor) = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID))
    let result = try body()
    return (
        result,
        Timing(
            wall: seconds(CLOCK_MONOTONIC) - wall, processor: seconds(CLOCK_PROCESS_CPUTIME_ID) - processor)
    )
}

private func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// Ends the process where its times would say nothing.
public func requireReleaseBuild() {
    #if DEBUG
        FileHandle.standardError.write(
            Data("error: this is a debug build, whose times say nothing; build with -c release\n".utf8))
        exit(69)
    #endif
}

/// Prints one JSON object on standard output, its keys in snake case.
public func printJSON(_ report: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys]
    print(String(decoding: try encoder.encode(report), as: UTF8.self))
}
