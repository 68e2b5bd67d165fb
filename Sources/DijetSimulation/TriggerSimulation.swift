public import Balance
public import Binning
public import JetPhysics
internal import Sampling

/// What the triggers of a menu do with reconstructed events.
///
/// A trigger sees the two leading jets with the calibration of simulation, each mean smeared by the trigger's width, all by the
/// same random number; those that fire are kept at random, one of `prescale`, each trigger for itself.
public struct TriggerSimulation: Sendable {
    public let menu: TriggerMenu
    private let response: EtaPtGrid
    private let role: SampleRole
    private let seed: UInt64

    /// - Parameter response: of simulation: what the triggers' calibration undoes.
    public init(_ menu: TriggerMenu, response: EtaPtGrid, role: SampleRole, seed: UInt64) {
        self.menu = menu
        self.response = response
        self.role = role
        self.seed = seed
    }

    /// Sets the bits of those triggers that kept an event.
    public func simulate(_ truth: TruthBlock, _ block: ReconstructedBlock) {
        let stream = RandomStream(seed: seed, sample: role.rawValue, slice: truth.slice)
        for row in 0..<block.count {
            block.triggers[row] = 0
            let second = block.capacity + row
            guard block.pt[second] > 0 else { continue }
            let average = 0.5 * (calibrated(block, row) + calibrated(block, second))
            let first = abs(block.detectorEta[row]) >= menu.forwardAbsEta
            let other = abs(block.detectorEta[second]) >= menu.forwardAbsEta
            let seen = normals(stream.words(event: truth.draw[row], purpose: .trigger)).x
            var mask: UInt32 = 0
            for (index, trigger) in menu.triggers.enumerated() {
                let looks =
                    switch trigger.region {
                    case .any: true
                    case .central: !(first && other)
                    case .forward: first || other
                    }
                let fires =
                    trigger.turnOn.map { average * (1 + $0.width * seen) > $0.threshold }
                    ?? (average > trigger.ptAverageMinimum)
                guard looks, fires else { continue }
                // The part of an event's number that its draw does not reach tells the triggers apart.
                let part = UInt64(1 + index / 4) << 56
                let words = stream.words(event: truth.draw[row] | part, purpose: .trigger)
                if uniform(words[index % 4]) * trigger.prescale < 1 { mask |= 1 << UInt32(index) }
            }
            block.triggers[row] = mask
        }
    }

    /// The jet's pT with the response of simulation undone, which is taken at the measured pT and then at what that gives.
    private func calibrated(_ block: ReconstructedBlock, _ place: Int) -> Double {
        var pt = block.pt[place]
        for _ in 0..<3 { pt = block.pt[place] / response.value(eta: block.detectorEta[place], pt: pt) }
        return pt
    }
}
