internal import CHepMC
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import JetPhysics

/// Makes rows of a truth sample of events. For one thread; its memory is used again.
struct TruthMaker: ~Copyable {
    private let rules: JetRules
    private let clustering: Clustering
    private let slope: Double
    private var graph = EventGraph()
    /// Of what is clustered: the particle, and its momentum.
    private var places: [Int32] = []
    private var momenta: [Double] = []
    private var owner: [Int32] = []
    private var jets = Array(repeating: chepmc_jet(), count: TruthBlock.jetCount)
    private var labels = FlavourLabels()

    /// - Returns: nil where there is no memory.
    init?(_ rules: JetRules) {
        guard let clustering = Clustering(radius: rules.radius) else { return nil }
        self.rules = rules
        self.clustering = clustering
        slope = sinh(rules.absEtaMaximum)
    }

    /// Checks an event and clusters it.
    mutating func event(_ record: EventRecord) throws(TextFault) -> TruthEvent {
        do throws(EventGraph.Contradiction) { try graph.take(record) } catch {
            throw TextFault(
                record.line, (error.particle.map { "particle \($0 + 1) of the event: " } ?? "") + error.problem)
        }
        try MomentumChecks.check(record, imbalance: rules.imbalance)
        var event = TruthEvent(event: 0)
        places.removeAll(keepingCapacity: true)
        momenta.removeAll(keepingCapacity: true)
        for (place, particle) in record.particles.enumerated() where particle.status == 1 {
            if ParticleCode.isInvisible(particle.code) {
                event.invisibleX += particle.px
                event.invisibleY += particle.py
            } else if abs(particle.pz) < slope * particle.transverseMomentum {
                add(place, particle, scale: 1)
            }
        }
        let seen = places.count
        labels.find(in: record, graph)
        if rules.label == .ghost {
            for place in labels.hadrons + labels.partons {
                add(Int(place), record.particles[Int(place)], scale: FlavourLabel.ghostScale)
            }
        }
        guard let found = clustering.cluster(momenta, ptMinimum: rules.ptMinimum, into: &jets, owner: &owner) else {
            throw TextFault(record.line, "there is not enough memory for the jets of the event", "free some")
        }
        for jet in 0..<found {
            event.pt[jet] = jets[jet].pt
            event.eta[jet] = jets[jet].eta
            event.phi[jet] = jets[jet].phi
            // Rounding may leave less than nothing of the mass of a single photon.
            event.mass[jet] = max(0, jets[jet].mass)
            event.flavour[jet] =
                switch rules.label {
                case .cone: labels.inCone(eta: jets[jet].eta, phi: jets[jet].phi, radius: rules.radius, record)
                case .ghost: labels.ofGhosts(owner[seen...], jet: Int32(jet), record)
                }
        }
        for index in 0..<seen where owner[index] < 0 {
            let particle = record.particles[Int(places[index])]
            event.softX += particle.px
            event.softY += particle.py
            event.softSum += particle.transverseMomentum
        }
        return event
    }

    private mutating func add(_ place: Int, _ particle: chepmc_particle, scale: Double) {
        places.append(Int32(place))
        momenta.append(scale * particle.px)
        momenta.append(scale * particle.py)
        momenta.append(scale * particle.pz)
        momenta.append(scale * particle.energy)
    }
}

extension chepmc_particle {
    var transverseMomentum: Double { (px * px + py * py).squareRoot() }
}
