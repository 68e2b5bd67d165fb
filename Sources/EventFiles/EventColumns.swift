internal import FileAccess
internal import HDF5
internal import JetPhysics

/// Events as columns of an HDF5 file, named as those of text. What is absent is NaN, or 0 where it is an integer.
final class EventColumns: EventSink {
    private let output: Output
    private let file: HDF5File
    private let event: HDF5Column<UInt64>
    private let triggers: HDF5Column<UInt32>?
    private let integers: [Filled<Int32>]
    private let numbers: [Filled<Double>]

    private typealias Value<Element> = (_ block: ReconstructedBlock, _ row: Int) -> Element

    /// A column and what stands in a row of it.
    private struct Filled<Element: HDF5Element> {
        let name: String
        let column: HDF5Column<Element>
        let value: Value<Element>

        init(_ group: HDF5Group, _ name: String, _ unit: String?, _ value: @escaping Value<Element>) throws(HDF5Error) {
            self.name = name
            column = try group.makeColumn(name, of: Element.self, EventsGroup.storage)
            if let unit { try column.object.setAttribute("unit", unit) }
            self.value = value
        }

        func append(_ block: ReconstructedBlock) throws(HDF5Error) {
            try column.append((0..<block.count).map { value(block, $0) })
        }
    }

    init(
        _ path: String, sliceWeights: [Double], origin: EventOrigin?, hasTriggers: Bool, hasTags: Bool,
        overwrite: Bool
    ) throws(FileError) {
        let output = try Output(path, .file, overwrite: overwrite)
        self.output = output
        (file, event, triggers, integers, numbers) = try EventsGroup.writing(output) { () throws(HDF5Error) in
            let file = try HDF5File(creating: output.partialPath)
            let group = try file.root.makeGroup(EventsGroup.name)
            let event = try group.makeColumn("event", of: UInt64.self, EventsGroup.storage)
            let triggers = hasTriggers ? try group.makeColumn("triggers", of: UInt32.self, EventsGroup.storage) : nil
            let integers = try Self.integers(group) + (hasTags ? try Self.scores(group) : [])
            let numbers = try Self.numbers(group, sliceWeights) + (hasTags ? try Self.tags(group) : [])
            var attributes = origin?.attributes ?? [:]
            attributes["schema"] = .text(EventsGroup.schema)
            attributes["slice_weights"] = .doubles(sliceWeights)
            attributes["columns"] = .texts(
                ["event"] + (hasTriggers ? ["triggers"] : []) + integers.map(\.name) + numbers.map(\.name))
            try group.write(attributes)
            return (file, event, triggers, integers, numbers)
        }
    }

    private static func integers(_ group: HDF5Group) throws(HDF5Error) -> [Filled<Int32>] {
        var columns = [
            try Filled(group, "slice", nil) { $0.slice[$1] }, try Filled(group, "run", nil) { $0.run[$1] },
        ]
        for jet in 0..<ReconstructedBlock.jetCount {
            columns.append(
                try Filled(group, "flavour\(jet + 1)", nil) { block, row in
                    let position = jet * block.capacity + row
                    return block.pt[position] > 0 && block.truePt[position] > 0 ? block.flavour[position] : 0
                })
        }
        return columns
    }

    private static func scores(_ group: HDF5Group) throws(HDF5Error) -> [Filled<Int32>] {
        var columns: [Filled<Int32>] = []
        for jet in 0..<ReconstructedBlock.jetCount {
            columns.append(
                try Filled(group, TagColumns.score(jet), nil) { block, row in
                    let position = jet * block.capacity + row
                    return block.pt[position] > 0 ? block.tags?.score[position] ?? -1 : -1
                })
        }
        return columns
    }

    private static func tags(_ group: HDF5Group) throws(HDF5Error) -> [Filled<Double>] {
        var columns: [Filled<Double>] = []
        for jet in 0..<ReconstructedBlock.jetCount {
            columns.append(
                try Filled(group, TagColumns.discriminant(jet), nil) { block, row in
                    let position = jet * block.capacity + row
                    return block.pt[position] > 0 ? block.tags?.discriminant[position] ?? .nan : .nan
                })
            for rank in 0..<JetTags.significanceCount {
                columns.append(
                    try Filled(group, TagColumns.significance(jet, rank), nil) { block, row in
                        let position = jet * block.capacity + row
                        return block.pt[position] > 0 ? block.tags?.significance(rank, at: position) ?? .nan : .nan
                    })
            }
        }
        return columns
    }

    private static func numbers(_ group: HDF5Group, _ weights: [Double]) throws(HDF5Error) -> [Filled<Double>] {
        var columns = [
            try Filled(group, "weight", nil) { weights[Int($0.slice[$1])] * $0.relativeWeight[$1] },
            try Filled(group, "met_x", "GeV") { $0.missingMomentum(row: $1).x },
            try Filled(group, "met_y", "GeV") { $0.missingMomentum(row: $1).y },
            try Filled(group, "soft_x", "GeV") { $0.softX[$1] },
            try Filled(group, "soft_y", "GeV") { $0.softY[$1] },
            try Filled(group, "sum_et", "GeV") { $0.sumEt[$1] },
            try Filled(group, "mu", nil) { $0.mu[$1] },
        ]
        typealias Quantity = (name: String, unit: String?, of: (ReconstructedBlock) -> UnsafeMutablePointer<Double>)
        let measured: [Quantity] = [
            ("pt", "GeV", { $0.pt }), ("eta", nil, { $0.eta }), ("phi", "rad", { $0.phi }),
            ("det_eta", nil, { $0.detectorEta }),
        ]
        let truth: [Quantity] = [("true_pt", "GeV", { $0.truePt }), ("true_eta", nil, { $0.trueEta })]
        for jet in 0..<ReconstructedBlock.jetCount {
            for quantity in measured {
                columns.append(
                    try Filled(group, "\(quantity.name)\(jet + 1)", quantity.unit) { block, row in
                        let position = jet * block.capacity + row
                        return block.pt[position] > 0 ? quantity.of(block)[position] : .nan
                    })
            }
            for quantity in truth {
                columns.append(
                    try Filled(group, "\(quantity.name)\(jet + 1)", quantity.unit) { block, row in
                        let position = jet * block.capacity + row
                        let isMatched = block.pt[position] > 0 && block.truePt[position] > 0
                        return isMatched ? quantity.of(block)[position] : .nan
                    })
            }
        }
        return columns
    }

    func write(_ block: ReconstructedBlock) throws(FileError) {
        try EventsGroup.writing(output) { () throws(HDF5Error) in
            try event.append(UnsafeBufferPointer(start: block.event, count: block.count))
            try triggers?.append(UnsafeBufferPointer(start: block.triggers, count: block.count))
            for column in integers { try column.append(block) }
            for column in numbers { try column.append(block) }
        }
    }

    func finish() throws(FileError) {
        try EventsGroup.writing(output) { () throws(HDF5Error) in
            try event.flush()
            try triggers?.flush()
            for column in integers { try column.column.flush() }
            for column in numbers { try column.column.flush() }
            try file.close()
        }
        try output.finish()
    }
}
