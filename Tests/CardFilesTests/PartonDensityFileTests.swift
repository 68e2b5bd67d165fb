import CardFiles
import DijetGeneration
import FileAccess
import Foundation
import Testing

struct PartonDensityFileTests {
    /// Two subgrids as LHAPDF writes them, with partons that EtaCal does not know.
    static let grid = """
        PdfType: central
        Format: lhagrid1
        AlphaS_Vals: [0.2, 0.1]
        ---
        1.0e-03 1.0e-01 1.0e+00
        1.0e+00 4.0e+00
        -1 2 21 22
        1.1 2.1 3.1 9
        1.2 2.2 3.2 9
        1.3 2.3 3.3 9
        1.4 2.4 3.4 9
        0 0 0 0
        0 0 0 0
        ---
        1.0e-03 1.0e-01 1.0e+00
        4.0e+00 9.0e+01
        -1 0 2 6
        1.5 3.5 2.5 9
        1.6 3.6 -2.6 9
        1.7 3.7 2.7 9
        1.8 3.8 2.8 9
        0 0 0 0
        0 0 0 0
        ---

        """

    private static func read(_ text: String) throws(FileError) -> PartonDensity {
        try PartonDensity(lhagrid: Array(text.utf8), file: "grid.dat", name: "grid")
    }

