internal import FileAccess
public import JetPhysics
internal import Threads

/// Events of one slice of a generator, clustered.
public struct HepMCSample: Sendable {
    /// At least one.
    public let events: Int
    /// As the last event that tells it has it: generators know it best at the end.
    public let crossSection: CrossSection
    /// Least and largest scale of the events' hard processes, GeV; nil where an event does not tell it.
    public let scales: ClosedRange<Double>?

    /// How much of a file is one piece of work, bytes.
    private static let pieceSize = 1 << 20
    /// Pieces of a thread between two waits for all threads.
    private static let piecesAtOnce = 4

    /// Reads and clusters a file, in memory that does not grow with it.
    /// - Parameters:
    ///   - path: HepMC3 events as text (Asciiv3), plain or compressed by gzip.
    ///   - threads: at least one; the events are the same for any number.
    ///   - take: gets the events in their order, numbered from 0 on, and the share of the file that has been read, 0 to 1.
    /// - Throws: `FileError` with file and line for whatever is no sample of events that stand for the same cross-section, and
    ///   what `take` throws.
    public init(
        _ path: String, rules: JetRules, threads: Int, pieceSize: Int? = nil,
        _ take: (_ events: [TruthEvent], _ share: Double) throws -> Void
    ) throws {
        precondition(threads > 0, "at least one thread")
        let text = Guarded(SharedText(try EventText(path, pieceSize: pieceSize ?? Self.pieceSize)))
        var summary = Summary(path)
        let round = Self.piecesAtOnce * threads
        var pieces = try text.withLock { $0.read(round) }.get()
        while !pieces.isEmpty {
            // While pieces are clustered one thread reads those that come next.
            let current = pieces
            let outcomes = concurrentMap(current.count + 1, threads: threads) { index in
                index == 0
                    ? Outcome.read(text.withLock { $0.read(round) })
                    : .clustered(Self.cluster(current[index - 1], rules))
            }
            for case .clustered(let piece) in outcomes {
                try take(try summary.add(piece), text.withLock { $0.share })
            }
            guard case .read(let next) = outcomes[0] else { preconditionFailure("the first piece of work is reading") }
            pieces = try next.get()
        }
        (events, crossSection, scales) = try summary.result()
    }

    private enum Outcome: Sendable {
        case read(Result<[TextPiece], FileError>)
        case clustered(ClusteredPiece)
    }

    /// A text that one thread at a time reads.
    private struct SharedText: @unchecked Sendable {
        private let text: EventText

        init(_ text: EventText) { self.text = text }

        var share: Double { text.share }

        func read(_ count: Int) -> Result<[TextPiece], FileError> {
            do throws(FileError) { return .success(try text.next(count)) } catch { return .failure(error) }
        }
    }

    private static func cluster(_ piece: TextPiece, _ rules: JetRules) -> ClusteredPiece {
        var result = ClusteredPiece()
        var reader = EventReader()
        guard var maker = TruthMaker(rules) else {
            result.fault = TextFault(1, "there is not enough memory", "free some")
            return result
        }
        do throws(TextFault) {
            try reader.read(piece) { (record) throws(TextFault) in
                result.events.append(
                    ClusteredEvent(
                        truth: try maker.event(record), line: record.line, weight: record.weight ?? 1,
                        scale: record.eventScale, crossSection: record.crossSection))
            }
        } catch { result.fault = error }
        result.lines = reader.line
        result.hasEnded = reader.hasEnded && !piece.isLast
        return result
    }
}

/// What a piece of text holds.
struct ClusteredPiece: Sendable {
    var events: [ClusteredEvent] = []
    var lines = 0
    /// What ended it early.
    var fault: TextFault?
    /// Whether all events have ended, with more text to come.
    var hasEnded = false
}

/// An event with what its file has to agree in.
struct ClusteredEvent: Sendable {
    var truth: TruthEvent
    /// Inside its piece.
    let line: Int
    let weight: Double
    let scale: Double?
    let crossSection: CrossSection?
}

/// What is known of a file so far.
private struct Summary {
    /// Weights that differ by less are equal: some generators print quotients.
    private static let weightTolerance = 1e-6

    private let path: String
    private var lines = 0
    private var count = 0
    private var weight: Double?
    private var crossSection: (value: CrossSection, line: Int)?
    private var scales: ClosedRange<Double>?
    private var hasScales = true

    init(_ path: String) { self.path = path }

    /// Takes the next piece and numbers its events.
    mutating func add(_ piece: ClusteredPiece) throws(FileError) -> [TruthEvent] {
        var events: [TruthEvent] = []
        events.reserveCapacity(piece.events.count)
        for event in piece.events {
            try add(event)
            var truth = event.truth
            truth.event = UInt64(count)
            count += 1
            events.append(truth)
        }
        if let fault = piece.fault { throw self.fault(fault.line, fault.problem, fault.remedy) }
        lines += piece.lines
        guard !piece.hasEnded else {
            throw fault(1, "something follows the end of the events", "give each file of events by itself")
        }
        return events
    }

    private mutating func add(_ event: ClusteredEvent) throws(FileError) {
        let first = weight ?? event.weight
        weight = first
        guard event.weight > 0 else {
            throw fault(
                event.line, "the event has the weight \(event.weight), and truth samples hold events that count alike",
                "generate events of weight 1, without subtractions")
        }
        guard abs(event.weight - first) <= Self.weightTolerance * first else {
            throw fault(
                event.line,
                "the event has the weight \(event.weight), the first one \(first), and truth samples hold events that count alike",
                "generate unweighted events, in slices of pT-hat rather than with a biased one")
        }
        if let section = event.crossSection { crossSection = (section, lines + event.line) }
        guard let scale = event.scale, scale > 0 else {
            hasScales = false
            return
        }
        scales = min(scales?.lowerBound ?? scale, scale)...max(scales?.upperBound ?? scale, scale)
    }

    private func fault(_ line: Int, _ problem: String, _ remedy: String) -> FileError {
        FileError(.malformed, "\(path):\(lines + line)", problem, remedy)
    }

    func result() throws(FileError) -> (Int, CrossSection, ClosedRange<Double>?) {
        guard count > 0 else { throw FileError(.malformed, path, "there are no events", "give a file with events") }
        guard let crossSection else {
            throw FileError(
                .malformed, path, "no event tells the cross-section (A 0 GenCrossSection)",
                "let the generator write it")
        }
        let section = crossSection.value
        guard section.value > 1e-50, section.value < 1e50, section.uncertainty >= 0, section.uncertainty < 1e50 else {
            throw FileError(
                .malformed, "\(path):\(crossSection.line)",
                "the last cross-section is \(section.value) ± \(section.uncertainty) pb", "let the generator write it")
        }
        return (count, section, hasScales ? scales : nil)
    }
}
