/// Finds the bin of a number without a search: one table entry and one comparison, and no branch that depends on it.
///
/// The line is divided into cells by a function that never falls, so that all numbers of a cell lie between the edges of
/// the cells before it and those of the cells after it: where a cell holds at most one edge, comparing with that edge
/// settles the bin exactly, however the cell's own border was rounded. Cells are either of one width or, for axes like
/// those of pT, of one width inside each octave, whichever takes fewer. Edges too close for both are left to a search.
@usableFromInline struct AxisLookup: Sendable {
    @usableFromInline struct Cell: Sendable {
        /// The edge inside the cell, or infinity.
        @usableFromInline let edge: Double
        /// The bins below and from the edge on; −1 for none.
        @usableFromInline let below: Int32
        @usableFromInline let above: Int32
    }
    @usableFromInline let cells: [Cell]
    /// Of cells of one width; 0 where cells divide octaves.
    @usableFromInline let scale: Double
    @usableFromInline let lowest: Double
    /// Number of the last cell.
    @usableFromInline let last: Int32
    /// For cells in octaves: the bits of a float above `shift`, less `first`, are the number of its cell.
    @usableFromInline let first: Int32
    @usableFromInline let shift: Int32
    /// Empty unless cells hold several edges.
    @usableFromInline let edges: [Double]

    private static let largestCount = 1024

    init(edges: [Double]) {
        let (low, high) = (edges[0], edges[edges.count - 1])
        lowest = low
        // In octaves: 2^bits cells in each, taken from the bits of the number in single precision.
        var octaves: (first: Int32, shift: Int32, count: Int)?
        if low > 0x1p-100, high < 0x1p100 {
            for bits in Int32(0)...8 {
                let shift = 23 - bits
                let numbers = edges.map { Int32(bitPattern: Float($0).bitPattern) >> shift }
                guard Set(numbers).count == numbers.count else { continue }
                octaves = (numbers[0], shift, Int(numbers[numbers.count - 1] - numbers[0]) + 1)
                break
            }
        }
        var uniform: (scale: Double, count: Int)?
        let narrowest = zip(edges, edges.dropFirst()).map { $1 - $0 }.min() ?? 1
        // Half the narrowest bin, so that roundings cannot bring two edges into one cell.
        if (high - low) / narrowest < Double(Self.largestCount / 2) {
            let count = Int((2 * (high - low) / narrowest).rounded(.up))
            uniform = (Double(count) / (high - low), count + 1)
        }
        if let octaves, octaves.count <= Self.largestCount, octaves.count < uniform?.count ?? .max {
            (scale, first, shift) = (0, octaves.first, octaves.shift)
            last = Int32(octaves.count - 1)
        } else {
            let count = uniform?.count ?? Self.largestCount
            scale = uniform?.scale ?? Double(count - 1) / (high - low)
            (first, shift) = (0, 0)
            last = Int32(count - 1)
        }
        let geometry = AxisLookup(
            cells: [], scale: scale, lowest: lowest, last: last, first: first, shift: shift, edges: [])
        let homes = edges.map(geometry.cell)
        self.edges = Set(homes).count == homes.count ? [] : edges
        var cells: [Cell] = []
        var passed = 0
        for number in 0...Int(last) {
            let here = homes.lastIndex { $0 <= number }.map { $0 + 1 } ?? 0
            let bins = edges.count - 1
            func bin(_ edgesBelow: Int) -> Int32 { edgesBelow > bins ? -1 : Int32(edgesBelow - 1) }
            cells.append(Cell(edge: here > passed ? edges[here - 1] : .infinity, below: bin(passed), above: bin(here)))
            passed = here
        }
        self.cells = cells
    }

    private init(
        cells: [Cell], scale: Double, lowest: Double, last: Int32, first: Int32, shift: Int32, edges: [Double]
    ) {
        (self.cells, self.scale, self.lowest, self.last) = (cells, scale, lowest, last)
        (self.first, self.shift, self.edges) = (first, shift, edges)
    }

    /// The number of the cell of `value`: never falls with it; 0 for NaN.
    @inlinable @inline(__always)
    func cell(of value: Double) -> Int {
        if scale > 0 {
            let place = (value - lowest) * scale
            let limit = Double(last)
            let raised = place > 0 ? place : 0
            let clamped = raised < limit ? raised : limit
            // Adding 2^52 leaves the nearest integer in the low bits.
            return Int(truncatingIfNeeded: (clamped + 0x1p52).bitPattern & 0xFFFF)
        }
        let raised = value > lowest ? value : lowest
        let clamped = raised < 0x1p120 ? raised : 0x1p120
        let number = (Int32(bitPattern: Float(clamped).bitPattern) &>> shift) &- first
        return Int(truncatingIfNeeded: min(number, last))
    }

    /// The bin that holds `value`, or −1.
    @inlinable @inline(__always)
    func bin(of value: Double) -> Int {
        let number = cell(of: value)
        if edges.isEmpty {
            return cells.withUnsafeBufferPointer { cells in
                let cell = cells[number]
                return Int(value >= cell.edge ? cell.above : cell.below)
            }
        }
        return searched(value)
    }

    @usableFromInline func searched(_ value: Double) -> Int {
        guard value >= edges[0], value < edges[edges.count - 1] else { return -1 }
        var (low, high) = (0, edges.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if value >= edges[middle] { low = middle } else { high = middle }
        }
        return low
    }
}
