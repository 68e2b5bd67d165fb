import Foundation
import Testing

/// Tables of events in HDF5 at the command line.
struct ColumnTableTests {
    /// Constants do not know what the events came from.
    @Test func constantsAreThoseOfText() throws {
        let place = try Workplace()
        try place.write(Sample.binning, to: "binning.yaml")
        for form in ["csv.gz", "h5"] {
            try place.succeed("simulate \(Self.events) --quiet -o mc.\(form)")
            try place.succeed("simulate \(Self.events) --pseudo-data --quiet -o data.\(form)")
            // Too few events for a verdict.
            try Self.judge("fit data.\(form) --mc mc.\(form) --binning binning.yaml --quiet -o \(form).json", in: place)
            try place.succeed("apply \(form).json data.\(form) --quiet -o calibrated.\(form)")
            try place.succeed("apply \(form).json data.\(form) --quiet -o \(form).csv")
            try Self.judge(
                "verify \(form).json --data data.\(form) --mc mc.\(form) --quiet -o \(form)-closure.json", in: place)
        }
        for file in ["", "-closure"] {
            let results = try ["csv.gz", "h5"].map { form in
                var json = try place.json("\(form)\(file).json")
                json["provenance"].value = NSNull()
                return try json.data
            }
            #expect(results[0] == results[1] && !results[0].isEmpty)
        }
        // The order of the columns differs.
        let tables = try ["csv.gz", "h5"].map { form in
            let rows = try place.rows("\(form).csv")
            return rows.map { row in Dictionary(uniqueKeysWithValues: zip(rows[0], row)) }
        }
        #expect(tables[0].count == 20_001 && tables[0].count == tables[1].count)
        for column in ["pt1", "eta3", "phi2", "true_pt1", "met_x"] {
            #expect(
                zip(tables[0], tables[1]).dropFirst().allSatisfy { Double($0[column]!) == Double($1[column]!) },
                "\(column)")
        }
    }

    private static func judge(_ line: String, in place: Workplace) throws {
        let outcome = try place.etacal(line)
        #expect([0, 1].contains(outcome.status) && outcome.errors == "", "\(outcome)")
    }

    private static let events = "--detector uniform --events 20k"

    @Test(arguments: EventTableTests.Reader.allCases)
    func filesWithoutEventsAreNamed(reader: EventTableTests.Reader) throws {
        let place = try Workplace()
        try place.write(Sample.events, to: "good.csv")
        try place.write(Sample.events, to: "text.h5")
        try place.expectRefusal(reader.arguments("text.h5"), .malformed, at: "text.h5", "no HDF5 file")
        try place.succeed("simulate --detector uniform --events 2k --quiet -o events.h5")
        let whole = try place.data("events.h5")
        for fraction in [0.1, 0.9999] {
            try place.write(whole.prefix(Int(Double(whole.count) * fraction)), to: "cut.h5")
            try place.expectRefusal(reader.arguments("cut.h5"), .malformed, at: "cut.h5", "cut or damaged")
        }
        // By its content, not by its name.
        try place.write(whole, to: "named.csv")
        let outcome = try place.etacal(reader.arguments("named.csv"))
        #expect([0, 1].contains(outcome.status) && outcome.errors == "", "\(outcome)")
        try place.expectRefusal(
            reader.arguments("none.h5") + ["--overwrite"], .unreadable, at: "none.h5", "no such file")
    }

    @Test(arguments: EventTableTests.Reader.allCases)
    func columnsThatAreOffAreNamed(reader: EventTableTests.Reader) throws {
        let place = try Workplace()
        try place.write(Sample.events, to: "good.csv")
        try place.succeed("simulate --detector uniform --events 2k --quiet -o events.h5")
        // Some of the columns, as another tool copies them.
        let repack = try #require(Fault.program("h5copy"), "install hdf5-tools")
        let names = ["eta1", "phi1", "pt2", "eta2", "phi2"]
        for name in names {
            #expect(
                Fault.succeeds([
                    repack, "-p", "-i", place.path("events.h5"), "-o", place.path("less.h5"), "-s", "/events/\(name)",
                    "-d", "/events/\(name)",
                ]))
        }
        try place.expectRefusal(
            reader.arguments("less.h5"), .malformed, at: "less.h5: /events", "the column 'pt1' is missing")
        try place.succeed("simulate --detector uniform --events 1k --quiet -o shorter.h5")
        #expect(
            Fault.succeeds([
                repack, "-i", place.path("shorter.h5"), "-o", place.path("less.h5"), "-s", "/events/pt1", "-d",
                "/events/pt1",
            ]))
        try place.expectRefusal(
            reader.arguments("less.h5"), .malformed, at: "less.h5: /events/eta1", "2000 rows, others have 1000")
    }

    /// Written in another second, and by another process.
    @Test func theSameRunWritesTheSameBytes() throws {
        let place = try Workplace()
        try place.succeed("simulate \(Self.events) --quiet -o one.h5")
        usleep(1_100_000)
        try place.succeed("simulate \(Self.events) --threads 1 --quiet -o two.h5")
        #expect(try place.data("one.h5") == place.data("two.h5"))
    }
}
