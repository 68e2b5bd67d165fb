internal import Balance

/// The central-reference method: each η bin against all jets of the reference region at once (`ReferenceMeans`), by the asymmetry of
/// the two jets. The result is moved to the same gauge as the all-pairs fit's.
struct CentralReference {
    let bins: Int
    let reference: [Int]
    let gauge: [Double]
    let requirement: EventRequirement

    func solve(data: BalanceSample, simulation: BalanceSample?, ptBin: Int) -> FitResult {
        responses(data, ptBin).fit(less: simulation.map { responses($0, ptBin) }, gauge: gauge)
    }

    private func responses(_ sample: BalanceSample, _ ptBin: Int) -> LogResponses {
        ReferenceMeans(requirement: requirement).logResponses(
            of: (0..<bins).map { probe in
                reference.compactMap { tag in
                    sample.moments(ptBin: ptBin, low: min(probe, tag), high: max(probe, tag)).map {
                        contribution($0, probe: probe, tag: tag)
                    }
                }
            })
    }

    private func contribution(_ cell: CellMoments, probe: Int, tag: Int) -> ReferenceMeans.Contribution {
        let squares = cell.weight * cell.weight / cell.effectiveEvents
        if probe == tag {
            // Both jets are probe and tag in turn: twice the weight, and asymmetries that cancel event by event.
            return .init(
                tag: tag, rows: cell.rows, asymmetry: 0, weight: 2 * cell.weight, own: 0, squares: 4 * squares)
        }
        return .init(
            tag: reference.contains(probe) ? tag : nil, rows: cell.rows,
            asymmetry: probe < tag ? cell.asymmetry : -cell.asymmetry, weight: cell.weight,
            own: cell.asymmetryVariance.isFinite ? cell.weight * cell.weight * cell.asymmetryVariance : 0,
            squares: squares)
    }
}
