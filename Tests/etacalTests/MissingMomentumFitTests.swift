import Foundation
import Testing

/// `fit --method mpf` of tables.
struct MissingMomentumFitTests {
    /// As `simulate` writes them, and with the missing momentum alone: to the rounding of sums.
    @Test func theSoftTermMayBeLeftOut() throws {
        let study = try SmallStudy.shared.get()
        let place = try Workplace()
        try place.write(study.workplace.text("binning.yaml"), to: "binning.yaml")
        func fit(_ mc: String, _ output: String) throws {
            _ = try place.etacal(
                "fit \(study.path("data.csv.gz")) --mc \(mc) --method mpf --binning binning.yaml --quiet -o \(output)")
        }
        try fit(study.path("mc.csv"), "told.json")
        let header = try study.workplace.text("mc.csv").replacingOccurrences(of: "soft_x,soft_y", with: "a,b")
        try place.write(header, to: "mc.csv")
        try fit("mc.csv", "found.json")
        let (told, found) = (try place.json("told.json"), try place.json("found.json"))
        #expect(told["method"].string == "mpf")
        var constants = 0
        for (one, other) in zip(told["correction"].list ?? [], found["correction"].list ?? []) {
            for (one, other) in zip(one.list ?? [], other.list ?? []) {
                guard let one = one.double, let other = other.double else { continue }
                #expect(abs(one - other) < 1e-9)
                constants += 1
            }
        }
        #expect(constants > 10)
        // Read strictly; another balance of the same events is no part of this one.
        _ = try place.etacal(
            "fit \(study.path("data.csv.gz")) --mc \(study.path("mc.csv")) --binning binning.yaml --quiet -o matrix.json"
        )
        let report = try JSON(place.succeed("compare told.json matrix.json --json"))
        #expect(report["compared"][0]["relation"].string == "same-events")
        #expect(report["compared"][0]["correlation"].string == "none")
    }

    @Test(arguments: ["", "--mc mc.csv"]) func tablesWithoutItAreRefused(simulation: String) throws {
        let place = try Workplace()
        try place.write(Sample.events, to: "events.csv")
        try place.write(Sample.events.replacingOccurrences(of: "true_pt3,true_eta3", with: "met_x,met_y"), to: "mc.csv")
        try place.expectRefusal(
            "fit events.csv \(simulation) --method mpf -o out", .malformed, at: "events.csv:1",
            "the columns met_x and met_y, or soft_x and soft_y, are missing")
        if !simulation.isEmpty {
            try place.expectRefusal(
                "fit events.csv \(simulation) --method likelihood -o out", .malformed, at: "events.csv:1",
                "the columns met_x and met_y, or soft_x and soft_y, are missing")
        }
        try place.expectRefusal(
            "fit mc.csv --method mpf -o out", .malformed, at: "mc.csv:2", "the missing momentum is missing")
    }
}
