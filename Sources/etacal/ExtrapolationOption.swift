import ArgumentParser
import Balance
import CardFiles
import Intercalibration

/// `standard`, or increasing cuts with commas between.
enum AlphaEdges: ExpressibleByArgument {
    case standard
    case list([Double])

    init?(argument: String) {
        guard argument != "standard" else {
            self = .standard
            return
        }
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Double($0) }
        guard numbers.count == parts.count, numbers.allSatisfy(\.isFinite) else { return nil }
        self = .list(numbers)
    }

    func cuts(_ selection: Selection) -> [Double] {
        switch self {
        case .standard: AlphaCuts.standard(selection)
        case .list(let cuts): cuts
        }
    }
}

/// Whether constants are extrapolated, and over which cuts.
struct ExtrapolationOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Extrapolate constants to alpha = pT3 / pT_avg of 0 over these cuts, such as 0.05,0.1,0.2,0.3, or standard for six in \
            equal steps up to the selection's (default: constants at the selection's cut).
            """, valueName: "list"))
    var alphaEdges: AlphaEdges?

    /// - Returns: cuts that suit a selection and a method; nil where nothing is asked for.
    func cuts(_ selection: Selection, _ method: Method) throws -> AlphaCuts? {
        guard let alphaEdges else { return nil }
        try method.requireExtrapolable()
        return try AlphaCuts(alphaEdges.cuts(selection), selection: selection)
    }

    /// Lays the option over a configuration, whose selection and method are decided.
    func configure(_ run: inout RunConfiguration) throws {
        try run.extrapolate(over: alphaEdges?.cuts(run.selection) ?? run.alphaCuts?.cuts)
    }
}
