import ArgumentParser
import Intercalibration

/// Whether and how constants of bins are smoothed.
struct SmoothingOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Smooth the constants of bins over eta and ln pT: none, spline (in each eta bin a spline of ln pT) or kernel (averages with a \
            Gaussian) (default: none).
            """))
    var smoothing: Smoothing?
}
