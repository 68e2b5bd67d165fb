internal import CHepMC
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// What is wrong with a text, and where.
struct TextFault: Error {
    /// From 1 on, inside its piece.
    let line: Int
    let problem: String
    let remedy: String

    init(_ line: Int, _ problem: String, _ remedy: String = "get the file anew, or write it anew") {
        self.line = line
        self.problem = problem
        self.remedy = remedy
    }
}

/// Reads the lines of HepMC3's ASCII format, version 3 (A. Buckley et al., Comput. Phys. Commun. 260 (2021) 107310).
///
/// HepMC3's own reader is not used, for two reasons. It takes numbers by `atoi` and `atof` without looking at what they leave,
/// and makes room for as many particles as a line asks for: a damaged file would become other events, or a crash. So each field
/// has to be looked at anyway, and when that is done all that clustering needs is known. And it makes an object of each particle
/// and each vertex with counted references, which takes eight times as long as all of this and the jets together.
struct EventReader {
    private(set) var record = EventRecord()
    /// Lines that were gone through.
    private(set) var line = 0
    /// Whether the line that ends all events was there.
    private(set) var hasEnded = false
    private var isInEvent = false
    private var textSize = 0

    private static let end = "HepMC::Asciiv3-END_EVENT_LISTING"
    private static let start = "HepMC::Asciiv3-START_EVENT_LISTING"
    /// Ten times those of the heaviest collisions; many more would keep FastJet busy for hours.
    private static let mostParticles = 1_000_000
    /// What the line of a particle has at least: `P 1 0 1 0 0 0 0 0 1` and its end.
    private static let shortestParticle = 20

    /// Goes through the lines of a piece and hands on each event that is complete.
    mutating func read(
        _ piece: TextPiece, _ take: (inout EventRecord) throws(TextFault) -> Void
    ) throws(TextFault) {
        (line, hasEnded, isInEvent, textSize) = (0, false, false, piece.bytes.count)
        let outcome: Result<Void, TextFault> = piece.bytes.withUnsafeBytes { bytes in
            do throws(TextFault) { return .success(try read(bytes, piece, take)) } catch { return .failure(error) }
        }
        try outcome.get()
    }

