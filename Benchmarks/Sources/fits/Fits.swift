import ArgumentParser
import Foundation
import Intercalibration
import JetPhysics
import Workload

@main
struct Fits: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The matrix fits of 82 bins of eta in 12 bins of pT, of a simulated closure.",
        discussion: """
            Prints one JSON object. Seconds are for the fits of all bins of pT together, with covariance, eigenvalues and pulls; \
            making means of sums is not in them.
            """)

    @Option(help: "Events of each of the two samples (default: 4000000).")
    var events = 4_000_000

    @Option(help: "Threads that simulate; the fits have one (default: 1).")
    var threads = 1

    @Option(help: "How often to fit; the shortest time counts (default: 20).")
    var repetitions = 20

    @Option(
        help: ArgumentHelp(
            "Write what is fitted, and what comes out, to this JSON file (default: none).", valueName: "file"))
    var problem: String?

    struct Report: Encodable {
        let peer = "etacal"
        let bins: Int
        let fits: Int
        let parameters: Int
        let pairs: Int
        let chi2: Double
        let allValid: Bool
        let seconds: Double
        let cpuSeconds: Double
        /// Of the whole `Calibration`, which fits data with simulation, data alone and simulation alone.
        let calibrationSeconds: Double
    }

    func validate() throws {
        guard (1000...4_000_000_000).contains(events) else {
            throw ValidationError("--events takes 1000 to 4000000000.")
        }
        guard (1...256).contains(threads) else { throw ValidationError("--threads takes 1 to 256.") }
        guard (1...10_000).contains(repetitions) else { throw ValidationError("--repetitions takes 1 to 10000.") }
    }

    func run() throws {
        requireReleaseBuild()
        let binning = try FineBinning.make()
        func sample(_ role: SampleRole) throws -> DefaultSample {
            try DefaultSample(events: events, threads: threads, role: role, binning: binning)
        }
        let simulation = try sample(.simulation)
        let (data, expected) = (try sample(.pseudoData).balance(), try simulation.balance())
        let requirement = simulation.options.requirement
        let fits = (0..<binning.ptAverage.count).map {
            FitProblem.Fit(Method.pairs(data: data, simulation: expected, ptBin: $0, requirement: requirement))
        }
        var results: [FitResult] = []
        let (bins, gauge) = (binning.eta.count, binning.gaugeWeights)
        let fitting = try best {
            results = try fits.map { try AllPairsFit.solve(bins: bins, pairs: $0.pairs, gauge: gauge) }
        }
        let whole = try best {
            _ = try Calibration(method: .matrix, data: data, simulation: expected, requirement: requirement)
        }
        if let problem {
            let file = FitProblem(bins: bins, gauge: gauge, fits: zip(fits, results).map { $0.with($1) })
            try JSONEncoder().encode(file).write(to: URL(fileURLWithPath: problem))
        }
        try printJSON(
            Report(
                bins: bins, fits: fits.count,
                parameters: results.reduce(0) { $0 + $1.logResponse.count { $0 != nil } },
                pairs: results.reduce(0) { $0 + $1.quality.pairs },
                chi2: results.reduce(0) { $0 + $1.quality.chiSquared },
                allValid: results.allSatisfy(\.quality.isValid), seconds: fitting.wall,
                cpuSeconds: fitting.processor, calibrationSeconds: whole.wall))
    }

    /// The shortest times.
    private func best(_ body: () throws -> Void) throws -> Timing {
        let timings = try (0..<repetitions).map { _ in try timed(body).timing }
        return Timing(
            wall: timings.map(\.wall).min() ?? .infinity, processor: timings.map(\.processor).min() ?? .infinity)
    }
}
