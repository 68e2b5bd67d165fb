public import Balance
internal import FileAccess
public import JetPhysics

/// Reconstructed events in a table (.csv, .csv.gz or .h5), read anew each time they are gone through.
///
/// Needs `pt1 eta1 phi1 pt2 eta2 phi2`; knows `event slice weight`, the third jet, η from the detector's centre (`det_etaK`; where
/// it is not known, η itself), truth (`true_ptK`, `true_etaK`) and the `triggers` that kept an event.
public struct EventFile: EventSource {
    /// Twice the most rows that re-use one truth event, which stay in one block.
    static let blockCapacity = 8192
    static let largestSlice = 4095
    static let largestClasses = 256
    /// pT over true pT of a matched jet.
    static let largestResponse = 100.0
    static let smallestWeight = 1e-100

    public let path: String
    public let events: Int
    /// Blocks of consecutive rows.
    public let pieces: Int
    public let hasTruth: Bool
    /// Whether there is a column that says which triggers kept an event.
    public let hasTriggers: Bool
    public let sliceWeights: [Double]
    private let classes: [WeightClass: Int]
    private let menu: TriggerMenu?
    private let progress: (@Sendable (Int) -> Void)?

    /// Sums are kept in units of a slice's weight, to a fixed number of digits. Where weights vary inside a slice, each
    /// factor of 16 becomes a slice of its own, so that no weight is lost beside a larger one.
    private struct WeightClass: Hashable, Comparable {
        let slice: Int
        let magnitude: Int

        init(slice: Int, weight: Double) {
            self.slice = slice
            magnitude = weight == 0 ? .min : Int(weight.exponent) >> 2
        }

        static func < (one: WeightClass, other: WeightClass) -> Bool {
            (one.slice, one.magnitude) < (other.slice, other.magnitude)
        }
    }

    /// Where blocks begin: rows of one truth event stay together, unless they fill a block.
    private struct Blocks {
        private(set) var count = 0
        private var rows = EventFile.blockCapacity
        private var last: (event: UInt64, slice: Int)?

        /// Takes the next row. Returns whether a new block begins with it.
        mutating func begins(event: UInt64, slice: Int) -> Bool {
            let continues = last.map { $0 == (event, slice) } ?? false
            let begins = rows == EventFile.blockCapacity || (rows > EventFile.blockCapacity / 2 && !continues)
            last = (event, slice)
            count += begins ? 1 : 0
            rows = begins ? 1 : rows + 1
            return begins
        }
    }

    private static let jets = (1...ReconstructedBlock.jetCount).map { jet in
        ["pt\(jet)", "eta\(jet)", "phi\(jet)", "true_pt\(jet)", "true_eta\(jet)"]
    }
    private static let detectorEtas = (1...ReconstructedBlock.jetCount).map { "det_eta\($0)" }
    private static let names = ["event", "slice", "weight"] + jets.joined() + detectorEtas + ["triggers"]
    private static let detectorEtaColumn = 3 + 5 * ReconstructedBlock.jetCount
    private static let triggerColumn = detectorEtaColumn + ReconstructedBlock.jetCount
    private static let optional = Set(
        ["event", "slice", "weight", "triggers"] + detectorEtas + jets[2]
            + jets.joined().filter { $0.hasPrefix("true_") })

