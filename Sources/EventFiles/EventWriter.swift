internal import CZlib
internal import FileAccess
public import JetPhysics

/// Writes lines of text, compressed when the name ends in `.gz`; the file appears when `finish()` returns.
final class TextWriter {
    private let output: Output
    private var handle: gzFile?
    private var buffer: [UInt8] = []

    init(_ path: String, overwrite: Bool) throws(FileError) {
        output = try Output(path, .file, overwrite: overwrite)
        // "T" writes plain text through the same calls.
        handle = gzopen(output.partialPath, path.hasSuffix(".gz") ? "wb6" : "wbT")
        guard handle != nil else {
            throw FileError(.cannotCreate, path, "the file cannot be written", "check the permissions of its directory")
        }
        buffer.reserveCapacity(1 << 17)
    }

    deinit { if let handle { gzclose(handle) } }

    func write(_ text: String) throws(FileError) { try write(text.utf8) }

    func write(_ bytes: some Sequence<UInt8>) throws(FileError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= 1 << 16 { try flush() }
    }

    private func flush() throws(FileError) {
        guard !buffer.isEmpty else { return }
        let written = buffer.withUnsafeBytes { gzwrite(handle, $0.baseAddress, UInt32($0.count)) }
        guard Int(written) == buffer.count else { throw .writing(output.path) }
        buffer.removeAll(keepingCapacity: true)
    }

    func finish() throws(FileError) {
        try flush()
        let status = gzclose(handle)
        handle = nil
        guard status == Z_OK else { throw .writing(output.path) }
        try output.finish()
    }
}

/// Writes reconstructed events with their truth as a table, in the order they are given.
public final class EventWriter {
    private let writer: TextWriter
    private let sliceWeights: [Double]
    private let hasTriggers: Bool

    /// - Parameters:
    ///   - sliceWeights: what an event of relative weight 1 of each slice stands for.
    ///   - hasTriggers: whether to write which triggers kept an event.
    public init(_ path: String, sliceWeights: [Double], hasTriggers: Bool = false, overwrite: Bool) throws {
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

    /// Appends a block. Numbers are written so that they read back bit for bit.
    public func write(_ block: ReconstructedBlock) throws {
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

    public func finish() throws { try writer.finish() }
}
