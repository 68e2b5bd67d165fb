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

        fileprivate init(columns: Int) { (self.columns, cells, values, high) = (columns, [], [], []) }

        fileprivate mutating func append(_ cell: Int64, _ rows: [(values: ArraySlice<Int64>, high: ArraySlice<Int64>)])
        {
            cells.append(cell)
            for column in 0..<columns {
                var sum = Int128(0)
                for row in rows {
                    sum += Int128(row.values[row.values.startIndex + column])
                    if !row.high.isEmpty { sum += Int128(row.high[row.high.startIndex + column]) << 64 }
                }
                let low = Int64(truncatingIfNeeded: sum)
                values.append(low)
                high.append(Int64(truncatingIfNeeded: (sum - Int128(low)) >> 64))
            }
        }

        fileprivate func row(_ index: Int) -> (values: ArraySlice<Int64>, high: ArraySlice<Int64>) {
            let range = index * columns..<(index + 1) * columns
            return (values[range], high.isEmpty ? [] : high[range])
        }

        fileprivate func adding(_ other: Rows) -> Rows {
            var sum = Rows(columns: columns)
            var (one, two) = (0, 0)
            while one < cells.count || two < other.cells.count {
                let next = min(one < cells.count ? cells[one] : .max, two < other.cells.count ? other.cells[two] : .max)
                var rows: [(values: ArraySlice<Int64>, high: ArraySlice<Int64>)] = []
                if one < cells.count, cells[one] == next {
                    rows.append(row(one))
                    one += 1
                }
                if two < other.cells.count, other.cells[two] == next {
                    rows.append(other.row(two))
                    two += 1
                }
                sum.append(next, rows)
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
