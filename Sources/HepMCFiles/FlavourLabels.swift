internal import CHepMC
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import JetPhysics

/// Hadrons and partons of an event that jets are labelled by. Its memory is used again.
struct FlavourLabels {
    /// Last hadrons of b and c quarks with enough pT.
    private(set) var hadrons: [Int32] = []
    /// Gluons and light quarks that have a direction.
    private(set) var partons: [Int32] = []
    /// Which of the two quarks a hadron of each vertex holds, as bits.
    private var heavy: [UInt8] = []

    private static func bit(_ quark: Int32) -> UInt8 { quark == 5 ? 2 : quark == 4 ? 1 : 0 }

    mutating func find(in record: EventRecord, _ graph: EventGraph) {
        hadrons.removeAll(keepingCapacity: true)
        partons.removeAll(keepingCapacity: true)
        heavy.removeAll(keepingCapacity: true)
        heavy.append(contentsOf: repeatElement(0, count: graph.vertexCount))
        for (place, particle) in record.particles.enumerated() {
            if ParticleCode.isLightParton(particle.code) {
                if particle.px != 0 || particle.py != 0 { partons.append(Int32(place)) }
                continue
            }
            let bit = Self.bit(ParticleCode.heaviestQuark(particle.code))
            guard bit != 0 else { continue }
            if graph.begin[place] >= 0 { heavy[Int(graph.begin[place])] |= bit }
            if particle.transverseMomentum > FlavourLabel.hadronPt { hadrons.append(Int32(place)) }
        }
        hadrons.removeAll { place in
            let end = graph.end[Int(place)]
            let bit = Self.bit(ParticleCode.heaviestQuark(record.particles[Int(place)].code))
            return end >= 0 && heavy[Int(end)] & bit != 0
        }
    }

    func inCone(eta: Double, phi: Double, radius: Double, _ record: EventRecord) -> Int32 {
        var quark: Int32 = 0
        for place in hadrons {
            let hadron = record.particles[Int(place)]
            if hadron.isNear(eta: eta, phi: phi, FlavourLabel.hadronCone) {
                quark = max(quark, ParticleCode.heaviestQuark(hadron.code))
            }
        }
        if quark > 0 { return quark }
        var hardest = Hardest()
        for place in partons {
            let parton = record.particles[Int(place)]
            if hardest.isBelow(parton), parton.isNear(eta: eta, phi: phi, radius) { hardest.take(parton) }
        }
        return hardest.flavour
    }

    /// - Parameter owner: of hadrons and then of partons, the jets that they are in.
    func ofGhosts(_ owner: ArraySlice<Int32>, jet: Int32, _ record: EventRecord) -> Int32 {
        var quark: Int32 = 0
        for (place, of) in zip(hadrons, owner) where of == jet {
            quark = max(quark, ParticleCode.heaviestQuark(record.particles[Int(place)].code))
        }
        if quark > 0 { return quark }
        var hardest = Hardest()
        for (place, of) in zip(partons, owner.dropFirst(hadrons.count)) where of == jet {
            let parton = record.particles[Int(place)]
            if hardest.isBelow(parton) { hardest.take(parton) }
        }
        return hardest.flavour
    }

    private struct Hardest {
        private var squaredPt = 0.0
        private(set) var flavour: Int32 = 0

        private static func squaredPt(_ parton: chepmc_particle) -> Double {
            parton.px * parton.px + parton.py * parton.py
        }

        func isBelow(_ parton: chepmc_particle) -> Bool { Self.squaredPt(parton) > squaredPt }

        mutating func take(_ parton: chepmc_particle) {
            squaredPt = Self.squaredPt(parton)
            flavour = Int32(parton.code.magnitude)
        }
    }
}

extension chepmc_particle {
    /// Whether a direction is closer than `radius` in pseudorapidity and azimuth.
    func isNear(eta: Double, phi: Double, _ radius: Double) -> Bool {
        let difference = asinh(pz / transverseMomentum) - eta
        guard abs(difference) < radius else { return false }
        let turn = wrappedAzimuth(atan2(py, px) - phi)
        return difference * difference + turn * turn < radius * radius
    }
}