    @Test func partonsComeToTheirLanes() throws {
        let density = try Self.read(Self.grid)
        let knots: [(x: Double, q: Double, anti: Double, gluon: Double, up: Double)] = [
            (1e-3, 1, 1.1, 3.1, 2.1), (0.1, 1, 1.3, 3.3, 2.3), (1e-3, 4, 1.5, 3.5, 2.5), (1e-3, 90, 1.6, 3.6, -2.6),
            (0.1, 4, 1.7, 3.7, 2.7), (0.1, 90, 1.8, 3.8, 2.8),
        ]
        for knot in knots {
            let values = density.momentumDensities(x: knot.x, q: knot.q)
            var expected = SIMD16<Double>.zero
            (expected[4], expected[5], expected[7]) = (knot.anti, knot.gluon, knot.up)
            for lane in 0..<16 { #expect(abs(values[lane] - expected[lane]) < 1e-13, "lane \(lane) at \(knot)") }
        }
    }

    /// Line ends of Windows, blanks at the ends of lines, no line end at all at the end: a grid is a grid.
    @Test(arguments: [
        grid.replacing("\n", with: "\r\n"), grid.replacing("\n", with: " \t\n"), String(grid.dropLast()),
        grid + "\n  \n",
    ])
    func blanksDoNotMatter(text: String) throws {
        let (ours, plain) = (try Self.read(text), try Self.read(Self.grid))
        #expect(ours.momentumDensities(x: 0.02, q: 2) == plain.momentumDensities(x: 0.02, q: 2))
    }

    /// What is changed in the grid, the line that the message names, and what it says.
    static let faults: [(find: String, replacement: String, line: String, problem: String)] = [
        ("lhagrid1", "lhagrid2", ":2", "'lhagrid2' is not known"),
        ("Format: ", "Shape: ", ":4", "does not name the format"),
        ("PdfType: central\n", "---\n", ":1", "does not name the format"),
        ("1.0e+00 4.0e+00", "4.0e+00 1.0e+00", ":6", "not above"),
        ("1.0e+00 4.0e+00", "4.0e+00", ":11", "more lines than 3 × 1"), ("1.0e+00 4.0e+00\n", "\n", ":7", "no knots"),
        ("1.0e-03 1.0e-01 1.0e+00\n1.0e", "1.0e-03 1.0e-01 2.0e+00\n1.0e", ":5", "a knot of x is 2.0"),
        ("1.3 2.3", "nan 2.3", ":10", "'nan' is not"), ("1.3 2.3", "inf 2.3", ":10", "'inf' is not"),
        ("1.3 2.3", "1e400 2.3", ":10", "'1e400' is not"), ("1.3 2.3", "0x1p3 2.3", ":10", "'0x1p3' is not"),
        ("1.3 2.3", "1.3, 2.3", ":10", "'1.3,' is not"), ("1.3 2.3", "1e200 2.3", ":10", "parton -1 is 1e+200"),
        ("1.3 2.3", "1.3.1 2.3", ":10", "'1.3.1' is not"), ("1.3 2.3", "1.3 2.3 5", ":10", "5 densities for 4 partons"),
        ("1.3 2.3", "1.3", ":10", "3 densities for 4 partons"), ("1.3 2.3 3.3 9\n", "", ":13", "ends after 5 lines"),
        ("1.3 2.3 3.3 9\n", "1 2 3 4\n1 2 3 4\n", ":14", "more lines than 3 × 2"),
        ("-1 2 21 22", "-1 2 21 0", ":7", "21 stands there twice"),
        ("-1 2 21 22", "-1 2 2 22", ":7", "2 stands there twice"),
        ("-1 2 21 22", "6 7 22 25", ":7", "none of the partons"), ("-1 2 21 22", "-1 2 21 2.5", ":7", "2.5 is no PDG"),
        ("-1 2 21 22", "-9223372036854775808 6 22 25", ":7", "none of the partons"),
        ("-1 2 21 22", "", ":7", "none of the partons"), ("4.0e+00 9", "5.0e+00 9", ":16", "begins at Q = 5.0"),
        ("---\n1.0e-03 1.0e-01 1.0e+00\n4", "1.0e-03 1.0e-01 1.0e+00\n4", ":14", "3 densities for 4"),
        ("-1 0 2 6", "-1 \u{0} 2 6", ":17", "not text"),
    ]

    @Test(arguments: 0..<faults.count) func faultsAreToldWithTheirLine(index: Int) throws {
        let fault = Self.faults[index]
        let text = Self.grid.replacing(fault.find, with: fault.replacement, maxReplacements: 1)
        #expect(text != Self.grid)
        let error = #expect(throws: FileError.self) { _ = try Self.read(text) }
        #expect(error?.kind == .malformed && error?.place == "grid.dat" + fault.line, "\(error.map { "\($0)" } ?? "")")
        #expect(error?.problem.contains(fault.problem) == true, "\(error?.problem ?? "")")
        #expect(error?.remedy.isEmpty == false)
    }

    /// Wherever a file is cut, it is refused, unless whole subgrids are left.
    @Test func cutsAreNoticed() {
        let whole = [Self.grid.utf8.count, Self.grid.utf8.count - 1]
        let first = Self.grid.ranges(of: "---")[1].upperBound.utf16Offset(in: Self.grid)
        for length in 0..<Self.grid.utf8.count where !whole.contains(length) && length != first && length != first + 1 {
            let text = String(Self.grid.prefix(length))
            #expect(throws: FileError.self, "\(length) bytes") { _ = try Self.read(text) }
        }
    }

    /// The built-in density obeys the sum rules that hold for real ones: below the mass of the top, which has a share too,
    /// momentum adds up to 1, and there are two valence up quarks and one down quark.
    @Test(arguments: [12.0, 50, 150])
    func theBuiltInDensityObeysSumRules(q: Double) {
        let density = PartonDensity.builtIn
        #expect(density.name == "NNPDF23_lo_as_0130" && density.citation == "arXiv:1207.1303")
        var (momentum, up, down) = (0.0, 0.0, 0.0)
        // In steps of ln x from the lowest knot: ∫ x f dx = ∫ x² f d ln x.
        let (first, steps) = (log(1.2e-6), 20_000)
        for step in 0..<steps {
            let x = exp(first * (1 - (Double(step) + 0.5) / Double(steps)))
            let values = density.momentumDensities(x: x, q: q)
            let width = -first / Double(steps)
            momentum += values.sum() * x * width
            up += (values[7] - values[3]) * width
            down += (values[6] - values[4]) * width
        }
        #expect(abs(momentum - 1) < 0.01, "\(momentum)")
        #expect(abs(up - 2) < 0.05 && abs(down - 1) < 0.05, "\(up), \(down)")
    }

    @Test func aFileIsReadUnderItsName() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).dat")
        try Self.grid.write(to: url, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: url) }
        let density = try PartonDensity(file: url.path)
        #expect(density.name == url.deletingPathExtension().lastPathComponent)
        let error = #expect(throws: FileError.self) { _ = try PartonDensity(file: url.path + ".none") }
        #expect(error?.kind == .unreadable)
    }

    @Test func whatIsTooLargeIsRefused() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID().uuidString).dat")
        try Data().write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let handle = try FileHandle(forWritingTo: url)
        // Sparse: it takes no room.
        try handle.truncate(atOffset: 65 << 20)
        try handle.close()
        let error = #expect(throws: FileError.self) { _ = try PartonDensity(file: url.path) }
        #expect(error?.kind == .malformed && error?.problem.contains("64 MB") == true)
    }
}
