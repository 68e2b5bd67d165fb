import Foundation
import Testing

/// `etacal combine` of runs on the same events.
struct CombineTests {
    private static let run = "closure --binning coarse --events 200k --tolerance 0.5 --quiet"

    private struct File: Decodable {
        struct Combination: Decodable {
            struct Input: Decodable { let method: String }
            let inputs: [Input]
            let weights: [[[Double]?]]
            let negative_weights: [[Int]]
            let p_value: Double?
        }
        let correction: [[Double?]]
        let uncertainty: [[Double?]]
        let combination: Combination?
    }

    private func calibration(_ place: Workplace, _ file: String) throws -> File {
        try JSONDecoder().decode(File.self, from: place.data(file))
    }

    @Test func methodsOnTheSameEventsAreCombined() throws {
        let place = try Workplace()
        for method in ["matrix", "mpf"] {
            try place.succeed("\(Self.run) --replicas 200 --method \(method) -o \(method)")
        }
        let output = try place.succeed("combine matrix mpf/calibration.json -o c.json")
        #expect(output.contains("agreement of methods"), "\(output)")
        #expect(output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(output)")
        let json = try calibration(place, "c.json")
        let combination = try #require(json.combination)
        #expect(combination.inputs.map(\.method) == ["matrix", "mpf"])
        let parts = try ["matrix", "mpf"].map { try calibration(place, "\($0)/calibration.json") }
        var better = 0
        for (eta, row) in combination.weights.enumerated() {
            for (pt, weights) in row.enumerated() {
                guard let weights else { continue }
                #expect(abs(weights.reduce(0, +) - 1) < 1e-12)
                #expect(json.correction[eta][pt] != nil)
                #expect(weights.contains { $0 < 0 } == combination.negative_weights.contains([eta, pt]))
                let own = parts.compactMap { $0.uncertainty[eta][pt] }
                if own.count == 2, let combined = json.uncertainty[eta][pt] {
                    // 200 replicas know it to 5 %.
                    #expect(combined < 1.15 * (own.min() ?? 0))
                    better += combined < 0.95 * (own.min() ?? 0) ? 1 : 0
                }
            }
        }
        #expect(better > 20)

        // It is a calibration like others, and positive weights are.
        try place.succeed("simulate --detector cms-like --events 2k --pseudo-data --quiet -o data.csv")
        try place.succeed("apply c.json data.csv --quiet -o applied.csv")
        try place.succeed("combine matrix mpf --weights positive --quiet -o positive.json")
        #expect(try #require(try calibration(place, "positive.json").combination).negative_weights.isEmpty)
    }

    @Test func tablesKeepTheirReplicasBesideTheCalibration() throws {
        let place = try Workplace()
        for (role, name) in [("", "mc.h5"), ("--pseudo-data", "data.h5")] {
            try place.succeed("simulate --detector cms-like --events 200k \(role) --quiet -o \(name)")
        }
        let fit = "fit data.h5 --mc mc.h5 --binning coarse --replicas 100 --quiet"
        try place.succeed("\(fit) -o one.json")
        try place.succeed("\(fit) --method matrix-linear -o two.json")
        try place.succeed("\(fit) --method central -o three.json")
        try place.succeed("combine one.json three.json --quiet -o c.json")
        #expect(try calibration(place, "c.json").combination?.inputs.count == 2)

        // Replicas of another calibration are found out.
        try place.succeed("\(fit) --method central --passes 1 --overwrite -o two.json")
        try FileManager.default.removeItem(atPath: place.path("one.replicas.h5"))
        try FileManager.default.copyItem(atPath: place.path("two.replicas.h5"), toPath: place.path("one.replicas.h5"))
        let outcome = try place.etacal("combine one.json three.json -o d.json")
        #expect(Int(outcome.status) == 65 && outcome.errors.contains("another calibration"), "\(outcome)")
    }

    @Test func whatHasNothingInCommonIsRefused() throws {
        let place = try Workplace()
        let run = "closure --binning coarse --events 60k --tolerance 0.5 --passes 1 --quiet"
        try place.succeed("\(run) --replicas 100 -o one")
        try place.succeed("\(run) --replicas 100 --seed 2 -o other")
        try place.succeed("\(run) --replicas 120 --method central -o more")
        try place.succeed("\(run) --method central -o none")
        try place.succeed("\(run) --replicas 100 --method central --smoothing kernel -o smooth")
        for (runs, status, words) in [
            ("one other", 65, "its events are not those"), ("one more", 65, "replicas of 1024 sub-samples"),
            ("one none", 66, "replicas.h5"), ("one smooth", 65, "smoothed or extrapolated"), ("one one", 65, "alike"),
            ("one", 64, "two or more"),
        ] {
            let outcome = try place.etacal("combine \(runs) -o c.json")
            #expect(Int(outcome.status) == status && outcome.errors.contains(words), "\(outcome)")
        }
        #expect(!FileManager.default.fileExists(atPath: place.path("c.json")))
    }
}
