import Foundation
import Testing

/// A signal at any moment leaves everything as it was, and no process behind.
struct InterruptionFaultTests {
    static let signals = [(SIGINT, Status.interrupted), (SIGTERM, .terminated), (SIGHUP, .hungUp)]

    enum Verb: String, CaseIterable, CustomTestStringConvertible {
        case closure, simulate, fit, apply, verify

        var testDescription: String { rawValue }

        /// How many moments, equally spaced in CPU time, that each stage of the verb gets one: scale, two balances,
        /// a refinement and two closures for `closure`; checking, then working for the others.
        var moments: Int { self == .closure ? 10 : 4 }

        func arguments() throws -> [String] {
            let events = try FaultSample.path("events.csv")
            let calibration = try FaultSample.path("calibration.json")
            let binning = ["--binning", try FaultSample.path("binning.yaml")]
            return switch self {
            case .closure:
                ["closure", "--detector", "uniform", "--events", "100k", "--passes", "2", "--threads", "2"] + binning
            case .simulate: ["simulate", "--detector", "uniform", "--events", "10k"]
            case .fit: ["fit", events, "--mc", events, "--passes", "1"] + binning
            case .apply: ["apply", calibration, events]
            case .verify: ["verify", calibration, "--data", events]
            }
        }
    }

    private static let quickClosure = ["closure", "--detector", "uniform", "--events", "100"]

    /// A workplace where the output exists already and temporary files go into a directory of it.
    private static func workplace(_ verb: Verb) throws -> Workplace {
        let place = try Workplace()
        try place.makeDirectory("tmp")
        try restore(verb, place)
        return place
    }

    private static func start(_ arguments: [String], in place: Workplace, path: String = "/none") throws -> Child {
        try Child(
            arguments + ["--quiet", "--overwrite", "-o", "out"], in: place,
            environment: ["TMPDIR": place.path("tmp"), "PATH": path],
            // So that whoever follows it is not behind.
            through: Fault.program("nice").map { [$0, "-n", "10"] } ?? [])
    }

    @Test(.enabled(if: Fault.cpuTimeIsKnown, "no /proc to follow the program in"), arguments: Verb.allCases)
    func nothingIsLeftOfAnInterruptedRun(verb: Verb) throws {
        let reference = try Self.workplace(verb)
        let whole = try Self.start(verb.arguments(), in: reference)
        var total = 0.0
        while let time = Fault.cpuTime(whole.process.processIdentifier), whole.process.isRunning {
            total = max(total, time)
            usleep(1000)
        }
        let end = try whole.outcome()
        try #require([Status.done.rawValue, Status.negativeVerdict.rawValue].contains(end.status), "\(end)")

        let place = try Self.workplace(verb)
        let before = try place.snapshot()
        for moment in 0..<verb.moments {
            let (signal, status) = Self.signals[moment % Self.signals.count]
            var interrupted = false
            // On a loaded machine the program may get to its end before its signal, which comes earlier the next time.
            for attempt in 0..<10 where !interrupted {
                let child = try Self.start(verb.arguments(), in: place)
                let due = total * (Double(moment) + 0.5) / Double(verb.moments) * pow(0.9, Double(attempt))
                while let time = Fault.cpuTime(child.process.processIdentifier), time < due, child.process.isRunning {
                    usleep(1000)
                }
                kill(child.process.processIdentifier, signal)
                let outcome = try child.outcome()
                let wasInTime = outcome.status == status.rawValue
                // Results may be in their place when the signal comes, but then they are whole.
                guard wasInTime, try place.changes(since: before) == [] else {
                    let left = try place.changes(since: before).filter { $0.contains("partial") || $0.hasPrefix("tmp") }
                    #expect(left == [], "\(outcome)")
                    try FileManager.default.removeItem(atPath: place.path("out"))
                    try Self.restore(verb, place)
                    continue
                }
                interrupted = true
                #expect(outcome.output == "" && outcome.errors == "", "\(outcome)")
            }
            #expect(interrupted, "\(verb), moment \(moment)")
        }
    }

    private static func restore(_ verb: Verb, _ place: Workplace) throws {
        if verb == .closure {
            try place.makeDirectory("out")
            try place.write("schema: etacal.run/1\n", to: "out/run.yaml")
        } else {
            try place.write("old", to: "out")
        }
    }

    /// A gnuplot that never ends has begun when the signal comes; more signals follow while the program cleans up.
    @Test(arguments: signals)
    func picturesThatAreBeingDrawnEndToo(signal: Int32, status: Status) throws {
        let place = try Self.workplace(.closure)
        let path = try place.install(
            "echo $$ >> '\(place.path("pids"))'\ntrap '' HUP INT TERM\nsleep 100 > partial.png", as: "gnuplot")
        let before = try place.snapshot()
        let child = try Self.start(Self.quickClosure, in: place, path: path)
        let started = Fault.wait { (try? place.text("pids"))?.hasSuffix("\n") == true || !child.process.isRunning }
        #expect(started)
        kill(child.process.processIdentifier, signal)
        for _ in 0..<20 { kill(child.process.processIdentifier, signal) }
        let outcome = try child.outcome()
        #expect(outcome.status == status.rawValue && outcome.errors == "", "\(outcome)")
        #expect(try place.changes(since: before) == ["pids"])
        let drawing = try place.text("pids").split(separator: "\n").compactMap { Int32($0) }
        #expect(!drawing.isEmpty)
        for process in drawing { #expect(Fault.wait { !Fault.isRunning(process) }, "gnuplot goes on") }
    }

    /// The run that stood there before is being removed when the signal comes.
    @Test func resultsThatAreInTheirPlaceStay() throws {
        let place = try Self.workplace(.closure)
        for index in 0..<5000 { try place.write("", to: "out/\(index)") }
        let child = try Self.start(Self.quickClosure, in: place)
        let isReplacing = try Fault.wait {
            let names = try FileManager.default.contentsOfDirectory(atPath: place.directory.path)
            return names.contains { $0.hasSuffix("-replaced") } || !child.process.isRunning
        }
        #expect(isReplacing)
        for signal in [SIGINT, SIGTERM, SIGHUP] { kill(child.process.processIdentifier, signal) }
        let outcome = try child.outcome()
        #expect([0, 1, 129, 130, 143].contains(outcome.status), "\(outcome)")
        let names = try FileManager.default.contentsOfDirectory(atPath: place.directory.path).sorted()
        #expect(names == ["out", "tmp"])
        let results = try FileManager.default.contentsOfDirectory(atPath: place.path("out"))
        #expect(results.contains("closure.json") && !results.contains("0"))
    }

    /// `nohup` and `trap ''` are obeyed.
    @Test(arguments: ["HUP", "INT", "TERM"])
    func ignoredSignalsStayIgnored(name: String) throws {
        let place = try Workplace()
        let script =
            "trap '' \(name); \"$0\" \"$@\" & "
            + "while ! ls -A | grep -q partial; do :; done; kill -\(name) $!; wait $!"
        let outcome = try place.etacal(
            ["simulate", "--detector", "uniform", "--events", "20k", "-o", "out"],
            through: Fault.shell("\(Fault.tools); \(script)"))
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try place.snapshot().keys.sorted() == ["out"])
    }
}
