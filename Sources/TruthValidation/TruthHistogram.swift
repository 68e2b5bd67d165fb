#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
public import Binning

/// The distributions that are compared, of the two leading jets in events with at least two.
public enum TruthHistogram: Int, CaseIterable, Sendable {
    // All dijets.
    case pt1, pt2, pt3, eta1, eta2, eta3, deltaEta, deltaPhi, alpha, mass, softRecoil, invisible
    // After the cuts of `TruthObservables`.
    case selectedPt1, selectedEta1, selectedEta2, selectedEta3, selectedDeltaEta, selectedMass, asymmetry

    /// Whether events that fail the cuts are left out.
    public var isAfterCuts: Bool { rawValue >= Self.selectedPt1.rawValue }

    /// For files.
    public var name: String { "\(self)" }

    /// The quantity and its unit, in plain text.
    public var title: String {
        switch self {
        case .pt1, .selectedPt1: "pT_1 [GeV]"
        case .pt2: "pT_2 [GeV]"
        case .pt3: "pT_3 [GeV]"
        case .eta1, .selectedEta1: "eta_1"
        case .eta2, .selectedEta2: "eta_2"
        case .eta3, .selectedEta3: "eta_3"
        case .deltaEta, .selectedDeltaEta: "eta_1 - eta_2"
        case .deltaPhi: "delta phi"
        case .alpha: "alpha"
        case .mass, .selectedMass: "dijet mass [GeV]"
        case .softRecoil: "soft recoil / pT_avg"
        case .invisible: "invisible / pT_avg, c, b"
        case .asymmetry: "asymmetry"
        }
    }

    /// Values outside the axis count among the dijets and in no bin.
    public var axis: Axis { Self.axes[self] ?? Self.ptAxis }

    /// 26 bins of equal ratio (15 %) from 25 GeV to 1 TeV, and as wide ones on either side.
    public static let ptAxis = axis((-9...36).map { 25 * pow(40, Double($0) / 26) })

    private static let axes: [TruthHistogram: Axis] = {
        let eta = uniform(-5.2, 5.2, 26)
        let difference = uniform(-8, 8, 32)
        let mass = axis((0...45).map { 10 * pow(10, Double($0) / 15) })
        // Without a third jet α is 0 and has a bin of its own: α of a third jet is at least 8 GeV / pT_avg.
        let alpha = axis([0, 0.002] + (1...25).map { 0.04 * Double($0) })
        return [
            .pt1: ptAxis, .pt2: ptAxis, .pt3: ptAxis, .selectedPt1: ptAxis, .eta1: eta, .eta2: eta, .eta3: eta,
            .selectedEta1: eta, .selectedEta2: eta, .selectedEta3: eta, .deltaEta: difference,
            .selectedDeltaEta: difference, .deltaPhi: uniform(0, 3.15, 42), .alpha: alpha, .mass: mass,
            .selectedMass: mass, .softRecoil: uniform(0, 1, 50), .invisible: uniform(0, 0.5, 50),
            .asymmetry: uniform(-1, 1, 50),
        ]
    }()

    static func uniform(_ low: Double, _ high: Double, _ bins: Int) -> Axis {
        axis((0...bins).map { low + (high - low) * Double($0) / Double(bins) })
    }

    static func axis(_ edges: [Double]) -> Axis {
        guard let axis = try? Axis(edges: edges) else { preconditionFailure("the edges increase") }
        return axis
    }
}

/// Kinds of jets whose shares are compared.
public enum FlavourClass: Int, CaseIterable, Sendable {
    case gluon, charm, bottom
    /// u, d and s.
    case light
    case unknown

    /// - Parameter flavour: PDG-like, of either sign.
    @inline(__always)
    init(flavour: Int32) {
        switch abs(flavour) {
        case 21: self = .gluon
        case 5: self = .bottom
        case 4: self = .charm
        case 1...3: self = .light
        default: self = .unknown
        }
    }

    public var name: String {
        switch self {
        case .gluon: "gluon"
        case .charm: "c"
        case .bottom: "b"
        case .light: "light"
        case .unknown: "unknown"
        }
    }
}

/// Cuts whose pass fractions are compared.
public enum TruthCut: Int, CaseIterable, Sendable {
    case deltaPhi, alpha, both

    public var name: String {
        switch self {
        case .deltaPhi: "delta phi > 2.5"
        case .alpha: "alpha < 0.3"
        case .both: "both cuts"
        }
    }
}

/// Quantities whose mean and spread are compared, after the cuts.
public enum TruthMoment: Int, CaseIterable, Sendable {
    case eta1, eta2, deltaEta, asymmetry
}
