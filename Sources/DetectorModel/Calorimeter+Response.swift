internal import Binning
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

extension Calorimeter {
    /// Mean pT_reco / pT_true of jets at η with a true pT in GeV, not below 10⁻³ GeV.
    ///
    /// Falls to a half at the end of the outermost sub-calorimeter, where half of a jet is outside, and to 0 beyond.
    public func response(eta: Double, pt: Double) -> Double { response(at: place(eta), pt: pt) }

    /// σ(pT)/pT, relative to the measured pT, at η and a true pT in GeV; constant below 8 GeV and above 8 TeV like
    /// `ResolutionMap`. Infinite where nothing measures.
    public func resolution(eta: Double, pt: Double) -> Double { resolution(at: place(eta), pt: pt) }
}

/// What depends on η only.
struct CalorimeterPlace {
    struct Part {
        let index: Int
        /// The share of a jet's energy there.
        let weight: Double
        let depth: Double
    }

    let coshEta: Double
    var parts: [Part] = []
    /// Indices of the dead materials that a jet touches, and its convolution with their profiles.
    var losses: [(index: Int, coverage: Double)] = []
}

/// The sums over sub-calorimeters that response and resolution are made of, in units of the jet's energy.
private struct MeasuredSums {
    var response = 0.0
    var square = 0.0
    var stochastic = 0.0
    var constant = 0.0
    var noise = 0.0
    var missing = 0.0
    var leakage = 0.0
}

extension Calorimeter {
    /// Beyond so many widths of its profile nothing of a jet is looked for.
    private static let reach = 8.0
    var meanShare: Double { 1 / (fragmentation + 2) }

    func place(_ signedEta: Double) -> CalorimeterPlace {
        let eta = convention == .absolute ? abs(signedEta) : signedEta
        var place = CalorimeterPlace(coshEta: cosh(eta))
        for (index, part) in subCalorimeters.enumerated() {
            var weight = share(of: eta, from: part.low, to: part.high)
            if convention == .absolute { weight += share(of: eta, from: -part.high, to: -part.low) }
            guard weight > 0 else { continue }
            place.parts.append(.init(index: index, weight: weight, depth: part.depth(eta: eta)))
        }
        for (index, material) in deadMaterial.enumerated()
        where abs(eta - material.eta) < Self.reach * (jetWidth + material.width) {
            let coverage = material.coverage(eta: eta, jetWidth: jetWidth)
            if coverage > 1e-9 { place.losses.append((index, coverage)) }
        }
        return place
    }

    private func share(of eta: Double, from low: Double, to high: Double) -> Double {
        let (below, above) = ((low - eta) / jetWidth, (high - eta) / jetWidth)
        guard below < Self.reach, above > -Self.reach else { return 0 }
        return max(0, normalIntegral(above) - normalIntegral(below))
    }

    func response(at place: CalorimeterPlace, pt: Double) -> Double {
        let bounded = max(pt, 1e-3)
        let energy = bounded * place.coshEta
        return sums(place, pt: bounded, energy: energy).response * losses(place, pt: bounded, energy: energy).kept
    }

    /// What dead material leaves of a jet, and the relative variance that it makes.
    private func losses(
        _ place: CalorimeterPlace, pt: Double, energy: Double
    ) -> (kept: Double, variance: Double) {
        var (kept, variance) = (1.0, 0.0)
        for (index, coverage) in place.losses {
            let lost = coverage * deadMaterial[index].lost(pt: pt, hadronEnergy: energy * meanShare)
            kept *= 1 - lost
            variance += HadronShower.spread * lost / (1 - lost) * meanShare
        }
        return (kept, variance)
    }

    private func sums(_ place: CalorimeterPlace, pt: Double, energy: Double) -> MeasuredSums {
        var sums = MeasuredSums()
        let hadrons = 1 - photonFraction
        for part in place.parts {
            let material = subCalorimeters[part.index]
            let contained = material.hadronResponse(energy: energy, moment: moments[part.index])
            let leaked = HadronShower.share(beyond: part.depth, energy: energy * meanShare)
            let seen = contained * (1 - leaked)
            let whole = material.emScale * (photonFraction + hadrons * seen)
            let hadronSquare = part.weight * material.emScale * material.emScale * hadrons
            sums.response += part.weight * whole
            sums.square += part.weight * whole * whole
            sums.stochastic += hadronSquare * seen * seen * material.stochastic * material.stochastic / energy
            sums.constant += hadronSquare * seen * seen * material.constant * material.constant * meanShare
            sums.noise += part.weight * material.noise * material.noise
            sums.missing += part.weight * material.emScale * (1 - seen)
            sums.leakage +=
                hadronSquare * contained * contained * HadronShower.spread * leaked * (1 - leaked) * meanShare
        }
        return sums
    }

    func resolution(at place: CalorimeterPlace, pt truePt: Double) -> Double {
        let pt = max(ResolutionMap.validPt.lowerBound, min(truePt, ResolutionMap.validPt.upperBound))
        let energy = pt * place.coshEta
        let sums = sums(place, pt: pt, energy: energy)
        let (kept, lossVariance) = losses(place, pt: pt, energy: energy)
        guard sums.response * kept > 0 else { return .infinity }
        let photons = sums.missing * sums.missing * photonFraction * (1 - photonFraction) * meanShare
        let sharing = max(0, sums.square - sums.response * sums.response) * meanShare
        let measured =
            (sums.stochastic + sums.constant + photons + sums.leakage + sharing) / (sums.response * sums.response)
        let noise = sums.noise / (pt * pt * sums.response * sums.response * kept * kept)
        return (measured + noise + lossVariance).squareRoot()
    }

    /// Numbers that the mean response lies between at any pT of the grid. Non-linearity, leakage and losses are each
    /// monotonic in pT.
    func bounds(eta: Double) -> (low: Double, high: Double) {
        let place = place(eta)
        let ends = [OctaveAxis.value(0), OctaveAxis.value(OctaveAxis.count - 1)]
        let energies = ends.map { $0 * place.coshEta }
        var (low, high) = (0.0, 0.0)
        for part in place.parts {
            let material = subCalorimeters[part.index]
            let contained = energies.map { material.hadronResponse(energy: $0, moment: moments[part.index]) }
            let leaked = energies.map { HadronShower.share(beyond: part.depth, energy: $0 * meanShare) }
            let (least, most) = (min(contained[0], contained[1]), max(contained[0], contained[1]))
            low += part.weight * material.emScale * (photonFraction + (1 - photonFraction) * least * (1 - leaked[1]))
            high += part.weight * material.emScale * (photonFraction + (1 - photonFraction) * most * (1 - leaked[0]))
        }
        let kept = zip(ends, energies).map { losses(place, pt: $0, energy: $1).kept }
        return (low * kept[0], high * kept[1])
    }
}
