import Foundation
import Testing

/// `--replicas` of `closure` and `fit`.
struct BootstrapCommandTests {
    private static let options = "--detector uniform --binning coarse --events 120k"
    private static let run = "closure \(options) --tolerance 0.9 --replicas 40 --quiet"

    private static let whole = Result {
        let place = try Workplace()
        try place.succeed("\(run) -o run")
        return place
    }

    @Test func theCalibrationHasTheReplicasCovariance() throws {
        let place = try Self.whole.get()
        let calibration = try place.json("run/calibration.json")
        let bootstrap = calibration["bootstrap"]
        #expect(bootstrap["replicas"].double == 40 && bootstrap["sub_samples"].double == 1024)
        var bins = 0
        for (eta, row) in try #require(calibration["uncertainty"].list).enumerated() {
            for (pt, quoted) in (row.list ?? []).enumerated() {
                guard let quoted = quoted.double, quoted > 1e-6 else { continue }
                let uncertainty = try #require(bootstrap["uncertainty"][eta][pt].double)
                let variance = try #require(bootstrap["covariance"][pt][eta][eta].double)
                #expect(abs(variance / (uncertainty * uncertainty) - 1) < 1e-9)
                // 40 replicas tell it to 11 %.
                #expect(abs(uncertainty / quoted - 1) < 0.6, "\(eta), \(pt): \(uncertainty / quoted)")
                #expect(abs(try #require(bootstrap["shift"][eta][pt].double)) < quoted)
                bins += 1
            }
        }
        #expect(bins > 20)
        #expect(try place.text("run/run.yaml").contains("\nreplicas: 40\n"))
        #expect(try place.text("run/report.html").contains("figure:bootstrap"))
        let summary = try place.succeed(
            "\(Self.run.replacingOccurrences(of: "--quiet", with: "")) --overwrite -o again")
        #expect(summary.contains("bootstrap: uncertainties of 40 replicas are "), "\(summary)")
    }

    /// From run.yaml, on another number of threads, of parts, and read again.
    @Test func theSameRunGivesTheSameBytes() throws {
        let (whole, place) = (try Self.whole.get(), try Workplace())
        func expectSame(_ name: String) throws {
            #expect(try place.data("\(name)/calibration.json") == whole.data("run/calibration.json"), "\(name)")
        }
        try place.succeed("closure \(whole.path("run/run.yaml")) --threads 1 --quiet -o again")
        try expectSame("again")
        var sums = ""
        for round in 1...5 {
            for shard in 0..<2 { try place.succeed("\(Self.run)\(sums) --shard \(shard)/2 -o \(round)-\(shard).h5") }
            let earlier = sums.replacingOccurrences(of: "--sums ", with: "")
            try place.succeed("merge \(round)-0.h5 \(round)-1.h5\(earlier) --quiet -o round-\(round).h5")
            sums = " --sums round-\(round).h5"
        }
        try place.succeed("\(Self.run)\(sums) -o parts")
        try expectSame("parts")
        try place.succeed("simulate --detector uniform --events 5k --quiet -o events.csv")
        try place.succeed("apply \(whole.path("run/calibration.json")) events.csv --quiet -o calibrated.csv")
    }

    private static func isSame(_ one: JSON, _ other: JSON) throws -> Bool {
        func text(_ json: JSON) throws -> Data {
            try JSONSerialization.data(withJSONObject: json.value, options: [.sortedKeys, .fragmentsAllowed])
        }
        return try text(one) == text(other)
    }

    /// Nothing else changes with replicas.
    @Test func constantsAreThoseOfTheEvents() throws {
        let (whole, place) = (try Self.whole.get(), try Workplace())
        try place.succeed("closure \(Self.options) --tolerance 0.9 --quiet -o plain")
        let (with, without) = (try whole.json("run/calibration.json"), try place.json("plain/calibration.json"))
        for key in ["correction", "uncertainty", "pt_mean", "covariance", "fits"] {
            #expect(try Self.isSame(with[key], without[key]), "\(key)")
        }
        #expect(try !place.text("plain/run.yaml").contains("replicas"))
    }

    @Test func fitHasTheReplicasOfClosure() throws {
        let (whole, place) = (try Self.whole.get(), try Workplace())
        let simulate = "simulate --detector uniform --events 120k --quiet"
        try place.succeed("\(simulate) -o mc.csv")
        try place.succeed("\(simulate) --pseudo-data -o data.csv")
        try place.succeed("fit data.csv --mc mc.csv --binning coarse --replicas 40 --quiet -o c.json")
        let (fitted, derived) = (
            try place.json("c.json")["bootstrap"], try whole.json("run/calibration.json")["bootstrap"]
        )
        #expect(try fitted["replicas"].double == 40 && Self.isSame(fitted, derived))
    }

    @Test(arguments: [
        ("closure --replicas 1", "--replicas"), ("closure --replicas 10001", "10000"),
        ("closure --replicas -3", "replicas"),
        ("closure --method fold --replicas 10", "--replicas"),
        ("fit data.csv --mc mc.csv --method fold --replicas 10", "--replicas"),
    ])
    func whatCannotBeIsAnError(line: String, word: String) throws {
        let place = try Workplace()
        let outcome = try place.etacal("\(line) -o out")
        #expect(outcome.status == Status.usage.rawValue && outcome.errors.contains(word), "\(outcome)")
        #expect(try place.snapshot().isEmpty)
    }

    @Test(arguments: ["1", "many", "-2", "1e9"]) func aConfigurationIsCheckedToo(value: String) throws {
        let place = try Workplace()
        try place.write("schema: etacal.run/1\nreplicas: \(value)\n", to: "run.yaml")
        let outcome = try place.etacal("closure run.yaml -o out")
        #expect(outcome.status == Status.malformed.rawValue && outcome.errors.contains("run.yaml:2"), "\(outcome)")
    }
}
