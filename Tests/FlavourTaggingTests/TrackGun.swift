import DetectorModel
import FlavourTagging
import InstructionSets
import JetPhysics

/// Jets of one flavour and pT, three a row, measured as they are, and their tracks.
struct TrackGun {
    struct Track {
        let jet: Int
        let origin: TrackOrigin
        let pt: Double
        let trueImpact: Double
        let impact: Double
        let resolution: Double
        let significance: Double
    }

    /// A tracker that measures everything, and exactly.
    static func perfect(radiusMaximum: Double = 500) throws -> Tracker {
        try Tracker(
            absEtaMaximum: 6, ptMinimum: 1, efficiency: 1, impactMaximum: 20, radiusMaximum: radiusMaximum,
            resolution: [ImpactResolution(low: 0, high: 6, constant: 1e-4, scattering: 0, path: [])], tails: [],
            beamSpot: BeamSpot(x: 0, y: 0, correlation: 0, path: []), path: [])
    }

    let jets: Int
    let tracks: [Track]

    /// - Parameter shift: of the measured azimuth, radian.
    init(
        _ tracker: Tracker, flavour: Int32, pt: Double, eta: Double = 0.5, shift: Double = 0, rows: Int = 20_000,
        seed: UInt64 = 1, instructionSet: InstructionSet = .chosen
    ) throws {
        let simulation = TrackSimulation(
            tracker: tracker, jets: try TagAcceptance(ptMinimum: 10, absEtaMaximum: 6), role: .simulation, seed: seed,
            instructionSet: instructionSet)
        let truth = TruthBlock(capacity: TrackBlock.rows)
        let block = ReconstructedBlock(capacity: TrackBlock.rows)
        let tags = JetTags(capacity: TrackBlock.rows)
        let made = TrackBlock()
        block.tags = tags
        var tracks: [Track] = []
        for first in stride(from: 0, to: rows, by: TrackBlock.rows) {
            let count = min(TrackBlock.rows, rows - first)
            truth.count = count
            block.count = count
            for row in 0..<count {
                truth.draw[row] = UInt64(first + row)
                for jet in 0..<ReconstructedBlock.jetCount {
                    let position = jet * TrackBlock.rows + row
                    let phi = Double((first + row) * 3 + jet).remainder(dividingBy: 2 * Double.pi)
                    truth.pt[position] = pt
                    truth.eta[position] = eta
                    truth.phi[position] = phi
                    truth.flavour[position] = flavour
                    block.pt[position] = pt
                    block.eta[position] = eta
                    block.phi[position] = wrappedAzimuth(phi + shift)
                    tags.source[position] = Int32(jet)
                }
            }
            simulation.simulate(truth, block, rows: 0..<count, into: made)
            for track in 0..<made.count {
                let position = Int(made.jet[track])
                tracks.append(
                    Track(
                        jet: 3 * (first + position % TrackBlock.rows) + position / TrackBlock.rows,
                        origin: TrackOrigin(rawValue: made.origin[track]) ?? .vertex, pt: Double(made.pt[track]),
                        trueImpact: Double(made.trueImpact[track]), impact: Double(made.impact[track]),
                        resolution: Double(made.resolution[track]), significance: Double(made.significance[track])))
            }
        }
        jets = rows * ReconstructedBlock.jetCount
        self.tracks = tracks
    }

    func of(_ origins: Set<TrackOrigin>) -> [Track] { tracks.filter { origins.contains($0.origin) } }
}
