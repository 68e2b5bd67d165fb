#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import GSL
public import InstructionSets
public import JetPhysics
internal import Sampling
internal import Threads

/// The built-in truth: lowest-order QCD dijets with radiation, in p̂T slices normalised to their cross-section.
public struct QCDDijets: DijetTruth {
    public let process: HardProcess
    public var sqrtS: Double { process.sqrtS }
    public let slices: [Slice]
    /// Cross-sections with their uncertainties, in order of the slices.
    public let crossSections: [SliceCrossSection]
    public private(set) var radiation: RadiationModel
    private let samplers: [SliceSampler]
    /// Mean of (p̂T/low)^bias over dσ of each slice, which makes the mean weight 1.
    private let weightScales: [Double]
    /// Power of p̂T that events are made more often with.
    public let bias: Double
    private let kernels: Kernels
    private var finish: Radiation

    /// Evaluations of VEGAS in each of its iterations: less than 0.2 % of the cross-section of each of the standard slices.
    private static let calls = 4_000
    /// Of the proposals of a slice: an event would try more than a thousand times with a probability of 10⁻²².
    private static let leastAcceptance = 0.05

    /// - Parameters:
    ///   - radiation: what the two partons become.
    ///   - bias: events are made in proportion to dσ · p̂T^bias inside a slice, and weighted with the inverse: 0 for events
    ///     of equal weight, about 4 for one that is nearly flat in ln p̂T.
    ///   - threads: to make the tables of the slices with; no result depends on them.
    ///   - instructionSet: of the loops over events; no result depends on it.
    public init(
        _ process: HardProcess, radiation: RadiationModel, bias: Double = 0, threads: Int = 1,
        instructionSet: InstructionSet = .chosen
    ) throws {
        precondition(bias.isFinite, "a finite bias")
        let kernels = Kernels(instructionSet)
        let (sqrtS, edges, coupling) = (process.sqrtS, process.edges, process.leadingOrder.coupling)
        self.process = process
        self.radiation = radiation
        self.bias = bias
        let smallest = 2 * edges[0] / sqrtS
        let table = PartonTable(
            process.density, smallestX: smallest * smallest, scales: edges[0]...edges[edges.count - 1])

        struct Made: Sendable {
            let sampler: SliceSampler
            let crossSection: SliceCrossSection
            let biased: Double
        }
        let made = concurrentMap(edges.count - 1, threads: threads) { index in
            let (low, high) = (edges[index], edges[index + 1])
            return Result { () throws -> Made in
                func density(_ bias: Double) -> ScatteringDensity {
                    ScatteringDensity(
                        from: low, to: high, sqrtS: sqrtS, table: table, coupling: coupling, bias: bias,
                        kernels: kernels)
                }
                func integral(_ density: ScatteringDensity) throws(GSLError) -> SliceCrossSection {
                    // With a bias the integrand lies where its mapping looks seldom.
                    let calls = density.bias == 0 ? Self.calls : 16 * Self.calls
                    return try SliceCrossSection(from: low, to: high, sqrtS: sqrtS, calls: calls) {
                        density.crossSection(pt: $0, y3: $1, y4: $2)
                    }
                }
                let crossSection = try integral(density(0))
                guard crossSection.value > 0, let sampler = SliceSampler(density(bias)) else {
                    throw process.emptySlice(index)
                }
                let biased = bias == 0 ? crossSection.value : try integral(density(bias)).value
                guard biased > Self.leastAcceptance * sampler.hullIntegral else { throw process.sparseSlice(index) }
                return Made(sampler: sampler, crossSection: crossSection, biased: biased)
            }
        }
        let all = try made.map { try $0.get() }
        samplers = all.map(\.sampler)
        crossSections = all.map(\.crossSection)
        weightScales = all.map { $0.biased / $0.crossSection.value }
        slices = all.map {
            Slice(
                pHatMinimum: $0.crossSection.pHatMinimum, pHatMaximum: $0.crossSection.pHatMaximum,
                crossSection: $0.crossSection.value)
        }
        self.kernels = kernels
        finish = Radiation(radiation, sqrtS: sqrtS, kernels: kernels)
    }

    /// The same hard scatterings with another radiation.
    public func radiating(_ model: RadiationModel) -> QCDDijets {
        var other = self
        other.radiation = model
        other.finish = Radiation(model, sqrtS: sqrtS, kernels: kernels)
        return other
    }

    public var closureIsIndependent: Bool { true }

    public func replicas(slice: Int, draws: Int, role: SampleRole) -> Int { 1 }

    public func fill(
        _ block: TruthBlock, slice: Int, first: Int, count: Int, replicas: Int, role: SampleRole, seed: UInt64
    ) {
        precondition(count <= block.capacity, "more draws than the block holds")
        let stream = RandomStream(seed: seed, sample: role.rawValue, slice: slice)
        block.slice = slice
        block.count = count
        forEachBatch(slice: slice, first: first, count: count, stream) { events, row, part in
            finish.finish(
                events, first: UInt64(first + row), count: part, sliceEnd: slices[slice].pHatMaximum, into: block,
                row: row,
                stream: stream)
        }
    }

    /// The hard scatterings of consecutive events of a slice, before they radiate.
    public func scatterings(
        slice: Int, first: Int, count: Int, role: SampleRole = .simulation, seed: UInt64 = 1
    ) -> [HardScattering] {
        var result: [HardScattering] = []
        let stream = RandomStream(seed: seed, sample: role.rawValue, slice: slice)
        forEachBatch(slice: slice, first: first, count: count, stream) { events, _, part in
            for index in 0..<part {
                result.append(
                    HardScattering(
                        pt: events.pt[index], y3: Double(events.y3[index]), y4: Double(events.y4[index]),
                        weight: Double(events.weight[index]),
                        incoming: (Int(events.forward[index]), Int(events.backward[index])),
                        outgoing: (Int(events.parton3[index]), Int(events.parton4[index]))))
            }
        }
        return result
    }

    /// - Parameter body: takes a batch, the number of events before it, and its length.
    private func forEachBatch(
        slice: Int, first: Int, count: Int, _ stream: RandomStream, _ body: (HardEvents, Int, Int) -> Void
    ) {
        let sampler = samplers[slice]
        withUnsafeTemporaryAllocation(byteCount: HardEvents.byteCount, alignment: 16) { memory in
            guard let base = memory.baseAddress else { return }
            let events = HardEvents(base)
            for row in stride(from: 0, to: count, by: HardEvents.capacity) {
                let part = min(HardEvents.capacity, count - row)
                sampler.fill(events, first: UInt64(first + row), count: part, stream: stream)
                for index in 0..<part {
                    events.weight[index] =
                        bias == 0 ? 1 : Float(weightScales[slice] * pow(events.pt[index] / sampler.density.low, -bias))
                }
                body(events, row, part)
            }
        }
    }
}

/// A hard scattering before radiation: two massless partons back to back.
public struct HardScattering: Sendable {
    /// GeV.
    public let pt: Double
    public let y3: Double
    public let y4: Double
    /// Relative to that of the slice's events; 1 without a bias.
    public let weight: Double
    /// PDG numbers of the partons along +z and −z, and of those at y3 and y4.
    public let incoming: (Int, Int)
    public let outgoing: (Int, Int)
}
