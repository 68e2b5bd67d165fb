import ArgumentParser
import CardFiles

/// Whether the resolution of jets is derived.
struct ResolutionOption: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            """
            Derive the resolution of jets of data and MC, and its scale factors, from the widths of the asymmetry (default: not).
            """))
    var resolution = false

    /// Lays the option over a configuration, whose selection and method are decided.
    func configure(_ run: inout RunConfiguration) throws {
        try run.deriveResolution(resolution || run.derivesResolution)
    }
}
