extension DetectorCard {
    /// |η| at which response or resolution may step, in no order.
    public var steps: [Double] { (response.map?.steps ?? []) + (resolution.map?.steps ?? []) }
}

extension PseudoDataOverlay {
    /// |η| at which response or resolution may step, in no order.
    public var steps: [Double] {
        (response?.steps ?? []) + periods.flatMap { $0.response?.steps ?? [] }
            + resolutionScale.regions.flatMap { [abs($0.low), abs($0.high)] }
    }
}

extension ResponseMap {
    /// None where regions are blended.
    fileprivate var steps: [Double] {
        (transition > 0 ? [] : regions.flatMap { [abs($0.low), abs($0.high)] })
            + (asymmetry != 0 && transition == 0 ? [0] : [])
            + (transition > 0 ? [] : slopes.flatMap { [abs($0.low), abs($0.high)] })
    }
}

extension ResolutionMap {
    fileprivate var steps: [Double] { regions.flatMap { [abs($0.low), abs($0.high)] } }
}
