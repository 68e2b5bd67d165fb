internal import CDijets
internal import JetPhysics
internal import Sampling

/// Turns hard scatterings into events of jets: radiates, orders what there is by pT, labels flavours and closes the balance.
struct Radiation: Sendable {
    static let coneRadius: Float = 0.4
    /// GeV; what is softer belongs to the soft recoil.
    static let jetThreshold: Float = 5
    /// Jets beyond belong to the soft recoil.
    static let absEtaMaximum: Float = 5.2
    /// An event whose leading jet lies this factor above its slice would enter sparse bins with a weight that it does not
    /// deserve: it is left without jets.
    static let largestExcess: Float = 2.5

    private let model: EtaCalRadiation
    private let kernels: Kernels

    init(_ model: RadiationModel, sqrtS: Double, kernels: Kernels) {
        self.model = EtaCalRadiation(model, sqrtS: sqrtS)
        self.kernels = kernels
    }

    /// - Parameters:
    ///   - events: `count` of them, the first being event `first` of its slice.
    ///   - row: where in the block the first one goes.
    func finish(
        _ events: HardEvents, first: UInt64, count: Int, sliceEnd: Double, into block: TruthBlock, row: Int,
        stream: RandomStream
    ) {
        var model = model
        model.largest_pt = Self.largestExcess * Float(sliceEnd)
        var (random, input) = (EtaCalStream(stream), EtaCalScatterings(events))
        var output = EtaCalJets(
            pt: block.pt + row, eta: block.eta + row, phi: block.phi + row, flavour: block.flavour + row,
            jet_stride: block.capacity, soft_x: block.softX + row, soft_y: block.softY + row,
            invisible_x: block.invisibleX + row, invisible_y: block.invisibleY + row)
        kernels.radiate(&model, &random, &input, &output, count, first)
        // One column after another, each a loop of whole vectors.
        for index in 0..<count { block.event[row + index] = first + UInt64(index) }
        (block.draw + row).update(from: block.event + row, count: count)
        for index in 0..<count { block.weight[row + index] = Double(events.weight[index]) }
        (block.partonForward + row).update(from: events.forward, count: count)
        (block.partonBackward + row).update(from: events.backward, count: count)
    }
}
