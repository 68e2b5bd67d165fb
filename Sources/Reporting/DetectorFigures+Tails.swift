internal import DetectorModel
internal import Foundation

extension DetectorFigures {
    /// Widths of the core beyond which a jet counts as one of the tail.
    private static let tailDistance = 2.5

    /// The fluctuations of each region against a Gaussian, and what share of jets lies far out.
    static func tails(card: DetectorCard, tails: TailMap, label: FigureLabel) -> Figure {
        let nodes = tails.regions.flatMap(\.pt)
        let pts = Set([nodes.min(), nodes.max()].compactMap { $0 }.map { min(max($0, 20), 2000) }).sorted()
        let shapes = tails.regions.map { region in pts.map(region.shape) }
        let reach = 6.0
        let densities = (0...240).map { step -> [Double?] in
            let distance = reach * (2 * Double(step) / 240 - 1)
            return [distance, gaussianDensity(distance)] + shapes.joined().map { $0.density(distance) }
        }
        let normal = CrystalBall.gaussian.tailFractions(beyond: tailDistance)
        let fractions = points(120, in: ptRange).map { pt -> [Double?] in
            [pt, normal.low]
                + tails.regions.flatMap { region in
                    // From the mean, not from the peak, as the densities are drawn.
                    let shape = region.shape(pt: pt)
                    return [
                        shape.tailFractions(beyond: tailDistance - shape.mean).low,
                        shape.tailFractions(beyond: tailDistance + shape.mean).high,
                    ]
                }
        }
        let ranges = tails.regions.map { range($0.low, $0.high, tails.convention) }
        return Figure(
            "detector-tails",
            caption:
                "Fluctuations of the measured pT about its mean, in widths of the core, by region of η against a Gaussian; and "
                + "the share of jets farther out than \(tailDistance) widths on either side against true pT.",
            label: label,
            variables: [
                .init("regions", ranges), .init("pts", pts.map(gigaelectronvolt)), .init("reach", reach),
                .init("distance", tailDistance),
            ],
            blocks: [
                Figure.Block(
                    title: "densities at true pT of \(pts) GeV in regions \(ranges)",
                    columns: ["z", "gaussian"]
                        + tails.regions.indices.flatMap { region in pts.map { "region\(region + 1)@\($0)" } },
                    rows: densities),
                Figure.Block(
                    title: "shares beyond \(tailDistance) widths",
                    columns: ["pt_GeV", "gaussian"]
                        + tails.regions.indices.flatMap { ["low_side\($0 + 1)", "high_side\($0 + 1)"] },
                    rows: fractions),
            ])
    }

    private static func gaussianDensity(_ distance: Double) -> Double {
        exp(-0.5 * distance * distance) / (2 * Double.pi).squareRoot()
    }

    /// A range of η as a title.
    static func range(_ low: Double, _ high: Double, _ convention: EtaConvention) -> String {
        let (one, other) = (signed(low), signed(high))
        switch convention {
        case .absolute where low == 0: return "|{/:Italic η}| < \(other)"
        case .absolute: return "\(one) < |{/:Italic η}| < \(other)"
        default: return "\(one) < {/:Italic η} < \(other)"
        }
    }

    /// A number as it stands in titles, with a sign of its full width.
    static func signed(_ value: Double) -> String {
        RunFigures.plain(value).replacingOccurrences(of: "-", with: "−")
    }

    static func gigaelectronvolt(_ pt: Double) -> String { "\(RunFigures.plain(pt)) GeV" }
}
