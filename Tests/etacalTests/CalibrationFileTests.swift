import Foundation
import Testing

/// What `apply` and `verify` say of calibrations that they cannot use.
struct CalibrationFileTests {
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The key path.
        let place: String
        let problem: String?
        let change: @Sendable (inout JSON) -> Void

        init(_ name: String, at place: String, _ problem: String?, _ change: @escaping @Sendable (inout JSON) -> Void) {
            testDescription = name
            self.place = place
            self.problem = problem
            self.change = change
        }

        static let all = missing + shapes + values

        private static let missing =
            [
                "schema", "method", "kind", "gauge", "eta_edges", "pt_edges", "correction", "pt_mean", "status",
                "covariance", "fits",
            ]
            .map { key in
                Damage("no \(key)", at: "\(key)", "missing") { json in
                    var object = json.value as? [String: Any] ?? [:]
                    object[key] = nil
                    json.value = object
                }
            }

        private static let shapes =
            ["correction", "pt_mean", "status"].flatMap { key in
                [
                    Damage("\(key) without its last row", at: "\(key)", "shape") {
                        $0[key].value = ($0[key].list ?? []).dropLast().map(\.value)
                    },
                    Damage("\(key) with a short row", at: "\(key)", "shape") {
                        $0[key][1].value = ($0[key][1].list ?? []).dropLast().map(\.value)
                    },
                ]
            } + [
                Damage("a fit too few", at: "fits", "shape") {
                    $0["fits"].value = ($0["fits"].list ?? []).dropLast().map(\.value)
                },
                Damage("a covariance too few", at: "covariance.blocks", "shape") {
                    $0["covariance"]["blocks"].value = ($0["covariance"]["blocks"].list ?? []).dropLast().map(\.value)
                },
                Damage("a covariance that is not square", at: "covariance.blocks", "shape") {
                    $0["covariance"]["blocks"][0].value = [[1.0]]
                },
                Damage("tables for other edges", at: "correction", "shape") {
                    $0["eta_edges"].value = ($0["eta_edges"].doubles ?? []) + [5.0]
                },
                Damage("a scale without coefficients", at: "mc_truth", "shape") {
                    $0["mc_truth"]["coefficients"].value = [[Double]]()
                },
                Damage("a scale whose edges decrease", at: "mc_truth.eta_edges", nil) {
                    $0["mc_truth"]["eta_edges"].value =
                        ($0["mc_truth"]["eta_edges"].doubles ?? []).reversed() as [Double]
                },
                Damage("a scale whose edges are all the same", at: "mc_truth.eta_edges", nil) {
                    $0["mc_truth"]["eta_edges"].value = ($0["mc_truth"]["eta_edges"].doubles ?? []).map { _ in 0.0 }
                },
            ]

        private static let values = [
            Damage("another schema", at: "schema", "'etacal.calibration/2' is not known") {
                $0["schema"].value = "etacal.calibration/2"
            },
            Damage("a schema that is a number", at: "schema", "another type") { $0["schema"].value = 1 },
            Damage("text for a table", at: "correction", "another type") { $0["correction"].value = "all ones" },
            Damage("text in a table", at: "correction.2.1", "another type") { $0["correction"][2][1].value = "one" },
            Damage("an unknown method", at: "method, kind", "'guess'") { $0["method"].value = "guess" },
            Damage("an unknown kind", at: "method, kind", "'other'") { $0["kind"].value = "other" },
            Damage("an unknown status", at: "status.0.0", "'fine'") { $0["status"][0][0].value = "fine" },
            Damage("decreasing edges", at: "eta_edges, pt_edges", "not above the one before") {
                $0["pt_edges"].value = [40.0, 160, 80, 320]
            },
            Damage("a single edge", at: "eta_edges, pt_edges", "two edges") { $0["pt_edges"].value = [40.0] },
            Damage("no reference", at: "reference_abs_eta_max", "no η bin") {
                $0["gauge"]["reference_abs_eta_max"].value = 0.1
            },
            Damage("a quoted pT that is no edge", at: "quoted_pt_min", "90") { $0["quoted_pt_min"].value = 90.0 },
            Damage("a negative constant", at: "correction.2.1", "not positive") { $0["correction"][2][1].value = -1.0 },
            Damage("a constant of 0", at: "correction.2.1", "not positive") { $0["correction"][2][1].value = 0.0 },
            Damage("a constant of 1e300", at: "correction.2.1", "1e+300") { $0["correction"][2][1].value = 1e300 },
            Damage("a constant without its pT", at: "correction.2.1", "pt_mean") {
                $0["pt_mean"][2][1].value = NSNull()
            },
            Damage("a negative variance", at: "covariance.blocks.1.2.2", "-1.0 is negative") {
                $0["covariance"]["blocks"][1][2][2].value = -1.0
            },
        ]
    }

    private static let apply = "apply calibration.json events.csv -o out"
    private static let verify = "verify calibration.json --data events.csv -o out"

    private static func workplace(_ calibration: Data) throws -> Workplace {
        let place = try Workplace()
        try place.write(calibration, to: "calibration.json")
        try place.write(Sample.events, to: "events.csv")
        return place
    }

    @Test func aRewrittenFileIsValid() throws {
        let place = try Self.workplace(SmallStudy.shared.get().workplace.json("calibration.json").data)
        try place.succeed(Self.apply)
    }

    @Test(arguments: Damage.all)
    func damageIsNamed(damage: Damage) throws {
        var json = try SmallStudy.shared.get().workplace.json("calibration.json")
        damage.change(&json)
        let place = try Self.workplace(json.data)
        for line in [Self.apply, Self.verify] {
            try place.expectRefusal(line, .malformed, at: "calibration.json: \(damage.place)", damage.problem)
            try? FileManager.default.removeItem(atPath: place.path("out"))
        }
    }

    @Test(arguments: ["", "constants", "{", "[1, 2", "{\"schema\": \"etacal.calibration/1\"", Sample.events])
    func whatIsNotJSONIsRefused(text: String) throws {
        let place = try Self.workplace(Data(text.utf8))
        for line in [Self.apply, Self.verify] {
            try place.expectRefusal(line, .malformed, at: "calibration.json: top level", "not JSON")
        }
    }

    @Test(arguments: ["[]", "1", "\"etacal.calibration/1\"", "null"])
    func whatIsNotAnObjectIsRefused(text: String) throws {
        let place = try Self.workplace(Data(text.utf8))
        try place.expectRefusal(Self.apply, .malformed, at: "calibration.json: top level", "another type")
    }

    @Test func aClosureIsNoCalibration() throws {
        let place = try Self.workplace(SmallStudy.shared.get().workplace.data("run/closure.json"))
        for line in [Self.apply, Self.verify] {
            try place.expectRefusal(line, .malformed, at: "calibration.json: schema", "'etacal.closure/1' is not known")
        }
    }

    @Test(arguments: [("none.json", "no such file"), (".", "directory")])
    func filesThatCannotBeReadAreNamed(name: String, problem: String) throws {
        let place = try Self.workplace(Data())
        try place.expectRefusal(["apply", name, "events.csv", "-o", "out"], .unreadable, at: name, problem)
        try place.expectRefusal(["verify", name, "--data", "events.csv", "-o", "out"], .unreadable, at: name, problem)
    }
}
