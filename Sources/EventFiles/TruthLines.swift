internal import FileAccess
internal import JetPhysics

/// Truth events as lines of text with a header; what is absent is empty.
final class TruthLines: TruthSink {
    private let writer: TextWriter
    private var text = NumberText()

    init(_ path: String, overwrite: Bool) throws {
        writer = try TextWriter(path, overwrite: overwrite)
        try writer.write(TruthNames.all.joined(separator: ",") + "\n")
    }

    func write(_ events: [TruthEvent], slice: Int) throws {
        for event in events {
            text.append(slice)
            text.append(",")
            text.append(event.event)
            for jet in 0..<TruthBlock.jetCount {
                let isThere = event.pt[jet] > 0
                for value in [event.pt[jet], event.eta[jet], event.phi[jet], event.mass[jet]] {
                    text.append(",")
                    if isThere { text.append(value) }
                }
                text.append(",")
                if isThere { text.append(event.flavour[jet]) }
            }
            for value in TruthNames.rest(of: event) {
                text.append(",")
                text.append(value)
            }
            text.append("\n")
        }
        try writer.write(text.bytes)
        text.removeAll()
    }

    func finish() throws { try writer.finish() }
}
