public import Binning

/// What data are corrected with after the MC-truth scale.
public enum Residual: Sendable, Equatable {
    case steps(ResidualMap)
    case surface(SurfaceMap)

    /// How many fitted numbers a constant is made of: pT bins, or coefficients of the surface.
    public var shareCount: Int {
        switch self {
        case .steps(let map): map.ptBins
        case .surface(let map): map.surface.count
        }
    }

    /// The constant at (η, pT in GeV before it); nil where nothing is known.
    public func constant(eta: Double, pt: Double) -> Double? {
        switch self {
        case .steps(let map): map.position(eta: eta, pt: pt)?.constant
        case .surface(let map): pt > 0 ? map.constant(eta: eta, pt: pt) : nil
        }
    }

    /// Adds weight times the share of each fitted number in a jet's ln c, sign aside, to `shareCount` sums.
    /// - Parameters:
    ///   - pt: before the residual, GeV, positive.
    ///   - corrected: after it.
    @inline(__always)
    public func addShares(
        eta: Double, pt: Double, corrected: Double, weight: Double, _ unit: FixedPoint,
        to sums: UnsafeMutablePointer<Int64>
    ) {
        switch self {
        case .steps(let map):
            guard let place = map.position(eta: eta, pt: pt) else { return }
            sums[place.low] &+= unit.quantized(weight * (1 - place.fraction))
            sums[place.high] &+= unit.quantized(weight * place.fraction)
        case .surface(let map):
            map.addSensitivity(eta: eta, pt: pt, constant: corrected / pt, weight: weight, unit, to: sums)
        }
    }

    func apply(
        to pt: UnsafeMutablePointer<Double>, eta values: UnsafePointer<Double>, at places: UnsafePointer<Int32>,
        count: Int
    ) {
        switch self {
        case .steps(let map): map.apply(to: pt, eta: values, at: places, count: count)
        case .surface(let map): map.apply(to: pt, eta: values, at: places, count: count)
        }
    }
}
