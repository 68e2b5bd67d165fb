import EventFiles
import FileAccess
import Testing

struct SliceEdgesFileTests {
    static let table = "slice,pthat_min_GeV,pthat_max_GeV,sigma_pb\n0,30,60,100\n1,60,120,\n2,120,500,1\n"

    @Test func otherColumnsAreLeftAlone() throws {
        try withFile("slices.csv", Self.table) { path in
            let edges = try SliceEdgesFile(path, sqrtS: 1000).edges
            #expect(edges == [30, 60, 120, 500])
        }
    }

    @Test(arguments: [
        ("1,60,120", "1,60,60", ":3", "no range"), ("1,60,120", "1,60,", ":3", "no range"),
        ("0,30,60", "0,0,60", ":2", "no range"), ("0,30,60", "0,-30,60", ":2", "no range"),
        ("1,60,120", "1,50,120", ":3", "does not follow"), ("1,60,120", "1,61,120", ":3", "does not follow"),
        ("1,60,120", "2,60,120", ":3", "does not follow"), ("0,30,60", "1,30,60", ":2", "does not follow"),
        ("2,120,500", "2,120,501", ":4", "reaches beyond 500.0 GeV"), ("pthat_max_GeV", "max", ":1", "is missing"),
        ("1,60,120", "1,60,high", ":3", "not a number"),
    ])
    func mistakesAreNamed(old: String, new: String, line: String, problem: String) throws {
        let text = Self.table.replacing(old, with: new)
        #expect(text != Self.table)
        try withFile("slices.csv", text) { path in
            let error = #expect(throws: FileError.self) { _ = try SliceEdgesFile(path, sqrtS: 1000) }
            #expect(error?.kind == .malformed && error?.place == path + line, "\(error.map { "\($0)" } ?? "")")
            #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
        }
    }

    @Test func slicesThatAreNotThereAreRefused() throws {
        try withFile("slices.csv", "slice,pthat_min_GeV,pthat_max_GeV\n") { path in
            let error = #expect(throws: FileError.self) { _ = try SliceEdgesFile(path, sqrtS: 1000) }
            #expect(error?.problem == "there are no slices")
        }
    }
}
