/// A rectangle in (η, φ) as seen from the detector's centre. φ may run over ±π: from 3 to −3 is a window of 0.28.
public struct Window: Sendable, Equatable {
    public let etaLow: Double
    public let etaHigh: Double
    /// Radian, in [−π, π].
    public let phiLow: Double
    public let phiHigh: Double

    public init(
        eta: (low: Double, high: Double), phi: (low: Double, high: Double), path: [String]
    ) throws(CardError) {
        (etaLow, etaHigh) = eta
        (phiLow, phiHigh) = phi
        guard eta.low.isFinite, eta.high.isFinite, eta.high > eta.low, abs(eta.low) <= 8, abs(eta.high) <= 8 else {
            throw CardError(path + ["eta"], "the edges \(eta.low), \(eta.high) do not increase", "give [low, high]")
        }
        guard abs(phi.low) <= Double.pi + 1e-9, abs(phi.high) <= Double.pi + 1e-9, phi.low != phi.high else {
            throw CardError(
                path + ["phi"], "the edges \(phi.low), \(phi.high) are no range of azimuths",
                "give [low, high] in radian from −π to π")
        }
        for (key, width) in [("eta", eta.high - eta.low), ("phi", phiWidth)] where width < Self.leastWidth {
            throw CardError(
                path + [key], "a window of \(width) is too narrow for any jet",
                "give at least \(Self.leastWidth); for all azimuths say [-3.1415926536, 3.1415926536]")
        }
    }

    static let leastWidth = 0.001

    /// Radian, in (0, 2π].
    public var phiWidth: Double {
        let width = phiHigh - phiLow
        // Edges may be π as far as it is written.
        return width > 0 ? min(width, 2 * Double.pi) : max(0, width + 2 * Double.pi)
    }

    /// In (−π, π].
    public var phiCentre: Double {
        let centre = phiLow + 0.5 * phiWidth
        return centre > Double.pi ? centre - 2 * Double.pi : centre
    }

    /// How much of a jet of this width in η and φ is inside: nothing to all, linear across the edges; where the jet is the wider
    /// one never all.
    public func share(eta: Double, phi: Double, jetWidth: Double) -> Double {
        func along(_ distance: Double, _ half: Double) -> Double {
            min(1, 2 * half / jetWidth, max(0, (half - abs(distance)) / jetWidth + 0.5))
        }
        let turn = (phi - phiCentre).remainder(dividingBy: 2 * Double.pi)
        // Of more than half a turn the gap is looked at, whose two edges may both be felt; a ring has none.
        let inside =
            phiWidth > Double.pi
            ? 1 - along(Double.pi - abs(turn), Double.pi - 0.5 * phiWidth) : along(turn, 0.5 * phiWidth)
        return along(eta - 0.5 * (etaLow + etaHigh), 0.5 * (etaHigh - etaLow)) * inside
    }

    public func contains(eta: Double, phi: Double) -> Bool {
        guard eta >= etaLow, eta <= etaHigh else { return false }
        return phiHigh > phiLow ? phi >= phiLow && phi <= phiHigh : phi >= phiLow || phi <= phiHigh
    }
}

/// Modules that do not work: a jet in the window loses a share of its response.
public struct DeadModule: Sendable, Equatable {
    /// How many a detector may have: each costs the loop over jets.
    static let most = 64

    public let window: Window
    /// Share of the response that is lost.
    public let loss: Double

    public init(window: Window, loss: Double, path: [String]) throws(CardError) {
        self.window = window
        self.loss = loss
        guard loss > 0, loss <= 0.9 else {
            throw CardError(
                path + ["loss"], "a loss of \(loss) is out of range",
                "give a share above 0 and up to 0.9; jets where nothing is left belong into a veto")
        }
    }

    /// The mean response over φ at this η, of windows with sharp edges.
    public static func meanResponse(_ modules: [DeadModule], eta: Double) -> Double {
        modules.reduce(1) { value, module in
            guard eta >= module.window.etaLow, eta <= module.window.etaHigh else { return value }
            return value * (1 - module.loss * module.window.phiWidth / (2 * Double.pi))
        }
    }

    /// The response at this η where it is least: where most begin at the latest.
    static func leastResponse(_ modules: [DeadModule], eta: Double) -> Double {
        let here = modules.filter { eta >= $0.window.etaLow && eta <= $0.window.etaHigh }
        return here.map { edge in
            here.reduce(1) { value, module in
                let isInside = module.window.contains(eta: eta, phi: edge.window.phiLow)
                return isInside ? value * (1 - module.loss) : value
            }
        }.min() ?? 1
    }
}
