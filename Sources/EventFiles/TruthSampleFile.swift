#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import DijetGeneration
internal import FileAccess
internal import JetPhysics

/// A truth sample read from a table of jets and a table of slice cross-sections.
public struct TruthSampleFile: Sendable {
    public let sample: TruthSample
    public let events: Int
    /// Events left out: fewer than two jets, or a leading jet far above the slice, which would enter sparse bins with a
    /// weight that it does not deserve (CMS keeps pT1 < 1.5 p̂T; where p̂T is not known its upper edge stands for it).
    public let dropped: Int

    static let largestExcess = 1.5

    /// Where the cross-sections of a sample are looked for: `NAME_dijets.csv.gz` has `NAME_xsec.csv` beside it.
    public static func crossSectionPath(for path: String) -> String {
        var stem = path
        for ending in [".gz", ".csv", ".h5", ".hdf5", "_dijets"] where stem.hasSuffix(ending) {
            stem.removeLast(ending.count)
        }
        return stem + "_xsec.csv"
    }

    /// - Parameters:
    ///   - path: columns `slice event pt1 eta1 phi1 flavour1 … pt4 eta4 phi4 flavour4`, and `soft_px soft_py inv_px inv_py`
    ///     where they are known; .csv, .csv.gz or .h5.
    ///   - crossSections: columns `slice pthat_min_GeV pthat_max_GeV sigma_pb`.
    public init(_ path: String, crossSections: String) throws {
        let table = try SliceTableFile(crossSections)
        var names = ["slice", "event"]
        for jet in 1...TruthBlock.jetCount { names += ["pt", "eta", "phi", "flavour"].map { "\($0)\(jet)" } }
        let firstSoft = names.count
        names += ["soft_px", "soft_py", "inv_px", "inv_py"]
        let optional = Set(
            names.filter {
                $0.hasPrefix("flavour") || $0.hasPrefix("soft_") || $0.hasPrefix("inv_") || $0.hasSuffix("3")
                    || $0.hasSuffix("4")
            })
        let reader = try openRows(path, wanted: names, optional: optional)
        var events = table.slices.map { _ in TruthSample.Events() }
        var read = table.slices.map { _ in 0 }
        try withUnsafeTemporaryAllocation(of: Double.self, capacity: names.count) { row in
            while try reader.next(into: row) {
                guard let slice = table.position(of: row[0]) else {
                    throw FileError(
                        .malformed, reader.place, "slice \(row[0]) has no cross-section",
                        "add it to \(crossSections)")
                }
                guard row[1] >= 0, row[1] < 0x1p53, row[1] == row[1].rounded() else {
                    throw FileError(
                        .malformed, reader.place, "the event number is \(row[1])", "give a whole number ≥ 0")
                }
                for jet in 0..<TruthBlock.jetCount { try Self.validate(row, jet: jet, reader) }
                for place in firstSoft..<firstSoft + 4 where !row[place].isNaN && !(abs(row[place]) < 1e6) {
                    throw FileError(
                        .malformed, reader.place, "a momentum of \(row[place]) GeV in \(names[place])",
                        "give GeV, or leave it empty when it is not known")
                }
                read[slice] += 1
                guard row[6] > 0, row[2] > 0, row[2] < Self.largestExcess * table.slices[slice].pHatMaximum else {
                    continue
                }
                events[slice].event.append(UInt64(row[1]))
                var (sumX, sumY) = (0.0, 0.0)
                for jet in 0..<TruthBlock.jetCount {
                    let (pt, eta, phi, flavour) = (
                        row[2 + 4 * jet], row[3 + 4 * jet], row[4 + 4 * jet], row[5 + 4 * jet]
                    )
                    let isThere = pt > 0
                    if isThere { (sumX, sumY) = (sumX + pt * cos(phi), sumY + pt * sin(phi)) }
                    events[slice].pt[jet].append(isThere ? pt : 0)
                    events[slice].eta[jet].append(isThere ? eta : 0)
                    events[slice].phi[jet].append(isThere ? wrappedAzimuth(phi) : 0)
                    events[slice].flavour[jet].append(flavour.isNaN ? 0 : Int32(flavour))
                }
                func momentum(_ column: Int) -> Double? {
                    row[firstSoft + column].isNaN ? nil : row[firstSoft + column]
                }
                // What is not told balances the event.
                let invisible = (x: momentum(2) ?? 0, y: momentum(3) ?? 0)
                events[slice].softX.append(momentum(0) ?? -sumX - invisible.x)
                events[slice].softY.append(momentum(1) ?? -sumY - invisible.y)
                events[slice].invisibleX.append(invisible.x)
                events[slice].invisibleY.append(invisible.y)
            }
        }
        let total = read.reduce(0, +)
        guard total > 0 else { throw FileError(.malformed, path, "there are no events", "give a table with rows") }
        // Slices without events are left out; what was dropped takes its part of the cross-section with it.
        let present = table.slices.indices.filter { events[$0].count >= 2 }
        guard !present.isEmpty else {
            throw FileError(.malformed, path, "no slice has two dijet events", "give more events")
        }
        self.events = total
        dropped = total - present.reduce(0) { $0 + events[$1].count }
        sample = TruthSample(
            slices: present.map { index in
                let slice = table.slices[index]
                let kept = Double(events[index].count) / Double(read[index])
                return Slice(
                    pHatMinimum: slice.pHatMinimum, pHatMaximum: slice.pHatMaximum,
                    crossSection: slice.crossSection * kept)
            }, events: present.map { events[$0] })
    }
}

