internal import Binning

/// Classes of |η|, all of one width, for what is alike over many η bins.
struct AbsEtaClasses: Sendable, Equatable {
    static let width = 0.45
    let count: Int

    /// As many as reach both ends of an axis.
    init(covering eta: Axis) {
        count = max(1, Int((max(-eta.lowest, eta.highest) / Self.width).rounded(.up)))
    }

    /// None.
    init() { count = 0 }

    /// Beyond the last class that one.
    func index(of eta: Double) -> Int { min(Int(abs(eta) / Self.width), count - 1) }

    var centres: [Double] { (0..<count).map { (Double($0) + 0.5) * Self.width } }

    /// Where the last class ends.
    var limit: Double { Double(count) * Self.width }
}
