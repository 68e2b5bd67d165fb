/// Something that the mean response is a product of.
protocol ResponseFactor {
    func response(eta: Double, pt: Double) -> Double
    /// Numbers that the response lies between at any pT of the grid.
    func bounds(eta: Double) -> (low: Double, high: Double)
    /// Key path of the formula that gives the response at η, or nil.
    func formulaPlace(eta: Double) -> [String]?
}

extension ResponseMap: ResponseFactor {
    func response(eta: Double, pt: Double) -> Double { value(eta: eta, pt: pt) }
}

extension Calorimeter: ResponseFactor {
    func formulaPlace(eta: Double) -> [String]? { nil }
}

/// The mean response of a card: that of its calorimeter, of its map, or their product.
public struct MeanResponse: Sendable, Equatable {
    public let calorimeter: Calorimeter?
    public let map: ResponseMap?

    public init(map: ResponseMap) {
        calorimeter = nil
        self.map = map
    }

    /// - Parameter overlay: multiplies what follows from the calorimeter.
    public init(calorimeter: Calorimeter, overlay: ResponseMap?) {
        self.calorimeter = calorimeter
        map = overlay
    }

    /// <pT reconstructed / pT true> at (η from the detector's centre, true pT in GeV).
    public func value(eta: Double, pt: Double) -> Double {
        (calorimeter?.response(eta: eta, pt: pt) ?? 1) * (map?.value(eta: eta, pt: pt) ?? 1)
    }

    var factors: [any ResponseFactor] {
        [calorimeter.map { $0 as any ResponseFactor }, map.map { $0 as any ResponseFactor }].compactMap { $0 }
    }

    /// Of the map; none without one.
    public var regions: [ResponseRegion] { map?.regions ?? [] }
    /// Regions and parts that it is made of, for people.
    public var parts: Int { (calorimeter?.subCalorimeters.count ?? 0) + (map?.regions.count ?? 0) }
    public var convention: EtaConvention { calorimeter?.convention ?? map?.convention ?? .absolute }
}

/// The resolution of a card, the width of the core: that of its map, or of its calorimeter where it has none.
public struct CoreResolution: Sendable, Equatable {
    public let calorimeter: Calorimeter?
    public let map: ResolutionMap?

    public init(map: ResolutionMap) {
        calorimeter = nil
        self.map = map
    }

    public init(calorimeter: Calorimeter) {
        self.calorimeter = calorimeter
        map = nil
    }

    /// σ(pT)/pT at (η from the detector's centre, true pT in GeV), at the μ that the card's resolution belongs to.
    public func value(eta: Double, pt: Double) -> Double {
        map?.value(eta: eta, pt: pt) ?? calorimeter?.resolution(eta: eta, pt: pt) ?? 0
    }

    /// Of the map; none without one.
    public var regions: [ResolutionRegion] { map?.regions ?? [] }
    public var parts: Int { map?.regions.count ?? calorimeter?.subCalorimeters.count ?? 0 }
    public var convention: EtaConvention { map?.convention ?? calorimeter?.convention ?? .absolute }
}
