public import FileAccess
internal import DijetGeneration

/// The p̂T slices of a table `slice,pthat_min_GeV,pthat_max_GeV`; other columns, such as cross-sections, are left alone.
public struct SliceEdgesFile: Sendable {
    static let mostSlices = 1000

    /// GeV; one more than there are slices.
    public let edges: [Double]

    /// - Parameters:
    ///   - path: slices numbered from 0, each of which begins where the one before ends; .csv or .csv.gz.
    ///   - sqrtS: no slice reaches beyond half of it, in GeV.
    public init(_ path: String, sqrtS: Double) throws(FileError) {
        let names = ["slice", "pthat_min_GeV", "pthat_max_GeV"]
        let reader = try NumberTable(path, wanted: names, optional: [])
        var edges: [Double] = []
        let row = UnsafeMutableBufferPointer<Double>.allocate(capacity: names.count)
        defer { row.deallocate() }
        while try reader.next(into: row) {
            let (number, low, high) = (row[0], row[1], row[2])
            func refuse(_ problem: String, _ remedy: String) -> FileError {
                FileError(.malformed, reader.place, "slice \(number) of \(low)–\(high) GeV " + problem, remedy)
            }
            guard low >= HardProcess.smallestPt, high >= low * (1 + 1e-6) else {
                throw refuse("has no range", "give increasing p̂T from \(HardProcess.smallestPt) GeV on")
            }
            guard high <= sqrtS / 2 else {
                throw refuse(
                    "reaches beyond \(sqrtS / 2) GeV, half the collision energy",
                    "end the slices there or raise --sqrt-s")
            }
            guard number == Double(max(0, edges.count - 1)), edges.last.map({ $0 == low }) ?? true else {
                throw refuse(
                    "does not follow the one before",
                    "number slices from 0 by increasing p̂T, and begin each where the one before ends")
            }
            guard edges.count <= Self.mostSlices else {
                throw refuse("is one too many", "give at most \(Self.mostSlices)")
            }
            if edges.isEmpty { edges.append(low) }
            edges.append(high)
        }
        guard !edges.isEmpty else {
            throw FileError(.malformed, path, "there are no slices", "give a table with rows")
        }
        self.edges = edges
    }
}
