internal import JetPhysics
internal import Sampling

/// Turns hard scatterings into events of jets: radiates, orders what there is by pT, labels flavours and closes the balance.
struct Radiation: Sendable {
    /// GeV; what is softer belongs to the soft recoil.
    static let jetThreshold: Float = 5
    /// Jets beyond belong to the soft recoil.
    static let absEtaMaximum: Float = 5.2
    /// An event whose leading jet lies this factor above its slice would enter sparse bins with a weight that it does not
    /// deserve: it is left without jets.
    static let largestExcess: Float = 2.5

    private let kernel: RadiationKernel
    private let flavours: FlavourModel

    init(_ model: RadiationModel, sqrtS: Double) {
        kernel = RadiationKernel(model, sqrtS: sqrtS)
        flavours = FlavourModel(model)
    }

    /// - Parameters:
    ///   - events: `count` of them, the first being event `first` of its slice.
    ///   - row: where in the block the first one goes.
    func finish(
        _ events: HardEvents, first: UInt64, count: Int, sliceEnd: Double, into block: TruthBlock, row: Int,
        stream: RandomStream
    ) {
        let candidates = RadiationKernel.candidates
        withUnsafeTemporaryAllocation(of: Quad.self, capacity: 3 * candidates) { memory in
            guard let base = memory.baseAddress else { return }
            let jets = RadiationKernel.Candidates(x: base, y: base + candidates, eta: base + 2 * candidates)
            // Columns hold a multiple of four rows; those beyond the last are made and not used.
            for start in stride(from: 0, to: count, by: 4) {
                finish(
                    events, start, min(4, count - start), first + UInt64(start), jets,
                    Float(sliceEnd), block, row + start, stream)
            }
        }
    }

    @inline(__always)
    private func quad<Value: BinaryInteger>(_ column: UnsafeMutablePointer<Value>, _ start: Int) -> SIMD4<Int32> {
        SIMD4(Int32(column[start]), Int32(column[start + 1]), Int32(column[start + 2]), Int32(column[start + 3]))
    }

    @inline(__always)
    private func quad(_ column: UnsafeMutablePointer<Float>, _ start: Int) -> Quad {
        UnsafeRawPointer(column + start).loadUnaligned(as: Quad.self)
    }

