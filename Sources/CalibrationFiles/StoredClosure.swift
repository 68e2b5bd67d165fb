internal import Binning
internal import FileAccess
internal import Foundation

/// The non-closure of a `closure.json`, schema `etacal.closure/1`.
public struct StoredClosure: Sendable {
    public let etaEdges: [Double]
    /// Of the true pT, GeV.
    public let ptEdges: [Double]
    /// [η bin][pT bin], nil where undetermined.
    public let nonclosure: [[Double?]]
    /// One standard deviation of fit and test.
    public let uncertainty: [[Double?]]

    private struct Document: Decodable {
        let schema: String
        let eta_edges: [Double]
        let pt_edges: [Double]
        let nonclosure: [[Double?]]
        let uncertainty: [[Double?]]
    }

    /// - Throws: `FileError` when the file is not a closure of a schema that this version reads.
    public init(_ path: String) throws {
        let data = try readFile(path)
        func malformed(_ key: String, _ problem: String) -> FileError {
            FileError(.malformed, "\(path): \(key)", problem, "give a closure.json")
        }
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: data)
            // The decoder looks only at what it is asked for.
            guard (try? JSONSerialization.jsonObject(with: data)) != nil, String(data: data, encoding: .utf8) != nil
            else { throw malformed("top level", "this is not JSON in UTF-8") }
            try JSONKeys.check(data) { _ in nil }
        } catch let fault as JSONKeys.Fault {
            throw malformed(excerpt(fault.path.joined(separator: ".")), fault.problem)
        } catch let error as DecodingError {
            throw malformed(StoredCalibration.keyPath(error), StoredCalibration.problem(error))
        }
        guard document.schema == ClosureJSON.schema else {
            throw malformed("schema", "the schema '\(excerpt(document.schema))' is not known")
        }
        do { _ = (try Axis(edges: document.eta_edges), try Axis(edges: document.pt_edges)) } catch {
            throw malformed("eta_edges, pt_edges", "\(error)")
        }
        let (rows, columns) = (document.eta_edges.count - 1, document.pt_edges.count - 1)
        for (key, table) in [("nonclosure", document.nonclosure), ("uncertainty", document.uncertainty)] {
            guard table.count == rows, table.allSatisfy({ $0.count == columns }) else {
                throw malformed(key, "the table does not have the shape of the edges")
            }
        }
        for row in 0..<rows {
            for column in 0..<columns {
                guard let value = document.nonclosure[row][column] else { continue }
                guard abs(value) < 100, let error = document.uncertainty[row][column], error >= 0, error < 1e4 else {
                    throw malformed(
                        "nonclosure.\(row).\(column)", "the number \(value) or its uncertainty is not possible")
                }
            }
        }
        (etaEdges, ptEdges) = (document.eta_edges, document.pt_edges)
        (nonclosure, uncertainty) = (document.nonclosure, document.uncertainty)
    }
}
