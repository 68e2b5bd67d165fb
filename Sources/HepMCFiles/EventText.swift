internal import FileAccess
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Some whole events of a file, with the lines before the first one.
struct TextPiece: Sendable {
    let bytes: [UInt8]
    let isFirst: Bool
    let isLast: Bool
}

/// The text of a file, plain or compressed, in pieces that end where an event begins.
final class EventText {
    /// An event of protons has some hundred kilobytes, one of lead nuclei some megabytes.
    static let largestEvent = 128 << 20

    private let path: String
    private let source: ByteSource
    private let pieceSize: Int
    private var rest: [UInt8] = []
    private var isFirst = true
    private var isAtEnd = false

    /// - Parameter pieceSize: about how many bytes a piece has; more where an event has more.
    init(_ path: String, pieceSize: Int) throws(FileError) {
        self.path = path
        self.pieceSize = pieceSize
        source = try ByteSource(path)
    }

    /// Some pieces: as many as asked for, or fewer where events are larger than pieces.
    func next(_ count: Int) throws(FileError) -> [TextPiece] {
        var pieces: [TextPiece] = []
        var size = 0
        while pieces.count < count, size < count * pieceSize, let piece = try next() {
            size += piece.bytes.count
            pieces.append(piece)
        }
        return pieces
    }

    /// How much of the file, as it is stored, has been read: 0 to 1.
    var share: Double { source.share }

    /// - Returns: nil at the end of the file.
    func next() throws(FileError) -> TextPiece? {
        guard !isAtEnd else { return nil }
        var text = rest
        text.reserveCapacity(2 * pieceSize)
        rest = []
        var wanted = pieceSize
        while true {
            if try !fill(&text, to: wanted) { return piece(text, isLast: true) }
            if let cut = Self.lastEvent(text) {
                rest = Array(text[cut...])
                text.removeSubrange(cut...)
                return piece(text, isLast: false)
            }
            guard text.count < Self.largestEvent else {
                throw FileError(
                    .malformed, path, "an event has more than \(Self.largestEvent >> 20) MB of text",
                    "check what the file is; HepMC3 begins each event with a line E")
            }
            wanted = 2 * text.count
        }
    }

    private func piece(_ text: [UInt8], isLast: Bool) -> TextPiece {
        isAtEnd = isLast
        defer { isFirst = false }
        return TextPiece(bytes: text, isFirst: isFirst, isLast: isLast)
    }

    /// - Returns: false where the file ends before.
    private func fill(_ text: inout [UInt8], to count: Int) throws(FileError) -> Bool {
        let step = 1 << 18
        while text.count < count {
            let start = text.count
            text.append(contentsOf: repeatElement(0, count: step))
            let read: Result<Int, FileError> = text.withUnsafeMutableBytes { bytes in
                do throws(FileError) {
                    return .success(try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...])))
                } catch { return .failure(error) }
            }
            let got = try read.get()
            text.removeLast(step - got)
            if got == 0 { return false }
        }
        return true
    }

    /// Where the last event begins; nil where none does behind the beginning.
    private static func lastEvent(_ text: [UInt8]) -> Int? {
        text.withUnsafeBufferPointer { text in
            var place = text.count - 3
            while place >= 0 {
                if text[place] == 10, text[place + 1] == UInt8(ascii: "E"), text[place + 2] == UInt8(ascii: " ") {
                    return place + 1
                }
                place -= 1
            }
            return nil
        }
    }
}
