public import Balance
internal import FileAccess
public import JetPhysics

/// Reconstructed events in a table (.csv, .csv.gz or .h5). What was read at the first look stays in memory as far as there is room
/// for it; the rest is read anew each time the events are gone through.
///
/// Needs `pt1 eta1 phi1 pt2 eta2 phi2`; knows `event slice weight`, the third jet, η from the detector's centre (`det_etaK`; where
/// it is not known, η itself), truth (`true_ptK`, `true_etaK`), the `triggers` that kept an event and what `Contents` lists.
public struct EventFile: EventSource {
    /// Twice the most rows that re-use one truth event, which stay in one block.
    static let blockCapacity = 8192
    static let largestClasses = 256
    /// Bytes of memory that the rows of a table may take, if nothing else is said.
    public static let standardMemory = 256 << 20

    public let path: String
    public let events: Int
    /// Blocks of consecutive rows.
    public let pieces: Int
    public let hasTruth: Bool
    /// Whether there are columns of the jets' true flavours.
    public let hasFlavours: Bool
    /// Whether there is a column that says which triggers kept an event.
    public let hasTriggers: Bool
    public let sliceWeights: [Double]
    private let classes: [WeightClass: Int]
    private let menu: TriggerMenu?
    private let contents: Contents
    private let kept: KeptRows
    private let state: FileState
    /// What the number of an event without one is told by beside events with one, which it is none of.
    private let unnamed: UInt64
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

    /// Reads the whole table once, so that what is wrong with it is known before anything is derived.
    /// - Parameters:
    ///   - menu: whose triggers kept the events, one a bit of the column `triggers`, the first one's the lowest. With it the column
    ///     has to be there, each event needs its bits, and none may be set beyond the menu's; without it, what the column does not
    ///     say is 0.
    ///   - contents: what is read; columns beyond that may hold anything.
    ///   - memory: bytes that rows kept from the first look may take. Which rows those are changes nothing but the time.
    ///   - progress: told the number of events of each block that was handed on, on the thread that reads.
    /// - Throws: `FileError` with file, line and remedy.
    public init(
        _ path: String, menu: TriggerMenu? = nil, contents: Contents = .jets,
        memory: Int = standardMemory, progress: (@Sendable (Int) -> Void)? = nil
    ) throws {
        self.path = path
        state = try FileState(path)
        self.menu = menu
        self.contents = contents
        self.progress = progress
        // Neighbours mostly share their class.
        var largest: [WeightClass: Double] = [:]
        var current: (weightClass: WeightClass, largest: Double)?
        var events = 0
        var blocks = Blocks()
        let names = Self.names(contents)
        let table = try openRows(path, wanted: names, optional: Self.optional)
        if contents.contains(.scores) { try Self.requireTags(table.columns, table.header) }
        if contents.contains(.missingMomentum) { try Self.requireMissingMomentum(table.columns, table.header) }
        let unnamed: UInt64 = table.columns.contains("event") ? 1 << 63 : 0
        self.unnamed = unnamed
        let keeper = RowKeeper(width: names.count, bytes: memory)
        hasTriggers = table.columns.contains("triggers")
        guard menu == nil || hasTriggers else {
            throw FileError(
                .malformed, table.header, "the column 'triggers' is missing",
                "add the bits of the triggers that kept each event, or do without a menu if all are there")
        }
        hasFlavours = Self.has(Self.flavourNames, among: table.columns)
        hasTruth = ["true_pt1", "true_eta1", "true_pt2", "true_eta2"].allSatisfy { table.columns.contains($0) }
        try withUnsafeTemporaryAllocation(of: Double.self, capacity: names.count) { row in
            while try table.next(into: row) {
                let slice = try Self.validate(row, table, menu, contents)
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
                keeper.append(row)
            }
        }
        kept = keeper.finish()
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

    public func reduce<Sums: MergeableSums>(
        _ empty: Sums, over pieces: Range<Int>, _ visit: @escaping @Sendable (ReconstructedBlock, inout Sums) -> Void
    ) throws -> Sums {
        var sums = empty
        var pass = Pass(file: self, pieces: pieces) { block in
            visit(block, &sums)
            progress?(block.count)
        }
        try state.requireUnchanged(path)
        kept.forEach { _ = pass.take($0, slice: Int(Self.slice($0))) }
        if kept.count < events {
            let names = Self.names(contents)
            let table = try openRows(path, wanted: names, optional: Self.optional)
            try table.skip(kept.count)
            try withUnsafeTemporaryAllocation(of: Double.self, capacity: names.count) { row in
                while try table.next(into: row) {
                    let slice = try Self.validate(row, table, menu, contents)
                    guard pass.take(row, slice: slice) else { throw FileError.changed(table.place) }
                }
            }
        }
        guard pass.rows == events else { throw FileError.changed(path) }
        pass.handOn()
        return sums
    }

    /// Once through the rows. It knows no sums: what is generic is slow.
    private struct Pass {
        let file: EventFile
        let pieces: Range<Int>
        let visit: (ReconstructedBlock) -> Void
        private(set) var rows = 0
        private let block = ReconstructedBlock(capacity: EventFile.blockCapacity)
        private var blocks = Blocks()
        private var current: (weightClass: WeightClass, place: Int)?

        init(file: EventFile, pieces: Range<Int>, visit: @escaping (ReconstructedBlock) -> Void) {
            (self.file, self.pieces, self.visit) = (file, pieces, visit)
            block.count = 0
            block.tags = file.contents.contains(.scores) ? JetTags(capacity: EventFile.blockCapacity) : nil
        }

        /// Takes the next row.
        /// - Returns: whether there is a class for it, as there was when the table was looked at first.
        mutating func take(_ row: UnsafeMutableBufferPointer<Double>, slice: Int) -> Bool {
            let weightClass = WeightClass(slice: slice, weight: EventFile.weight(row))
            if current?.weightClass != weightClass { current = file.classes[weightClass].map { (weightClass, $0) } }
            guard let place = current?.place else { return false }
            let event = EventFile.event(row, rows, file.unnamed)
            if blocks.begins(event: event, slice: slice) { handOn() }
            if pieces.contains(blocks.count - 1) { file.fill(block, row, event: event, slice: place) }
            rows += 1
            return true
        }

        mutating func handOn() {
            guard block.count > 0 else { return }
            visit(block)
            block.count = 0
        }
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
            block.flavour[position] = contents.contains(.flavours) ? Self.flavour(row, contents, jet: jet) : 0
        }
        if let tags = block.tags {
            for jet in 0..<ReconstructedBlock.jetCount {
                tags.score[jet * block.capacity + index] = Self.score(row, contents, jet: jet)
            }
        }
        if contents.contains(.missingMomentum) { (block.softX[index], block.softY[index]) = Self.softTerm(row) }
        block.count += 1
    }
}
