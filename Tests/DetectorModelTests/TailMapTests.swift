import DetectorModel
import Foundation
import Testing

struct TailMapTests {
    private static func ball(_ alpha: Double, _ power: Double, _ high: Double = 2, _ highPower: Double = 10)
        -> CrystalBall
    {
        CrystalBall(
            low: CrystalBall.Side(alpha: alpha, power: power), high: CrystalBall.Side(alpha: high, power: highPower))
    }

    private static func region(
        _ low: Double = 0, _ high: Double = 3, pt: [Double] = [30, 300],
        _ shapes: [CrystalBall] = [ball(2, 10), ball(1.5, 6)]
    ) -> TailRegion {
        TailRegion(low: low, high: high, pt: pt, shapes: shapes)
    }

    private static func region(_ shapes: [CrystalBall]) -> TailRegion { region(0, 3, shapes) }

    @Test func shapesAreLinearInTheLogarithmAndConstantOutside() throws {
        let map = try TailMap(
            convention: .signed,
            regions: [Self.region(-3, 1), Self.region(1, 3, pt: [100], [Self.ball(1.7, 8)])], path: ["tails"])
        let middle = map.shape(eta: -2, pt: 30 * 10.0.squareRoot())
        #expect(abs(middle.low.alpha - 1.75) < 1e-12 && abs(middle.low.power - 8) < 1e-12)
        #expect(middle.high == CrystalBall.Side(alpha: 2, power: 10))
        #expect(map.shape(eta: -2, pt: 3) == Self.ball(2, 10) && map.shape(eta: 0, pt: 5000) == Self.ball(1.5, 6))
        #expect(map.shape(eta: 2, pt: 30) == Self.ball(1.7, 8))
        #expect(map.regionIndex(eta: 1) == 1 && map.regionIndex(eta: 1.0.nextDown) == 0)
        #expect(TailMap.gaussian.shape(eta: -4, pt: 77) == .gaussian)
    }

    static let faults: [(regions: [TailRegion], path: String, problem: String)] = [
        ([], "tails.regions", "no regions"),
        ([region(0.5)], "tails.regions.0.eta", "starts at"),
        ([region(0, 1), region(1.5, 3)], "tails.regions.1.eta", "gap"),
        ([region(0, 1), region(0.5, 3)], "tails.regions.1.eta", "overlap"),
        ([region(2, 1)], "tails.regions.0.eta", "starts at"), ([region(0, 0)], "tails.regions.0.eta", "not increase"),
        ([region(0, .nan)], "tails.regions.0.eta", "not increase"),
        ([region(0, .infinity)], "tails.regions.0.eta", "not increase"),
        ((0..<17).map { region(Double($0), Double($0) + 1) }, "tails.regions", "17 regions"),
        ([region(pt: [], [])], "tails.regions.0.pt", "0 shapes for 0"),
        ([region(pt: [30])], "tails.regions.0.pt", "2 shapes for 1"),
        ([region(pt: [30, 300, 500])], "tails.regions.0.pt", "2 shapes for 3"),
        ([region(pt: [300, 30])], "tails.regions.0.pt.1", "out of order"),
        ([region(pt: [30, 30])], "tails.regions.0.pt.1", "out of order"),
        ([region(pt: [0, 30])], "tails.regions.0.pt.0", "out of order"),
        ([region(pt: [.nan, 30])], "tails.regions.0.pt.0", "out of order"),
        ([region(pt: [30, 1e7])], "tails.regions.0.pt.1", "out of order"),
        ([region([ball(2, 10), ball(0.49, 10)])], "tails.regions.0.low_alpha.1", "cannot begin at 0.49"),
        ([region([ball(8.1, 10), ball(2, 10)])], "tails.regions.0.low_alpha.0", "cannot begin at 8.1"),
        ([region([ball(2, 10, -2), ball(2, 10)])], "tails.regions.0.high_alpha.0", "cannot begin"),
        ([region([ball(2, 10, .nan), ball(2, 10)])], "tails.regions.0.high_alpha.0", "cannot begin"),
        ([region([ball(2, 2), ball(2, 10)])], "tails.regions.0.low_n.0", "heavier than a mean allows"),
        ([region([ball(2, 10), ball(2, 10, 2, 1)])], "tails.regions.0.high_n.1", "heavier than a mean allows"),
        ([region([ball(2, 2.4), ball(2, 10)])], "tails.regions.0.low_n.0", "out of range"),
        ([region([ball(2, 101), ball(2, 10)])], "tails.regions.0.low_n.0", "out of range"),
        ([region([ball(2, .nan), ball(2, 10)])], "tails.regions.0.low_n.0", "out of range"),
        ([region([ball(0.7, 2.6, 8, 50), ball(2, 10)])], "tails.regions.0", "move the mean"),
        ([region([ball(2, 10), ball(8, 50, 0.7, 2.6)])], "tails.regions.0", "move the mean"),
    ]

    @Test(arguments: faults.indices) func whatIsNoShapeIsRefused(index: Int) {
        let fault = Self.faults[index]
        let error = #expect(throws: CardError.self) {
            try TailMap(convention: .absolute, regions: fault.regions, path: ["tails"])
        }
        #expect(error?.path.joined(separator: ".") == fault.path && error?.remedy.isEmpty == false)
        #expect(error?.problem.contains(fault.problem) == true, "\(error?.description ?? "")")
    }

    @Test func theMeanIsNowhereFarFromThePeakBetweenNodes() throws {
        let map = try TailMap(convention: .absolute, regions: [Self.region()], path: [])
        for pt in stride(from: 20.0, to: 400, by: 7) { #expect(abs(map.shape(eta: 0, pt: pt).mean) <= 0.5) }
    }
}
