internal import CHepMC

/// Who comes from whom in an event: each particle begins at one vertex or at none, and ends so. Its memory is used again.
///
/// Nothing here takes longer than in proportion to the text, whatever stands in it: particles meet at vertices, and no pair of a
/// mother and a daughter is gone through.
struct EventGraph {
    /// The vertex where each particle begins, and where it ends, or −1. First those that are written, in their order, then one
    /// for each particle that is named as the parent of others.
    private(set) var begin: [Int32] = []
    private(set) var end: [Int32] = []
    private(set) var vertexCount = 0
    /// The vertex of each number, from 1 on, or −1.
    private var written: [Int32] = []
    private var unknown: [Int32] = []
    private var outgoing: [Int32] = []
    private var firstOutgoing: [Int32] = []
    private var free: [Int32] = []

    /// What a text may say that no event can be.
    struct Contradiction: Error {
        let problem: String
        /// Place of the particle; nil for the whole event.
        let particle: Int?
    }

    /// Takes the graph of an event, whose numbers of particles and vertices are bounded by the size of its text.
    mutating func take(_ record: EventRecord) throws(Contradiction) {
        Self.fill(&written, record.vertexCount + 1)
        Self.fill(&begin, record.particles.count)
        Self.fill(&end, record.particles.count)
        vertexCount = record.vertices.count
        try takeVertices(record)
        try takeParents(record)
        guard vertexCount <= record.vertexCount else {
            throw Contradiction(
                problem: "it has \(vertexCount) vertices, and its first line says \(record.vertexCount)", particle: nil)
        }
        try requireNoCycle(record)
    }

    private static func fill(_ array: inout [Int32], _ count: Int, _ value: Int32 = -1) {
        array.removeAll(keepingCapacity: true)
        array.append(contentsOf: repeatElement(value, count: count))
    }

    private mutating func takeVertices(_ record: EventRecord) throws(Contradiction) {
        for (index, vertex) in record.vertices.enumerated() {
            guard written[vertex.number] < 0 else {
                throw Contradiction(problem: "vertex -\(vertex.number) is there twice", particle: nil)
            }
            written[vertex.number] = Int32(index)
            for number in record.incoming[vertex.incoming] {
                guard number <= record.particles.count else {
                    throw Contradiction(
                        problem: "particle \(number) ends at vertex -\(vertex.number) and is not there", particle: nil)
                }
                guard end[Int(number) - 1] < 0 else {
                    throw Contradiction(problem: "it ends at two vertices", particle: Int(number) - 1)
                }
                end[Int(number) - 1] = Int32(index)
            }
        }
    }

    private mutating func takeParents(_ record: EventRecord) throws(Contradiction) {
        for (place, particle) in record.particles.enumerated() where particle.parent != 0 {
            if particle.parent < 0 {
                guard particle.parent >= -Int64(record.vertexCount), written[Int(-particle.parent)] >= 0 else {
                    throw Contradiction(
                        problem: "it comes from vertex \(particle.parent), which is not there", particle: place)
                }
                begin[place] = written[Int(-particle.parent)]
            } else {
                guard particle.parent <= record.particles.count else {
                    throw Contradiction(
                        problem: "it comes from particle \(particle.parent), which is not there", particle: place)
                }
                let parent = Int(particle.parent) - 1
                if end[parent] < 0 {
                    end[parent] = Int32(vertexCount)
                    vertexCount += 1
                }
                guard end[parent] >= record.vertices.count else {
                    throw Contradiction(
                        problem: "it comes from particle \(particle.parent), which ends at a vertex", particle: place)
                }
                begin[place] = end[parent]
            }
        }
        for (place, particle) in record.particles.enumerated() where particle.status == 1 && end[place] >= 0 {
            throw Contradiction(problem: "it is stable (status 1) and has a vertex where it ends", particle: place)
        }
    }

    /// Takes particles away whose ancestors are all away (Kahn, CACM 5 (1962) 558); what comes from itself stays.
    private mutating func requireNoCycle(_ record: EventRecord) throws(Contradiction) {
        Self.fill(&unknown, vertexCount, 0)
        Self.fill(&firstOutgoing, vertexCount + 1, 0)
        Self.fill(&outgoing, begin.count)
        for place in begin.indices {
            if begin[place] >= 0 { firstOutgoing[Int(begin[place]) + 1] += 1 }
            if end[place] >= 0 { unknown[Int(end[place])] += 1 }
        }
        for vertex in 0..<vertexCount { firstOutgoing[vertex + 1] += firstOutgoing[vertex] }
        free.removeAll(keepingCapacity: true)
        for place in begin.indices.reversed() {
            guard begin[place] >= 0 else {
                free.append(Int32(place))
                continue
            }
            let vertex = Int(begin[place])
            firstOutgoing[vertex + 1] -= 1
            outgoing[Int(firstOutgoing[vertex + 1])] = Int32(place)
        }
        // Each first place has moved to that of the vertex before.
        var away = 0
        for vertex in 0..<vertexCount where unknown[vertex] == 0 { freeOutgoing(vertex, record) }
        while let place = free.popLast() {
            away += 1
            let vertex = Int(end[Int(place)])
            guard vertex >= 0 else { continue }
            unknown[vertex] -= 1
            if unknown[vertex] == 0 { freeOutgoing(vertex, record) }
        }
        guard away == begin.count else {
            let place = begin.indices.first { begin[$0] >= 0 && unknown[Int(begin[$0])] > 0 }
            throw Contradiction(problem: "it comes from itself, or from something that does", particle: place)
        }
    }

    private mutating func freeOutgoing(_ vertex: Int, _ record: EventRecord) {
        let first = Int(firstOutgoing[vertex + 1])
        let last = vertex + 2 < firstOutgoing.count ? Int(firstOutgoing[vertex + 2]) : outgoing.count
        for index in first..<last where outgoing[index] >= 0 { free.append(outgoing[index]) }
    }
}
