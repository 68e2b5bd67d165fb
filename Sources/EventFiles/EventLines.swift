internal import FileAccess
internal import JetPhysics

/// Events as lines of text with a header.
final class EventLines: EventSink {
    private let writer: TextWriter
    private let sliceWeights: [Double]
    private let hasTriggers: Bool
    private let hasTags: Bool
    private var text = NumberText()

    init(_ path: String, sliceWeights: [Double], hasTriggers: Bool, hasTags: Bool, overwrite: Bool) throws {
        writer = try TextWriter(path, overwrite: overwrite)
        self.sliceWeights = sliceWeights
        self.hasTriggers = hasTriggers
        self.hasTags = hasTags
        var columns = ["event", "slice", "weight"]
        for jet in 1...ReconstructedBlock.jetCount {
            columns += ["pt", "eta", "phi", "det_eta"].map { "\($0)\(jet)" }
        }
        columns += ["met_x", "met_y", "soft_x", "soft_y", "sum_et", "mu", "run"]
        if hasTriggers { columns.append("triggers") }
        for jet in 1...ReconstructedBlock.jetCount { columns += ["true_pt\(jet)", "true_eta\(jet)", "flavour\(jet)"] }
        if hasTags { columns += TagColumns.names }
        try writer.write(columns.joined(separator: ",") + "\n")
    }

    func write(_ block: ReconstructedBlock) throws {
        for row in 0..<block.count {
            append(block, row)
            if text.bytes.count >= 1 << 16 { try flush() }
        }
        try flush()
    }

    private func append(_ block: ReconstructedBlock, _ row: Int) {
        let slice = Int(block.slice[row])
        text.append(block.event[row])
        text.append(",")
        text.append(slice)
        put(sliceWeights[slice] * block.relativeWeight[row])
        for jet in 0..<ReconstructedBlock.jetCount {
            let position = jet * block.capacity + row
            let isThere = block.pt[position] > 0
            put(block.pt[position], if: isThere)
            put(block.eta[position], if: isThere)
            put(block.phi[position], if: isThere)
            put(block.detectorEta[position], if: isThere)
        }
        let missing = block.missingMomentum(row: row)
        put(missing.x)
        put(missing.y)
        put(block.softX[row])
        put(block.softY[row])
        put(block.sumEt[row])
        put(block.mu[row])
        text.append(",")
        text.append(block.run[row])
        if hasTriggers {
            text.append(",")
            text.append(block.triggers[row])
        }
        for jet in 0..<ReconstructedBlock.jetCount {
            let position = jet * block.capacity + row
            let isMatched = block.pt[position] > 0 && block.truePt[position] > 0
            put(block.truePt[position], if: isMatched)
            put(block.trueEta[position], if: isMatched)
            text.append(",")
            if isMatched { text.append(block.flavour[position]) }
        }
        if hasTags, let tags = block.tags {
            for jet in 0..<ReconstructedBlock.jetCount {
                let position = jet * block.capacity + row
                let isThere = block.pt[position] > 0
                text.append(",")
                if isThere { text.append(tags.score[position]) }
                put(tags.discriminant[position], if: isThere && tags.score[position] > 0)
                for rank in 0..<JetTags.significanceCount {
                    let value = tags.significance(rank, at: position)
                    put(value, if: isThere && !value.isNaN)
                }
            }
        }
        text.append("\n")
    }

    /// Appends a field, empty where there is no number.
    private func put(_ number: Double, if isThere: Bool = true) {
        text.append(",")
        if isThere { text.append(number) }
    }

    private func flush() throws(FileError) {
        try writer.write(text.bytes)
        text.removeAll()
    }

    func finish() throws { try writer.finish() }
}
