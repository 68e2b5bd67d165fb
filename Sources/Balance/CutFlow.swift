public import JetPhysics

/// How many events are left after each requirement of a selection and binning, in the order of `Step`: for saying why
/// nothing is left.
public struct CutFlow: MergeableSums, Equatable {
    public enum Step: Int, CaseIterable, Sendable {
        case events, twoJets, thirdJet, azimuth, absEta, tags, ptBins, etaBins, triggers
    }

    public let binning: BalanceBinning
    public let selection: Selection
    /// Rows left after each step.
    public private(set) var left = Array(repeating: 0, count: Step.allCases.count)

    public init(binning: BalanceBinning, selection: Selection) {
        self.binning = binning
        self.selection = selection
    }

    public mutating func merge(_ other: CutFlow) { for step in left.indices { left[step] += other.left[step] } }

    /// Adds a calibrated block.
    public mutating func add(_ block: ReconstructedBlock) {
        for row in 0..<block.count {
            var step = 0
            while step < Step.allCases.count, passes(block, row, Step.allCases[step]) {
                left[step] += 1
                step += 1
            }
        }
    }

    /// The first requirement that no event meets, and how many there were before it; nil when some meet all.
    public var fatal: (step: Step, before: Int)? {
        Step.allCases.first { left[$0.rawValue] == 0 }.map { ($0, $0 == .events ? 0 : left[$0.rawValue - 1]) }
    }

    private func passes(_ block: ReconstructedBlock, _ row: Int, _ step: Step) -> Bool {
        let stride = block.capacity
        let average = 0.5 * (block.pt[row] + block.pt[stride + row])
        let etas = [block.detectorEta[row], block.detectorEta[stride + row]]
        return switch step {
        case .events: true
        case .twoJets: block.pt[stride + row] > 0
        case .thirdJet:
            block.pt[2 * stride + row] <= max(selection.alphaMaximum * average, selection.thirdJetFloor)
        case .azimuth: azimuthalDistance(block.phi[row], block.phi[stride + row]) > selection.deltaPhiMinimum
        case .absEta: etas.allSatisfy { abs($0) < selection.absEtaMaximum }
        case .tags: selection.requiredTag?.accepts(block, row: row) ?? true
        case .ptBins: binning.ptAverage.index(of: average) >= 0
        case .etaBins: etas.allSatisfy { binning.eta.index(of: $0) >= 0 }
        case .triggers: selection.triggers?.keeps(block, row: row, ptBin: binning.ptAverage.index(of: average)) ?? true
        }
    }
}

extension CutFlow {
    /// One sentence about the requirement that no event meets; nil when some meet all.
    public var explanation: String? {
        guard let (step, before) = fatal else { return nil }
        guard step != .events else { return "there are no events" }
        let (pt, eta) = (binning.ptAverage, binning.eta)
        let last =
            switch step {
            case .events, .twoJets: "two jets"
            case .thirdJet:
                "a third jet below alpha_max \(selection.alphaMaximum) or third_jet_floor \(selection.thirdJetFloor) GeV"
            case .azimuth: "delta phi above delta_phi_min \(selection.deltaPhiMinimum)"
            case .absEta: "both jets within abs_eta_max \(selection.absEtaMaximum)"
            case .tags: "\(selection.requiredTag.map(\.description) ?? "tagged jets")"
            case .ptBins: "a mean pT in the bins from \(pt.lowest) to \(pt.highest) GeV"
            case .etaBins: "both jets in the eta bins from \(eta.lowest) to \(eta.highest)"
            case .triggers: "a trigger that kept it and decides about its bin of mean pT"
            }
        let those =
            step.rawValue > Step.twoJets.rawValue ? "\(before) that passed what comes before" : "\(before) events"
        return "none of \(left[0]) events is left: of \(those), none has \(last)"
    }
}

extension EventSource {
    /// What becomes of these events after a correction.
    public func cutFlow(
        _ correction: JetCorrection, binning: BalanceBinning, selection: Selection
    ) throws -> CutFlow {
        try reduce(CutFlow(binning: binning, selection: selection)) { block, flow in
            correction.apply(to: block)
            flow.add(block)
        }
    }
}
