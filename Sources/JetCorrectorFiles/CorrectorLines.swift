internal import FileAccess

/// The lines of a text that say something: without comments, blanks at their ends and the line ends of any system.
struct CorrectorLines {
    struct Line {
        let file: String
        let number: Int
        let text: String

        /// Separated by blanks and tabs.
        var words: [Substring] { text.split { $0 == " " || $0 == "\t" } }

        func error(_ problem: String, _ remedy: String) -> FileError {
            FileError(.malformed, "\(file):\(number)", problem, remedy)
        }
    }

    private let file: String
    private let bytes: [UInt8]
    private var place = 0
    private var number = 0
    /// Far more than a formula and a hundred parameters take.
    private static let longestLine = 16_384

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// The next line that is not empty, or nil at the end.
    mutating func next() throws(FileError) -> Line? {
        while place < bytes.count {
            let end = bytes[place...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
            var range = place..<end
            place = end + 1
            number += 1
            if end + 1 < bytes.count, bytes[end] == 0x0D, bytes[end + 1] == 0x0A { place += 1 }
            if let comment = bytes[range].firstIndex(of: UInt8(ascii: "#")) { range = range.lowerBound..<comment }
            while let first = range.first, Self.isBlank(bytes[first]) { range.removeFirst() }
            while let last = range.last, Self.isBlank(bytes[last]) { range.removeLast() }
            guard !range.isEmpty else { continue }
            let line = Line(file: file, number: number, text: String(decoding: bytes[range], as: UTF8.self))
            guard range.count <= Self.longestLine else {
                throw line.error("the line has \(range.count) bytes", "give a text file of jet corrections")
            }
            guard bytes[range].allSatisfy({ Self.isBlank($0) || (0x21..<0x7F).contains($0) }) else {
                throw line.error(
                    "the line has characters other than those of ASCII", "put them behind a #, or leave them out")
            }
            return line
        }
        return nil
    }
}
