import Binning
import CDijets
import Sampling
import Testing

/// What is done to reconstructed events, on every instruction set that this processor has, against plain Swift.
struct BalanceKernelTests {
    private static var kernels: [EtaCalKernels] {
        [EtaCalPortable, EtaCalAVX2, EtaCalAVX512].filter(etacal_has).map(etacal_kernels)
    }

    /// Columns that end inside a vector.
    private static let rows = 1003

    /// Inside the nodes, on them, on their edges, outside and undefined; jets that are not there stay as they are.
    @Test func theScaleIsThatOfItsGrid() {
        let grid = EtaPtGrid(etaLimit: 5, etaNodes: 101) { 1 + 0.1 * $0 * $0 / 25 + 0.05 / $1 }
        let etas = [-9, -5, -4.999, -0.1, 0, 0.05, 0.1234, 3.3, 4.999, 5, 9, .nan]
        let pts = [0, 1e-3, 3.9, 4, 4.5, 17.3, 100, 128, 2500, 16383.9, 16384, 1e9]
        var jets: [(eta: Double, pt: Double)] = [(0.3, 55)]
        for eta in etas { for pt in pts { jets.append((eta, pt)) } }
        let (eta, raw) = (jets.map(\.eta), jets.map(\.pt))
        let expected = jets.map { $0.pt > 0 ? $0.pt * grid.value(eta: $0.eta, pt: $0.pt) : $0.pt }
        for kernels in Self.kernels {
            // What follows the last one is left alone.
            var (pt, base) = (raw + [-1], Array(repeating: -1.0, count: raw.count + 1))
            grid.withNodes { values, limit, perUnit, last in
                var scale = EtaCalScale(values: values, eta_limit: limit, eta_scale: perUnit, eta_last: last)
                kernels.calibrate(&scale, &pt, &base, eta, jets.count)
            }
            #expect(pt == expected + [-1] && base == expected + [-1])
        }
    }

    @Test func dijetsAreThoseOfTheCuts() {
        // Uniform numbers, with every cut passed by some and failed by others.
        func numbers(_ seed: UInt64, _ low: Double, _ high: Double) -> [Double] {
            let stream = RandomStream(seed: seed, sample: 0, slice: 0)
            return (0..<2 * Self.rows).map {
                low + (high - low) * uniform(stream.words(event: UInt64($0), purpose: .kinematics).x)
            }
        }
        var pt = numbers(1, 20, 100) + Array(numbers(2, 0, 40).prefix(Self.rows))
        for row in stride(from: 0, to: Self.rows, by: 7) { pt[Self.rows + row] = 0 }
        let (eta, phi) = (numbers(3, -6, 6), numbers(4, -.pi, .pi))
        var cuts = EtaCalCuts(delta_phi_minimum: 1.5, alpha_maximum: 0.4, third_jet_floor: 15, abs_eta_maximum: 5)
        let expected = (0..<Self.rows).filter { row in
            let (first, second, third) = (row, Self.rows + row, 2 * Self.rows + row)
            let turn = abs(phi[first] - phi[second])
            return pt[second] > 0 && pt[third] <= max(0.4 * 0.5 * (pt[first] + pt[second]), 15)
                && min(turn, 2 * .pi - turn) > 1.5 && abs(eta[first]) < 5 && abs(eta[second]) < 5
        }
        #expect(expected.count > 100)
        for kernels in Self.kernels {
            var rows = Array(repeating: Int32(-1), count: Self.rows)
            let found = pt.withUnsafeBufferPointer { pt in
                eta.withUnsafeBufferPointer { eta in
                    phi.withUnsafeBufferPointer { phi in
                        var jets = EtaCalLeading(
                            pt: pt.baseAddress, eta: eta.baseAddress, phi: phi.baseAddress, jet_stride: Self.rows)
                        return kernels.choose_dijets(&cuts, &jets, Self.rows, &rows)
                    }
                }
            }
            #expect(rows.prefix(found).map(Int.init) == expected)
        }
    }
}
