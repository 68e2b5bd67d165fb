internal import Binning

/// Where sums for the width of the asymmetry stand in their table: a row a cell (bin of pT_avg, pair of regions of |η|), its columns
/// those of each class of α and of each pair of classes.
struct WidthLayout: Sendable, Equatable {
    /// Of each class.
    enum Column: Int, CaseIterable {
        /// Rows, and truth events by the lowest class that they reach, so that nested cuts count each once.
        case rows, truthEvents
        /// Σω, Σωα, and Σω where no third jet is listed.
        case weight, alpha, alone
        /// ΣωA, ΣωA².
        case asymmetry, asymmetry2
        /// With the imbalance T of the truth: ΣωT, ΣωAT, ΣωT², and Σω t/pT_avg and Σω ln(t/100 GeV) of the true pT t of either jet.
        case imbalance, product, imbalance2, shareLow, shareHigh, logLow, logHigh
    }

    static var unit: FixedPoint { BalanceSums.unit }
    static var coarse: FixedPoint { BalanceSums.coarse }

    let ptBins: Int
    let pairs: Int
    let classes: Int
    /// Whether simulation tells the imbalance of the truth.
    let tellsImbalance: Bool

    var cells: Int { ptBins * pairs }
    /// Of a row: 1, A, A² and, with the imbalance, T, AT, T².
    var terms: Int { tellsImbalance ? 6 : 3 }
    private var columnsOfClass: Int {
        tellsImbalance ? Column.allCases.count : Column.asymmetry2.rawValue + 1
    }
    var columns: Int { classes * columnsOfClass + classes * (classes + 1) / 2 * terms * terms }

    func cell(ptBin: Int, pair: Int) -> Int { ptBin * pairs + pair }

    func column(_ column: Column, _ alphaClass: Int) -> Int { alphaClass * columnsOfClass + column.rawValue }

    /// The first of the `terms`² products, over truth events, of each term of class low ≤ high with each of the other class.
    func products(_ low: Int, _ high: Int) -> Int {
        classes * columnsOfClass + (high * (high + 1) / 2 + low) * terms * terms
    }
}
