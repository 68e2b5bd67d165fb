public import Balance

/// `FoldSums` with the weights of their slices.
public struct FoldSample: Sendable {
    public let sums: FoldSums
    public let weights: [Double]

    public init(sums: FoldSums, weights: [Double]) {
        self.sums = sums
        self.weights = weights
    }

    public var balance: BalanceSample { BalanceSample(sums: sums.balance, weights: weights) }
}

/// Where a forward-folded fit stands: parameters and what the last comparison said of them.
public struct SurfaceState: Sendable {
    public var surface: ResponseSurface
    public var resolution: ResolutionFactor?

    /// No mis-response, and the resolution of simulation.
    public init(_ model: SurfaceModel) {
        surface = ResponseSurface(eta: model.eta, logPt: model.logPt, simulated: model.simulated)
        resolution = model.resolution.map { ResolutionFactor(eta: $0) }
    }

    /// θ, then κ.
    var parameters: [Double] {
        get { surface.coefficients + (resolution?.logarithms ?? []) }
        set {
            surface.coefficients = Array(newValue[..<surface.count])
            resolution?.logarithms = Array(newValue[surface.count...])
        }
    }
}

/// How strongly roughness is punished.
public struct Smoothness: Sendable, Equatable {
    /// λ of the squared second differences across η, and of those along ln pT in units of it.
    public let strength: Double
    public let ratio: Double
    /// Of each second difference across η.
    public let weights: [Double]

    public init(strength: Double, ratio: Double, weights: [Double]) {
        self.strength = strength
        self.ratio = ratio
        self.weights = weights
    }
}
