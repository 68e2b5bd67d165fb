import Binning
import Testing

struct SumsRecordTests {
    /// Three slices, of which one is never met; a few cells of 50 filled.
    private func table(_ seed: Int) -> FixedPointTable {
        var table = FixedPointTable(slices: 3, cells: 50, columns: 2)
        for slice in [0, 2] {
            table.withSlice(slice) { sums in
                for step in 0..<8 {
                    let cell = (seed % 2 * 7 + step * step + slice) % 50
                    sums[2 * cell] += Int64(seed + step)
                    sums[2 * cell + 1] += .max / 3 * (seed % 2 == 0 ? 1 : -1)
                }
            }
        }
        return table
    }

    @Test func aTableTakesUpItsRecord() throws {
        let table = table(1)
        var other = FixedPointTable(slices: 3, cells: 50, columns: 2)
        try other.restore(table.record)
        #expect(other == table)
        #expect(table.record.rows.keys.sorted() == ["0", "2"])
    }

    /// Records know nothing of tables, and beyond 64 bits they carry as tables do.
    @Test func addingRecordsIsMergingTables() throws {
        var sum = table(0)
        var record = sum.record
        for seed in [2, 4, 6, 7, 8, 10, 12, 1, 3, 5] {
            sum.merge(table(seed))
            try record.add(table(seed).record)
        }
        #expect(record == sum.record)
        #expect(sum.record.rows.values.contains { !$0.high.isEmpty })
        var restored = FixedPointTable(slices: 3, cells: 50, columns: 2)
        try restored.restore(record)
        #expect(restored == sum)
    }

    @Test func namesAreNested() throws {
        var record = SumsRecord()
        record["balance"] = table(1).record
        record["histograms"] = table(2).record
        record.rows["events"] = .init(numbers: [3, 4])
        #expect(record["balance"] == table(1).record)
        #expect(record["histograms"] == table(2).record)
        #expect(try record.numbers("events", count: 2) == [3, 4])
        #expect(throws: SumsRecordError.self) { try record.numbers("events", count: 3) }
        #expect(throws: SumsRecordError.self) { try record.numbers("event", count: 2) }
    }

    @Test func whatDoesNotFitIsRefused() throws {
        var record = table(1).record
        var narrow = FixedPointTable(slices: 3, cells: 50, columns: 1)
        #expect(throws: SumsRecordError.self) { try narrow.restore(record) }
        var short = FixedPointTable(slices: 3, cells: 10, columns: 2)
        #expect(throws: SumsRecordError.self) { try short.restore(record) }
        var few = FixedPointTable(slices: 2, cells: 50, columns: 2)
        #expect(throws: SumsRecordError.self) { try few.restore(record) }
        narrow.withSlice(0) { $0[0] = 1 }
        #expect(throws: SumsRecordError.self) { try record.add(narrow.record) }
        #expect(throws: SumsRecordError.self) { try SumsRecord.Rows(columns: 2, cells: [1, 1], values: [0, 0, 0, 0]) }
        #expect(throws: SumsRecordError.self) { try SumsRecord.Rows(columns: 2, cells: [1, 2], values: [0, 0, 0]) }
        #expect(throws: SumsRecordError.self) { try SumsRecord.Rows(columns: 1, cells: [-1], values: [0]) }
    }
}