    private func finish(
        _ events: HardEvents, _ start: Int, _ lanes: Int, _ number: UInt64, _ jets: RadiationKernel.Candidates,
        _ sliceEnd: Float, _ block: TruthBlock, _ row: Int, _ stream: RandomStream
    ) {
        let numbers = number &+ SIMD4<UInt64>(0, 1, 2, 3)
        func words(_ purpose: RandomPurpose, _ part: UInt64) -> QuadWords {
            stream.words(events: numbers &+ part << 56, purpose: purpose)
        }
        let soft = words(.softRecoil, 0)
        let labels = words(.fragmentation, 0)
        let (partons3, partons4) = (quad(events.parton3, start), quad(events.parton4, start))
        let (forward, backward) = (quad(events.forward, start), quad(events.backward, start))
        let logPt = quad(events.logPt, start)
        let (legNumbers3, _) = singleUniforms(soft.z &>> SIMD4(repeating: 16))
        let (legNumbers4, _) = singleUniforms(soft.w)
        var (label3, label4) = (SIMD4<Int32>.zero, SIMD4<Int32>.zero)
        var (invisible3, invisible4) = (Quad.zero, Quad.zero)
        var (colour3, colour4, initial) = (Quad.zero, Quad.zero, Quad.zero)
        for lane in 0..<4 {
            label3[lane] = flavours.label(partons3[lane], logPt: logPt[lane], legNumbers3[lane])
            label4[lane] = flavours.label(partons4[lane], logPt: logPt[lane], legNumbers4[lane])
            invisible3[lane] = FlavourModel.invisibleShare(label3[lane], UInt32(truncatingIfNeeded: labels.x[lane]))
            invisible4[lane] = FlavourModel.invisibleShare(label4[lane], UInt32(truncatingIfNeeded: labels.y[lane]))
            colour3[lane] = partons3[lane] == 21 ? 1 : kernel.quarkEmission
            colour4[lane] = partons4[lane] == 21 ? 1 : kernel.quarkEmission
            let quarks = (forward[lane] == 21 ? 0 : 1) + (backward[lane] == 21 ? 0 : 1)
            initial[lane] = kernel.initialColours[quarks]
        }
        let pt = Quad(
            Float(events.pt[start]), Float(events.pt[start + 1]), Float(events.pt[start + 2]),
            Float(events.pt[start + 3]))
        let (invisibleX, invisibleY) = kernel.radiate(
            RadiationKernel.Inputs(
                pt: pt, logPt: logPt, y3: quad(events.y3, start), y4: quad(events.y4, start),
                x1: quad(events.x1, start), x2: quad(events.x2, start), colour3: colour3, colour4: colour4,
                initialColour: initial, invisible3: invisible3, invisible4: invisible4),
            final: words(.finalEmission, 0), words(.finalEmission, 1), initial: words(.initialEmission, 0),
            words(.initialEmission, 1), soft: soft, into: jets)
        let ranked = Self.ranked(jets)
        let limit = Self.largestExcess * sliceEnd
        let isKept = ranked.0 .< limit * limit

        // Everything is turned to the event's own azimuth.
        let turn = quad(events.turn, start)
        let (sine, cosine) = sineCosine(turn: turn)
        var (sumX, sumY) = (invisibleX, invisibleY)
        let (emissionNumbers1, emissionNumbers2) = singleUniforms(labels.z)
        let (emissionNumbers3, emissionNumbers4) = singleUniforms(labels.w)
        for rank in 0..<TruthBlock.jetCount {
            let square = rank == 0 ? ranked.0 : rank == 1 ? ranked.1 : rank == 2 ? ranked.2 : ranked.3
            let numbers =
                rank == 0
                ? emissionNumbers1 : rank == 1 ? emissionNumbers2 : rank == 2 ? emissionNumbers3 : emissionNumbers4
            let index = unsafeBitCast(square, to: SIMD4<UInt32>.self) & SIMD4(repeating: 15)
            var (x, y, eta) = (Quad.zero, Quad.zero, Quad.zero)
            for lane in 0..<4 {
                let candidate = Int(index[lane])
                x[lane] = jets.x[candidate][lane]
                y[lane] = jets.y[candidate][lane]
                eta[lane] = jets.eta[candidate][lane]
            }
            let isThere = (square .> Self.jetThreshold * Self.jetThreshold) .& isKept
            x = Quad.zero.replacing(with: x, where: isThere)
            y = Quad.zero.replacing(with: y, where: isThere)
            sumX += x
            sumY += y
            let jetPt = squareRoot(x * x + y * y)
            let phi = azimuth(y: x * sine + y * cosine, x: x * cosine - y * sine)
            let logJet = logarithm(atLeast(jetPt, 1)) - 4.605_170_2
            for lane in 0..<lanes {
                let position = rank * block.capacity + row + lane
                block.pt[position] = Double(jetPt[lane])
                block.eta[position] = Double(eta[lane])
                block.phi[position] = wrappedAzimuth(Double(phi[lane]))
                let candidate = index[lane]
                block.flavour[position] =
                    candidate == 0
                    ? label3[lane]
                    : candidate == 1 ? label4[lane] : flavours.emission(logPt: logJet[lane], numbers[lane])
            }
        }
        for lane in 0..<lanes {
            let index = row + lane
            block.event[index] = number + UInt64(lane)
            block.draw[index] = number + UInt64(lane)
            block.weight[index] = Double(events.weight[start + lane])
            block.partonForward[index] = forward[lane]
            block.partonBackward[index] = backward[lane]
            let (c, s) = (Double(cosine[lane]), Double(sine[lane]))
            let (x, y) = (Double(sumX[lane]), Double(sumY[lane]))
            let (invisible, invisibleAcross) = (Double(invisibleX[lane]), Double(invisibleY[lane]))
            block.softX[index] = -(x * c - y * s)
            block.softY[index] = -(x * s + y * c)
            block.invisibleX[index] = invisible * c - invisibleAcross * s
            block.invisibleY[index] = invisible * s + invisibleAcross * c
        }
    }

    /// pT² of the four hardest candidates inside the acceptance, falling; the lowest four bits of each are its number.
    @inline(__always)
    private static func ranked(_ jets: RadiationKernel.Candidates) -> (Quad, Quad, Quad, Quad) {
        var first = Quad.zero
        var (second, third, fourth) = (first, first, first)
        for candidate in 0..<RadiationKernel.candidates {
            let (x, y, eta) = (jets.x[candidate], jets.y[candidate], jets.eta[candidate])
            let square = (x * x + y * y).replacing(with: 0, where: eta * eta .>= absEtaMaximum * absEtaMaximum)
            let bits = unsafeBitCast(square, to: SIMD4<UInt32>.self) & SIMD4(repeating: ~15)
            var next = unsafeBitCast(bits | SIMD4(repeating: UInt32(candidate)), to: Quad.self)
            sink(&first, &next)
            sink(&second, &next)
            sink(&third, &next)
            sink(&fourth, &next)
        }
        return (first, second, third, fourth)
    }

    /// Leaves the larger in the first place.
    @inline(__always)
    private static func sink(_ held: inout Quad, _ next: inout Quad) {
        let isLarger = next .> held
        let larger = held.replacing(with: next, where: isLarger)
        next.replace(with: held, where: isLarger)
        held = larger
    }
}
