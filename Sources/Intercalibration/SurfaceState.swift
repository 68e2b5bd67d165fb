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
        surface = ResponseSurface(eta: model.eta, logPt: model.logPt, simulated: model.simulated, pull: model.pull)
        resolution = model.resolution.map { ResolutionFactor(eta: $0, logPt: model.resolutionLogPt) }
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

/// How large the second differences of neighbouring coefficients of ln f are expected to be.
public struct Smoothness: Sendable, Equatable {
    /// Across η, of the mean over ln pT.
    public let level: Double
    /// Across η, of half the change over ln pT.
    public let tilt: Double
    /// Along ln pT.
    public let bend: Double

    public init(level: Double, tilt: Double, bend: Double) {
        self.level = level
        self.tilt = tilt
        self.bend = bend
    }

    /// The same for any data. Across η it leaves a calorimeter's edges alone and matters where few events are; along ln pT it says
    /// that a mis-response bends little. A choice by the data themselves (cross-validation, likelihood) hides steps where there are
    /// few among many smooth places, and differs from one experiment to the next.
    static let expected = Smoothness(level: 0.2, tilt: 0.1, bend: 0.01)
}
