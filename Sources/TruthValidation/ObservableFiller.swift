#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import JetPhysics

/// Adds events to the sums of one slice.
struct ObservableFiller {
    let layout: ObservableLayout
    let counts: UnsafeMutablePointer<Int64>
    let powers: UnsafeMutablePointer<Int64>
    /// Of the event: its weight and the weight's square in quanta.
    private var weight = 0.0
    private var weightQuanta: Int64 = 0
    private var squareQuanta: Int64 = 0

    init(layout: ObservableLayout, counts: UnsafeMutablePointer<Int64>, powers: UnsafeMutablePointer<Int64>) {
        self.layout = layout
        self.counts = counts
        self.powers = powers
    }

    private struct Jet {
        var pt = 0.0
        var eta = 0.0
        var phi = 0.0
        var flavour = FlavourClass.unknown
    }

    /// The leading jets of an event that can be seen, at most three.
    @inline(__always)
    private static func jets(_ block: TruthBlock, _ row: Int) -> (first: Jet, second: Jet, third: Jet, count: Int) {
        var (first, second, third, count) = (Jet(), Jet(), Jet(), 0)
        for rank in 0..<TruthBlock.jetCount {
            let position = rank * block.capacity + row
            guard block.pt[position] >= TruthObservables.jetThreshold,
                abs(block.eta[position]) < TruthObservables.absEtaLimit
            else { continue }
            let jet = Jet(
                pt: block.pt[position], eta: block.eta[position], phi: block.phi[position],
                flavour: FlavourClass(flavour: block.flavour[position]))
            switch count {
            case 0: first = jet
            case 1: second = jet
            case 2: third = jet
            default: break
            }
            count += 1
        }
        return (first, second, third, count)
    }

    mutating func add(_ block: TruthBlock, _ row: Int) {
        weight = block.weight[row]
        weightQuanta = TruthObservables.unit.quantized(weight)
        squareQuanta = TruthObservables.unit.quantized(weight * weight)
        count(layout.events)
        let (first, second, third, jets) = Self.jets(block, row)
        guard jets >= 2 else { return }
        count(layout.dijets)

        let average = 0.5 * (first.pt + second.pt)
        let alpha = third.pt / average
        let deltaPhi = azimuthalDistance(first.phi, second.phi)
        let gap = first.eta - second.eta
        let mass = (2 * first.pt * second.pt * max(0, cosh(gap) - cos(deltaPhi))).squareRoot()
        fill(.pt1, first.pt)
        fill(.pt2, second.pt)
        fill(.eta1, first.eta)
        fill(.eta2, second.eta)
        fill(.deltaEta, gap)
        fill(.deltaPhi, deltaPhi)
        fill(.alpha, alpha)
        fill(.mass, mass)
        fill(.softRecoil, hypot(block.softX[row], block.softY[row]) / average)
        if third.pt > 0 {
            fill(.pt3, third.pt)
            fill(.eta3, third.eta)
        }
        if first.flavour.isHeavy || second.flavour.isHeavy {
            fill(.invisible, hypot(block.invisibleX[row], block.invisibleY[row]) / average)
        }

        let passes = (
            phi: deltaPhi > TruthObservables.deltaPhiMinimum, alpha: alpha < TruthObservables.alphaMaximum
        )
        let found = TruthObservables.gapAxis.index(of: abs(gap))
        let bin = found >= 0 ? found : TruthObservables.gapAxis.count
        count(layout.gap(bin, nil))
        if passes.phi { count(layout.gap(bin, .deltaPhi)) }
        if passes.alpha { count(layout.gap(bin, .alpha)) }
        guard passes.phi, passes.alpha else { return }
        count(layout.gap(bin, .both))
        addSelected(first, second, third, average: average, mass: mass)
    }

    private func addSelected(_ first: Jet, _ second: Jet, _ third: Jet, average: Double, mass: Double) {
        count(layout.selected)
        let gap = first.eta - second.eta
        // The side decides the sign, not the pT: the distribution shows imbalance as a width.
        let asymmetry = (gap < 0 ? first.pt - second.pt : second.pt - first.pt) / average
        fill(.selectedPt1, first.pt)
        fill(.selectedEta1, first.eta)
        fill(.selectedEta2, second.eta)
        fill(.selectedDeltaEta, gap)
        fill(.selectedMass, mass)
        fill(.asymmetry, asymmetry)
        if third.pt > 0 { fill(.selectedEta3, third.eta) }
        add(first.eta, to: TruthMoment.eta1.rawValue)
        add(second.eta, to: TruthMoment.eta2.rawValue)
        add(gap, to: TruthMoment.deltaEta.rawValue)
        add(asymmetry, to: TruthMoment.asymmetry.rawValue)
        for (rank, jet) in [first, second].enumerated() {
            let pt = TruthObservables.flavourPtAxis.index(of: jet.pt)
            if pt >= 0 { count(layout.flavourPt(jet: rank, jet.flavour, bin: pt)) }
            let eta = TruthObservables.flavourEtaAxis.index(of: abs(jet.eta))
            if eta >= 0 { count(layout.flavourEta(jet: rank, jet.flavour, bin: eta)) }
        }
        // A central jet is the tag of the other one; two central jets are the tags of each other.
        for (tag, probe) in [(first, second), (second, first)] where abs(tag.eta) < TruthObservables.tagAbsEtaMaximum {
            let bin = TruthObservables.probeAxis.index(of: probe.eta)
            if bin >= 0 { add((probe.pt - tag.pt) / average, to: TruthMoment.allCases.count + bin) }
        }
    }

    @inline(__always)
    private func count(_ cell: Int) {
        counts[TruthObservables.countColumns * cell] &+= weightQuanta
        counts[TruthObservables.countColumns * cell + 1] &+= squareQuanta
    }

    @inline(__always)
    private func fill(_ histogram: TruthHistogram, _ value: Double) {
        let (first, axis) = layout.histograms[histogram.rawValue]
        let bin = axis.index(of: value)
        if bin >= 0 { count(first + bin) }
    }

    @inline(__always)
    private func add(_ value: Double, to cell: Int) {
        let sums = powers + TruthObservables.powerColumns * cell
        let unit = TruthObservables.powerUnit
        sums[0] &+= unit.quantized(weight * weight)
        var term = weight
        for power in 0...4 {
            sums[power + 1] &+= unit.quantized(term)
            term *= value
        }
    }
}

extension FlavourClass {
    var isHeavy: Bool { self == .charm || self == .bottom }
}
