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
        var jetColumns: [[Int]]?
        var events = 0
        // Bytes, not characters: an accent behind a comma would join it, and other columns may hold anything.
        while let line = try reader.next({ (line) throws(FileError) in Array(line) }) {
            guard let jets = jetColumns else {
                jetColumns = Self.jetColumns(NumberTable.names(line))
                try writer.write(line + [10])
                continue
            }
            guard !line.isEmpty else { continue }
            try writer.write(calibrated(line, jets, calibrate) + [10])
            events += 1
        }
        try writer.finish()
        return events
    }

    private static func calibrated(
        _ line: [UInt8], _ jets: [[Int]], _ calibrate: (_ eta: Double, _ pt: Double) -> Double
    ) -> [UInt8] {
        let comma = UInt8(ascii: ",")
        let terminated = line + [0]
        let fields = terminated.dropLast().split(separator: comma, omittingEmptySubsequences: false)
        func number(_ field: ArraySlice<UInt8>) -> Double? {
            guard !field.isEmpty else { return nil }
            return terminated.withUnsafeBufferPointer { bytes in
                bytes.baseAddress.flatMap { parsedNumber($0 + field.startIndex, field.count) }
            }
        }
        var row = fields
        var momenta: [Double] = []
        for jet in jets {
            guard let pt = number(fields[jet[0]]), let eta = number(fields[jet[1]]), pt > 0 else {
                momenta.append(0)
                continue
            }
            let calibrated = calibrate(eta, pt)
            momenta.append(calibrated)
            row[jet[0]] = Array("\(calibrated)".utf8)[...]
        }
        let order = momenta.indices.sorted { (momenta[$0], $1) > (momenta[$1], $0) }
        var sorted = row
        for (rank, jet) in order.enumerated() where rank != jet {
            for (to, from) in zip(jets[rank], jets[jet]) { sorted[to] = row[from] }
        }
        return Array(sorted.joined(separator: [comma]))
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
