import ClosureStudy
import Foundation
import Reporting
import Testing

/// Balances against α with their lines, and k_FSR against η.
struct ExtrapolationFigureTests {
    @Test func runsHaveItWhereConstantsAreExtrapolated() throws {
        #expect(try SmallRun.extrapolated.get().figures.contains { $0.name == "extrapolation" })
        #expect(try !SmallRun.shared.get().figures.contains { $0.name == "extrapolation" })
    }

    @Test func everyPointAndLineIsDrawn() throws {
        let run = try SmallRun.extrapolated.get()
        let drawing = try run.drawing("extrapolation")
        #expect(drawing.panels.count == 6)
        #expect(drawing.collisions == [])
        #expect(drawing.count("η") >= 3 && drawing.count("mean α below the cut") == 3)
        let blocks = try run.blocks("extrapolation")
        try #require(blocks.count == 12)
        // Points have a stroke each, and one in the key.
        for title in ["MC", "data"] {
            let plots = drawing.plot(title)
            try #require(plots.count == 3)
            for (index, plot) in plots.enumerated() { #expect(plot.strokes == blocks[2 * index].count + 1, "\(title)") }
        }
        let factors = drawing.plot("bins")
        try #require(factors.count == 3)
        for (index, plot) in factors.enumerated() {
            #expect(plot.strokes == blocks[6 + 2 * index].count { $0[5] != nil } + 1)
        }
        #expect(drawing.plot("curve, ± 1 u").count == 3)
    }

    /// The curves are those that the constants were multiplied by.
    @Test func curvesAreThoseOfTheCalibration() throws {
        let run = try SmallRun.extrapolated.get()
        let extrapolation = try #require(run.result.derivation.calibration.extrapolation)
        let blocks = try run.blocks("extrapolation")
        let curve = try #require(extrapolation.common)
        try #require(!extrapolation.dependsOnPt)
        for row in blocks[7] {
            let (eta, factor) = (try #require(row[0]), try #require(row[1]))
            #expect(abs(factor - exp(curve.value(eta))) < 1e-12)
        }
    }
}
