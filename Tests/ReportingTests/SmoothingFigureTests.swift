import ClosureStudy
import Foundation
import Intercalibration
import Reporting
import Testing

/// Constants of bins and smooth ones, over pT and over η.
struct SmoothingFigureTests {
    @Test func runsHaveItWhereConstantsAreSmoothed() throws {
        #expect(try SmallRun.smoothed.get().figures.contains { $0.name == "smoothing" })
        #expect(try !SmallRun.shared.get().figures.contains { $0.name == "smoothing" })
    }

    @Test func everyPointIsDrawn() throws {
        let run = try SmallRun.smoothed.get()
        let drawing = try run.drawing("smoothing")
        #expect(drawing.panels.count == 6)
        #expect(drawing.collisions == [])
        let blocks = try run.blocks("smoothing")
        try #require(blocks.count == 9)
        // Points have a stroke each, and one in the key.
        let bins = drawing.plot("bins")
        try #require(bins.count == 6)
        for (index, plot) in bins.enumerated() {
            #expect(plot.strokes == blocks[index < 3 ? 2 * index : index + 3].count + 1)
        }
        #expect(drawing.plot("spline, ± 1 u").count == 3 && drawing.plot("kernel").count == 6)
    }

    /// The curve goes through the constants, but for the mean over the reference region at their places.
    @Test func curvesAreThoseOfTheCalibration() throws {
        let run = try SmallRun.smoothed.get()
        let spline = try #require(run.result.derivation.calibration.smoothing?.spline)
        let blocks = try run.blocks("smoothing")
        for panel in 0..<3 {
            for row in blocks[2 * panel] {
                let (pt, smooth) = (try #require(row[0]), try #require(row[3]))
                let near = try #require(blocks[2 * panel + 1].min { abs(($0[0] ?? 0) - pt) < abs(($1[0] ?? 0) - pt) })
                #expect(abs(try #require(near[1]) - smooth) < 0.003)
            }
        }
        #expect(spline.effectiveParameters > 5)
    }
}
