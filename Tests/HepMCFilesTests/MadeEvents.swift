/// Events written by hand: two protons, what comes of them, and nothing else.
struct MadeEvent {
    struct Particle {
        var code: Int
        var momentum: (x: Double, y: Double, z: Double)
        var mass = 0.0
        var status = 1
        /// As in the text: another particle, a vertex, or 0.
        var parent = -1

        var energy: Double {
            let (x, y, z) = momentum
            return (x * x + y * y + z * z + mass * mass).squareRoot()
        }
    }

    var particles: [Particle]
    var scale: Double? = 80
    var weight: String? = "W 1.0"
    var crossSection: String? = "2.5e+03 1.5e+01"
    var units = "GEV"
    var number = 0
    /// Lines in front of the particles, after the beams.
    var vertices = ["V -1 0 [1,2]"]
    var vertexCount = 1

    /// Two stable jets back to back, each of one pion, with what is asked for beside them.
    static func dijet(_ more: [Particle] = []) -> MadeEvent {
        var particles = [
            Particle(code: 211, momentum: (80, 0, 10), mass: 0.13957),
            Particle(code: -211, momentum: (-80, 0, -20), mass: 0.13957),
        ]
        particles += more
        return MadeEvent(particles: particles)
    }

    var text: String {
        let stable = particles.filter { $0.status == 1 }
        let energy = stable.map(\.energy).reduce(0, +)
        let z = stable.map(\.momentum.z).reduce(0, +)
        let unit = units == "MEV" ? 1000.0 : 1
        var lines = ["E \(number) \(vertexCount) \(particles.count + 2)", "U \(units) MM"]
        if let weight { lines.append(weight) }
        if let crossSection { lines.append("A 0 GenCrossSection \(crossSection) 1 1") }
        if let scale { lines.append("A 0 event_scale \(scale)") }
        // Protons without mass, so that their momenta are whatever balances.
        lines.append("P 1 0 2212 0 0 \(unit * (energy + z) / 2) \(unit * (energy + z) / 2) 0 4")
        lines.append("P 2 0 2212 0 0 \(unit * (z - energy) / 2) \(unit * (energy - z) / 2) 0 4")
        lines += vertices
        for (index, particle) in particles.enumerated() {
            let (x, y, z) = particle.momentum
            let numbers = [x, y, z, particle.energy, particle.mass].map { "\(unit * $0)" }.joined(separator: " ")
            lines.append("P \(index + 3) \(particle.parent) \(particle.code) \(numbers) \(particle.status)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A file of these events.
    static func file(_ events: [MadeEvent]) -> [UInt8] {
        let start = "HepMC::Version 3.01.02\nHepMC::Asciiv3-START_EVENT_LISTING\nW 1\nN 0\nT made\\|1\\|by hand\n"
        return Array((start + events.map(\.text).joined() + "HepMC::Asciiv3-END_EVENT_LISTING\n\n").utf8)
    }
}
