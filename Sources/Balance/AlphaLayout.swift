internal import Binning

/// Where sums by classes of α stand in their table: a row a cell (bin of pT_avg, η bin of the probe), its columns those of each
/// class and of each pair of classes.
struct AlphaLayout: Sendable, Equatable {
    /// Of each class.
    enum Column: Int, CaseIterable {
        /// Rows, and truth events by the lowest class that they reach, so that nested cuts count each once.
        case rows, truthEvents
        /// Σω, ΣωA, Σωα, Σω where no third jet is listed, and Σω η of the probe.
        case weight, asymmetry, alpha, alone, eta
    }

    /// Of each pair of classes c ≤ d, over truth events with a = Σω and b = ΣωA of their rows: Σ a_c a_d, Σ a_c b_d, Σ b_c a_d,
    /// Σ b_c b_d.
    enum Product: Int, CaseIterable { case weights, weightAsymmetry, asymmetryWeight, asymmetries }

    static var unit: FixedPoint { BalanceSums.unit }
    static var coarse: FixedPoint { BalanceSums.coarse }

    let ptBins: Int
    let etaBins: Int
    let classes: Int

    var cells: Int { ptBins * etaBins }
    var columns: Int {
        classes * Column.allCases.count + classes * (classes + 1) / 2 * Product.allCases.count
    }

    func cell(ptBin: Int, etaBin: Int) -> Int { ptBin * etaBins + etaBin }

    func column(_ column: Column, _ alphaClass: Int) -> Int {
        alphaClass * Column.allCases.count + column.rawValue
    }

    /// - Parameters: classes low ≤ high.
    func column(_ product: Product, _ low: Int, _ high: Int) -> Int {
        classes * Column.allCases.count + (high * (high + 1) / 2 + low) * Product.allCases.count + product.rawValue
    }
}