    private mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ piece: TextPiece, _ take: (inout EventRecord) throws(TextFault) -> Void
    ) throws(TextFault) {
        guard let base = bytes.baseAddress else {
            throw TextFault(1, "the file is empty", "give a file of HepMC3 events")
        }
        var text = base.assumingMemoryBound(to: CChar.self)
        let limit = text + bytes.count
        if piece.isFirst { try readHeader(&text, limit) }
        while text < limit {
            let end =
                memchr(text, 10, limit - text).map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) } ?? limit
            line += 1
            try takeLine(Field(text, end), take)
            text = end + (end < limit ? 1 : 0)
        }
        guard piece.isLast, !hasEnded else {
            // A piece that is not the last one ends where the next event begins.
            if !piece.isLast { try finish(take) }
            return
        }
        throw TextFault(
            line, "the file ends here, without the line \(Self.end): it is cut short",
            "get it anew; where all that was written is wanted, take the last event away and add that line")
    }

    private mutating func readHeader(_ text: inout UnsafePointer<CChar>, _ limit: UnsafePointer<CChar>)
        throws(TextFault)
    {
        func nextLine(_ line: inout Int) -> Field? {
            while text < limit {
                let end =
                    memchr(text, 10, limit - text).map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
                    ?? limit
                let field = Field(text, end)
                text = end + (end < limit ? 1 : 0)
                line += 1
                if !field.isBlank { return field }
            }
            return nil
        }
        let remedy = "give HepMC3 events as text (Asciiv3), plain or compressed by gzip"
        guard let version = nextLine(&line) else { throw TextFault(1, "the file is empty", remedy) }
        guard version.begins(with: "HepMC::Version ") else {
            throw TextFault(
                line, "a file of HepMC3 begins with 'HepMC::Version', this one with '\(version.excerpt)'", remedy)
        }
        guard !version.endsInReturn else {
            throw TextFault(
                line, "lines end with a carriage return, as on Windows", "take those away, such as with dos2unix")
        }
        guard let opening = nextLine(&line) else { throw TextFault(line, "there are no events", remedy) }
        if opening.begins(with: "HepMC::IO_GenEvent") {
            throw TextFault(
                line, "these are events of HepMC2",
                "convert them, for example with pyhepmc: read them with pyhepmc.open and write them with WriterAscii")
        }
        guard opening == Self.start else {
            throw TextFault(line, "'\(Self.start)' is missing, here is '\(opening.excerpt)'", remedy)
        }
    }

    private mutating func takeLine(
        _ field: Field, _ take: (inout EventRecord) throws(TextFault) -> Void
    ) throws(TextFault) {
        if field.isBlank { return }
        guard !hasEnded else {
            throw TextFault(line, "something follows the end of the events", "give each file of events by itself")
        }
        // Most lines are of particles.
        if isInEvent, field.first == UInt8(ascii: "P") { return try readParticle(field) }
        if field.begins(with: "E ") {
            try finish(take)
            return try beginEvent(field)
        }
        if field == Self.end {
            try finish(take)
            hasEnded = true
            return
        }
        guard isInEvent else { return try readRunInformation(field) }
        switch (field.first, field.second) {
        case (UInt8(ascii: "V"), 32): try readVertex(field)
        case (UInt8(ascii: "U"), 32): try readUnits(field)
        case (UInt8(ascii: "W"), 32): try readWeights(field)
        case (UInt8(ascii: "A"), 32): try readAttribute(field)
        default: throw unknown(field)
        }
    }

    private func unknown(_ field: Field) -> TextFault {
        TextFault(line, "no line of HepMC3 begins like '\(field.excerpt)'")
    }

    /// Weights, tools and attributes of the whole file: nothing of it is needed.
    private func readRunInformation(_ field: Field) throws(TextFault) {
        guard let first = field.first, field.second == 32, "WNTA".utf8.contains(first) else { throw unknown(field) }
    }

    private mutating func finish(_ take: (inout EventRecord) throws(TextFault) -> Void) throws(TextFault) {
        guard isInEvent else { return }
        isInEvent = false
        guard record.particles.count == record.particleCount else {
            throw TextFault(
                record.line,
                "the event has \(record.particles.count) particles, and its first line says \(record.particleCount)")
        }
        guard record.scale != nil else { throw TextFault(record.line, "the event has no line of units (U GEV MM)") }
        try take(&record)
    }

    private mutating func beginEvent(_ field: Field) throws(TextFault) {
        var rest = field
        rest.skip(1)
        guard rest.integer() != nil, let vertices = rest.integer(), let particles = rest.integer(),
            rest.isBlank || rest.position()
        else { throw TextFault(line, "this is no beginning of an event: '\(field.excerpt)'") }
        // Memory is made for these, so that the text has to have room for them.
        let most = min(Self.mostParticles, textSize / Self.shortestParticle)
        guard vertices >= 0, particles > 0, vertices <= particles, particles <= most else {
            throw TextFault(
                line, "an event with \(vertices) vertices and \(particles) particles cannot be in this text")
        }
        record.begin(line: line, vertices: Int(vertices), particles: Int(particles))
        isInEvent = true
    }

    private mutating func readUnits(_ field: Field) throws(TextFault) {
        guard record.scale == nil, record.particles.isEmpty else {
            throw TextFault(line, "units stand once in an event, before its particles")
        }
        for (unit, scale) in [("GEV", 1.0), ("MEV", 1e-3)] where field == "U \(unit) MM" || field == "U \(unit) CM" {
            record.scale = scale
            return
        }
        throw TextFault(line, "'\(field.excerpt)' are no units of HepMC3")
    }

    private mutating func readWeights(_ field: Field) throws(TextFault) {
        var rest = field
        rest.skip(1)
        guard record.weight == nil, let first = rest.number() else {
            throw TextFault(line, "weights stand once in an event, as numbers: '\(field.excerpt)'")
        }
        record.weight = first
        while !rest.isBlank {
            guard rest.number() != nil else { throw TextFault(line, "a weight is no number: '\(field.excerpt)'") }
        }
    }

    private mutating func readAttribute(_ field: Field) throws(TextFault) {
        var rest = field
        rest.skip(1)
        guard let object = rest.integer(), let name = rest.word() else {
            throw TextFault(line, "this is no attribute: '\(field.excerpt)'")
        }
        guard object == 0 else { return }
        if name == "event_scale" {
            guard let value = rest.number(), rest.isBlank else {
                throw TextFault(line, "the scale of the event is no number: '\(field.excerpt)'")
            }
            record.eventScale = value
        } else if name == "GenCrossSection" {
            guard let value = rest.number(), let uncertainty = rest.number() else {
                throw TextFault(line, "the cross-section is no number: '\(field.excerpt)'")
            }
            record.crossSection = CrossSection(value: value, uncertainty: uncertainty)
        }
    }

    private mutating func readParticle(_ field: Field) throws(TextFault) {
        var particle = chepmc_particle()
        guard chepmc_read_particle(field.start, field.end, &particle) == 1 else {
            throw TextFault(line, "this is no particle: '\(field.excerpt)'")
        }
        guard particle.id == record.particles.count + 1, particle.id <= record.particleCount else {
            throw TextFault(
                line,
                "particle \(particle.id) stands where number \(record.particles.count + 1) of \(record.particleCount) is expected"
            )
        }
        guard let scale = record.scale else { throw TextFault(line, "a particle stands before the units of its event") }
        if scale != 1 {
            (particle.px, particle.py, particle.pz) = (scale * particle.px, scale * particle.py, scale * particle.pz)
            (particle.energy, particle.mass) = (scale * particle.energy, scale * particle.mass)
        }
        record.append(particle)
    }

    private mutating func readVertex(_ field: Field) throws(TextFault) {
        var rest = field
        rest.skip(1)
        let first = record.incoming.count
        guard let number = rest.integer(), rest.integer() != nil, rest.incoming(&record, atMost: record.particleCount),
            rest.isBlank || rest.position()
        else { throw TextFault(line, "this is no vertex: '\(field.excerpt)'") }
        guard number < 0, number >= -Int64(record.vertexCount), record.vertices.count < record.vertexCount else {
            throw TextFault(line, "vertex \(number) stands in an event with \(record.vertexCount) vertices")
        }
        record.appendVertex(Int(-number), incoming: first..<record.incoming.count)
    }
}
