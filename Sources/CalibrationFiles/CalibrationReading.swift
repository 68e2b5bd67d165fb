internal import Balance
internal import Binning
internal import FileAccess
internal import Foundation
public import Intercalibration
public import TruthResponse

/// What can be applied of a calibration file: the scale of simulation, the residual, and all that `verify` needs.
public struct StoredCalibration: Sendable {
    public let calibration: Calibration
    public let scale: SimulationScale?
    /// Of the file.
    public let sha256: String
    /// Whether the constants are those at α → 0.
    public let isExtrapolated: Bool

    private struct Document: Decodable {
        struct Gauge: Decodable { let reference_abs_eta_max: Double }
        struct Scale: Decodable {
            let eta_edges: [Double]
            let coefficients: [[Double]]
            let ln_pt_range: [[Double]]
        }
        struct Extrapolation: Decodable {}
        struct Covariance: Decodable {
            let blocks: [[[Double?]]]
            let cross_blocks: [[[[Double?]]]]?
            let scatter: [[Double]]?
        }
        struct Response: Decodable {
            let value: [[Double?]]
            let uncertainty: [[Double?]]
        }
        struct Fit: Decodable {
            let chi2: Double
            let ndf: Int
            let p_value: Double?
            let rank: Int
            let iterations: Int
            let valid: Bool
        }
        let method: String
        let location: String?
        let kind: String
        let gauge: Gauge
        let eta_edges: [Double]
        let pt_edges: [Double]
        let quoted_pt_min: Double?
        let correction: [[Double?]]
        let pt_mean: [[Double?]]
        let status: [[String]]
        let mc_truth: Scale?
        let surface: SurfaceJSON.Document?
        let covariance: Covariance
        let smoothing: SmoothingJSON.Document?
        let extrapolation: Extrapolation?
        let response_data: Response?
        let response_mc: Response?
        let fits: [Fit]
        let passes: Int?
    }

    /// The keys that an object may have, by its key path. A key that is not known may be a misspelt one, and a scale that
    /// is not found would not be applied.
    private static let keys = [
        "": [
            "schema", "method", "location", "kind", "gauge", "eta_edges", "pt_edges", "quoted_pt_min", "correction",
            "uncertainty",
            "pt_mean", "status", "response_data", "response_mc", "mc_truth", "surface", "covariance", "fits",
            "smoothing", "combination", "extrapolation", "passes", "last_change", "event_bound", "bootstrap",
            "compatibility", "provenance",
        ],
        "gauge": ["reference_abs_eta_max"], "covariance": ["order", "blocks", "cross_blocks", "scatter"],
        "mc_truth": ["form", "eta_edges", "coefficients", "ln_pt_range"],
        "response_data": ["value", "uncertainty"], "response_mc": ["value", "uncertainty"],
    ].merging(SurfaceJSON.keys) { $1 }.merging(ExtrapolationJSON.keys) { $1 }.merging(BootstrapJSON.keys) { $1 }
        .merging(CompatibilityJSON.keys) { $1 }.merging(SmoothingJSON.keys) { $1 }.merging(CombinationJSON.keys) { $1 }

    private struct Header: Decodable { let schema: String }

