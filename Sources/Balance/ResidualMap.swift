#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Binning

/// Residual constants ready to apply: a step function of η, linear in ln pT between the pT that each constant belongs
/// to and frozen outside them. An η bin without any constant leaves its jets as they are.
public struct ResidualMap: Sendable, Equatable {
    public let eta: Axis
    public let ptBins: Int
    /// Between two neighbouring nodes of an η bin, or beyond the outermost ones, where nothing changes.
    private struct Segment: Sendable, Equatable {
        /// Of the node below.
        var logPt = 0.0
        var constant = 1.0
        /// To the next node: of the constant, and 1 over the distance in ln pT.
        var difference = 0.0
        var inverseStep = 0.0
        /// The pT bins that the constants came from.
        var low: Int32 = -1
        var high: Int32 = -1

        @inline(__always)
        func fraction(_ pt: Double) -> Double {
            let place = (log(pt) - logPt) * inverseStep
            return place > 0 ? place : 0
        }
        @inline(__always)
        func value(_ fraction: Double) -> Double { constant + difference * fraction }
    }
    /// By η bin, and by the number of nodes at or below a pT; a last η bin without constants is for jets outside the axis.
    private let segments: [Segment]
    /// The pT of the nodes, as many for each η bin: infinity beyond the last, so that an even number of them can be counted.
    private let pts: [Double]
    private let width: Int

    /// - Parameters:
    ///   - constants: [η][pT bin]; nil where undetermined.
    ///   - ptMean: [η][pT bin], GeV, positive where a constant stands.
    public init(eta: Axis, constants: [[Double?]], ptMean: [[Double?]]) {
        precondition(constants.count == eta.count && ptMean.count == eta.count, "one row for each η bin")
        self.eta = eta
        ptBins = constants.first?.count ?? 0
        width = ptBins + ptBins % 2
        var segments: [Segment] = []
        var pts: [Double] = []
        for row in 0...eta.count {
            var known: [(pt: Double, constant: Double, bin: Int)] = []
            if row < eta.count {
                known = constants[row].indices.compactMap { bin in
                    guard let constant = constants[row][bin], let mean = ptMean[row][bin] else { return nil }
                    return (mean, constant, bin)
                }.sorted { ($0.pt, $0.bin) < ($1.pt, $1.bin) }
            }
            var inRow = Array(repeating: Segment(), count: width + 1)
            for below in inRow.indices where !known.isEmpty {
                let low = known[min(max(below - 1, 0), known.count - 1)]
                let high = below > 0 && below < known.count ? known[below] : low
                let step = log(high.pt) - log(low.pt)
                inRow[below] = Segment(
                    logPt: log(low.pt), constant: low.constant, difference: high.constant - low.constant,
                    inverseStep: step > 0 ? 1 / step : 0, low: Int32(low.bin), high: Int32(high.bin))
            }
            segments += inRow
            pts += known.map(\.pt) + Array(repeating: .infinity, count: width - known.count)
        }
        self.segments = segments
        self.pts = pts
    }

    /// How a constant is made of the nodes at a place: (1 − fraction) of pT bin `low` and `fraction` of pT bin `high`.
    public struct Position: Sendable {
        public let low: Int
        public let high: Int
        public let fraction: Double
        public let constant: Double
    }

    /// The segment at a place; none of it is a branch that depends on the jet.
    @inline(__always)
    private func segment(_ etaBin: Int, _ pt: Double) -> Segment {
        let row = etaBin < 0 ? eta.count : etaBin
        let below = pts.withUnsafeBufferPointer { pts in
            var counts = SIMD2<Int64>.zero
            var place = row &* width
            let end = place &+ width
            while place < end {
                counts.replace(with: counts &+ 1, where: SIMD2(pts[place], pts[place &+ 1]) .<= pt)
                place &+= 2
            }
            return Int(counts[0] &+ counts[1])
        }
        return segments.withUnsafeBufferPointer { $0[row &* (width &+ 1) &+ below] }
    }

    /// - Returns: nil outside the η axis and in an η bin without constants.
    public func position(eta value: Double, pt: Double) -> Position? {
        guard pt > 0 else { return nil }
        let segment = segment(eta.index(of: value), pt)
        guard segment.low >= 0 else { return nil }
        let fraction = segment.fraction(pt)
        return Position(
            low: Int(segment.low), high: Int(segment.high), fraction: fraction, constant: segment.value(fraction))
    }

    /// The constant at (η, pT in GeV), 1 where `position` is nil.
    public func constant(eta: Double, pt: Double) -> Double { position(eta: eta, pt: pt)?.constant ?? 1 }

    /// Multiplies jets with their constants.
    /// - Parameters:
    ///   - pt: GeV, positive at the places.
    ///   - places: of the jets, `count` of them.
    func apply(
        to pt: UnsafeMutablePointer<Double>, eta values: UnsafePointer<Double>, at places: UnsafePointer<Int32>,
        count: Int
    ) {
        for index in 0..<count {
            let place = Int(places[index])
            let segment = segment(eta.index(of: values[place]), pt[place])
            pt[place] *= segment.value(segment.fraction(pt[place]))
        }
    }
}
