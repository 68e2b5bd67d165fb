import Balance
import Binning
import CardFiles
import ClosureStudy
import DetectorModel
import DijetGeneration
import JetPhysics
import Foundation
import Intercalibration
import Testing

/// What must not matter to a forward-folded fit.
struct FoldLawTests {
    private static let events = 1_000_000

    private static func run(
        _ binning: BalanceBinning = .standard, hasOverlay: Bool = true
    ) throws -> ClosureRun {
        var card = try LoadedCard("cms-like").card
        if !hasOverlay {
            card = try DetectorCard(yaml: card.yaml.components(separatedBy: "\npseudo_data:")[0] + "\n", file: "card")
        }
        return try ClosureRun(
            card: card, dataCard: nil, truth: QCDDijets.builtIn, events: events, seed: 1, options: options(binning),
            threads: 2)
    }

    private static func options(_ binning: BalanceBinning) -> DerivationOptions {
        DerivationOptions(method: .fold, selection: .standard, binning: binning, passes: 3)
    }

    private static func surface(
        _ binning: BalanceBinning = .standard, data: SampleRole = .pseudoData, simulation: SampleRole = .simulation,
        hasOverlay: Bool = true
    ) throws -> FittedSurface {
        let run = try run(binning, hasOverlay: hasOverlay)
        let options = options(binning)
        let simulated = try run.source(simulation)
        let calibration = try Derivation(
            data: run.source(data), simulation: simulated,
            scale: run.source(.simulation).simulationScale(absEtaMaximum: options.scaleAbsEtaMaximum),
            options: options
        ).calibration
        return try #require(calibration.surface)
    }

    private typealias Point = (bin: Int, pt: Double)

    /// Where there are events.
    private static let points: [Point] = {
        let eta = BalanceBinning.standard.eta
        return (0..<eta.count).flatMap { bin in
            [45.0, 70, 110, 200].filter { $0 * cosh(eta.centre(bin)) < 3000 }.map { (bin, $0) }
        }
    }()

    /// Splines' shares in the mean of ln f over an η bin of the standard binning, at a pT.
    private static func row(_ surface: ResponseSurface, _ point: Point) -> [Double] {
        let eta = BalanceBinning.standard.eta
        let (low, high) = (eta.edges[point.bin], eta.edges[point.bin + 1])
        let across = surface.eta.integrals(from: low, to: high)
        let along = surface.logPt.basis(at: log(point.pt))
        var row = Array(repeating: 0.0, count: surface.count)
        for (spline, share) in across.enumerated() where share != 0 {
            for index in 0..<4 {
                row[spline * surface.logPt.count + along.first + index] = share / (high - low) * along.values[index]
            }
        }
        return row
    }

    private static func values(_ fitted: FittedSurface) -> [Double] {
        points.map { point in
            zip(row(fitted.map.surface, point), fitted.map.surface.coefficients).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }

    private static func deviations(_ fitted: FittedSurface) -> [Double] {
        let covariance = fitted.logCovariance(points.map { row(fitted.map.surface, $0) })
        return points.indices.map { covariance[$0][$0].squareRoot() }
    }

    /// What the others are compared with.
    private static let standard = Result { try surface() }

    private static func compared(
        _ name: String, _ differences: [Double], _ deviations: [Double]
    ) -> (largest: Double, rms: Double) {
        let units = zip(differences, deviations).map { abs($0 / $1) }
        let worst = units.indices.max { units[$0] < units[$1] } ?? 0
        let rms = (units.reduce(0) { $0 + $1 * $1 } / Double(units.count)).squareRoot()
        print("fold, \(name): at most \(units[worst]) at \(points[worst]), rms \(rms) standard deviations")
        return (units[worst], rms)
    }

    /// What data have over simulation is the inverse of what simulation has over data. Jets are then in other bins of pT_avg, and pass
    /// cuts that they did not pass: a good part of the statistics is another.
    @Test func exchangingDataAndSimulationInvertsTheSurface() throws {
        let one = try Self.standard.get()
        let other = try Self.surface(data: .simulation, simulation: .pseudoData)
        let sums = zip(Self.values(one), Self.values(other)).map { $0 + $1 }
        let off = Self.compared("exchange", sums, Self.deviations(one))
        #expect(off.largest < 3 && off.rms < 1)
    }

    /// The same where data differ from simulation by chance alone, so that few jets change bins: what is left then is the law itself.
    @Test func exchangingLikeSamplesInvertsTheSurface() throws {
        let one = try Self.surface(hasOverlay: false)
        let other = try Self.surface(data: .simulation, simulation: .pseudoData, hasOverlay: false)
        let sums = zip(Self.values(one), Self.values(other)).map { $0 + $1 }
        let off = Self.compared("exchange of like samples", sums, Self.deviations(one))
        #expect(off.largest < 1.5 && off.rms < 0.5)
    }

    /// Another reference region is another level at each pT, and nothing else but for events that cross edges of bins.
    @Test func theReferenceRegionIsAConvention() throws {
        let standard = BalanceBinning.standard
        let wide = try BalanceBinning(
            eta: standard.eta, ptAverage: standard.ptAverage, referenceAbsEtaMaximum: 1.305, quotedPtMinimum: 40)
        let one = try Self.standard.get()
        let (values, others) = (Self.values(one), Self.values(try Self.surface(wide)))
        let gauge = standard.gaugeWeights
        let levels = Set(Self.points.map(\.pt)).reduce(into: [Double: Double]()) { levels, pt in
            for (index, point) in Self.points.enumerated() where point.pt == pt {
                levels[pt, default: 0] += gauge[point.bin] * (values[index] - others[index])
            }
        }
        let differences = Self.points.indices.map { values[$0] - others[$0] - (levels[Self.points[$0].pt] ?? 0) }
        // Where the level is made, hardly anything is left to be uncertain.
        let deviations = Self.deviations(one).map { max($0, 0.001) }
        let off = Self.compared("reference", differences, deviations)
        #expect(off.largest < 1 && off.rms < 0.3)
    }

    @Test func halvesOfBinsSayWhatBinsSay() throws {
        let standard = BalanceBinning.standard
        let edges = standard.eta.edges
        let halves = zip(edges, edges.dropFirst()).flatMap { [$0, 0.5 * ($0 + $1)] } + [edges[edges.count - 1]]
        let fine = try BalanceBinning(
            eta: try Axis(edges: halves), ptAverage: standard.ptAverage,
            referenceAbsEtaMaximum: standard.referenceAbsEtaMaximum, quotedPtMinimum: 40)
        let (one, other) = (try Self.standard.get(), try Self.surface(fine))
        let differences = zip(Self.values(one), Self.values(other)).map { $0 - $1 }
        // Of a million events halves know less: what they differ by is what they do not know.
        let halvesOff = Self.compared("halves", differences, Self.deviations(other))
        #expect(halvesOff.largest < 3 && halvesOff.rms < 1)
    }
}
