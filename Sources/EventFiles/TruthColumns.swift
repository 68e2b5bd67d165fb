internal import FileAccess
internal import HDF5
internal import JetPhysics

/// Truth events as columns of an HDF5 file, named as those of text. What is absent is NaN, or 0 where it is an integer.
final class TruthColumns: TruthSink {
    private static let schema = "etacal.truth/1"

    private let output: Output
    private let file: HDF5File
    private let slice: HDF5Column<Int32>
    private let event: HDF5Column<UInt64>
    private let jets: [Jet]
    private let rest: [HDF5Column<Double>]

    private struct Jet {
        let numbers: [HDF5Column<Double>]
        let flavour: HDF5Column<Int32>
    }

    init(_ path: String, version: String, origin: String, overwrite: Bool) throws(FileError) {
        let output = try Output(path, .file, overwrite: overwrite)
        self.output = output
        (file, slice, event, jets, rest) = try EventsGroup.writing(output) { () throws(HDF5Error) in
            let file = try HDF5File(creating: output.partialPath)
            let group = try file.root.makeGroup(EventsGroup.name)
            let slice = try group.makeColumn("slice", of: Int32.self, EventsGroup.storage)
            let event = try group.makeColumn("event", of: UInt64.self, EventsGroup.storage)
            var jets: [Jet] = []
            for jet in 0..<TruthBlock.jetCount {
                let names = TruthNames.ofJet(jet)
                var numbers: [HDF5Column<Double>] = []
                for (name, unit) in zip(names, ["GeV", nil, "rad", "GeV"]) {
                    numbers.append(try Self.column(group, name, unit))
                }
                jets.append(
                    Jet(numbers: numbers, flavour: try group.makeColumn(names[4], of: Int32.self, EventsGroup.storage)))
            }
            var rest: [HDF5Column<Double>] = []
            for name in TruthNames.rest { rest.append(try Self.column(group, name, "GeV")) }
            try group.write([
                "schema": .text(Self.schema), "version": .text(version), "configuration": .text(origin),
                "columns": .texts(TruthNames.all),
            ])
            return (file, slice, event, jets, rest)
        }
    }

    private static func column(
        _ group: HDF5Group, _ name: String, _ unit: String?
    ) throws(HDF5Error) -> HDF5Column<Double> {
        let column = try group.makeColumn(name, of: Double.self, EventsGroup.storage)
        if let unit { try column.object.setAttribute("unit", unit) }
        return column
    }

    func write(_ events: [TruthEvent], slice number: Int) throws {
        try EventsGroup.writing(output) { () throws(HDF5Error) in
            try slice.append(events.map { _ in Int32(number) })
            try event.append(events.map(\.event))
            for (index, jet) in jets.enumerated() {
                let quantities: [KeyPath<TruthEvent, SIMD4<Double>>] = [\.pt, \.eta, \.phi, \.mass]
                for (column, quantity) in zip(jet.numbers, quantities) {
                    try column.append(events.map { $0.pt[index] > 0 ? $0[keyPath: quantity][index] : .nan })
                }
                try jet.flavour.append(events.map { $0.pt[index] > 0 ? $0.flavour[index] : 0 })
            }
            for (place, column) in rest.enumerated() {
                try column.append(events.map { TruthNames.rest(of: $0)[place] })
            }
        }
    }

    func finish() throws {
        try EventsGroup.writing(output) { () throws(HDF5Error) in
            try slice.flush()
            try event.flush()
            for jet in jets {
                for column in jet.numbers { try column.flush() }
                try jet.flavour.flush()
            }
            for column in rest { try column.flush() }
            try file.close()
        }
        try output.finish()
    }
}