extension TruthSampleFile {
    static func validate(
        _ row: UnsafeMutableBufferPointer<Double>, jet: Int, _ reader: any RowSource
    ) throws(FileError) {
        let (pt, eta, phi, flavour) = (row[2 + 4 * jet], row[3 + 4 * jet], row[4 + 4 * jet], row[5 + 4 * jet])
        guard pt.isNaN || pt == 0 || (pt > 0 && pt < 1e6 && abs(eta) < 20 && abs(phi) < 7) else {
            throw FileError(
                .malformed, reader.place, "jet \(jet + 1) has pT \(pt), η \(eta), φ \(phi)",
                "give GeV and radian for each jet that has a pT, and leave an absent jet empty")
        }
        guard flavour.isNaN || (flavour == flavour.rounded() && abs(flavour) < 0x1p31) else {
            throw FileError(
                .malformed, reader.place, "jet \(jet + 1) has the flavour \(flavour)",
                "give a PDG number, 0 or nothing when unknown")
        }
    }
}

/// The slices of a truth sample with their cross-sections.
struct SliceTableFile {
    let slices: [Slice]
    /// Statistical, pb; 0 where the table does not say.
    let uncertainties: [Double]
    private let numbers: [Int]

    init(_ path: String) throws {
        let names = ["slice", "pthat_min_GeV", "pthat_max_GeV", "sigma_pb", "sigma_err_pb"]
        let reader = try NumberTable(path, wanted: names, optional: ["sigma_err_pb"])
        var slices: [Slice] = []
        var uncertainties: [Double] = []
        var numbers: [Int] = []
        try withUnsafeTemporaryAllocation(of: Double.self, capacity: names.count) { row in
            while try reader.next(into: row) {
                guard row[0] >= 0, row[0] < 65536, row[0] == row[0].rounded(), row[1] > 0, row[2] > row[1],
                    row[2] <= 1e6, row[3] > 1e-50, row[3] < 1e50,
                    slices.last.map({ row[1] >= $0.pHatMaximum }) ?? true, !numbers.contains(Int(row[0]))
                else {
                    throw FileError(
                        .malformed, reader.place, "slice \(row[0]) of \(row[1])–\(row[2]) GeV with σ = \(row[3]) pb",
                        "list slices once each by increasing p̂T, with a positive cross-section")
                }
                guard row[4].isNaN || (row[4] >= 0 && row[4] < 1e50) else {
                    throw FileError(
                        .malformed, reader.place, "the cross-section's uncertainty is \(row[4]) pb",
                        "give a number from 0 on, or nothing when it is not known")
                }
                numbers.append(Int(row[0]))
                uncertainties.append(row[4].isNaN ? 0 : row[4])
                slices.append(Slice(pHatMinimum: row[1], pHatMaximum: row[2], crossSection: row[3]))
            }
        }
        guard !slices.isEmpty else {
            throw FileError(.malformed, path, "there are no slices", "give a table with rows")
        }
        self.slices = slices
        self.uncertainties = uncertainties
        self.numbers = numbers
    }

    func position(of number: Double) -> Int? {
        guard number >= 0, number < 65536, number == number.rounded() else { return nil }
        return numbers.firstIndex(of: Int(number))
    }
}
