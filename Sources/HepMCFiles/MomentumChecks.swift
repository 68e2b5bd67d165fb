internal import CHepMC

/// Whether the momenta of an event can be true.
///
/// A digit that has changed leaves a text well-formed. But a stable particle tells its mass beside its momentum, and what is
/// stable has the momentum of the beams: both are checked as sharply as digits of usual files and steps of generators allow.
enum MomentumChecks {
    /// GeV: far above any beam, and what samples of jets may hold.
    static let largest = 1e6
    /// By how much E² − p² of a stable particle may miss the square of its mass: a share of E², and GeV².
    static let massShare = 1e-3
    static let massSlack = 0.1

    private static let stable: Int64 = 1
    private static let beam: Int64 = 4

    static func check(_ record: EventRecord, imbalance: Double) throws(TextFault) {
        var final = SIMD4<Double>.zero
        var beams = SIMD4<Double>.zero
        var beamCount = 0
        for (place, particle) in record.particles.enumerated() {
            let momentum = SIMD4(particle.px, particle.py, particle.pz, particle.energy)
            guard all(momentum .< largest .& momentum .> -largest) else {
                throw fault(record, place, "has a momentum of more than \(Int(largest)) GeV")
            }
            if particle.status == beam {
                beams += momentum
                beamCount += 1
            }
            guard particle.status == stable else { continue }
            final += momentum
            let squares = momentum * momentum
            let missed = squares.w - squares.x - squares.y - squares.z - particle.mass * particle.mass
            guard particle.energy >= 0, abs(missed) <= massShare * squares.w + massSlack else {
                throw fault(record, place, "is stable, and its energy, momentum and mass do not fit together")
            }
        }
        var missing = final - beams
        // Without beams only what they have not is known.
        if beamCount < 2 { missing = SIMD4(final.x, final.y, 0, 0) }
        let limit = imbalance * (beamCount < 2 ? final.w : beams.w)
        guard all(missing .<= limit .& missing .>= -limit) else {
            let text = ["px", "py", "pz", "E"].indices.map { "\(rounded(missing[$0]))" }.joined(separator: ", ")
            throw TextFault(
                record.line, "the stable particles of the event miss the beams' (px, py, pz, E) by (\(text)) GeV",
                "get the file anew; --imbalance 1 takes events whose generator leaves particles out")
        }
    }

    private static func rounded(_ momentum: Double) -> Double { (momentum * 1000).rounded() / 1000 }

    private static func fault(_ record: EventRecord, _ place: Int, _ problem: String) -> TextFault {
        TextFault(record.line, "particle \(place + 1) of the event \(problem)")
    }
}
