internal import FileAccess
public import JetPhysics

/// All events of a truth sample as they stand in its table, those with fewer than two jets and those far above their slice
/// included: what a comparison of generators needs. `TruthSampleFile` is for what is to be smeared.
public struct TruthTable: Sendable {
    /// As the table of cross-sections has them; each with at least two events.
    public let slices: [Slice]
    /// Statistical, pb; 0 where the table does not say.
    public let crossSectionUncertainties: [Double]
    private var rows: [[Row]]

    private struct Row: Sendable {
        var event: UInt64
        var pt = SIMD4<Double>.zero
        var eta = SIMD4<Double>.zero
        var phi = SIMD4<Double>.zero
        var flavour = SIMD4<Int32>.zero
        /// Soft x and y, invisible x and y.
        var rest = SIMD4<Double>.zero
    }

    private static let rest = ["soft_px", "soft_py", "inv_px", "inv_py"]
    /// GeV.
    private static let largestRest = 1e6

    /// - Parameters:
    ///   - path: columns as for `TruthSampleFile`, and `soft_px soft_py inv_px inv_py` where there are such, GeV.
    ///   - crossSections: columns `slice pthat_min_GeV pthat_max_GeV sigma_pb`, and `sigma_err_pb` where it is known.
    public init(_ path: String, crossSections: String) throws {
        precondition(TruthBlock.jetCount == 4, "rows of four jets")
        let table = try SliceTableFile(crossSections)
        slices = table.slices
        crossSectionUncertainties = table.uncertainties
        rows = Array(repeating: [], count: table.slices.count)
        var names = ["slice", "event"]
        for jet in 1...TruthBlock.jetCount { names += ["pt", "eta", "phi", "flavour"].map { "\($0)\(jet)" } }
        names += Self.rest
        let optional = Set(
            names.filter { $0.hasPrefix("flavour") || $0.hasSuffix("3") || $0.hasSuffix("4") } + Self.rest)
        let reader = try openRows(path, wanted: names, optional: optional)
        try withUnsafeTemporaryAllocation(of: Double.self, capacity: names.count) { values in
            while try reader.next(into: values) {
                guard let slice = table.position(of: values[0]) else {
                    throw FileError(
                        .malformed, reader.place, "slice \(values[0]) has no cross-section",
                        "add it to \(crossSections)")
                }
                guard values[1] >= 0, values[1] < 0x1p53, values[1] == values[1].rounded() else {
                    throw FileError(
                        .malformed, reader.place, "the event number is \(values[1])", "give a whole number ≥ 0")
                }
                rows[slice].append(try Self.row(values, reader))
            }
        }
        for (slice, events) in rows.enumerated() where events.count < 2 {
            let range = "\(slices[slice].pHatMinimum)–\(slices[slice].pHatMaximum) GeV"
            throw FileError(
                .malformed, path, "the slice \(range) has \(events.count == 0 ? "no events" : "a single event")",
                "give events for each slice, or take it out of \(crossSections)")
        }
    }

    private static func row(_ values: UnsafeMutableBufferPointer<Double>, _ reader: any RowSource) throws -> Row {
        var row = Row(event: UInt64(values[1]))
        for jet in 0..<TruthBlock.jetCount {
            try TruthSampleFile.validate(values, jet: jet, reader)
            guard values[2 + 4 * jet] > 0 else { continue }
            row.pt[jet] = values[2 + 4 * jet]
            row.eta[jet] = values[3 + 4 * jet]
            row.phi[jet] = wrappedAzimuth(values[4 + 4 * jet])
            let flavour = values[5 + 4 * jet]
            row.flavour[jet] = flavour.isNaN ? 0 : Int32(flavour)
        }
        for (index, name) in rest.enumerated() {
            let value = values[2 + 4 * TruthBlock.jetCount + index]
            guard value.isNaN || abs(value) < largestRest else {
                throw FileError(.malformed, reader.place, "\(name) is \(value)", "give GeV, or nothing when unknown")
            }
            row.rest[index] = value.isNaN ? 0 : value
        }
        return row
    }

    /// Events of each slice.
    public var counts: [Int] { rows.map(\.count) }

    /// Fills the block with `count` events of a slice from `first` on; there have to be that many.
    public func fill(_ block: TruthBlock, slice: Int, first: Int, count: Int) {
        precondition(count <= block.capacity, "more events than the block holds")
        block.slice = slice
        block.count = count
        for index in 0..<count {
            let row = rows[slice][first + index]
            block.event[index] = row.event
            block.draw[index] = UInt64(first + index)
            block.weight[index] = 1
            block.softX[index] = row.rest[0]
            block.softY[index] = row.rest[1]
            block.invisibleX[index] = row.rest[2]
            block.invisibleY[index] = row.rest[3]
            for jet in 0..<TruthBlock.jetCount {
                let position = jet * block.capacity + index
                block.pt[position] = row.pt[jet]
                block.eta[position] = row.eta[jet]
                block.phi[position] = row.phi[jet]
                block.flavour[position] = row.flavour[jet]
            }
        }
    }
}
