internal import CDijets
internal import InstructionSets

/// What a replica of a bootstrap sees of the cells of one bin of pT_avg, by pair of η bins: Σω and ΣωA.
public struct ReplicaCells: Sendable {
    /// [pair][replica]; nil where a cell was not asked for or has nothing.
    public let cells: [Cell?]

    public struct Cell: Sendable {
        public let weights: [Double]
        public let asymmetrySums: [Double]
        /// <A> of all events: what a replica sees that has none of them, as one of few may.
        let whole: Double

        public func asymmetry(replica: Int) -> Double {
            weights[replica] > 0 ? asymmetrySums[replica] / weights[replica] : whole
        }
    }
}

extension SubSampleSums {
    /// - Parameters:
    ///   - pairs: the pairs of η bins that are wanted.
    ///   - counts: how often each sub-sample counts, a row of `replicas` numbers for each.
    ///   - replicas: a multiple of 16.
    public func replicas(
        ptBin: Int, pairs: [Int], counts: UnsafeBufferPointer<Double>, replicas: Int
    ) -> ReplicaCells {
        precondition(counts.count == count * replicas && replicas % Int(EtaCalMostLanes) == 0, "whole vectors")
        let kernels = etacal_kernels(EtaCalInstructionSet(InstructionSet.chosen.number))
        var result: [ReplicaCells.Cell?] = Array(repeating: nil, count: binning.pairCount)
        var (numbers, weights, asymmetries) = ([Int32](), [Double](), [Double]())
        for pair in pairs {
            numbers.removeAll(keepingCapacity: true)
            weights.removeAll(keepingCapacity: true)
            asymmetries.removeAll(keepingCapacity: true)
            let etaBins = binning.etaBins(ofPair: pair)
            let unit = selection.triggers?.unit(ptBin: ptBin, etaBins: etaBins) ?? 1
            for (weightClass, classUnit) in sums.classes.units.enumerated() {
                let scale = Self.unit.quantum * classUnit * unit
                let row = sums.row(weightClass: weightClass, cell: ptBin * binning.pairCount + pair)
                for subSample in 0..<count where row[2 * subSample] != 0 {
                    numbers.append(Int32(subSample))
                    weights.append(Double(row[2 * subSample]) * scale)
                    asymmetries.append(Double(row[2 * subSample + 1]) * scale)
                }
            }
            guard !numbers.isEmpty else { continue }
            var weightSums = Array(repeating: 0.0, count: replicas)
            var asymmetrySums = weightSums
            var sums = EtaCalSubSamples(numbers: nil, weights: nil, asymmetries: nil, count: numbers.count)
            numbers.withUnsafeBufferPointer { numbers in
                weights.withUnsafeBufferPointer { weights in
                    asymmetries.withUnsafeBufferPointer { asymmetries in
                        (sums.numbers, sums.weights, sums.asymmetries) = (
                            numbers.baseAddress, weights.baseAddress, asymmetries.baseAddress
                        )
                        kernels.resample(&sums, counts.baseAddress, replicas, &weightSums, &asymmetrySums)
                    }
                }
            }
            result[pair] = ReplicaCells.Cell(
                weights: weightSums, asymmetrySums: asymmetrySums,
                whole: asymmetries.reduce(0, +) / weights.reduce(0, +))
        }
        return ReplicaCells(cells: result)
    }
}
