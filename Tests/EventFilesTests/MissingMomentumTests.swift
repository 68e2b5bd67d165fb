import Balance
import EventFiles
import FileAccess
import Foundation
import JetPhysics
import Testing

/// The soft terms that a pass over a file sees.
private struct SoftTerms: MergeableSums {
    var values: [SIMD2<Double>] = []
    mutating func merge(_ other: SoftTerms) { values += other.values }
    static func collect(_ file: EventFile) throws -> [SIMD2<Double>] {
        try file.reduce(SoftTerms()) { block, sums in
            for row in 0..<block.count { sums.values.append([block.softX[row], block.softY[row]]) }
        }.values
    }
}

/// The soft term as it is told, or as the missing momentum leaves it.
struct MissingMomentumTests {
    private static let jets = "pt1,eta1,phi1,pt2,eta2,phi2,pt3,eta3,phi3"
    private static let rows = ["80,1,0,70,-1,3.125,,,", "90,0,-1.5,85,0.5,1.625,10,2,0.25"]

    private func soft(
        _ columns: String, _ values: [String], contents: EventFile.Contents = .missingMomentum,
        memory: Int = 1 << 20
    ) throws -> [SIMD2<Double>] {
        let lines = ["\(Self.jets),\(columns)"] + zip(Self.rows, values).map { "\($0),\($1)" }
        var result: [SIMD2<Double>] = []
        try withFile("e.csv", lines.joined(separator: "\n") + "\n") { path in
            result = try SoftTerms.collect(EventFile(path, contents: contents, memory: memory))
        }
        return result
    }

    @Test(arguments: [0, 1 << 20]) func itIsWhatJetsAndMissingMomentumLeave(memory: Int) throws {
        let told = try soft("soft_x,soft_y", ["1.5,-2", "0,3"], memory: memory)
        #expect(told == [SIMD2(1.5, -2), SIMD2(0, 3)])
        let found = try soft("met_x,met_y", ["-4,2.5", "7,-1"], memory: memory)
        func left(_ missing: SIMD2<Double>, _ jets: [(pt: Double, phi: Double)]) -> SIMD2<Double> {
            jets.reduce(-missing) { $0 - $1.pt * SIMD2(cos($1.phi), sin($1.phi)) }
        }
        let expected = [
            left(SIMD2(-4, 2.5), [(80, 0), (70, 3.125)]),
            left(SIMD2(7, -1), [(90, -1.5), (85, 1.625), (10, 0.25)]),
        ]
        for (one, other) in zip(found, expected) {
            #expect(abs(one.x - other.x) < 1e-12 && abs(one.y - other.y) < 1e-12)
        }
        // Row by row: what is told comes first.
        let mixed = try soft("met_x,met_y,soft_x,soft_y", ["-4,2.5,,", "7,-1,0,3"], memory: memory)
        #expect(mixed == [found[0], told[1]])
    }

    @Test func nobodyAsksForItWhereItIsNotNeeded() throws {
        #expect(try soft("met_x,soft_x", ["none,1e300", "x,"], contents: .jets) == [SIMD2.zero, .zero])
    }

    @Test(arguments: ["out.csv.gz", "out.h5"]) func whatIsWrittenReadsBackBitForBit(name: String) throws {
        let path = scratchPath(name)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let block = ReconstructedBlock(capacity: 2)
        block.count = 2
        for row in 0..<2 {
            block.relativeWeight[row] = 1
            for jet in 0..<2 { block.pt[2 * jet + row] = 50 / Double(3 + row) }
            (block.softX[row], block.softY[row]) = (Double(1 + row) / 3, -10 / Double(7 + row))
        }
        let writer = try EventWriter(path, sliceWeights: [1], overwrite: false)
        try writer.write(block)
        try writer.finish()
        let found = try SoftTerms.collect(EventFile(path, contents: .missingMomentum))
        let expected = (0..<2).map { SIMD2(block.softX[$0], block.softY[$0]) }
        #expect(found == expected)
    }

    @Test(arguments: [
        ("met_x,met_z", ["1,2", "3,4"], 1, "met_x and met_y, or soft_x and soft_y, are missing"),
        ("met_x,met_y", ["1,2", "3,"], 3, "the missing momentum is missing"),
        ("soft_x,soft_y", ["1,2", "3,"], 3, "the missing momentum is missing"),
        ("met_x,met_y", ["1,2", "1e7,4"], 3, "leaves a soft term"),
        ("met_x,met_y", ["1,many", "3,4"], 2, "many"),
    ])
    func whatIsMissingIsNamed(columns: String, values: [String], line: Int, problem: String) throws {
        let error = #expect(throws: FileError.self) { _ = try soft(columns, values) }
        #expect(error?.place.hasSuffix(":\(line)") == true, "\(error?.place ?? "")")
        #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
        #expect(error?.kind == .malformed)
    }
}
