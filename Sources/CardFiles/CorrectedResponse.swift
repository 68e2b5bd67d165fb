internal import DetectorModel
internal import FileAccess
internal import JetCorrectorFiles
internal import Foundation

/// The mean response that a correction takes away, as a table in true pT.
///
/// A correction c belongs to the pT that was measured: the true one is c(raw) · raw, and the response there 1/c(raw). A
/// table of kind Response is of the true pT as it stands. Nodes are chosen so that what is linear in ln pT between them
/// is nowhere off by more than `tolerance`.
struct CorrectedResponse {
    static let tolerance = 0.002
    static let lowestPt = 8.0
    /// Half of √s = 13 TeV: a jet at η has no more than this / cosh η.
    static let highestEnergy = 6500.0
    /// Steps of the raw pT, relative; where the response jumps they become shorter.
    private static let step = 0.005
    private static let shortestStep = 1e-6
    /// A change of the response, relative, that a step is shortened at.
    private static let largestChange = 0.001
    /// A smooth response takes some two thousand steps; one that takes more than this is none of a detector.
    private static let mostSteps = 6000
    /// A true pT that falls by less with growing raw pT is left out: the dent is narrower than any resolution.
    private static let smallestFall = 0.005

    private let file: String
    private let isCorrection: Bool
    private let pt: Int?
    private let bin: CorrectorEtaBins.Bin

    private struct Point {
        let pt: Double
        let response: Double
        let logPt: Double

        init(pt: Double, response: Double) { (self.pt, self.response, logPt) = (pt, response, log(pt)) }
    }

    init(_ table: JetCorrectorText, _ bin: CorrectorEtaBins.Bin) throws(FileError) {
        file = table.file
        isCorrection = table.kind == .correction
        pt = table.binVariables.firstIndex(of: "JetPt")
        self.bin = bin
        guard let pt else { return }
        for (record, next) in zip(bin.records, bin.records.dropFirst())
        where record.edges[pt].high != next.edges[pt].low {
            throw next.error(
                file, "no bin before this covers JetPt from \(record.edges[pt].high) to \(next.edges[pt].low)",
                "let bins end where the next begins")
        }
    }

    /// The record of a pT; outside of all the nearest.
    private func record(_ value: Double) -> JetCorrectorText.Record {
        guard let pt else { return bin.records[0] }
        return bin.records.last { $0.edges[pt].low <= value } ?? bin.records[0]
    }

    /// Correction or response.
    func value(_ pt: Double) -> Double { record(pt).value(pt) }

    func form() throws(FileError) -> ResponseForm {
        let points = try Self.inside(points(), Self.lowestPt, highestPt)
        var kept: Set<Int> = [0, points.count - 1]
        Self.divide(points, 0..<points.count, &kept)
        var nodes: [(pt: Double, value: Double)] = []
        for index in kept.sorted() {
            // Short numbers, and the response where the number is.
            let last = index == 0 || index == points.count - 1
            let pt = last ? points[index].pt : Self.rounded(points[index].pt)
            guard pt > nodes.last?.pt ?? 0, last || pt < points[points.count - 1].pt else { continue }
            let value = Self.interpolated(points, log(pt))
            nodes.append((pt, (value * 1e6).rounded() / 1e6))
        }
        if nodes.allSatisfy({ $0.value == nodes[0].value }) { return .constant(nodes[0].value) }
        return Self.bounded(.table(pt: nodes.map(\.pt), values: nodes.map(\.value)))
    }

    private var highestPt: Double { Self.rounded(max(Self.highestEnergy / cosh(bin.innermost), 4 * Self.lowestPt)) }

    private func point(_ raw: Double) -> Point {
        let value = value(raw)
        return isCorrection ? Point(pt: value * raw, response: 1 / value) : Point(pt: raw, response: value)
    }

