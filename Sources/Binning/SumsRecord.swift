/// Exact sums laid down as named rows of integers, for files; sums of the same shape take them up again, and records of the
/// same shape add up.
public struct SumsRecord: Sendable, Equatable {
    /// Rows of sums, each with its number; what is not there is zero. A sum is its value + 2⁶⁴ × its high word.
    public struct Rows: Sendable, Equatable {
        public let columns: Int
        /// Increasing.
        public fileprivate(set) var cells: [Int64]
        /// One row after another.
        public fileprivate(set) var values: [Int64]
        /// As many, or none where all are zero.
        public fileprivate(set) var high: [Int64]

        /// - Throws: when cells do not increase or there are not as many numbers as they need.
        public init(
            columns: Int, cells: [Int64], values: [Int64], high: [Int64] = [], name: String = ""
        ) throws(SumsRecordError) {
            guard columns > 0, values.count == cells.count * columns, high.isEmpty || high.count == values.count else {
                throw SumsRecordError(name: name, problem: "have not \(columns) columns for each cell")
            }
            guard cells.first.map({ $0 >= 0 }) ?? true, zip(cells, cells.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw SumsRecordError(name: name, problem: "have cells that do not increase")
            }
            self.columns = columns
            self.cells = cells
            self.values = values
            self.high = high
        }

        /// Some numbers that are no table.
        public init(numbers: [Int64]) {
            (columns, cells, values, high) = (numbers.count, [0], numbers, [])
        }

        fileprivate init(columns: Int, capacity: Int) {
            (self.columns, cells, values, high) = (columns, [], [], [])
            cells.reserveCapacity(capacity)
            values.reserveCapacity(capacity * columns)
            high.reserveCapacity(capacity * columns)
        }

        private mutating func append(_ row: Int, of other: Rows) {
            let range = row * columns..<(row + 1) * columns
            cells.append(other.cells[row])
            values += other.values[range]
            if other.high.isEmpty { high += repeatElement(0, count: columns) } else { high += other.high[range] }
        }

        /// Adds to the row that was appended last.
        private mutating func add(_ row: Int, of other: Rows) {
            let (from, to) = (row * columns, values.count - columns)
            for column in 0..<columns {
                let addend = other.values[from + column]
                let (sum, overflow) = values[to + column].addingReportingOverflow(addend)
                values[to + column] = sum
                high[to + column] += other.high.isEmpty ? 0 : other.high[from + column]
                if overflow { high[to + column] += addend > 0 ? 1 : -1 }
            }
        }

        fileprivate func adding(_ other: Rows) -> Rows {
            var sum = Rows(columns: columns, capacity: max(cells.count, other.cells.count))
            var (one, two) = (0, 0)
            while one < cells.count || two < other.cells.count {
                let isFirst = two == other.cells.count || (one < cells.count && cells[one] <= other.cells[two])
                let isBoth = one < cells.count && two < other.cells.count && cells[one] == other.cells[two]
                if isFirst { sum.append(one, of: self) } else { sum.append(two, of: other) }
                if isBoth { sum.add(two, of: other) }
                one += isFirst ? 1 : 0
                two += isFirst && !isBoth ? 0 : 1
            }
            if sum.high.allSatisfy({ $0 == 0 }) { sum.high = [] }
            return sum
        }
    }

    public var rows: [String: Rows]

    public init(_ rows: [String: Rows] = [:]) { self.rows = rows }

    /// The names that begin with `part.`, without that.
    public subscript(part: String) -> SumsRecord {
        get {
            let start = part + "."
            return SumsRecord(
                Dictionary(
                    uniqueKeysWithValues: rows.compactMap { name, rows in
                        name.hasPrefix(start) ? (String(name.dropFirst(start.count)), rows) : nil
                    }))
        }
        set { for (name, rows) in newValue.rows { self.rows["\(part).\(name)"] = rows } }
    }

    /// Some numbers that are no table.
    public func numbers(_ name: String, count: Int) throws(SumsRecordError) -> [Int64] {
        guard let rows = rows[name] else { throw SumsRecordError(name: name, problem: "are missing") }
        guard rows.columns == count, rows.cells == [0], rows.high.isEmpty else {
            throw SumsRecordError(name: name, problem: "are not \(count) numbers")
        }
        return rows.values
    }

    /// Adds sums of other events.
    public mutating func add(_ other: SumsRecord) throws(SumsRecordError) {
        for (name, addend) in other.rows {
            guard let own = rows[name] else {
                rows[name] = addend
                continue
            }
            guard own.columns == addend.columns else {
                throw SumsRecordError(name: name, problem: "have \(own.columns) and \(addend.columns) columns")
            }
            rows[name] = own.adding(addend)
        }
    }
}

/// A record that does not fit the sums that are to take it up.
public struct SumsRecordError: Error, Equatable, CustomStringConvertible {
    public let name: String
    public let problem: String

    public init(name: String, problem: String) {
        self.name = name
        self.problem = problem
    }

    public var description: String { "the sums '\(name)' \(problem)" }
}
