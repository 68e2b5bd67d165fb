import CardFiles
import ClosureStudy
import Foundation
import Reporting
import Testing

/// Every template draws what its data say, with labels, panels and nothing clipped.
struct FigureTests {
    private static let names = [
        "asymmetry", "bootstrap", "closure-eta", "closure-pt", "constants-eta", "constants-pt", "correlation", "events",
        "pulls",
        "response-map", "response-profiles", "spectrum",
    ]

    @Test func everyTemplateIsUsed() throws {
        let figures = try SmallRun.shared.get().figures
        #expect(figures.map(\.name).sorted() == Self.names)
        #expect(figures.allSatisfy { $0.caption.count > 40 && $0.caption.hasSuffix(".") })
    }

    @Test(arguments: names) func picturesComeInThreeFormatsWithTheirSources(name: String) throws {
        let run = try SmallRun.shared.get()
        let starts: [(String, [UInt8])] = [
            ("png", [0x89, 0x50, 0x4e, 0x47]), ("pdf", Array("%PDF".utf8)), ("svg", Array("<?xml".utf8)),
        ]
        for (ending, start) in starts {
            let data = try #require(FileManager.default.contents(atPath: "\(run.directory)/\(name).\(ending)"))
            #expect(data.count > 5000 && data.starts(with: start), "\(name).\(ending)")
        }
        #expect(try !run.blocks(name).isEmpty)
    }

    /// The label block is there once, as it was given, whatever gnuplot makes of such characters elsewhere; nothing leaves the picture or covers something else.
    @Test(arguments: names) func labelsAreReadable(name: String) throws {
        let drawing = try SmallRun.shared.get().drawing(name)
        #expect(drawing.count("a \"sample\"\\ of `echo` {events}") == 1)
        #expect(drawing.count("Δφ > 2.7") == 1)
        #expect(drawing.collisions == [], "\(name)")
    }

