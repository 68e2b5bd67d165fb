internal import FileAccess
internal import JetPhysics

/// Events as lines of text with a header.
final class EventLines: EventSink {
    private let writer: TextWriter
    private let sliceWeights: [Double]
    private let hasTriggers: Bool

    init(_ path: String, sliceWeights: [Double], hasTriggers: Bool = false, overwrite: Bool) throws {
        writer = try TextWriter(path, overwrite: overwrite)
        self.sliceWeights = sliceWeights
        self.hasTriggers = hasTriggers
        var columns = ["event", "slice", "weight"]
        for jet in 1...ReconstructedBlock.jetCount {
            columns += ["pt", "eta", "phi", "det_eta"].map { "\($0)\(jet)" }
        }
        columns += ["met_x", "met_y", "soft_x", "soft_y", "sum_et", "mu", "run"]
        if hasTriggers { columns.append("triggers") }
        for jet in 1...ReconstructedBlock.jetCount { columns += ["true_pt\(jet)", "true_eta\(jet)", "flavour\(jet)"] }
        try writer.write(columns.joined(separator: ",") + "\n")
    }

    /// The shortest digits that read back bit for bit.
    func write(_ block: ReconstructedBlock) throws {
        for row in 0..<block.count {
            let slice = Int(block.slice[row])
            var line = "\(block.event[row]),\(slice),\(sliceWeights[slice] * block.relativeWeight[row])"
            for jet in 0..<ReconstructedBlock.jetCount {
                let position = jet * block.capacity + row
                line +=
                    block.pt[position] > 0
                    ? ",\(block.pt[position]),\(block.eta[position]),\(block.phi[position]),\(block.detectorEta[position])"
                    : ",,,,"
            }
            let missing = block.missingMomentum(row: row)
            line += ",\(missing.x),\(missing.y),\(block.softX[row]),\(block.softY[row]),\(block.sumEt[row])"
            line += ",\(block.mu[row]),\(block.run[row])"
            if hasTriggers { line += ",\(block.triggers[row])" }
            for jet in 0..<ReconstructedBlock.jetCount {
                let position = jet * block.capacity + row
                line +=
                    block.pt[position] > 0 && block.truePt[position] > 0
                    ? ",\(block.truePt[position]),\(block.trueEta[position]),\(block.flavour[position])" : ",,,"
            }
            try writer.write(line + "\n")
        }
    }

    func finish() throws { try writer.finish() }
}
