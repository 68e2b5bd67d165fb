internal import CHepMC

/// One event of a HepMC3 file as its lines have it, in memory that later events use again.
///
/// Graphs of HepMC3 stand in the text as numbers: the parent of a particle is another particle, or a vertex that lists its
/// incoming ones. That is all that is kept; no object is made of a particle or a vertex.
struct EventRecord {
    /// Number of the line that begins it, inside its piece of text.
    var line = 0
    /// In GeV; particle n stands at n − 1.
    private(set) var particles: [chepmc_particle] = []
    /// Those that were written, in the order of the text.
    private(set) var vertices: [Vertex] = []
    /// Incoming particles of all vertices.
    private(set) var incoming: [Int32] = []
    var vertexCount = 0
    var particleCount = 0
    /// What a momentum of the text is multiplied with; nil before the units.
    var scale: Double?
    var weight: Double?
    var eventScale: Double?
    var crossSection: CrossSection?

    struct Vertex {
        /// From 1 on.
        let number: Int
        let incoming: Range<Int>
    }

    mutating func begin(line: Int, vertices vertexCount: Int, particles particleCount: Int) {
        self.line = line
        (self.vertexCount, self.particleCount) = (vertexCount, particleCount)
        particles.removeAll(keepingCapacity: true)
        vertices.removeAll(keepingCapacity: true)
        incoming.removeAll(keepingCapacity: true)
        (scale, weight, eventScale, crossSection) = (nil, nil, nil, nil)
    }

    mutating func append(_ particle: chepmc_particle) { particles.append(particle) }

    mutating func appendIncoming(_ particle: Int32) { incoming.append(particle) }

    mutating func appendVertex(_ number: Int, incoming range: Range<Int>) {
        vertices.append(Vertex(number: number, incoming: range))
    }
}

/// What events of a file say of its cross-section.
public struct CrossSection: Sendable, Equatable {
    /// pb.
    public let value: Double
    public let uncertainty: Double
}