    /// Numbers on the pT axis are plain: 100, not 10² or 1e+02.
    @Test(arguments: ["closure-pt", "constants-pt", "events", "response-map", "response-profiles", "spectrum"])
    func transverseMomentaArePlainNumbers(name: String) throws {
        let drawing = try SmallRun.shared.get().drawing(name)
        for number in ["50", "100", "200", "500"] { #expect(drawing.count(number) >= 1, "\(number)") }
        #expect(!drawing.labels.contains { $0.text.contains("e+") })
    }

    @Test func closureAgainstEta() throws {
        let run = try SmallRun.shared.get()
        let drawing = try run.drawing("closure-eta")
        #expect(drawing.panels.count == 6)
        #expect(drawing.count("true η") == 3)
        #expect(drawing.labels.count { $0.text.contains("non-closure δ") } == 2)
        let blocks = try run.blocks("closure-eta")
        #expect(blocks.map(\.count) == [40, 40, 40])
        let before = drawing.plot("before")
        let after = drawing.plot("after, ± 1 u")
        try #require(before.count == 3 && after.count == 3)
        for (block, (first, second)) in zip(blocks, zip(before, after)) {
            // One horizontal and one vertical stroke a point, and one in the key.
            #expect(first.strokes == 2 * block.count { $0[2] != nil } + 1)
            #expect(second.strokes == 2 * block.count { $0[7] != nil } + 1)
        }
        for band in ["±1 %", "±0.5 %", "tolerance"] { #expect(drawing.plot(band).count == 3) }
    }

    @Test func closureAgainstPt() throws {
        let run = try SmallRun.shared.get()
        let drawing = try run.drawing("closure-pt")
        #expect(drawing.panels.count == 8)
        #expect(drawing.count("true pT [GeV]") == 4)
        let blocks = try run.blocks("closure-pt")
        #expect(blocks.map(\.count) == [9, 9, 9, 9])
        let after = drawing.plot("after")
        try #require(after.count == 8)
        for (index, block) in blocks.enumerated() {
            #expect(after[2 * index].strokes == 2 * block.count { $0[4] != nil } + 1)
            #expect(after[2 * index + 1].strokes == 2 * block.count { $0[7] != nil } + 1)
        }
    }

    /// What the enlarged panels leave out is said; what they show fits.
    @Test(arguments: ["closure-eta", "closure-pt"]) func enlargedPanelsClipNothing(name: String) throws {
        let run = try SmallRun.shared.get()
        let zoomed = try #require(Double(try run.variable("zoomed", of: name)))
        let rows = try run.blocks(name).joined()
        var hidden = 0
        for row in rows {
            guard let value = row[4], let uncertainty = row[5] else { continue }
            if row[7] == nil { hidden += 1 } else { #expect(abs(value) + uncertainty < zoomed) }
        }
        let drawing = try run.drawing(name)
        let said = drawing.labels.filter { $0.text.contains("above only") }.compactMap {
            Int($0.text.prefix { $0.isNumber })
        }
        #expect(said.reduce(0, +) == hidden)
    }

    @Test func constantsAgainstEta() throws {
        let run = try SmallRun.shared.get()
        let drawing = try run.drawing("constants-eta")
        #expect(drawing.panels.count == 6)
        #expect(drawing.count("response / reference") == 1)
        #expect(drawing.count("constant c = RMC / Rdata") == 1)
        #expect(drawing.count("η") == 3)
        let blocks = try run.blocks("constants-eta")
        #expect(blocks.count == 6 && blocks.prefix(3).allSatisfy { $0.count == 40 })
        for (title, column) in [("MC", 4), ("data", 2), ("constant, ± 1 u", 6)] {
            let plots = drawing.plot(title)
            try #require(plots.count == 3)
            for (plot, block) in zip(plots, blocks) {
                // Neighbours at the same height to a pixel share a stroke, but not a segment.
                #expect(plot.segments == block.count { $0[column] != nil } + 1, "\(title)")
            }
        }
        // Uncertainty bands are boxes, drawn without a title before their points.
        let bands = drawing.plots.map(\.cells).reduce(0, +)
        let known = blocks.prefix(3).reduce(0) { sum, block in
            sum + block.reduce(0) { $0 + ($1[2] == nil ? 0 : 1) + ($1[4] == nil ? 0 : 1) + ($1[6] == nil ? 0 : 1) }
        }
        #expect(bands == known)
    }

    /// The line of what the cards ask for runs through the constants: their scatter about it is that of their errors.
    @Test func constantsAgreeWithTheCards() throws {
        let blocks = try SmallRun.shared.get().blocks("constants-pt")
        var (chiSquared, count) = (0.0, 0)
        for pair in stride(from: 0, to: blocks.count, by: 2) {
            for node in blocks[pair] {
                guard let pt = node[1], let constant = node[2], let uncertainty = node[3] else { continue }
                let nearest = blocks[pair + 1].min { abs(($0[0] ?? 0) - pt) < abs(($1[0] ?? 0) - pt) }
                let expected = try #require(nearest?[1])
                // The cards' response alone: resolution moves constants by up to half a per cent.
                let variance = uncertainty * uncertainty + 0.005 * 0.005
                chiSquared += (constant - expected) * (constant - expected) / variance
                count += 1
            }
        }
        // 50 or so degrees of freedom: 1.7 has a probability of about 0.1 %.
        #expect(count > 40)
        #expect(chiSquared / Double(count) < 1.7)
    }

    @Test func constantsAgainstPt() throws {
        let run = try SmallRun.shared.get()
        let drawing = try run.drawing("constants-pt")
        let blocks = try run.blocks("constants-pt")
        #expect(drawing.panels.count == blocks.count / 2 && drawing.panels.count == 6)
        #expect(drawing.count("constant c") == 2)
        #expect(drawing.count("pT before the residual [GeV]") == 6)
        #expect(drawing.plot("constant, ± 1 u").count == 6 && drawing.plot("from the cards").count == 6)
    }

    @Test func correlations() throws {
        let run = try SmallRun.shared.get()
        let drawing = try run.drawing("correlation")
        let blocks = try run.blocks("correlation")
        #expect(drawing.count("η of one bin") == 3 && drawing.count("η of the other") == 1)
        #expect(drawing.plots.map(\.cells) == blocks.map(\.count))
        for row in blocks.joined() {
            let value = try #require(row[4])
            #expect(abs(value) <= 1 + 1e-12)
            if row[0] == row[2] { #expect(abs(value - 1) < 1e-12) }
        }
    }

    @Test func pullsOfPairs() throws {
        let run = try SmallRun.shared.get()
        let drawing = try run.drawing("pulls")
        let blocks = try run.blocks("pulls")
        #expect(drawing.count("pull of <A> of a pair") == 1 && drawing.count("lower η") == 2)
        #expect(blocks[0].count == 40)
        let calibration = run.result.derivation.calibration
        let pulls = run.binning.quotedPtBins.flatMap { calibration.pulls[$0] }
        #expect(blocks[0].reduce(0) { $0 + ($1[2] ?? 0) } == Double(pulls.count { abs($0.value) < 5 }))
        #expect(try run.variable("pairs", of: "pulls") == "\(pulls.count)")
        let maps = drawing.plots.map(\.cells).filter { $0 > 0 }
        #expect(maps.suffix(2) == blocks.dropFirst().map(\.count)[...])
        // The pulls of a fit are those that its χ² is made of.
        for (fit, pulls) in zip(calibration.fits, calibration.pulls) where fit.isValid {
            let sum = pulls.reduce(0) { $0 + $1.value * $1.value }
            #expect(abs(sum - fit.chiSquared) < 1e-9 * max(1, sum) && pulls.count == fit.pairs)
        }
    }

    @Test func uncertaintiesOfReplicas() throws {
        let run = try SmallRun.shared.get()
        let drawing = try run.drawing("bootstrap")
        let blocks = try run.blocks("bootstrap")
        #expect(blocks.count == 3 && drawing.panels.count == 6)
        #expect(drawing.count("shift of the mean [σ]") == 1)
        let bootstrap = try #require(run.result.derivation.calibration.bootstrap)
        #expect(bootstrap.replicas == 100)
        for row in blocks.joined() {
            // 100 replicas tell it to 7 %.
            let (ratio, shift) = (try #require(row[2]), try #require(row[3]))
            #expect(abs(ratio - 1) < 0.35 && abs(shift) < 0.5)
        }
    }

    @Test func asymmetries() throws {
        let run = try SmallRun.shared.get()
        let drawing = try run.drawing("asymmetry")
        let blocks = try run.blocks("asymmetry")
        #expect(drawing.panels.count == 6 && blocks.count == 6)
        #expect(drawing.labels.count { $0.text.contains("pTprobe − pTref") } == 3)
        for title in ["MC", "data before", "data after"] { #expect(drawing.plot(title).count == 6) }
        let reach = try #require(Double(try run.variable("reach", of: "asymmetry")))
        for block in blocks {
            for column in 2...4 {
                let sum = block.reduce(0.0) { $0 + ($1[column] ?? 0) }
                #expect(abs(sum - 1) < 1e-9)
                // Single events of large weight may lie beyond the axis.
                let shown = block.filter { abs($0[0] ?? 0) < reach }.reduce(0.0) { $0 + ($1[column] ?? 0) }
                #expect(shown > 0.95)
            }
        }
    }

    @Test func spectrum() throws {
        let run = try SmallRun.shared.get()
        let drawing = try run.drawing("spectrum")
        let blocks = try run.blocks("spectrum")
        #expect(drawing.panels.count == 2)
        #expect(drawing.count("pTavg [GeV]") == 1 && drawing.count("MC events") == 1)
        #expect(drawing.labels.contains { $0.text.contains("pb/GeV") })
        // The sum, and one block a slice.
        #expect(blocks.count == 18)
        var rates: [Double: Double] = [:]
        for block in blocks.dropFirst() {
            for row in block where row[0] != row[1] { rates[try #require(row[0]), default: 0] += row[2] ?? 0 }
        }
        for row in blocks[0] where row[0] != row[1] {
            let (total, parts) = (try #require(row[2]), rates[try #require(row[0])] ?? 0)
            #expect(abs(total - parts) < 1e-9 * total)
        }
    }

    @Test func events() throws {
        let run = try SmallRun.shared.get()
        let drawing = try run.drawing("events")
        let blocks = try run.blocks("events")
        #expect(drawing.count("pTavg [GeV]") == 1)
        #expect(drawing.count("lower η") == 2)
        #expect(drawing.plots.map(\.cells) == [blocks[0].count, blocks[0].count] + blocks.dropFirst().map(\.count))
        for row in blocks[0] {
            let (events, effective) = (try #require(row[4]), try #require(row[5]))
            #expect(effective > 0 && effective <= events * (1 + 1e-9))
        }
    }

    /// Everything is drawn, nothing that is known by definition is shown as measured, and negative η has its place.
    @Test func oddBinningsAreDrawn() throws {
        let run = try SmallRun.narrow.get()
        for figure in run.figures { #expect(try run.drawing(figure.name).collisions == [], "\(figure.name)") }
        #expect(Set(Self.names).subtracting(run.figures.map(\.name)) == [])
        let closure = try run.drawing("closure-pt")
        #expect(closure.labels.contains { $0.text.contains("−4 < η < −2.5") })
        // Three bins are measured against the one that is held at 1.
        #expect(try run.blocks("correlation")[0].count == 9)
        let verdict = ClosureVerdict(run.result.test.truth, tolerance: .uniform(0.5), fitIsValid: true)
        #expect(verdict.binsDetermined == 3 && verdict.worst?.eta != [-0.5, 0.5])
        let events = try run.drawing("events")
        #expect(events.plots.map(\.cells) == [4, 4, try run.blocks("events")[1].count])
    }

    @Test(arguments: ["cms-like", "uniform", "stress", "atlas-like"]) func detectorsAreDrawn(name: String) throws {
        let card = try LoadedCard(name).card
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("etacal-\(UUID()).svg").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try DetectorPicture.write(card, view: .map, to: path, overwrite: false)
        let map = try Drawing(path)
        #expect(map.plots.map(\.cells) == [1600, 1600, 1600, 1600])
        for title in ["mean response, MC", "response, data / MC", "resolution σ/pT, MC", "resolution, data / MC"] {
            #expect(map.count(title) == 1)
        }
        #expect(map.count("true η") == 4 && map.count("true pT [GeV]") == 1)
        #expect(map.collisions == [])
        try DetectorPicture.write(card, view: .profiles, to: path, overwrite: true)
        let profiles = try Drawing(path)
        #expect(profiles.panels.count == 6)
        #expect(profiles.count("mean response, MC") == 2 && profiles.count("true η") == 3)
        for pt in ["30 GeV", "100 GeV", "300 GeV", "1000 GeV"] { #expect(profiles.plot(pt).count == 3) }
        #expect(profiles.collisions == [])
    }
}
