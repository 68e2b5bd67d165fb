import Foundation
import Testing

/// Whether the inputs of a fit agree, in files and in words.
struct CompatibilityTests {
    @Test func theCalibrationSaysWhetherItsInputsAgree() throws {
        let calibration = try SmallStudy.shared.get().workplace.json("run/calibration.json")
        let compatibility = calibration["compatibility"]
        let pairs = try #require(calibration["fits"].list).reduce(0) { $0 + ($1["pairs"].double ?? 0) }
        let (tested, freedom) = (try #require(compatibility["pairs"].double), try #require(compatibility["ndf"].double))
        #expect(tested > 20 && tested <= pairs && freedom < tested && freedom > 0)
        let probability = try #require(compatibility["p_value"].double)
        #expect((0...1).contains(probability) && compatibility["level"].double == 0.01)
        let outliers = try #require(compatibility["outliers"].list)
        #expect(compatibility["inputs_agree"].bool == (probability >= 0.005 && outliers.isEmpty))
    }

    /// Data in which the jets at 0.8 < η < 1.305 are 20 % harder, but only opposite to −1.305 < η < −0.8: no constant a bin does that.
    @Test func aPairThatIsOffIsNamed() throws {
        let place = try Workplace()
        for (name, seed) in [("mc", 1), ("data", 2)] {
            try place.succeed("simulate --detector uniform --events 200k --seed \(seed) --quiet -o \(name).csv")
        }
        let lines = try place.text("data.csv").split(separator: "\n").map(String.init)
        let names = lines[0].split(separator: ",").map(String.init)
        func columns(_ jet: Int) throws -> [Int] {
            try ["pt", "eta", "phi"].map { name in try #require(names.firstIndex(of: "\(name)\(jet)")) }
        }
        let (first, second) = (try columns(1), try columns(2))
        let changed = lines.dropFirst().map { line -> String in
            var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            func number(_ column: Int) -> Double { Double(fields[column]) ?? .nan }
            let (one, other) = (number(first[1]), number(second[1]))
            for (jet, eta, opposite) in [(first, one, other), (second, other, one)]
            where (0.8..<1.305).contains(eta) && (-1.305 ..< -0.8).contains(opposite) {
                fields[jet[0]] = "\(number(jet[0]) * 1.2)"
            }
            if number(second[0]) > number(first[0]) {
                for (left, right) in zip(first, second) { fields.swapAt(left, right) }
            }
            return fields.joined(separator: ",")
        }
        try place.write(([lines[0]] + changed).joined(separator: "\n") + "\n", to: "changed.csv")
        let fit = "--mc mc.csv --binning coarse --passes 1"
        let output = try place.succeed("fit changed.csv \(fit) -o c.json")
        #expect(output.contains("inputs DISAGREE") && output.contains("sigma"), "\(output)")
        let outlier = try place.json("c.json")["compatibility"]["outliers"][0]
        #expect(outlier["eta_low"][0].double == -1.305 && outlier["eta_high"][1].double == 1.305)
        // Lower η less higher η: negative when the latter is too hard.
        #expect(try #require(outlier["pull"].double) < -4)
        let before = try place.succeed("fit data.csv \(fit) -o before.json")
        #expect(before.contains("inputs AGREE"), "\(before)")
    }
}
