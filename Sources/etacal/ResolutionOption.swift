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

    @Flag(
        help: ArgumentHelp(
            """
            Derive constants anew with the resolution of the worse of data and MC given to the other, region by region of |eta|; \
            implies --resolution (default: not).
            """))
    var smear = false

    /// Lays the option over a configuration, whose selection and method are decided.
    func configure(_ run: inout RunConfiguration) throws {
        try run.deriveResolution(resolution || smear || run.derivesResolution, smearing: smear || run.smears)
    }
}
