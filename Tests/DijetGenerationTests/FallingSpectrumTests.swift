import DijetGeneration
import Foundation
import JetPhysics
import Testing

struct FallingSpectrumTests {
    private let spectrum = FallingSpectrum()

    private func block(slice: Int, first: Int = 0, count: Int = 4096, role: SampleRole = .simulation, seed: UInt64 = 1)
        -> TruthBlock
    {
        let block = TruthBlock(capacity: 4096)
        spectrum.fill(block, slice: slice, first: first, count: count, replicas: 1, role: role, seed: seed)
        return block
    }

    @Test func anEventDoesNotDependOnItsBlock() {
        let whole = block(slice: 5)
        let part = block(slice: 5, first: 1000, count: 100)
        for row in 0..<100 {
            for jet in 0..<3 {
                let (from, to) = (jet * 4096 + 1000 + row, jet * 4096 + row)
                #expect(whole.pt[from] == part.pt[to])
                #expect(part.pt[to] == 0 || (whole.eta[from] == part.eta[to] && whole.phi[from] == part.phi[to]))
            }
        }
    }

    @Test func rolesSeedsAndSlicesGiveOtherEvents() {
        let reference = block(slice: 5)
        for other in [block(slice: 5, role: .pseudoData), block(slice: 5, seed: 2), block(slice: 6)] {
            let equal = (0..<4096).count { reference.phi[$0] == other.phi[$0] }
            #expect(equal == 0)
        }
    }

    /// Jets and soft recoil balance: what jets lack is the recoil, whose size is that of the underlying event.
    @Test(arguments: [0, 6, 13]) func jetsBalanceUpToTheSoftRecoil(slice: Int) {
        let block = block(slice: slice)
        let pHat = spectrum.slices[slice].pHatMaximum
        var squares = 0.0
        for row in 0..<block.count {
            var (x, y) = (0.0, 0.0)
            for jet in 0..<3 where block.pt[jet * 4096 + row] > 0 {
                x += block.pt[jet * 4096 + row] * cos(block.phi[jet * 4096 + row])
                y += block.pt[jet * 4096 + row] * sin(block.phi[jet * 4096 + row])
            }
            squares += x * x + y * y
        }
        let rms = (squares / Double(block.count)).squareRoot()
        #expect(rms < 1.5 * (3 + 0.03 * pHat))
    }

    @Test func jetsFallInPtAndStayWithinTheKinematicLimit() {
        for slice in spectrum.slices.indices {
            let block = block(slice: slice)
            for row in 0..<block.count {
                #expect(block.pt[row] >= block.pt[4096 + row] && block.pt[4096 + row] >= block.pt[2 * 4096 + row])
                #expect(block.pt[3 * 4096 + row] == 0)
                let (low, high) = (block.eta[row], block.eta[4096 + row])
                let x =
                    spectrum.slices[slice].pHatMinimum / spectrum.sqrtS * (exp(abs(low)) + exp(low > 0 ? high : -high))
                // A third jet may be the second; the two hardest are the pair in all but a few events.
                #expect(x < 1.2 || block.pt[2 * 4096 + row] > 0)
            }
        }
    }

    /// Mirror symmetry of a proton–proton collision: mean η of many jets is 0 within 4 σ (p = 6e-5).
    @Test func beamsAreSymmetric() {
        let block = block(slice: 4)
        var (sum, squares) = (0.0, 0.0)
        for row in 0..<block.count {
            (sum, squares) = (sum + block.eta[row], squares + block.eta[row] * block.eta[row])
        }
        #expect(abs(sum) < 4 * squares.squareRoot())
    }

    @Test func theSpectrumIsContinuousAndSteepens() {
        let slices = spectrum.slices
        var exponents: [Double] = []
        for (low, high) in zip(slices, slices.dropFirst()) {
            #expect(low.pHatMaximum == high.pHatMinimum)
            let density = { (slice: Slice) in slice.crossSection / (slice.pHatMaximum - slice.pHatMinimum) }
            let centre = { (slice: Slice) in (slice.pHatMaximum * slice.pHatMinimum).squareRoot() }
            exponents.append(-log(density(high) / density(low)) / log(centre(high) / centre(low)))
        }
        #expect(exponents.allSatisfy { $0 > 3.5 && $0 < 9 })
        #expect(zip(exponents, exponents.dropFirst()).allSatisfy { $0 < $1 + 0.05 })
    }

    /// The power inside a slice: the median of pT^(1−n) is half way between the edges' values; 4 σ of a median.
    @Test func ptInsideASliceFollowsThePower() {
        let slice = spectrum.slices[7]
        let values = (0..<16).flatMap { index -> [Double] in
            let block = block(slice: 7, first: index * 4096)
            return (0..<block.count).filter { block.pt[2 * 4096 + $0] == 0 }.map {
                0.5 * (block.pt[$0] + block.pt[4096 + $0])
            }
        }
        let inside = values.filter { $0 > slice.pHatMinimum && $0 < slice.pHatMaximum }
        let median = inside.sorted()[inside.count / 2]
        #expect(median > slice.pHatMinimum * 1.04 && median < (slice.pHatMinimum * slice.pHatMaximum).squareRoot())
    }
}

struct TruthSampleTests {
    private func sample() -> TruthSample {
        var events = TruthSample.Events()
        for number in 0..<11 {
            events.event.append(UInt64(100 + number))
            for jet in 0..<4 {
                events.pt[jet].append(jet < 2 ? 50 + Double(number) : 0)
                events.eta[jet].append(0.1 * Double(number))
                events.phi[jet].append(jet == 0 ? 0 : 3)
                events.flavour[jet].append(21)
            }
        }
        return TruthSample(slices: [Slice(pHatMinimum: 30, pHatMaximum: 60, crossSection: 1)], events: [events])
    }

    @Test func simulationAndDataShareNoTruth() {
        let sample = sample()
        func events(_ role: SampleRole) -> Set<UInt64> {
            let block = TruthBlock(capacity: 64)
            let replicas = sample.replicas(slice: 0, draws: 33, role: role)
            sample.fill(block, slice: 0, first: 0, count: 33, replicas: replicas, role: role, seed: 1)
            return Set((0..<33).map { block.event[$0] })
        }
        #expect(events(.simulation).count == 6)
        #expect(events(.pseudoData).count == 5)
        #expect(events(.simulation).isDisjoint(with: events(.pseudoData)))
        #expect(events(.closureSimulation) == events(.simulation))
    }

    @Test func reusesStandTogetherAndAreDrawnAnew() {
        let sample = sample()
        let replicas = sample.replicas(slice: 0, draws: 20, role: .simulation)
        #expect(replicas == 4)
        let block = TruthBlock(capacity: 64)
        sample.fill(block, slice: 0, first: 0, count: 20, replicas: replicas, role: .simulation, seed: 1)
        for row in 0..<20 {
            #expect(block.event[row] == UInt64(100 + 2 * (row / 4)))
            #expect(block.draw[row] == UInt64(row))
        }
        sample.fill(block, slice: 0, first: 8, count: 4, replicas: replicas, role: .simulation, seed: 1)
        for row in 0..<4 { #expect(block.event[row] == 104) }
    }
}
