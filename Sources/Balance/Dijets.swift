internal import Binning
internal import CDijets
internal import InstructionSets
public import JetPhysics

/// What sums need to know of an event that passed the selection.
struct Dijet {
    /// Place of the jets in the columns of the block: the harder one's is the row.
    var row: Int32
    /// Bins of pT_avg and of the η of the two jets; −1 outside the axes.
    var ptBin: Int32
    var etaBin1: Int32
    var etaBin2: Int32
    /// GeV.
    var average: Double
    /// Of the harder jet over the softer: (pT1 − pT2) / pT_avg, or what else tells the ratio of their responses in its unit.
    var balance: Double
    /// In units of the slice's weight; includes what triggers make an event stand for.
    var weight: Double
}

/// The rows of a block that a selection takes, found once for all sums that are made of them.
public struct Dijets {
    let block: ReconstructedBlock
    let binning: BalanceBinning
    let selection: Selection
    /// By increasing row.
    let events: UnsafeMutableBufferPointer<Dijet>

    /// Calls `body` with the runs of events of one slice.
    @inline(__always)
    func forEachSlice(_ body: (_ slice: Int, _ events: UnsafeMutableBufferPointer<Dijet>) -> Void) {
        var first = 0
        while first < events.count {
            let slice = block.slice[Int(events[first].row)]
            var end = first + 1
            while end < events.count, block.slice[Int(events[end].row)] == slice { end += 1 }
            body(Int(slice), UnsafeMutableBufferPointer(rebasing: events[first..<end]))
            first = end
        }
    }

    /// Runs `body` with the same dijets, whose weights are in the units of their cells where triggers decide.
    func withWeightsInUnits<Result>(_ body: (Dijets) -> Result) -> Result {
        guard let triggers = selection.triggers else { return body(self) }
        return withUnsafeTemporaryAllocation(of: Dijet.self, capacity: events.count) { scaled in
            for (index, event) in events.enumerated() {
                scaled[index] = event
                scaled[index].weight /= triggers.unit(
                    ptBin: Int(event.ptBin), etaBins: (Int(event.etaBin1), Int(event.etaBin2)))
            }
            return body(Dijets(block: block, binning: binning, selection: selection, events: scaled))
        }
    }
}

extension TagRequirement {
    /// Moves the events with tagged jets to the front.
    /// - Returns: how many there are.
    fileprivate func filter(_ events: UnsafeMutableBufferPointer<Dijet>, _ block: ReconstructedBlock) -> Int {
        var kept = 0
        for event in events where accepts(block, row: Int(event.row)) {
            events[kept] = event
            kept += 1
        }
        return kept
    }
}

extension Selection {
    /// Runs `body` with the dijets of a calibrated block; they are not valid after it.
    public func withDijets<Result>(
        of block: ReconstructedBlock, binning: BalanceBinning, _ body: (Dijets) throws -> Result
    ) rethrows -> Result {
        try withUnsafeTemporaryAllocation(of: Dijet.self, capacity: block.count) { events in
            let count = select(block, into: events)
            var selected = UnsafeMutableBufferPointer(rebasing: events[..<count])
            if let requiredTag {
                let tagged = requiredTag.filter(selected, block)
                selected = UnsafeMutableBufferPointer(rebasing: events[..<tagged])
            }
            Self.findBins(of: selected, block, binning)
            if let triggers {
                precondition(triggers.binning == binning, "triggers assigned to these bins")
                let kept = triggers.filter(selected, block)
                selected = UnsafeMutableBufferPointer(rebasing: events[..<kept])
            }
            return try body(Dijets(block: block, binning: binning, selection: self, events: selected))
        }
    }

    /// - Returns: how many rows were selected.
    private func select(_ block: ReconstructedBlock, into events: UnsafeMutableBufferPointer<Dijet>) -> Int {
        var cuts = EtaCalCuts(
            delta_phi_minimum: deltaPhiMinimum, alpha_maximum: alphaMaximum, third_jet_floor: thirdJetFloor,
            abs_eta_maximum: absEtaMaximum)
        var jets = EtaCalLeading(pt: block.pt, eta: block.detectorEta, phi: block.phi, jet_stride: block.capacity)
        let kernels = etacal_kernels(EtaCalInstructionSet(InstructionSet.chosen.number))
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: block.count) { rows in
            let count = kernels.choose_dijets(&cuts, &jets, block.count, rows.baseAddress)
            let second = block.pt + block.capacity
            for index in 0..<count {
                let row = Int(rows[index])
                let average = 0.5 * (block.pt[row] + second[row])
                events[index] = Dijet(
                    row: rows[index], ptBin: -1, etaBin1: -1, etaBin2: -1, average: average,
                    balance: (block.pt[row] - second[row]) / average, weight: block.relativeWeight[row])
            }
            return count
        }
    }

    private static func findBins(
        of events: UnsafeMutableBufferPointer<Dijet>, _ block: ReconstructedBlock, _ binning: BalanceBinning
    ) {
        let (etaAxis, ptAxis) = (binning.eta, binning.ptAverage)
        let (eta1, eta2) = (block.detectorEta, block.detectorEta + block.capacity)
        for index in 0..<events.count {
            let row = Int(events[index].row)
            events[index].ptBin = Int32(truncatingIfNeeded: ptAxis.index(of: events[index].average))
            events[index].etaBin1 = Int32(truncatingIfNeeded: etaAxis.index(of: eta1[row]))
            events[index].etaBin2 = Int32(truncatingIfNeeded: etaAxis.index(of: eta2[row]))
        }
    }
}
