internal import Balance
internal import FileAccess
internal import JetPhysics

/// What a row of a table holds, and what it may.
extension EventFile {
    static let largestSlice = 4095
    /// pT over true pT of a matched jet.
    static let largestResponse = 100.0
    static let smallestWeight = 1e-100

    private static let jets = (1...ReconstructedBlock.jetCount).map { jet in
        ["pt\(jet)", "eta\(jet)", "phi\(jet)", "true_pt\(jet)", "true_eta\(jet)"]
    }
    private static let detectorEtas = (1...ReconstructedBlock.jetCount).map { "det_eta\($0)" }
    static let names = ["event", "slice", "weight"] + jets.joined() + detectorEtas + ["triggers"]
    static let detectorEtaColumn = 3 + 5 * ReconstructedBlock.jetCount
    static let triggerColumn = detectorEtaColumn + ReconstructedBlock.jetCount
    static let optional = Set(
        ["event", "slice", "weight", "triggers"] + detectorEtas + jets[2]
            + jets.joined().filter { $0.hasPrefix("true_") }
    ).union(momentumNames + tagNames + flavourNames)

    static func event(_ row: UnsafeMutableBufferPointer<Double>, _ number: Int, _ unnamed: UInt64) -> UInt64 {
        row[0].isNaN ? unnamed | UInt64(number) : UInt64(row[0])
    }

    static func slice(_ row: UnsafeMutableBufferPointer<Double>) -> Double { row[1].isNaN ? 0 : row[1] }

    static func weight(_ row: UnsafeMutableBufferPointer<Double>) -> Double { row[2].isNaN ? 1 : row[2] }

    /// - Returns: the slice of the row.
    static func validate(
        _ row: UnsafeMutableBufferPointer<Double>, _ table: any RowSource, _ menu: TriggerMenu?, _ contents: Contents
    ) throws(FileError) -> Int {
        try validateTriggers(row[triggerColumn], table, menu)
        let slice = slice(row)
        guard slice >= 0, slice <= Double(largestSlice), isWhole(slice) else {
            throw FileError(
                .malformed, table.place, "the slice is \(slice)", "give a whole number from 0 to \(largestSlice)")
        }
        guard row[0].isNaN || (row[0] >= 0 && row[0] < 0x1p53 && isWhole(row[0])) else {
            throw FileError(.malformed, table.place, "the event number is \(row[0])", "give a whole number ≥ 0")
        }
        // Sums take squares of weights.
        let weight = abs(weight(row))
        guard weight == 0 || (weight >= smallestWeight && weight <= 1 / smallestWeight) else {
            throw FileError(
                .malformed, table.place, "the weight is \(row[2])", "scale the weights: only their ratios matter")
        }
        for jet in 0..<ReconstructedBlock.jetCount {
            let (pt, eta, phi) = (row[3 + 5 * jet], row[4 + 5 * jet], row[5 + 5 * jet])
            guard !(pt > 0) || (pt < 1e6 && abs(eta) < 20 && abs(phi) < 7) else {
                throw FileError(
                    .malformed, table.place, "jet \(jet + 1) has pT \(pt), η \(eta), φ \(phi)",
                    "give GeV and radian for each jet that has a pT")
            }
            let seen = row[detectorEtaColumn + jet]
            guard !(pt > 0) || seen.isNaN || abs(seen) < 20 else {
                throw FileError(
                    .malformed, table.place, "jet \(jet + 1) has a detector η of \(seen)",
                    "leave det_eta\(jet + 1) empty where it is not known")
            }
            let (truePt, trueEta) = (row[6 + 5 * jet], row[7 + 5 * jet])
            guard truePt.isNaN || (truePt >= 0 && truePt < 1e6 && !(truePt > 0 && abs(trueEta) >= 20)) else {
                throw FileError(
                    .malformed, table.place, "jet \(jet + 1) has a true pT of \(truePt) at η \(trueEta)",
                    "give GeV, or leave the truth of a jet empty")
            }
            guard !(truePt > 0 && pt > Self.largestResponse * truePt) else {
                throw FileError(
                    .malformed, table.place, "jet \(jet + 1) has pT \(pt) for a true pT of \(truePt)",
                    "leave the truth of a jet that does not match empty")
            }
            guard !(pt < 0) else {
                throw FileError(.malformed, table.place, "jet \(jet + 1) has pT \(pt)", "leave an absent jet empty")
            }
        }
        if contents.contains(.missingMomentum) { try validateMissingMomentum(row, table) }
        if contents.contains(.scores) { try validateTags(row, table, contents) }
        if contents.contains(.flavours) { try validateFlavours(row, table, contents) }
        return Int(slice)
    }

    /// For what an integer can hold; faster than rounding.
    static func isWhole(_ value: Double) -> Bool { Double(Int64(value)) == value }

    private static func validateTriggers(
        _ bits: Double, _ table: any RowSource, _ menu: TriggerMenu?
    ) throws(FileError) {
        guard !bits.isNaN else {
            guard menu == nil else {
                throw FileError(
                    .malformed, table.place, "the triggers are missing", "give 0 for an event that none has kept")
            }
            return
        }
        guard bits >= 0, bits < 0x1p32, isWhole(bits) else {
            throw FileError(
                .malformed, table.place, "the triggers are \(bits)",
                "give a whole number from 0 to below 2^32, a bit for each trigger that kept the event")
        }
        guard let count = menu?.triggers.count, UInt64(bits) >> UInt64(count) != 0 else { return }
        throw FileError(
            .malformed, table.place,
            "the triggers are \(UInt64(bits)), with bits beyond the \(count) trigger\(count == 1 ? "" : "s") of the menu",
            "give the menu that kept the events, with all its triggers in their order")
    }
}
