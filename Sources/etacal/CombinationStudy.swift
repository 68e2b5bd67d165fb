import CalibrationFiles
import FileAccess
import Foundation
import Intercalibration
import SumsFiles
import TruthResponse

/// Runs with replicas read and combined.
struct CombinationStudy {
    private let inputs: [CombinationJSON.Input]
    private let scale: SimulationScale?
    private let weights: Combination.Weights
    private let origin: CalibrationOrigin?
    let combination: Combination

    init(_ runs: [String], weights: Combination.Weights) throws {
        let paths = runs.map(Self.paths)
        let stored = try paths.map { try StoredCalibration($0.calibration) }
        let replicas = try paths.map { try ReplicasFile.read($0.replicas) }
        let origins = try paths.map { try CalibrationOrigin.read($0.calibration) }
        for (index, path) in paths.enumerated() {
            func refuse(_ problem: String, _ remedy: String) -> FileError {
                FileError(.malformed, path.calibration, problem, remedy)
            }
            guard replicas[index].calibration == stored[index].sha256 else {
                throw FileError(
                    .malformed, path.replicas, "these are replicas of another calibration than \(path.calibration)",
                    "keep both of one run together")
            }
            guard !stored[index].isExtrapolated else {
                throw refuse(
                    "\(CombinationError.changedAfterTheFit(index))", "derive the calibration without --alpha-edges")
            }
            let relation =
                if let one = origins[index], let first = origins[0] { one.relation(to: first) } else {
                    CalibrationOrigin.Relation.apart
                }
            guard relation == .sameEvents else {
                throw refuse(
                    "its events are not those of \(paths[0].calibration), so that replicas have nothing in common",
                    "derive both from the same tables, or with the same seed, detectors and truth")
            }
            guard stored[index].scale == stored[0].scale else {
                throw refuse(
                    "its MC-truth scale is another than that of \(paths[0].calibration)",
                    "derive both with the same number of events")
            }
        }
        do {
            combination = try Combination(
                zip(stored, replicas).map { .init($0.calibration, replicas: $1.replicas) }, weights: weights)
        } catch {
            let place = error.index.map { paths[$0].calibration } ?? paths.map(\.calibration).joined(separator: ", ")
            throw FileError(.malformed, place, "\(error)", "see 'etacal help combine'")
        }
        inputs = zip(runs, stored).map {
            CombinationJSON.Input(
                name: URL(fileURLWithPath: $0).lastPathComponent, method: $1.calibration.method, sha256: $1.sha256)
        }
        scale = stored[0].scale
        self.weights = weights
        origin = origins[0]
    }

    /// Of a run's directory, or of a calibration with replicas beside it.
    static func paths(_ run: String) -> (calibration: String, replicas: String) {
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: run, isDirectory: &isDirectory), isDirectory.boolValue {
            return ("\(run)/calibration.json", "\(run)/replicas.h5")
        }
        let inRun = URL(fileURLWithPath: run).deletingLastPathComponent().appendingPathComponent("replicas.h5").path
        let own = replicasPath(of: run)
        guard let own, FileManager.default.fileExists(atPath: own) || !FileManager.default.fileExists(atPath: inRun)
        else { return (run, inRun) }
        return (run, own)
    }

    /// Where `fit` puts replicas: calibration.json has calibration.replicas.h5. What is called otherwise, such as a device, has none.
    static func replicasPath(of calibration: String) -> String? {
        calibration.hasSuffix(".json") ? String(calibration.dropLast(5)) + ".replicas.h5" : nil
    }

    /// The calibration file.
    var text: String {
        let configuration =
            "combined:\n"
            + inputs.map { "  - {method: \($0.method.rawValue), sha256: \($0.sha256)}\n" }.joined()
            + "weights: \(weights.rawValue)\n"
        return CalibrationJSON.text(
            combination.calibration, scale: scale,
            provenance: Provenance(
                version: Etacal.version, seed: origin?.seed.flatMap { UInt64($0) }, configuration: configuration,
                configurationSHA256: sha256(Data(configuration.utf8)), inputs: origin?.inputs ?? []),
            combination: CombinationJSON.json(combination, inputs, weights))
    }

    var summaryJSON: JSONText {
        .object([
            ("inputs", .list(inputs.map { .text($0.name) })), ("replicas", .int(combination.replicas)),
            ("bins", .int(combination.bins.joined().count { $0 != nil })), ("chi2", .number(combination.chiSquared)),
            ("ndf", .int(combination.degreesOfFreedom)), ("p_value", .optional(combination.probability)),
            ("negative_weights", .list(combination.negative.map { .list([.int($0.eta), .int($0.pt)]) })),
        ])
    }

    /// At most 80 columns.
    var summary: [String] {
        let binning = combination.calibration.binning
        let style = TerminalStyle.output
        var lines = [
            "\(inputs.map { "\($0.name) (\($0.method.rawValue))" }.joined(separator: ", ")) combined".wrapped(), "",
        ]
        lines.append(
            style.paint("   pT_avg [GeV]   bins   weights, median                 u / u of the best", .heading))
        for pt in binning.quotedPtBins { lines.append(row(pt)) }
        lines.append("")
        lines.append(
            String(
                format: "agreement of methods: chi2/ndf = %.0f/%d, p = ", combination.chiSquared,
                combination.degreesOfFreedom) + Numbers.probability(combination.probability) + " by the replicas")
        let negative = combination.negative
        if !negative.isEmpty {
            let named = negative.prefix(4).map { bin in
                "eta \(Numbers.edge(binning.eta.edges[bin.eta]))..\(Numbers.edge(binning.eta.edges[bin.eta + 1])), "
                    + "pT \(Numbers.edge(binning.ptAverage.edges[bin.pt]))-\(Numbers.edge(binning.ptAverage.edges[bin.pt + 1]))"
            }
            let more = negative.count > named.count ? " and \(negative.count - named.count) more" : ""
            let text =
                "\(negative.count) bins have a weight below zero, as methods fluctuate much alike there: "
                + "\(named.joined(separator: "; "))\(more); --weights positive has none"
            lines.append(style.paint(text.wrapped(), .caution))
        }
        return lines
    }

    private func row(_ pt: Int) -> String {
        let (binning, calibration) = (combination.calibration.binning, combination.calibration)
        let bins = combination.bins.indices.compactMap { eta -> (eta: Int, bin: Combination.Bin)? in
            combination.bins[eta][pt].flatMap { $0.degreesOfFreedom > 0 ? (eta, $0) : nil }
        }
        func median(_ values: [Double]) -> String {
            values.isEmpty ? "-" : String(format: "%.2f", values.sorted()[values.count / 2])
        }
        let gains = bins.compactMap { eta, bin -> Double? in
            guard let best = bin.deviations.compactMap({ $0 }).min(), best > 0 else { return nil }
            return max(0, calibration.logCovariance[pt][eta][eta]).squareRoot() / best
        }
        var row = TableRow()
        row.put(
            Numbers.edge(binning.ptAverage.edges[pt]), "-" + Numbers.edge(binning.ptAverage.edges[pt + 1]), at: 8)
        row.put("\(bins.count)", at: 23)
        row.put(
            inputs.indices.map { index in median(bins.map { $0.bin.weights[index] }) }.joined(separator: " "), at: 30)
        row.put(median(gains), at: 66)
        return row.text
    }
}
