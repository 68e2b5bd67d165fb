public import Balance
internal import CardFiles
public import ClosureStudy
public import Intercalibration
public import JetPhysics

/// A sample of `etacal closure` with its default settings: the built-in truth and the card cms-like, simulation weighted to the
/// number of interactions of the data.
public struct DefaultSample: Sendable {
    public let source: SimulatedSource
    public let options: DerivationOptions
    /// What it took to make the tables of truth and detector.
    public let setup: Timing

    /// - Parameter binning: nil for the standard one.
    public init(
        events: Int, seed: UInt64 = 1, threads: Int = 1, role: SampleRole = .simulation, binning: BalanceBinning? = nil
    ) throws {
        var configuration = try RunConfiguration()
        if let binning { configuration.binning = binning }
        options = configuration.options
        (source, setup) = try timed { [configuration, options] in
            try ClosureRun(
                card: configuration.detector.card, dataCard: nil,
                truth: configuration.generator.truth(threads: threads), events: events, seed: seed, options: options,
                threads: threads
            ).source(role)
        }
    }

    /// Balance of the jets as they are reconstructed: without the MC-truth scale, which peers do not model.
    public func balance() throws -> BalanceSample {
        try source.balance(
            JetCorrection(scale: nil, residual: nil), binning: options.binning, selection: options.selection)
    }
}