    /// Reads the whole table once, so that what is wrong with it is known before anything is derived.
    /// - Parameters:
    ///   - menu: whose triggers kept the events, one a bit of the column `triggers`, the first one's the lowest. With it the column
    ///     has to be there, each event needs its bits, and none may be set beyond the menu's; without it, what the column does not
    ///     say is 0.
    ///   - progress: told the number of events of each block that was handed on, on the thread that reads.
    /// - Throws: `FileError` with file, line and remedy.
    public init(_ path: String, menu: TriggerMenu? = nil, progress: (@Sendable (Int) -> Void)? = nil) throws {
        self.path = path
        self.menu = menu
        self.progress = progress
        // Neighbours mostly share their class.
        var largest: [WeightClass: Double] = [:]
        var current: (weightClass: WeightClass, largest: Double)?
        var events = 0
        var blocks = Blocks()
        let table = try openRows(path, wanted: Self.names, optional: Self.optional)
        let unnamed = Self.unnamed(table)
        hasTriggers = table.columns.contains("triggers")
        guard menu == nil || hasTriggers else {
            throw FileError(
                .malformed, table.header, "the column 'triggers' is missing",
                "add the bits of the triggers that kept each event, or do without a menu if all are there")
        }
        hasTruth = ["true_pt1", "true_eta1", "true_pt2", "true_eta2"].allSatisfy { table.columns.contains($0) }
        try withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.names.count) { row in
            while try table.next(into: row) {
                let slice = try Self.validate(row, table, menu)
                let weightClass = WeightClass(slice: slice, weight: Self.weight(row))
                let weight = abs(Self.weight(row))
                if let known = current, known.weightClass == weightClass {
                    if weight > known.largest { current?.largest = weight }
                } else {
                    if let known = current { largest[known.weightClass] = known.largest }
                    current = (weightClass, max(largest[weightClass] ?? 0, weight))
                }
                _ = blocks.begins(event: Self.event(row, events, unnamed), slice: slice)
                events += 1
            }
        }
        if let known = current { largest[known.weightClass] = known.largest }
        guard events > 0 else { throw FileError(.malformed, path, "there are no events", "give a table with rows") }
        guard largest.values.contains(where: { $0 > 0 }) else {
            throw FileError(.malformed, path, "all weights are zero", "leave the column 'weight' out for weights of 1")
        }
        self.events = events
        pieces = blocks.count
        guard largest.count <= Self.largestClasses else {
            throw FileError(
                .malformed, path, "slices and weights fall into \(largest.count) classes",
                "merge slices; \(Self.largestClasses) classes of weights within a factor of 16 are possible")
        }
        let order = largest.keys.sorted()
        classes = Dictionary(uniqueKeysWithValues: zip(order, order.indices))
        sliceWeights = order.map { largest[$0] ?? 0 }
    }

    /// An event without a number beside events with one is none of those.
    private static func unnamed(_ table: any RowSource) -> UInt64 { table.columns.contains("event") ? 1 << 63 : 0 }

    private static func event(_ row: UnsafeMutableBufferPointer<Double>, _ number: Int, _ unnamed: UInt64) -> UInt64 {
        row[0].isNaN ? unnamed | UInt64(number) : UInt64(row[0])
    }

    private static func weight(_ row: UnsafeMutableBufferPointer<Double>) -> Double { row[2].isNaN ? 1 : row[2] }

    /// - Returns: the slice of the row.
    private static func validate(
        _ row: UnsafeMutableBufferPointer<Double>, _ table: any RowSource, _ menu: TriggerMenu?
    ) throws(FileError) -> Int {
        try validateTriggers(row[triggerColumn], table.place, menu)
        let slice = row[1].isNaN ? 0 : row[1]
        guard slice >= 0, slice <= Double(largestSlice), slice == slice.rounded() else {
            throw FileError(
                .malformed, table.place, "the slice is \(slice)", "give a whole number from 0 to \(largestSlice)")
        }
        guard row[0].isNaN || (row[0] >= 0 && row[0] < 0x1p53 && row[0] == row[0].rounded()) else {
            throw FileError(.malformed, table.place, "the event number is \(row[0])", "give a whole number ≥ 0")
        }
        // Sums take squares of weights.
        let weight = abs(weight(row))
        guard weight == 0 || (weight >= smallestWeight && weight <= 1 / smallestWeight) else {
            throw FileError(
                .malformed, table.place, "the weight is \(row[2])", "scale the weights: only their ratios matter")
        }
        for jet in 0..<ReconstructedBlock.jetCount {
            let (pt, eta, phi) = (row[3 + 5 * jet], row[4 + 5 * jet], row[5 + 5 * jet])
            guard !(pt > 0) || (pt < 1e6 && abs(eta) < 20 && abs(phi) < 7) else {
                throw FileError(
                    .malformed, table.place, "jet \(jet + 1) has pT \(pt), η \(eta), φ \(phi)",
                    "give GeV and radian for each jet that has a pT")
            }
            let seen = row[detectorEtaColumn + jet]
            guard !(pt > 0) || seen.isNaN || abs(seen) < 20 else {
                throw FileError(
                    .malformed, table.place, "jet \(jet + 1) has a detector η of \(seen)",
                    "leave det_eta\(jet + 1) empty where it is not known")
            }
            let (truePt, trueEta) = (row[6 + 5 * jet], row[7 + 5 * jet])
            guard truePt.isNaN || (truePt >= 0 && truePt < 1e6 && !(truePt > 0 && abs(trueEta) >= 20)) else {
                throw FileError(
                    .malformed, table.place, "jet \(jet + 1) has a true pT of \(truePt) at η \(trueEta)",
                    "give GeV, or leave the truth of a jet empty")
            }
            guard !(truePt > 0 && pt > Self.largestResponse * truePt) else {
                throw FileError(
                    .malformed, table.place, "jet \(jet + 1) has pT \(pt) for a true pT of \(truePt)",
                    "leave the truth of a jet that does not match empty")
            }
            guard !(pt < 0) else {
                throw FileError(.malformed, table.place, "jet \(jet + 1) has pT \(pt)", "leave an absent jet empty")
            }
        }
        return Int(slice)
    }

    private static func validateTriggers(_ bits: Double, _ place: String, _ menu: TriggerMenu?) throws(FileError) {
        guard !bits.isNaN else {
            guard menu == nil else {
                throw FileError(.malformed, place, "the triggers are missing", "give 0 for an event that none has kept")
            }
            return
        }
        guard bits >= 0, bits < 0x1p32, bits == bits.rounded() else {
            throw FileError(
                .malformed, place, "the triggers are \(bits)",
                "give a whole number from 0 to below 2^32, a bit for each trigger that kept the event")
        }
        guard let count = menu?.triggers.count, UInt64(bits) >> UInt64(count) != 0 else { return }
        throw FileError(
            .malformed, place,
            "the triggers are \(UInt64(bits)), with bits beyond the \(count) trigger\(count == 1 ? "" : "s") of the menu",
            "give the menu that kept the events, with all its triggers in their order")
    }

    public func reduce<Sums: MergeableSums>(
        _ empty: Sums, over pieces: Range<Int>, _ visit: @escaping @Sendable (ReconstructedBlock, inout Sums) -> Void
    ) throws -> Sums {
        var sums = empty
        let block = ReconstructedBlock(capacity: Self.blockCapacity)
        let table = try openRows(path, wanted: Self.names, optional: Self.optional)
        let unnamed = Self.unnamed(table)
        var blocks = Blocks()
        var number = 0
        var current: (weightClass: WeightClass, place: Int)?
        block.count = 0
        func handOn() {
            guard block.count > 0 else { return }
            visit(block, &sums)
            progress?(block.count)
            block.count = 0
        }
        try withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.names.count) { row in
            while try table.next(into: row) {
                let slice = try Self.validate(row, table, menu)
                let weightClass = WeightClass(slice: slice, weight: Self.weight(row))
                if current?.weightClass != weightClass { current = classes[weightClass].map { (weightClass, $0) } }
                guard let place = current?.place else {
                    throw FileError(.failed, table.place, "the file changed while it was read", "run again")
                }
                let event = Self.event(row, number, unnamed)
                if blocks.begins(event: event, slice: slice) { handOn() }
                if pieces.contains(blocks.count - 1) { fill(block, row, event: event, slice: place) }
                number += 1
            }
        }
        guard number == events else {
            throw FileError(.failed, path, "the file changed while it was read", "run again")
        }
        handOn()
        return sums
    }

    private func fill(
        _ block: ReconstructedBlock, _ row: UnsafeMutableBufferPointer<Double>, event: UInt64, slice: Int
    ) {
        let index = block.count
        block.event[index] = event
        block.slice[index] = Int32(slice)
        block.relativeWeight[index] = sliceWeights[slice] > 0 ? Self.weight(row) / sliceWeights[slice] : 0
        let triggers = row[Self.triggerColumn]
        block.triggers[index] = triggers.isNaN ? 0 : UInt32(triggers)
        for jet in 0..<ReconstructedBlock.jetCount {
            let position = jet * block.capacity + index
            let pt = row[3 + 5 * jet]
            block.pt[position] = pt > 0 ? pt : 0
            block.eta[position] = row[4 + 5 * jet]
            let seen = row[Self.detectorEtaColumn + jet]
            block.detectorEta[position] = seen.isNaN ? row[4 + 5 * jet] : seen
            block.phi[position] = pt > 0 ? wrappedAzimuth(row[5 + 5 * jet]) : 0
            block.truePt[position] = row[6 + 5 * jet]
            block.trueEta[position] = row[7 + 5 * jet]
            block.flavour[position] = 0
        }
        block.count += 1
    }
}
