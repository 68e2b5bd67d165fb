internal import FileAccess
internal import JetPhysics

/// Copies an event table with calibrated jets: other columns are kept, and the columns of a jet move with it when
/// calibration changes the order of pT.
public enum EventRewriter {
    /// - Parameter calibrate: the new pT of a jet (GeV) at (η, pT).
    /// - Returns: number of events written.
    public static func rewrite(
        _ path: String, to output: String, overwrite: Bool, calibrate: (_ eta: Double, _ pt: Double) -> Double
    ) throws -> Int {
        // Validates every number of the table before anything is written.
        _ = try EventFile(path)
        let reader = try LineReader(path)
        let writer = try TextWriter(output, overwrite: overwrite)
        var columns: [String] = []
        var jetColumns: [[Int]] = []
        var events = 0
        while let fields = try reader.next({ (line) throws(FileError) in
            String(decoding: line, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false).map(
                String.init)
        }) {
            if columns.isEmpty {
                columns = fields
                jetColumns = Self.jetColumns(fields.map { $0.trimmingPrefix("\u{FEFF}").filter { $0 != " " } })
                try writer.write(fields.joined(separator: ",") + "\n")
                continue
            }
            guard fields.count == columns.count else { continue }
            var row = fields
            var momenta: [Double] = []
            for jet in jetColumns {
                guard let pt = Double(row[jet[0]]), let eta = Double(row[jet[1]]), pt > 0 else {
                    momenta.append(0)
                    continue
                }
                let calibrated = calibrate(eta, pt)
                momenta.append(calibrated)
                row[jet[0]] = "\(calibrated)"
            }
            let order = momenta.indices.sorted { (momenta[$0], $1) > (momenta[$1], $0) }
            var sorted = row
            for (rank, jet) in order.enumerated() where rank != jet {
                for (to, from) in zip(jetColumns[rank], jetColumns[jet]) { sorted[to] = row[from] }
            }
            try writer.write(sorted.joined(separator: ",") + "\n")
            events += 1
        }
        try writer.finish()
        return events
    }

    /// Per jet, the columns that belong to it: pT and η first, then every other column that all jets have.
    private static func jetColumns(_ names: [String]) -> [[Int]] {
        let jets = (1...ReconstructedBlock.jetCount).filter { names.contains("pt\($0)") && names.contains("eta\($0)") }
        let stems = names.compactMap { name -> String? in
            guard let digit = name.last, digit == "1" else { return nil }
            return String(name.dropLast())
        }.filter { stem in jets.allSatisfy { names.contains("\(stem)\($0)") } }
        let ordered = ["pt", "eta"] + stems.filter { $0 != "pt" && $0 != "eta" }
        return jets.map { jet in ordered.compactMap { names.firstIndex(of: "\($0)\(jet)") } }
    }
}
