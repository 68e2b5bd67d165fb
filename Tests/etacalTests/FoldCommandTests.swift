import Foundation
import Testing

/// `--method fold` from the command line.
struct FoldCommandTests {
    @Test func aFoldedCalibrationIsUsedByAllVerbs() throws {
        let place = try Workplace()
        let events = "--detector cms-like --events 300k"
        try place.succeed("simulate \(events) --quiet -o mc.h5")
        try place.succeed("simulate \(events) --pseudo-data --quiet -o data.h5")
        let output = try place.succeed("fit data.h5 --mc mc.h5 --method fold --binning coarse -o c.json")
        #expect(output.contains("quoted bins lie beyond the data"), "\(output)")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(place.text("c.json").utf8)) as? [String: Any])
        #expect(json["method"] as? String == "fold")
        let surface = try #require(json["surface"] as? [String: Any])
        let breaks = try #require(surface["eta_breaks"] as? [Double])
        let pts = try #require(surface["ln_pt_breaks"] as? [Double])
        let coefficients = try #require(surface["coefficients"] as? [[Double]])
        #expect(coefficients.count == breaks.count + 2 && coefficients.allSatisfy { $0.count == pts.count + 2 })
        #expect((surface["resolution"] as? [String: Any])?["ln_k"] != nil)
        let status = try #require(json["status"] as? [[String]])
        #expect(status.joined().contains("extrapolated"))
        // Where it is frozen the uncertainty is larger than at the edge of the data.
        let uncertainty = try #require(json["uncertainty"] as? [[Double?]])
        for (names, values) in zip(status, uncertainty) {
            guard let last = names.lastIndex(of: "ok"), last + 1 < names.count, names[last + 1] == "extrapolated" else {
                continue
            }
            #expect(try #require(values[last + 1]) > #require(values[last]))
        }

        let applied = try place.succeed("apply c.json data.h5 -o calibrated.h5")
        #expect(!applied.contains("keep the MC-truth scale alone"), "\(applied)")
        try place.succeed("verify c.json --data data.h5 --mc mc.h5 --tolerance 0.5 -o closure.json")
        try place.succeed("fit data.h5 --mc mc.h5 --binning coarse -o matrix.json")
        let compared = try place.succeed("compare c.json matrix.json")
        #expect(compared.contains("chi2"), "\(compared)")
    }

    @Test func withoutTruthTheResolutionIsThatOfSimulation() throws {
        let place = try Workplace()
        try place.succeed("simulate --detector uniform --events 200k --quiet -o mc.csv")
        try place.succeed("simulate --detector uniform --events 200k --pseudo-data --quiet -o data.csv")
        let text = try place.text("mc.csv")
        let lines = text.split(separator: "\n")
        let kept = lines[0].split(separator: ",", omittingEmptySubsequences: false).indices.filter {
            !lines[0].split(separator: ",", omittingEmptySubsequences: false)[$0].hasPrefix("true")
        }
        let bare = lines.map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            return kept.map { fields[$0] }.joined(separator: ",")
        }
        try place.write(bare.joined(separator: "\n") + "\n", to: "bare.csv")
        try place.succeed("fit data.csv --mc bare.csv --method fold --binning coarse -o c.json")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(place.text("c.json").utf8)) as? [String: Any])
        let surface = try #require(json["surface"] as? [String: Any])
        #expect(surface["resolution"] is NSNull)
    }
}
