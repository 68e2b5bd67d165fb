import DetectorModel
import Foundation
import Testing

/// A density with two tails, integrated by Simpson's rule: nothing here knows the formulas of `CrystalBall`.
private struct Reference {
    let ball: CrystalBall

    /// exp(−z²/2), and beyond α the power law of the same value and slope.
    func density(_ z: Double) -> Double {
        let side = z < 0 ? ball.low : ball.high
        guard abs(z) > side.alpha else { return exp(-0.5 * z * z) }
        let start = side.power / side.alpha
        return exp(-0.5 * side.alpha * side.alpha) * pow(start / (start - side.alpha + abs(z)), side.power)
    }

    private func simpson(_ low: Double, _ high: Double, _ steps: Int, _ function: (Double) -> Double) -> Double {
        guard high > low else { return 0 }
        let width = (high - low) / Double(2 * steps)
        let inner = (1..<2 * steps).reduce(0) { $0 + ($1 % 2 == 1 ? 4 : 2) * function(low + Double($1) * width) }
        return (function(low) + inner + function(high)) * width / 3
    }

    /// ∫ function · density over all z, cut where the function has a kink; |z| = e^s in the tails, so that they end where
    /// nothing is left of a mean.
    func integral(kink: Double, _ function: (Double) -> Double) -> Double {
        func core(_ low: Double, _ high: Double) -> Double {
            let cut = max(low, min(high, kink))
            let parts = [(low, cut), (cut, high)].map { part in
                simpson(part.0, part.1, 2000) { function($0) * density($0) }
            }
            return parts[0] + parts[1]
        }
        func tail(_ side: CrystalBall.Side, _ sign: Double) -> Double {
            let start = log(side.alpha)
            let end = log(side.alpha + side.power / side.alpha * (exp(40 / (side.power - 2)) - 1))
            let cut = kink * sign > side.alpha ? min(end, log(kink * sign)) : start
            let parts = [(start, cut), (cut, end)].map { part in
                simpson(part.0, part.1, 20_000) { s in
                    let z = exp(s)
                    return function(sign * z) * density(sign * z) * z
                }
            }
            return parts[0] + parts[1]
        }
        return tail(ball.low, -1) + core(-ball.low.alpha, 0) + core(0, ball.high.alpha) + tail(ball.high, 1)
    }

    var mass: Double { integral(kink: 0) { _ in 1 } }
    func mean(kink: Double = 0, _ function: (Double) -> Double) -> Double { integral(kink: kink, function) / mass }
}

struct CrystalBallTests {
    private static func side(_ alpha: Double, _ power: Double) -> CrystalBall.Side {
        CrystalBall.Side(alpha: alpha, power: power)
    }

    /// From Gaussian to the heaviest that a card may have.
    static let balls = [
        CrystalBall.gaussian, CrystalBall(low: side(1.8, 7), high: side(2.1, 12)),
        CrystalBall(low: side(1, 4), high: side(1.2, 5)), CrystalBall(low: side(1.5, 3), high: .gaussian),
        CrystalBall(low: .gaussian, high: side(2.5, 2.5)), CrystalBall(low: side(0.5, 2.5), high: side(0.5, 2.5)),
        CrystalBall(low: side(0.7, 100), high: side(1, 60)),
    ]

    @Test(arguments: balls.indices) func momentsAreThoseOfTheDensity(index: Int) {
        let ball = Self.balls[index]
        let reference = Reference(ball: ball)
        #expect(abs(ball.lowShare - reference.mean { $0 < 0 ? 1 : 0 }) < 1e-3)
        #expect(abs(ball.mean - reference.mean { $0 }) < 1e-8)
    }

