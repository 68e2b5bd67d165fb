public import FileAccess
internal import HDF5
public import Intercalibration

/// Replicas of a calibration in HDF5, beside its JSON; docs/cli.md has the layout.
public struct ReplicasFile {
    static let schema = "etacal.replicas/1"
    private static let storage = HDF5Storage(chunkRows: 1024, deflateLevel: 1)
    fileprivate static let remedy = "give what 'closure' or 'fit' has written with '--replicas'"

    public let replicas: Bootstrap
    /// SHA-256 of the calibration that they belong to.
    public let calibration: String

    public init(_ replicas: Bootstrap, calibration: String) {
        self.replicas = replicas
        self.calibration = calibration
    }

    /// Writes into a file that is being made.
    public func write(into path: String) throws(FileError) {
        do throws(HDF5Error) {
            let file = try HDF5File(creating: path)
            let root = try file.root
            try root.setAttribute("schema", Self.schema)
            try root.setAttribute("calibration_sha256", calibration)
            try root.setAttribute("sub_samples", replicas.subSamples)
            try root.setAttribute("pt_bins", replicas.fitted.count)
            let bins = replicas.fitted.first?.count ?? 0
            func numbers(_ rows: [[Double?]]) -> [Double] { rows.joined().map { $0 ?? .nan } }
            try root.write(numbers(replicas.fitted), to: "ln_r", columns: bins, Self.storage)
            try root.write(
                Array(replicas.quotedVariances.joined()), to: "quoted_variance", columns: bins, Self.storage)
            try root.write(
                numbers(Array(replicas.logResponses.joined())), to: "replicas_ln_r", columns: bins, Self.storage)
            try file.close()
        } catch { throw FileError(path, error) }
    }

    /// - Throws: `FileError`.
    public static func read(_ path: String) throws -> ReplicasFile {
        try requireFile(path, again: true)
        do {
            let root = try HDF5File(reading: path).root
            guard try root.hasAttribute("schema"), try root.textAttribute("schema") == schema else {
                throw FileError(.malformed, path, "this file does not hold replicas", remedy)
            }
            let (ptBins, subSamples) = (try root.intAttribute("pt_bins"), try root.intAttribute("sub_samples"))
            let (fitted, variances) = (try root.dataset("ln_r"), try root.dataset("quoted_variance"))
            let rows = try root.dataset("replicas_ln_r")
            let bins = fitted.columns
            guard ptBins > 0, bins > 0, subSamples > 0, fitted.rows == ptBins, variances.rows == ptBins,
                variances.columns == bins, rows.columns == bins, rows.rows.isMultiple(of: ptBins),
                rows.rows / ptBins >= 2
            else { throw FileError(.malformed, path, "the tables do not have the shape of pT and η bins", remedy) }
            func table(_ numbers: [Double]) -> [[Double]] {
                stride(from: 0, to: numbers.count, by: bins).map { Array(numbers[$0..<$0 + bins]) }
            }
            func known(_ rows: [[Double]]) -> [[Double?]] { rows.map { $0.map { $0.isFinite ? $0 : nil } } }
            let all = known(table(try rows.read(Double.self)))
            let replicas = all.count / ptBins
            return ReplicasFile(
                Bootstrap(
                    subSamples: subSamples, fitted: known(table(try fitted.read(Double.self))),
                    quotedVariances: table(try variances.read(Double.self)),
                    logResponses: (0..<ptBins).map { Array(all[$0 * replicas..<($0 + 1) * replicas]) }),
                calibration: try root.textAttribute("calibration_sha256"))
        } catch let error as HDF5Error {
            throw FileError(path, error)
        }
    }
}

extension FileError {
    fileprivate init(_ path: String, _ error: HDF5Error) {
        let place = error.place.object == "/" ? path : "\(path): \(error.place.object)"
        switch error.kind {
        case .notHDF5, .missing, .type, .shape, .filter:
            self.init(.malformed, place, error.problem, ReplicasFile.remedy)
        case .failed: self.init(.failed, place, error.problem, "check the disk and the file")
        }
    }
}