    /// On the lattice of raw pT, with the true one increasing.
    private func points() throws(FileError) -> [Point] {
        let highest = highestPt
        var points: [Point] = []
        var (before, step, taken) = (0.05 * Self.lowestPt, 0.0, 0)
        var previous: Point?
        while before < 5.1 * highest, (points.last?.pt ?? 0) < highest {
            let raw = before * (1 + step)
            let point = point(raw)
            taken += 1
            guard taken <= Self.mostSteps else {
                throw record(raw).error(
                    file, "up to JetPt = \(Self.rounded(raw)) GeV the correction jumps too often",
                    "give one that is smooth")
            }
            if let previous, step > Self.shortestStep,
                abs(point.response / previous.response - 1) > Self.largestChange
            {
                step /= 2
                continue
            }
            previous = point
            (before, step) = (raw, step == 0 ? Self.step : min(2 * step, Self.step))
            // Below the lowest pT nothing matters; above the response of 5 a jet of it cannot be.
            if raw < 5 * Self.lowestPt, !(point.pt > Self.lowestPt) {
                points = point.pt > 0 ? [point] : []
                continue
            }
            guard point.response >= 0.05, point.response <= 5 else {
                throw record(raw).error(
                    file,
                    "at JetPt = \(Self.rounded(raw)) GeV the response is "
                        + (point.response.isNaN ? "no number" : "\(point.response)"),
                    "a card takes responses from 0.05 to 5")
            }
            guard point.pt > points.last?.pt ?? 0 else {
                guard point.pt > (points.last?.pt ?? 0) * (1 - Self.smallestFall) else {
                    throw record(raw).error(
                        file, "around JetPt = \(Self.rounded(raw)) GeV the corrected pT falls while JetPt grows",
                        "give a correction whose product with JetPt increases")
                }
                continue
            }
            points.append(point)
        }
        guard points.count > 1, points[points.count - 1].pt >= highest else {
            throw bin.records[0].error(
                file, "no JetPt is corrected to \(highest) GeV", "check the formula and its parameters")
        }
        return points
    }

    /// The points between two pT, with one at each where the points reach it.
    private static func inside(_ points: [Point], _ low: Double, _ high: Double) -> [Point] {
        let (low, high) = (max(low, points[0].pt), min(high, points[points.count - 1].pt))
        func end(_ pt: Double) -> Point { Point(pt: pt, response: interpolated(points, log(pt))) }
        return [end(low)] + points.filter { $0.pt > low && $0.pt < high } + [end(high)]
    }

    private static func interpolated(_ points: [Point], _ logPt: Double) -> Double {
        var (low, high) = (0, points.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if points[middle].logPt <= logPt { low = middle } else { high = middle }
        }
        return line(points[low], points[high], logPt)
    }

    private static func line(_ one: Point, _ other: Point, _ logPt: Double) -> Double {
        one.response + (logPt - one.logPt) / (other.logPt - one.logPt) * (other.response - one.response)
    }

    /// Keeps the point that is farthest from the line between the ends, and goes on on both of its sides (Ramer, Douglas
    /// and Peucker).
    private static func divide(_ points: [Point], _ range: Range<Int>, _ kept: inout Set<Int>) {
        var (worst, largest) = (range.lowerBound, tolerance)
        for index in range.dropFirst().dropLast() {
            let point = points[index]
            let expected = line(points[range.lowerBound], points[range.upperBound - 1], point.logPt)
            let deviation = abs(expected / point.response - 1)
            if deviation > largest { (worst, largest) = (index, deviation) }
        }
        guard worst > range.lowerBound else { return }
        kept.insert(worst)
        divide(points, range.lowerBound..<worst + 1, &kept)
        divide(points, worst..<range.upperBound, &kept)
    }

    /// To five digits.
    private static func rounded(_ value: Double) -> Double {
        let scale = pow(10, 4 - floor(log10(value)))
        return (value * scale).rounded() / scale
    }

    /// A table whose outermost slopes lead to what cannot be goes on level instead.
    private static func bounded(_ form: ResponseForm) -> ResponseForm {
        guard case .table(var pt, var values) = form else { return form }
        let range = 0.05...5.0
        if !range.contains(form.value(eta: 0, pt: pt[0] / M_E)) {
            pt.insert(0.99 * pt[0], at: 0)
            values.insert(values[0], at: 0)
        }
        if !range.contains(form.value(eta: 0, pt: pt[pt.count - 1] * M_E)) {
            pt.append(1.01 * pt[pt.count - 1])
            values.append(values[values.count - 1])
        }
        return .table(pt: pt, values: values)
    }
}
