internal import Balance
internal import Binning
internal import Intercalibration

/// All sums that a method derives constants from.
struct MethodSums: StorableSums {
    var balance: BalanceSums
    /// Of methods that need them.
    private var missingMomentum: MissingMomentumSums?
    private let softResponse: Double?
    /// What the balance of an event is, where it is not the asymmetry.
    private let score: BalanceScore?

    init(
        _ method: Method, _ options: DerivationOptions, selection: Selection, slices: Int, score: BalanceScore?
    ) {
        let binning = options.binning
        softResponse = options.softResponse
        self.score = score
        balance = BalanceSums(binning: binning, selection: selection, slices: slices)
        missingMomentum =
            method.needsMissingMomentum
            ? MissingMomentumSums(binning: binning, selection: selection, slices: slices) : nil
    }

    mutating func add(_ dijets: Dijets) {
        if let score { dijets.scored(by: score) { balance.add($0) } } else { balance.add(dijets) }
        missingMomentum?.add(dijets)
    }

    mutating func merge(_ other: MethodSums) {
        balance.merge(other.balance)
        if let addend = other.missingMomentum { missingMomentum?.merge(addend) }
    }

    var record: SumsRecord {
        var record = balance.record
        if let missingMomentum { record["missing-momentum"] = missingMomentum.record }
        return record
    }

    mutating func restore(_ record: SumsRecord) throws(SumsRecordError) {
        try balance.restore(record)
        try missingMomentum?.restore(record["missing-momentum"])
    }

    func sample(weights: [Double]) -> BalanceSample {
        BalanceSample(
            sums: balance, missingMomentum: missingMomentum, softResponse: softResponse, weights: weights)
    }
}
