/// Slices with weights within 2²⁰ of the largest of their class.
struct WeightClasses {
    /// By slice: its class, and its weight in the unit of that.
    private(set) var number: [Int]
    private(set) var factor: [Double]
    /// The largest weight of each class, falling.
    private(set) var units: [Double] = []

    init(_ weights: [Double]) {
        number = Array(repeating: 0, count: weights.count)
        factor = Array(repeating: 0, count: weights.count)
        for slice in weights.indices.sorted(by: { weights[$0] > weights[$1] }) where weights[slice] > 0 {
            if (units.last ?? .infinity) * 0x1p-20 > weights[slice] { units.append(weights[slice]) }
            number[slice] = units.count - 1
            factor[slice] = weights[slice] / units[units.count - 1]
        }
        if units.isEmpty { units = [1] }
    }
}
