/// What the rows of one truth event sum up to in each class of each cell that they fall into, as long as its rows come.
struct TruthEventParts<Terms: SIMD> where Terms.Scalar == Double {
    struct Part {
        let cell: Int
        let alphaClass: Int
        var terms = Terms()
    }

    private var parts: [Part] = []

    mutating func add(_ terms: Terms, cell: Int, alphaClass: Int) {
        let place = parts.firstIndex { $0.cell == cell && $0.alphaClass == alphaClass }
        if place == nil { parts.append(Part(cell: cell, alphaClass: alphaClass)) }
        parts[place ?? parts.count - 1].terms += terms
    }

    /// Ends a truth event.
    /// - Parameters:
    ///   - lowest: takes the part of each cell in its lowest class.
    ///   - pair: takes each two parts of one cell, and each with itself, the lower class first.
    mutating func close(lowest: (Part) -> Void, pair: (_ low: Part, _ high: Part) -> Void) {
        if parts.count > 1 { parts.sort { ($0.cell, $0.alphaClass) < ($1.cell, $1.alphaClass) } }
        for (index, low) in parts.enumerated() {
            if index == 0 || parts[index - 1].cell != low.cell { lowest(low) }
            for high in parts[index...] where high.cell == low.cell { pair(low, high) }
        }
        parts.removeAll(keepingCapacity: true)
    }
}