    /// - Throws: `FileError` when the file is not a calibration of a schema that this version reads.
    public init(_ path: String) throws {
        let data = try readFile(path)
        sha256 = FileAccess.sha256(data)
        let document: Document
        do {
            let schema = try JSONDecoder().decode(Header.self, from: data).schema
            guard schema == CalibrationJSON.schema else {
                throw FileError(
                    .malformed, "\(path): schema", "the schema '\(excerpt(schema))' is not known",
                    "this version reads '\(CalibrationJSON.schema)'")
            }
            document = try JSONDecoder().decode(Document.self, from: data)
            // The decoder looks only at what it is asked for; the rest has to be JSON too.
            guard (try? JSONSerialization.jsonObject(with: data)) != nil, String(data: data, encoding: .utf8) != nil
            else {
                throw FileError(
                    .malformed, "\(path): top level", "this is not JSON in UTF-8", "give a calibration.json")
            }
            try JSONKeys.check(data) { Self.keys[$0] }
        } catch let fault as JSONKeys.Fault {
            throw FileError(
                .malformed, "\(path): \(excerpt(fault.path.joined(separator: ".")))", fault.problem,
                "derive the calibration anew")
        } catch let error as DecodingError {
            throw FileError(
                .malformed, "\(path): \(Self.keyPath(error))", Self.problem(error), "give a calibration.json")
        }
        func malformed(_ key: String, _ problem: String) -> FileError {
            FileError(.malformed, "\(path): \(key)", problem, "derive the calibration anew")
        }
        let eta: Axis
        let pt: Axis
        let binning: BalanceBinning
        do {
            eta = try Axis(edges: document.eta_edges)
            pt = try Axis(edges: document.pt_edges)
            binning = try BalanceBinning(
                eta: eta, ptAverage: pt, referenceAbsEtaMaximum: document.gauge.reference_abs_eta_max,
                quotedPtMinimum: document.quoted_pt_min ?? document.pt_edges[0])
        } catch let error as AxisError { throw malformed("eta_edges, pt_edges", "\(error)") } catch let error
            as SelectionError
        { throw malformed(error.key, error.problem) }
        func isTable<Value>(_ table: [[Value]], _ rows: Int, _ columns: Int) -> Bool {
            table.count == rows && table.allSatisfy { $0.count == columns }
        }
        for (key, isRight) in [
            ("correction", isTable(document.correction, eta.count, pt.count)),
            ("pt_mean", isTable(document.pt_mean, eta.count, pt.count)),
            ("status", isTable(document.status, eta.count, pt.count)), ("fits", document.fits.count == pt.count),
            (
                "covariance.blocks",
                document.covariance.blocks.count == pt.count
                    && document.covariance.blocks.allSatisfy { isTable($0, eta.count, eta.count) }
            ),
            (
                "covariance.cross_blocks",
                document.covariance.cross_blocks.map { blocks in
                    blocks.count == pt.count
                        && blocks.enumerated().allSatisfy { own, later in
                            later.count == pt.count - 1 - own
                                && later.allSatisfy { isTable($0, eta.count, eta.count) }
                        }
                } ?? true
            ),
            ("covariance.scatter", document.covariance.scatter.map { isTable($0, pt.count, pt.count) } ?? true),
        ] where !isRight { throw malformed(key, "the table does not have the shape of the edges") }
        for row in 0..<eta.count {
            for column in 0..<pt.count {
                guard let constant = document.correction[row][column] else { continue }
                guard constant > 0, let mean = document.pt_mean[row][column], mean > 0 else {
                    throw malformed(
                        "correction.\(row).\(column)", "the constant \(constant) or its pt_mean is not positive")
                }
                guard constant > 0.01, constant < 100, mean < 1e6 else {
                    throw malformed(
                        "correction.\(row).\(column)", "the constant \(constant) at \(mean) GeV is not possible")
                }
            }
        }
        for (block, matrix) in document.covariance.blocks.enumerated() {
            let determined = (0..<eta.count).filter { document.correction[$0][block] != nil }
            if let fault = Self.covarianceFault(matrix, determined) {
                throw malformed("covariance.blocks.\(block).\(fault.row).\(fault.column)", fault.problem)
            }
        }
        let cross = document.covariance.cross_blocks ?? []
        func determined(_ pt: Int) -> [Int] { (0..<eta.count).filter { document.correction[$0][pt] != nil } }
        func variance(_ bin: Int, _ pt: Int) -> Double { document.covariance.blocks[pt][bin][bin] ?? 0 }
        for (block, later) in cross.enumerated() {
            for (distance, matrix) in later.enumerated() {
                let other = block + 1 + distance
                for row in determined(block) {
                    for column in determined(other) {
                        let largest = max(0, variance(row, block) * variance(column, other)).squareRoot()
                        guard let value = matrix[row][column], abs(value) <= largest * (1 + 1e-6) + 1e-9 else {
                            throw malformed(
                                "covariance.cross_blocks.\(block).\(distance).\(row).\(column)",
                                "the covariance is missing or does not fit to the variances")
                        }
                    }
                }
            }
        }
        for (key, table) in [("response_data", document.response_data), ("response_mc", document.response_mc)] {
            guard let table else { continue }
            guard isTable(table.value, eta.count, pt.count), isTable(table.uncertainty, eta.count, pt.count) else {
                throw malformed(key, "the tables do not have the shape of the edges")
            }
        }
        for (row, names) in document.status.enumerated() {
            for (column, name) in names.enumerated() where BinStatus(rawValue: name) == nil {
                throw malformed("status.\(row).\(column)", "'\(excerpt(name))' is not a status")
            }
            for (column, name) in names.enumerated() {
                let isDetermined = [BinStatus.ok, .extrapolated].contains(BinStatus(rawValue: name))
                guard (document.correction[row][column] != nil) == isDetermined else {
                    throw malformed(
                        "status.\(row).\(column)",
                        "the bin is '\(name)' and has \(isDetermined ? "no constant" : "a constant")")
                }
            }
        }
        guard let method = Method(rawValue: document.method), let kind = Calibration.Kind(rawValue: document.kind)
        else {
            throw malformed("method, kind", "'\(excerpt(document.method))', '\(excerpt(document.kind))' are not known")
        }
        guard let location = LocationEstimator(rawValue: document.location ?? LocationEstimator.mean.rawValue) else {
            throw malformed("location", "'\(excerpt(document.location ?? ""))' is not known")
        }
        func logarithmic(_ matrix: [[Double?]], _ rowBin: Int, _ columnBin: Int) -> [[Double]] {
            (0..<eta.count).map { row in
                (0..<eta.count).map { column -> Double in
                    guard let value = matrix[row][column], let one = document.correction[row][rowBin],
                        let other = document.correction[column][columnBin]
                    else { return 0 }
                    return value / (one * other)
                }
            }
        }
        func response(_ table: Document.Response?) -> ResponseTable? {
            table.map { ResponseTable(values: $0.value, uncertainties: $0.uncertainty) }
        }
        let empty = (0..<eta.count).map { _ in [Double?](repeating: nil, count: pt.count) }
        var calibration = Calibration(
            method: method, kind: kind, binning: binning, constants: document.correction, ptMean: document.pt_mean,
            status: document.status.map { $0.map { BinStatus(rawValue: $0) ?? .unconstrained } },
            logCovariance: document.covariance.blocks.enumerated().map { logarithmic($1, $0, $0) },
            fits: document.fits.map {
                FitQuality(
                    chiSquared: $0.chi2, degreesOfFreedom: $0.ndf, probability: $0.p_value, pairs: 0, rank: $0.rank,
                    expectedRank: $0.rank, conditionNumber: 1, iterations: $0.iterations, converged: $0.valid,
                    components: [], invalidReason: $0.valid ? nil : "the file says so")
            },
            dataResponse: response(document.response_data) ?? ResponseTable(values: empty, uncertainties: empty),
            simulationResponse: response(document.response_mc), passes: document.passes ?? 1)
        calibration.location = location
        calibration.reaction = document.covariance.scatter.map { RefinementReaction(scatter: $0) }
        calibration.crossLogCovariance = cross.enumerated().map { block, later in
            later.enumerated().map { logarithmic($1, block, block + 1 + $0) }
        }
        let scale: SimulationScale? = try document.mc_truth.map { scale in
            let bins = scale.eta_edges.count - 1
            guard bins > 1, scale.coefficients.count == bins, scale.ln_pt_range.count == bins,
                zip(scale.coefficients, scale.ln_pt_range).allSatisfy({
                    $0.isEmpty == $1.isEmpty && ($1.isEmpty || $1.count == 2)
                })
            else { throw malformed("mc_truth", "the tables do not have the shape of the edges") }
            let edges = scale.eta_edges
            let step = (edges[bins] - edges[0]) / Double(bins)
            guard step > 0, (0...bins).allSatisfy({ abs(edges[$0] - edges[0] - Double($0) * step) < 1e-6 * step })
            else {
                throw malformed("mc_truth.eta_edges", "the edges do not increase in equal steps")
            }
            guard abs(edges[0] + edges[bins]) < 1e-6 * step, edges[bins] <= 20, bins <= 4000 else {
                throw malformed("mc_truth.eta_edges", "the edges are not symmetric about 0, or are too many")
            }
            for bin in 0..<bins where !scale.coefficients[bin].isEmpty {
                guard Self.isPossible(scale.coefficients[bin], scale.ln_pt_range[bin]) else {
                    throw malformed("mc_truth.coefficients.\(bin)", "the response is not possible in its range of pT")
                }
            }
            return SimulationScale(
                etaEdges: scale.eta_edges, coefficients: scale.coefficients, range: scale.ln_pt_range)
        }
        guard (document.surface != nil) == (method == .fold) else {
            throw malformed("surface", "the method \(method.rawValue) \(method == .fold ? "has one" : "has none")")
        }
        do throws(SurfaceJSON.Fault) {
            calibration.surface = try document.surface.map { surface throws(SurfaceJSON.Fault) in
                try SurfaceJSON.surface(surface, eta: eta, simulated: scale?.responseGrid)
            }
        } catch {
            throw malformed("surface.\(error.key)", error.problem)
        }
        do throws(SmoothingJSON.Fault) {
            calibration.smoothing = try document.smoothing.map { smoothing throws(SmoothingJSON.Fault) in
                try SmoothingJSON.smoothed(smoothing, constants: document.correction)
            }
        } catch {
            throw malformed("smoothing.\(error.key)", error.problem)
        }
        self.calibration = calibration
        self.scale = scale
        isExtrapolated = document.extrapolation != nil
    }

    static func keyPath(_ error: DecodingError) -> String {
        let context: DecodingError.Context? =
            switch error {
            case .keyNotFound(let key, let context):
                DecodingError.Context(codingPath: context.codingPath + [key], debugDescription: "")
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): context
            @unknown default: nil
            }
        let path = context?.codingPath.map { $0.intValue.map { "\($0)" } ?? $0.stringValue } ?? []
        return path.isEmpty ? "top level" : path.joined(separator: ".")
    }

    static func problem(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound: "the key is missing"
        case .typeMismatch, .valueNotFound: "the value is of another type"
        default: "this is not JSON"
        }
    }
}
