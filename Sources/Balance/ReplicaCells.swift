internal import CDijets
internal import InstructionSets

/// What a replica of a bootstrap sees of the cells of one bin of pT_avg: Σω, and Σω times what the sub-samples hold.
public struct ReplicaCells: Sendable {
    /// [cell][replica], cells as in the sums that the sub-samples are of: by pair of η bins, or `MissingMomentumSums.cellNumbers`. nil
    /// where a cell was not asked for or has nothing.
    public let cells: [Cell?]

    public struct Cell: Sendable {
        public let weights: [Double]
        /// [quantity][replica]: A alone, or B2, Bn and Bu.
        public let sums: [[Double]]
        /// Means of all events: what a replica sees that has none of them, as one of few may.
        let whole: [Double]

        public func mean(_ quantity: Int = 0, replica: Int) -> Double {
            weights[replica] > 0 ? sums[quantity][replica] / weights[replica] : whole[quantity]
        }
    }
}

extension SubSampleSums {
    /// - Parameters:
    ///   - wanted: cells of the bin of pT_avg.
    ///   - counts: how often each sub-sample counts, a row of `replicas` numbers for each.
    ///   - replicas: a multiple of 16.
    public func replicas(
        ptBin: Int, cells wanted: [Int], counts: UnsafeBufferPointer<Double>, replicas: Int
    ) -> ReplicaCells {
        precondition(counts.count == count * replicas && replicas % Int(EtaCalMostLanes) == 0, "whole vectors")
        let kernels = etacal_kernels(EtaCalInstructionSet(InstructionSet.chosen.number))
        var result: [ReplicaCells.Cell?] = Array(repeating: nil, count: cellCount)
        var numbers: [Int32] = []
        var parts: [[Double]] = Array(repeating: [], count: columns)
        for cell in wanted {
            numbers.removeAll(keepingCapacity: true)
            for column in 0..<columns { parts[column].removeAll(keepingCapacity: true) }
            for (weightClass, classUnit) in sums.classes.units.enumerated() {
                let scale = Self.unit.quantum * classUnit * unit(ptBin: ptBin, cell: cell)
                let row = sums.row(weightClass: weightClass, cell: ptBin * cellCount + cell)
                for subSample in 0..<count where row[columns * subSample] != 0 {
                    numbers.append(Int32(subSample))
                    for column in 0..<columns {
                        parts[column].append(Double(row[columns * subSample + column]) * scale)
                    }
                }
            }
            guard !numbers.isEmpty else { continue }
            var totals: [[Double]] = []
            // Two columns in one go.
            for first in stride(from: 0, to: columns, by: 2) {
                var one = Array(repeating: 0.0, count: replicas)
                var other = one
                numbers.withUnsafeBufferPointer { numbers in
                    parts[first].withUnsafeBufferPointer { ones in
                        parts[first + 1].withUnsafeBufferPointer { others in
                            var sums = EtaCalSubSamples(
                                numbers: numbers.baseAddress, one: ones.baseAddress, other: others.baseAddress,
                                count: numbers.count)
                            kernels.resample(&sums, counts.baseAddress, replicas, &one, &other)
                        }
                    }
                }
                totals += [one, other]
            }
            let weight = parts[0].reduce(0, +)
            result[cell] = ReplicaCells.Cell(
                weights: totals[0], sums: Array(totals.dropFirst()),
                whole: parts.dropFirst().map { $0.reduce(0, +) / weight })
        }
        return ReplicaCells(cells: result)
    }

    /// What weights of a cell are counted in.
    private func unit(ptBin: Int, cell: Int) -> Double {
        if let projections { return projections.units[ptBin * cellCount + cell] }
        return selection.triggers?.unit(ptBin: ptBin, etaBins: binning.etaBins(ofPair: cell)) ?? 1
    }
}
