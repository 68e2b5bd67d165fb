import JetPhysics
import TruthValidation

#if canImport(Glibc)
    import Glibc
#else
    import Foundation
#endif

/// Dijets that fall as pT⁻⁵ in each slice, with a third jet, from a counter: any event at any time.
struct ToyTruth: Sendable {
    var edges: [Double] = [30, 60, 120]
    /// A factor on each cross-section.
    var rates: [Double] = [1, 1]
    var gluonShare = 0.5
    /// Mean of pT3/pT.
    var radiation = 0.2
    var seed: UInt64 = 1

    var slices: [Slice] {
        zip(edges, edges.dropFirst()).enumerated().map { index, edge in
            let integral = pow(edge.0, -4) - pow(edge.1, -4)
            return Slice(pHatMinimum: edge.0, pHatMaximum: edge.1, crossSection: 1e12 * integral * rates[index])
        }
    }

    /// SplitMix64 (Steele, Lea and Flood) of a counter.
    private func uniform(_ slice: Int, _ event: Int, _ number: Int) -> Double {
        var z = seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64((slice << 40) + event * 16 + number) &* 0xD1B5_4A32_D192_ED03
        for factor: UInt64 in [0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB] {
            z = (z ^ (z >> 30)) &* factor
            z ^= z >> 27
        }
        return (Double(z >> 11) + 0.5) * 0x1p-53
    }

    func fill(_ block: TruthBlock, slice: Int, first: Int, count: Int) {
        block.slice = slice
        block.count = count
        let (low, high) = (edges[slice], edges[slice + 1])
        for row in 0..<count {
            func random(_ number: Int) -> Double { uniform(slice, first + row, number) }
            let top = pow(low, -4)
            let pt = pow(top - random(0) * (top - pow(high, -4)), -0.25)
            let third = min(-radiation * log(random(1)), 0.8) * pt
            let jets: [(pt: Double, eta: Double, phi: Double, flavour: Int32)] = [
                (pt, 2 * (random(2) + random(3) - 1), 0, random(6) < gluonShare ? 21 : 1),
                (pt - 0.5 * third, 2 * (random(4) + random(5) - 1), .pi - 2.5 * third / pt, random(7) < 0.5 ? 4 : -5),
                (min(third, pt - 0.5 * third), 6 * random(8) - 3, 1, 0),
            ]
            for rank in 0..<TruthBlock.jetCount {
                let position = rank * block.capacity + row
                block.pt[position] = rank < jets.count ? jets[rank].pt : 0
                guard rank < jets.count else { continue }
                block.eta[position] = jets[rank].eta
                block.phi[position] = jets[rank].phi
                block.flavour[position] = jets[rank].flavour
            }
        }
    }

    func observables(_ events: Int, threads: Int = 2) throws -> TruthObservables {
        try TruthObservables(events: slices.map { _ in events }, threads: threads) { block, slice, first, count in
            fill(block, slice: slice, first: first, count: count)
        }
    }

    func observed(_ events: Int) throws -> ObservedTruth {
        ObservedTruth(
            slices: slices, crossSectionUncertainties: slices.map { 0.001 * $0.crossSection },
            observables: try observables(events))
    }
}

/// A jet as tests write it.
struct ToyJet {
    var pt: Double
    var eta = 0.0
    var phi = 0.0
    var flavour: Int32 = 21
}

/// A block of the events given, of slice 0.
func block(_ events: [[ToyJet]], weights: [Double] = []) -> TruthBlock {
    let block = TruthBlock(capacity: events.count)
    block.count = events.count
    for (row, jets) in events.enumerated() {
        if row < weights.count { block.weight[row] = weights[row] }
        for (rank, jet) in jets.enumerated() {
            let position = rank * block.capacity + row
            (block.pt[position], block.eta[position], block.phi[position]) = (jet.pt, jet.eta, jet.phi)
            block.flavour[position] = jet.flavour
        }
    }
    return block
}

func observables(of events: [[ToyJet]], weights: [Double] = []) -> TruthObservables {
    var sums = TruthObservables(slices: 1)
    sums.add(block(events, weights: weights))
    return sums
}
