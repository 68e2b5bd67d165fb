public import Binning
public import DetectorModel
internal import JetPhysics

/// What tracks are sorted by: their jet's pT, and their own pT, that relative to the jet's axis, and jet-signed significance. Beyond an
/// axis counts as its first or last bin.
public struct TrackClasses: Sendable, Equatable {
    /// Measured, GeV.
    public let jetPt: Axis
    public let trackPt: Axis
    /// pT times the distance to the jet's axis in η and φ, GeV.
    public let relativePt: Axis
    public let significance: Axis

    public init(jetPt: Axis, trackPt: Axis, relativePt: Axis, significance: Axis) {
        (self.jetPt, self.trackPt, self.relativePt, self.significance) = (jetPt, trackPt, relativePt, significance)
    }

    public static let standard: TrackClasses = {
        guard let jets = try? Axis(edges: [20, 28, 40, 60, 90, 140, 220, 350, 600, 1100, 2000]),
            let tracks = try? Axis(edges: [1, 2, 4, 8, 16]), let relative = try? Axis(edges: [0, 0.35, 0.7, 1.1, 2.5]),
            let significances = try? Axis(edges: [
                -30, -8, -5, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 10, 14, 20, 30, 50, 80,
            ])
        else { preconditionFailure("the built-in edges increase") }
        return TrackClasses(jetPt: jets, trackPt: tracks, relativePt: relative, significance: significances)
    }()

    /// Of the tracks of jets of one pT.
    public var binCount: Int { trackPt.count * relativePt.count * significance.count }

    @inline(__always)
    func jet(pt: Double) -> Int { jetPt.nearestIndex(of: pt) }

    @inline(__always)
    func bin(_ tracks: TrackBlock, _ track: Int) -> Int {
        let place =
            trackPt.nearestIndex(of: Double(tracks.pt[track])) * relativePt.count
            + relativePt.nearestIndex(of: Double(tracks.relativePt[track]))
        return place * significance.count + significance.nearestIndex(of: Double(tracks.significance[track]))
    }
}

/// How many tracks of each bin a jet of each kind has on average.
public struct TrackTemplates: Sendable, Equatable {
    public let classes: TrackClasses
    /// By kind and pT of the jet, and bin.
    public let densities: [[[Double]]]

    /// - Throws: unless there is a positive number up to 1000 for each bin.
    public init(classes: TrackClasses, densities: [[[Double]]]) throws(CardError) {
        self.classes = classes
        self.densities = densities
        precondition(densities.count == JetKind.allCases.count, "templates of each kind")
        for kind in JetKind.allCases {
            let rows = densities[kind.rawValue]
            guard rows.count == classes.jetPt.count, rows.allSatisfy({ $0.count == classes.binCount }) else {
                throw CardError(
                    ["templates", kind.name], "there is not a number for each bin", "train the tagger anew")
            }
            for (row, values) in rows.enumerated() {
                guard values.allSatisfy({ $0 > 0 && $0 <= 1000 }) else {
                    throw CardError(
                        ["templates", kind.name, "\(row)"], "there is a number that is no mean number of tracks",
                        "give positive numbers up to 1000")
                }
            }
        }
    }

    /// From counts of tracks and, by kind and pT, of jets. A bin that is empty in one kind would decide alone: each row of each kind gets one
    /// more track, spread as those of all kinds together are, these with one more in each bin.
    init(classes: TrackClasses, tracks: [[[Int64]]], jets: [[Int64]]) {
        self.classes = classes
        densities = tracks.indices.map { kind in
            tracks[kind].indices.map { row in
                let together = tracks[kind][row].indices.map { bin in
                    Double(tracks.map { $0[row][bin] }.reduce(0, +)) + 1
                }
                let all = together.reduce(0, +)
                let number = Double(max(1, jets[kind][row]))
                return zip(tracks[kind][row], together).map { Self.short((Double($0) + $1 / all) / number) }
            }
        }
    }

    /// To the four digits that files hold: a mean is not known to more.
    private static func short(_ value: Double) -> Double {
        var scale = 1.0
        while value * scale < 1000 { scale *= 10 }
        return (value * scale).rounded() / scale
    }
}
