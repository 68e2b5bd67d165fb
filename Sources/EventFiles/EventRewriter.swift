#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import FileAccess
internal import JetPhysics

/// Copies an event table with calibrated jets: other columns are kept, the missing momentum follows the jets, and the columns of a
/// jet move with it when calibration changes the order of pT.
public enum EventRewriter {
    /// - Parameter calibrate: the new pT of a jet (GeV) at (η from the detector's centre where the table has it, pT).
    /// - Returns: number of events written.
    public static func rewrite(
        _ path: String, to output: String, overwrite: Bool, calibrate: (_ eta: Double, _ pt: Double) -> Double
    ) throws -> Int {
        // Validates every number of the table before anything is written.
        _ = try EventFile(path)
        let reader = try LineReader(path)
        let writer = try TextWriter(output, overwrite: overwrite)
        var jetColumns: [JetColumns]?
        var missing: (x: Int, y: Int)?
        var events = 0
        // Bytes, not characters: an accent behind a comma would join it, and other columns may hold anything.
        while let line = try reader.next({ (line) throws(FileError) in Array(line) }) {
            guard let jets = jetColumns else {
                let names = NumberTable.names(line)
                jetColumns = Self.jetColumns(names)
                if let x = names.firstIndex(of: "met_x"), let y = names.firstIndex(of: "met_y") { missing = (x, y) }
                try writer.write(line + [10])
                continue
            }
            guard !line.isEmpty else { continue }
            try writer.write(calibrated(line, jets, missing, calibrate) + [10])
            events += 1
        }
        try writer.finish()
        return events
    }

    private static func calibrated(
        _ line: [UInt8], _ jets: [JetColumns], _ missing: (x: Int, y: Int)?,
        _ calibrate: (_ eta: Double, _ pt: Double) -> Double
    ) -> [UInt8] {
        let comma = UInt8(ascii: ",")
        let terminated = line + [0]
        let fields = terminated.dropLast().split(separator: comma, omittingEmptySubsequences: false)
        func number(_ field: ArraySlice<UInt8>) -> Double? {
            guard !field.isEmpty else { return nil }
            return terminated.withUnsafeBufferPointer { bytes in
                bytes.baseAddress.flatMap { parsedNumber($0 + field.startIndex, field.count) }.flatMap {
                    $0.isNaN ? nil : $0
                }
            }
        }
        var row = fields
        var momenta: [Double] = []
        // Of the sum of the jets: the missing momentum is minus that, and the soft term stays.
        var change = (x: 0.0, y: 0.0)
        for jet in jets {
            guard let pt = number(fields[jet.pt]), pt > 0,
                let eta = jet.detectorEta.flatMap({ number(fields[$0]) }) ?? number(fields[jet.eta])
            else {
                momenta.append(0)
                continue
            }
            let calibrated = calibrate(eta, pt)
            momenta.append(calibrated)
            row[jet.pt] = Array("\(calibrated)".utf8)[...]
            guard let phi = jet.phi.flatMap({ number(fields[$0]) }) else { continue }
            change.x += (calibrated - pt) * cos(phi)
            change.y += (calibrated - pt) * sin(phi)
        }
        if let missing, let x = number(fields[missing.x]), let y = number(fields[missing.y]) {
            row[missing.x] = Array("\(x - change.x)".utf8)[...]
            row[missing.y] = Array("\(y - change.y)".utf8)[...]
        }
        let order = momenta.indices.sorted { (momenta[$0], $1) > (momenta[$1], $0) }
        var sorted = row
        for (rank, jet) in order.enumerated() where rank != jet {
            for (to, from) in zip(jets[rank].all, jets[jet].all) { sorted[to] = row[from] }
        }
        return Array(sorted.joined(separator: [comma]))
    }

    /// The columns of a jet.
    private struct JetColumns {
        let pt: Int
        let eta: Int
        let phi: Int?
        /// What the calibration goes by, where it is there.
        let detectorEta: Int?
        /// All that move with the jet: those and every other that all jets have.
        let all: [Int]
    }

    private static func jetColumns(_ names: [String]) -> [JetColumns] {
        let jets = (1...ReconstructedBlock.jetCount).filter { names.contains("pt\($0)") && names.contains("eta\($0)") }
        let stems = names.compactMap { name -> String? in
            guard let digit = name.last, digit == "1" else { return nil }
            return String(name.dropLast())
        }.filter { stem in jets.allSatisfy { names.contains("\(stem)\($0)") } }
        return jets.compactMap { jet in
            guard let pt = names.firstIndex(of: "pt\(jet)"), let eta = names.firstIndex(of: "eta\(jet)") else {
                return nil
            }
            return JetColumns(
                pt: pt, eta: eta, phi: names.firstIndex(of: "phi\(jet)"),
                detectorEta: names.firstIndex(of: "det_eta\(jet)"),
                all: stems.compactMap { names.firstIndex(of: "\($0)\(jet)") })
        }
    }
}
