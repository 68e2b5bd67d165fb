import Foundation
import Testing

/// `cluster`, on two files of Pythia's events, eight each, whose jets the tests of `HepMCFiles` compare with FastJet in Python.
struct ClusterTests {
    /// A workplace with `slice-0.hepmc.gz` and `slice-1.hepmc.gz`.
    static func workplace() throws -> Workplace {
        let place = try Workplace()
        try writeEvents(in: place)
        return place
    }

    static func writeEvents(in place: Workplace) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("HepMCFilesTests/Fixtures")
        for slice in 0..<2 {
            try place.write(
                try Data(contentsOf: folder.appendingPathComponent("dijets-\(slice).hepmc.gz")),
                to: "slice-\(slice).hepmc.gz")
        }
    }

    /// Both, and the first one as text.
    private static func textWorkplace() throws -> (place: Workplace, text: String) {
        let place = try workplace()
        let outcome = try place.run(script: "gunzip -c slice-0.hepmc.gz > slice-0.hepmc")
        try #require(outcome.status == 0, "\(outcome)")
        return (place, try place.text("slice-0.hepmc"))
    }

    @Test(arguments: ["h5", "csv", "csv.gz"]) func aTruthSampleIsSimulatedAsItStands(ending: String) throws {
        let place = try Self.workplace()
        let said = try place.succeed(
            "cluster slice-0.hepmc.gz slice-1.hepmc.gz --pthat 60-120 --pthat 120-250 -o t.\(ending)")
        #expect(said == "16 events are in t.\(ending), their cross-sections in t_xsec.csv\n")
        let table = try place.rows("t_xsec.csv")
        #expect(table[0] == ["slice", "pthat_min_GeV", "pthat_max_GeV", "sigma_pb", "sigma_err_pb", "events"])
        #expect(
            table.count == 3 && table[1][0...2] == ["0", "60.0", "120.0"] && table[2][0...2] == ["1", "120.0", "250.0"])
        // Pythia's own, of few events: 1.03e7 and 5.7e5 pb.
        for (row, sigma) in zip(table[1...], [1.03e7, 5.7e5]) {
            #expect(row[5] == "8" && abs((Double(row[3]) ?? 0) / sigma - 1) < 0.8 && (Double(row[4]) ?? -1) > 0)
        }
        #expect(
            try place.succeed("simulate --detector uniform --truth t.\(ending) --events 32 -o mc.csv")
                .hasPrefix("32 events"))
        #expect(try place.rows("mc.csv").count == 33)
    }

    @Test func columnsAreThoseOfTruthSamples() throws {
        let place = try Self.workplace()
        try place.succeed("cluster slice-1.hepmc.gz -o t.csv")
        let rows = try place.rows("t.csv")
        let jets = (1...4).flatMap { jet in ["pt", "eta", "phi", "m", "flavour"].map { "\($0)\(jet)" } }
        #expect(
            rows[0] == ["slice", "event"] + jets + ["soft_px", "soft_py", "soft_sumet", "inv_px", "inv_py"])
        #expect(rows.count == 9 && rows.allSatisfy { $0.count == rows[0].count })
        #expect(rows.dropFirst().enumerated().allSatisfy { $1[0] == "0" && $1[1] == "\($0)" })
    }

    @Test func rangesComeFromTheEventsWhereNoneAreGiven() throws {
        let place = try Self.workplace()
        try place.succeed("cluster slice-0.hepmc.gz slice-1.hepmc.gz -o t.csv")
        let edges = try place.rows("t_xsec.csv").dropFirst().map { $0[1...2].compactMap(Double.init) }
        // Of eight events each.
        #expect(edges[0][0] >= 60 && edges[0][1] <= 120 && edges[1][0] >= 120 && edges[1][1] <= 250)
        #expect(edges.joined().allSatisfy { $0 == $0.rounded() })
    }

    @Test(arguments: ["h5", "csv.gz"]) func threadsDoNotChangeAByte(ending: String) throws {
        let place = try Self.workplace()
        for threads in [1, 2, 7] {
            try place.succeed(
                "cluster slice-0.hepmc.gz slice-1.hepmc.gz --threads \(threads) -o t\(threads).\(ending)")
        }
        for threads in [2, 7] {
            #expect(try place.data("t1.\(ending)") == place.data("t\(threads).\(ending)"))
            #expect(try place.data("t1_xsec.csv") == place.data("t\(threads)_xsec.csv"))
        }
    }

    @Test func optionsOfJetsAct() throws {
        let place = try Self.workplace()
        try place.succeed("cluster slice-0.hepmc.gz -o t.csv")
        let options = ["--radius 0.8", "--pt-min 30", "--abs-eta-max 1.5"]
        for (number, option) in options.enumerated() {
            try place.succeed("cluster slice-0.hepmc.gz \(option) -o o\(number).csv")
            #expect(try place.data("o\(number).csv") != place.data("t.csv"), "\(option)")
        }
    }

    @Test func theSummaryIsJSONOrNothing() throws {
        let place = try Self.workplace()
        let json = try JSON(try place.succeed("cluster slice-0.hepmc.gz slice-1.hepmc.gz --json -o t.h5"))
        #expect(json["events"].double == 16 && json["slices"].double == 2)
        #expect(try place.succeed("cluster slice-0.hepmc.gz --quiet -o q.h5") == "")
    }

    @Test func whatExistsIsKeptUnlessAskedFor() throws {
        let place = try Self.workplace()
        for name in ["t.csv", "t_xsec.csv"] {
            try place.write("mine", to: name)
            let before = try place.snapshot()
            let outcome = try place.etacal("cluster slice-0.hepmc.gz -o t.csv")
            #expect(outcome.status == Status.cannotCreate.rawValue && outcome.errors.contains(name), "\(outcome)")
            #expect(try place.changes(since: before).isEmpty)
            try FileManager.default.removeItem(atPath: place.path(name))
        }
        try place.write("mine", to: "t.csv")
        try place.succeed("cluster slice-0.hepmc.gz --overwrite -o t.csv")
        #expect(try place.rows("t.csv").count == 9)
    }

    @Test(arguments: [
        ("cluster -o t.csv", "events"), ("cluster slice-0.hepmc.gz", "-o"),
        ("cluster slice-0.hepmc.gz --pthat 60-120 --pthat 120-250 -o t.csv", "2 ranges for 1 files"),
        ("cluster slice-0.hepmc.gz --pthat 120-60 -o t.csv", "--pthat"),
        ("cluster slice-0.hepmc.gz --pthat sixty -o t.csv", "--pthat"),
        ("cluster slice-0.hepmc.gz slice-1.hepmc.gz --pthat 60-120 --pthat 100-250 -o t.csv", "begins before"),
        ("cluster slice-0.hepmc.gz --radius 0 -o t.csv", "--radius takes 0.05 to 2"),
        ("cluster slice-0.hepmc.gz --radius nan -o t.csv", "--radius"),
        ("cluster slice-0.hepmc.gz --pt-min 0 -o t.csv", "--pt-min"),
        ("cluster slice-0.hepmc.gz --abs-eta-max 99 -o t.csv", "--abs-eta-max"),
        ("cluster slice-0.hepmc.gz --imbalance 0 -o t.csv", "--imbalance"),
        ("cluster slice-0.hepmc.gz --flavour-label best -o t.csv", "--flavour-label"),
        ("cluster slice-0.hepmc.gz ./slice-0.hepmc.gz --pthat 60-80 --pthat 80-99 -o t.csv", "is given twice"),
    ]) func misuseIsNamed(line: String, said: String) throws {
        let place = try Self.workplace()
        let before = try place.snapshot()
        let outcome = try place.etacal(line)
        #expect(outcome.status == Status.usage.rawValue && outcome.errors.contains(said), "\(outcome)")
        #expect(try place.changes(since: before).isEmpty)
    }

    @Test func eventsAreNotReplacedByTheTableBeside() throws {
        let place = try Self.workplace()
        try place.succeed("cluster slice-0.hepmc.gz -o t.csv")
        let events = try place.data("slice-0.hepmc.gz")
        try place.write(events, to: "u_xsec.csv")
        let outcome = try place.etacal("cluster u_xsec.csv --overwrite -o u.csv")
        #expect(outcome.status == Status.usage.rawValue && outcome.errors.contains("u_xsec.csv"), "\(outcome)")
        #expect(try place.data("u_xsec.csv") == events)
    }

    @Test func aRangeThatIsNotThatOfTheEventsIsNoted() throws {
        let place = try Self.workplace()
        let said = try place.succeed("cluster slice-0.hepmc.gz --pthat 300-500 -o t.csv")
        #expect(said.contains("slice-0.hepmc.gz: --pthat is 300"), "\(said)")
        let other = try place.succeed("cluster slice-0.hepmc.gz --pthat 60-120 -o u.csv")
        #expect(!other.contains("--pthat"), "\(other)")
    }

    @Test func filesThatCannotBeReadAreNamed() throws {
        let place = try Self.workplace()
        try place.makeDirectory("folder")
        for name in ["none.hepmc", "folder"] {
            let outcome = try place.etacal("cluster slice-0.hepmc.gz \(name) -o t.csv")
            #expect(outcome.status == Status.unreadable.rawValue && outcome.errors.contains(name), "\(outcome)")
        }
    }

    /// A change of the text, the line that is named, and what is said of it.
    @Test(arguments: [
        (
            "s/^HepMC::Version.*/HepMC::Version 2.06.09/;s/^HepMC::Asciiv3-START/HepMC::IO_GenEvent-START/", ":2: ",
            "HepMC2"
        ),
        ("/END_EVENT/d", ":", "cut short"), ("4000,$d", ":", "cut short"), ("1,$d", ":1: ", "empty"),
        ("s/^W 1.0.*/W 2.0/;617,620s/^W .*/W 3.0/", ":617: ", "weight 3.0"),
        ("s/^U GEV/U TEV/", ":5: ", "units"), ("/GenCrossSection/d", ": ", "cross-section"),
        ("4s/596/2000000000/", ":4: ", "cannot be in this text"), ("11s/ 6.5/ nan/", ":11: ", "no particle"),
    ]) func whatIsWrongIsToldWithItsPlace(script: String, at: String, said: String) throws {
        let (place, _) = try Self.textWorkplace()
        let made = try place.run(script: "sed '\(script)' slice-0.hepmc > bad.hepmc")
        try #require(made.status == 0, "\(made)")
        let before = try place.snapshot()
        let outcome = try place.etacal("cluster bad.hepmc -o t.h5")
        #expect(outcome.status == Status.malformed.rawValue, "\(outcome)")
        #expect(outcome.errors.hasPrefix("etacal: bad.hepmc\(at)") && outcome.errors.contains(said), "\(outcome)")
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome)")
        #expect(try place.changes(since: before).isEmpty)
    }

    @Test func slicesThatOverlapAreRefused() throws {
        let place = try Self.workplace()
        let outcome = try place.etacal("cluster slice-1.hepmc.gz slice-0.hepmc.gz -o t.h5")
        #expect(outcome.status == Status.malformed.rawValue, "\(outcome)")
        #expect(outcome.errors.contains("slice-0.hepmc.gz: ") && outcome.errors.contains("--pthat"), "\(outcome)")
    }

    @Test func eventsWithoutAScaleNeedARange() throws {
        let (place, text) = try Self.textWorkplace()
        let lines = text.split(separator: "\n").filter { !$0.contains("event_scale") }
        try place.write(lines.joined(separator: "\n") + "\n", to: "plain.hepmc")
        let outcome = try place.etacal("cluster plain.hepmc -o t.h5")
        #expect(outcome.status == Status.malformed.rawValue && outcome.errors.contains("--pthat"), "\(outcome)")
        try place.succeed("cluster plain.hepmc --pthat 60-120 -o t.h5")
    }

    /// Any damage is told, or is none that the checks of a file can know of; nothing else happens.
    @Test func damagedFilesEndInAnOrderlyWay() throws {
        let (place, text) = try Self.textWorkplace()
        var bytes = Array(text.utf8)
        var (state, refused) = (UInt64(1), 0)
        func below(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(limit))
        }
        for _ in 0..<40 {
            let position = below(bytes.count)
            let old = bytes[position]
            bytes[position] = UInt8(below(256))
            try place.write(Data(bytes), to: "bad.hepmc")
            bytes[position] = old
            let outcome = try place.etacal("cluster bad.hepmc --overwrite --quiet -o t.csv")
            if outcome.status == Status.malformed.rawValue {
                refused += 1
                #expect(outcome.errors.hasPrefix("etacal: bad.hepmc"), "\(outcome)")
            } else {
                #expect(outcome.status == Status.done.rawValue && outcome.errors == "", "\(outcome)")
            }
        }
        #expect(refused > 20)
    }
}
