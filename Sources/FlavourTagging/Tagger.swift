internal import Binning
public import DetectorModel
public import JetPhysics

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Tells jets of b quarks from others by their tracks' transverse impact parameters and momenta.
///
/// Tracks count as independent: a jet of flavour f has μ_f(x) tracks of each bin x on average, and its tracks have the likelihood
/// p_f = e^(−M_f) ∏ μ_f(x_i), M_f = Σ μ_f. The discriminant is D = ln(p_b / (f_c p_c + (1 − f_c) p_u)). Four cuts on it, the working
/// points, make the score 1 to 5.
public struct Tagger: Sendable, Equatable {
    public static let scores = 1...(JetTags.workingPoints.count + 1)
    /// GeV. Working points are those of jets up to here, as decays of top quarks have them; harder ones are tagged with the same cuts.
    public static let referencePtMaximum = 250.0
    /// f_c, unless something else is said.
    public static let standardCharmFraction = 0.018

    /// Name of the card whose tracks it was trained with.
    public let detector: String
    public let acceptance: TagAcceptance
    /// f_c.
    public let charmFraction: Double
    public let templates: TrackTemplates
    /// Least discriminants of the working points, increasing.
    public let cuts: [Double]
    /// What it makes of jets like those that it was trained with.
    public let efficiencies: TagEfficiencies
    private let ratios: Ratios

    /// Of b and c to light, by pT of the jet: −M, and ln μ by bin.
    private struct Ratios: Equatable {
        let jets: [SIMD2<Double>]
        let tracks: [SIMD2<Double>]

        init(_ templates: TrackTemplates) {
            let densities = templates.densities
            let (bottom, charm) = (densities[JetKind.bottom.rawValue], densities[JetKind.charm.rawValue])
            let light = densities[JetKind.light.rawValue]
            jets = light.indices.map { row in
                light[row].reduce(0, +) - SIMD2(bottom[row].reduce(0, +), charm[row].reduce(0, +))
            }
            tracks = light.indices.flatMap { row in
                light[row].indices.map { bin in
                    SIMD2(log(bottom[row][bin] / light[row][bin]), log(charm[row][bin] / light[row][bin]))
                }
            }
        }
    }

    /// - Throws: for cuts that do not increase, or an f_c outside 0 to 1.
    public init(
        detector: String, acceptance: TagAcceptance, charmFraction: Double, templates: TrackTemplates, cuts: [Double],
        efficiencies: TagEfficiencies
    ) throws(CardError) {
        self.detector = detector
        self.acceptance = acceptance
        self.charmFraction = charmFraction
        self.templates = templates
        self.cuts = cuts
        self.efficiencies = efficiencies
        guard charmFraction >= 0, charmFraction < 1 else {
            throw CardError(["charm_fraction"], "\(charmFraction) is out of range", "give a share from 0 to below 1")
        }
        guard cuts.count == JetTags.workingPoints.count, cuts.allSatisfy(\.isFinite),
            zip(cuts, cuts.dropFirst()).allSatisfy({ $0 < $1 })
        else {
            throw CardError(
                ["cuts"], "they do not increase", "give \(JetTags.workingPoints.count) increasing numbers")
        }
        ratios = Ratios(templates)
    }

    /// Of templates whose cuts are not known yet.
    init(untuned templates: TrackTemplates, detector: String, acceptance: TagAcceptance, charmFraction: Double) {
        self.detector = detector
        self.acceptance = acceptance
        self.charmFraction = charmFraction
        self.templates = templates
        cuts = []
        efficiencies = .none
        ratios = Ratios(templates)
    }

    /// D of a jet from ln p_b/p_u and ln p_c/p_u.
    func discriminant(_ sums: SIMD2<Double>) -> Double {
        // ln(f e^c + 1 − f) without an overflow.
        let charm = max(sums.y, 0)
        let rest = charmFraction * exp(sums.y - charm) + (1 - charmFraction) * exp(-charm)
        return sums.x - charm - log(rest)
    }

    /// The score of a jet inside the acceptance.
    public func score(discriminant: Double) -> Int { 1 + cuts.count { discriminant >= $0 } }

    /// Fills the tags of some rows from their tracks.
    public func tag(_ block: ReconstructedBlock, rows: Range<Int>, _ tracks: TrackBlock) {
        guard let tags = block.tags else { preconditionFailure("a block with tags") }
        let columns = block.capacity * ReconstructedBlock.jetCount
        let classes = templates.classes
        let empty = ratios.jets.map(discriminant)
        for jet in 0..<ReconstructedBlock.jetCount {
            for row in rows {
                let position = jet * block.capacity + row
                let isInside = acceptance.contains(pt: block.pt[position], eta: block.eta[position])
                let value = isInside ? empty[classes.jet(pt: block.pt[position])] : .nan
                tags.discriminant[position] = value
                tags.score[position] = isInside ? Int32(score(discriminant: value)) : -1
                for rank in 0..<JetTags.significanceCount { tags.significance[rank * columns + position] = .nan }
            }
        }
        tracks.forEachJet { position, range in
            var leading = SIMD3<Double>(repeating: -.infinity)
            for track in range { leading.insert(Double(tracks.significance[track])) }
            let jet = classes.jet(pt: block.pt[position])
            var sums = ratios.jets[jet]
            for track in range { sums += ratios.tracks[jet * classes.binCount + classes.bin(tracks, track)] }
            let value = discriminant(sums)
            tags.discriminant[position] = value
            tags.score[position] = Int32(score(discriminant: value))
            for rank in 0..<min(range.count, JetTags.significanceCount) {
                tags.significance[rank * columns + position] = leading[rank]
            }
        }
    }
}

extension SIMD3<Double> {
    /// Keeps the three largest of all, falling.
    @inline(__always)
    fileprivate mutating func insert(_ value: Double) {
        if value > x {
            self = SIMD3(value, x, y)
        } else if value > y {
            self = SIMD3(x, value, y)
        } else if value > z {
            z = value
        }
    }
}
