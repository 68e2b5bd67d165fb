import ClosureStudy
import Foundation
import Reporting
import Testing

/// Resolutions against pT, and scale factors against |η|.
struct ResolutionFigureTests {
    @Test func runsHaveItWhereTheResolutionIsDerived() throws {
        #expect(try SmallRun.extrapolated.get().figures.contains { $0.name == "resolution" })
        #expect(try !SmallRun.shared.get().figures.contains { $0.name == "resolution" })
    }

    @Test func everyPointAndFactorIsDrawn() throws {
        let run = try SmallRun.extrapolated.get()
        let resolution = try #require(run.result.resolution)
        let drawing = try run.drawing("resolution")
        let panels = try #require(Int(try run.variable("panels", of: "resolution")))
        #expect(panels >= 4 && panels <= resolution.measured.regions.count)
        #expect(drawing.panels.count == panels + 1)
        #expect(drawing.collisions == [])
        #expect(drawing.count("|η|") >= 1 && drawing.count("true pT [GeV]") == panels)
        let blocks = try run.blocks("resolution")
        try #require(blocks.count == 2 * panels + 1)
        // A stroke for each point that is known, and one in the key.
        for (title, column) in [("data", 1), ("MC", 3)] {
            let plots = drawing.plot(title)
            try #require(plots.count == panels)
            for (index, plot) in plots.enumerated() {
                #expect(plot.strokes == blocks[2 * index].count { $0[column] != nil } + 1, "\(title) \(index)")
            }
        }
        let factors = try #require(drawing.plot("measured").first)
        #expect(factors.strokes == resolution.measured.scaleFactors.count { $0 != nil } + 1)
    }

    /// What is drawn is what was derived.
    @Test func pointsAreThoseOfTheResult() throws {
        let run = try SmallRun.extrapolated.get()
        let resolution = try #require(run.result.resolution)
        let blocks = try run.blocks("resolution")
        let factor = try #require(resolution.measured.scaleFactors[0])
        let last = try #require(blocks.last)
        #expect(last[0][2] == factor.value && last[0][3] == factor.uncertainty)
        let first = run.binning.quotedPtBins.lowerBound
        let value = try #require(resolution.measured.values[0][first])
        let row = try #require(blocks[0].first)
        #expect(row[0] == value.truePt && row[3] == value.combined.simulationWidth.map { 100 * $0.value })
        #expect(row[1] == resolution.dataWidth(region: 0, pt: first).map { 100 * $0.value })
    }
}