    /// Exactly half where both sides are alike, and as the masses elsewhere: the side without a tail is √(π/2).
    @Test func sharesOfTheSides() {
        #expect(abs(CrystalBall.gaussian.lowShare - 0.5) < 1e-15 && CrystalBall.gaussian.mean == 0)
        let ball = CrystalBall(low: Self.side(1.5, 3), high: .gaussian)
        let high = (Double.pi / 2).squareRoot()
        #expect(abs(ball.lowShare - (1 - high / Reference(ball: ball).mass)) < 1e-9)
    }

    @Test(arguments: balls.indices) func fractionsBeyondADistance(index: Int) {
        let ball = Self.balls[index]
        let reference = Reference(ball: ball)
        for distance in [0.1, 1, 2, 3, 5, 20] {
            let (low, high) = ball.tailFractions(beyond: distance)
            // Simpson's rule takes kinks better than jumps: the slope of what is missed, not the fraction itself.
            let below = reference.mean(kink: -distance) { max(0, -distance - $0) }
            let above = reference.mean(kink: distance) { max(0, $0 - distance) }
            let step = 1e-3
            let belowNext = reference.mean(kink: -distance - step) { max(0, -distance - step - $0) }
            let aboveNext = reference.mean(kink: distance + step) { max(0, $0 - distance - step) }
            let half = ball.tailFractions(beyond: distance + 0.5 * step)
            #expect(abs((below - belowNext) / step - half.low) < 2e-7, "\(distance)")
            #expect(abs((above - aboveNext) / step - half.high) < 2e-7, "\(distance)")
            #expect(low >= half.low && high >= half.high)
        }
        let all = ball.tailFractions(beyond: 0)
        #expect(abs(all.low + all.high - 1) < 1e-12)
    }

    @Test(arguments: balls.indices) func shortfallsOnEitherSideAndInTheCore(index: Int) {
        let ball = Self.balls[index]
        let reference = Reference(ball: ball)
        for limit in [-30.0, -3, -1, -0.2, 0, 0.4, 1.3, 4, 12] {
            let expected = reference.mean(kink: limit) { max(0, limit - $0) }
            #expect(abs(ball.meanShortfall(below: limit) - expected) < 1e-8 * max(1, abs(limit)), "\(limit)")
        }
    }

    /// What the loop over jets promises: E[max(1 + w (z − mean) − δ, least)] = 1.
    @Test(arguments: balls.indices, [0.02, 0.2, 0.6, 1, 2]) func theDeficitKeepsTheMean(index: Int, width: Double) {
        let ball = Self.balls[index]
        let (reference, least) = (Reference(ball: ball), 0.02)
        let deficit = ball.deficit(width: width, least: least)
        let kink = ball.mean + (least - 1 + deficit) / width
        let mean = reference.mean(kink: kink) { max(1 + width * ($0 - ball.mean) - deficit, least) }
        #expect(abs(mean - 1) < 1e-6, "\(mean)")
        #expect(deficit >= 0 && ball.deficit(width: 0, least: least) == 0)
    }

    /// The survival function has the same first and second derivative on both sides of α.
    @Test(arguments: [(0.5, 2.5), (1.2, 5), (1.8, 7), (2.5, 30)])
    func densityAndSlopeAreContinuousWhereTheTailBegins(alpha: Double, power: Double) {
        let ball = CrystalBall(low: .gaussian, high: Self.side(alpha, power))
        let step = 1e-3
        let survival = (-2...2).map { ball.tailFractions(beyond: alpha + Double($0) * step).high }
        let (before, after) = ((survival[1] - survival[2]) / step, (survival[2] - survival[3]) / step)
        #expect(abs(before - after) < 1.1 * step * alpha * before)
        let slopeBefore = (survival[0] - 2 * survival[1] + survival[2]) / (step * step)
        let slopeAfter = (survival[2] - 2 * survival[3] + survival[4]) / (step * step)
        #expect(abs(slopeBefore - slopeAfter) < 2e-3, "\(slopeBefore) \(slopeAfter)")
        #expect(abs(slopeBefore - alpha * before) < 3e-3)
    }
}
