/// One comparison of a model with the reference, and whether it is good enough.
public struct Criterion: Sendable {
    /// What is compared. Keys stand in files.
    public enum Quantity: Hashable, Sendable {
        case crossSection
        case flavour(FlavourClass, jet: Int)
        case spread(TruthMoment)
        case passing(TruthCut)
        /// In bins of |η1 − η2|.
        case passingInGap(TruthCut)
        case meanAsymmetry
        case spectrum
        case step

        public var key: String {
            switch self {
            case .crossSection: "cross_section"
            case .flavour(let flavour, let jet): "\(flavour.name)_fraction_jet\(jet + 1)"
            case .spread(let moment): "rms_\(moment.key)"
            case .passing(let cut): "passing_\(cut.key)"
            case .passingInGap(let cut): "passing_\(cut.key)_in_gap"
            case .meanAsymmetry: "mean_asymmetry"
            case .spectrum: "summed_spectrum"
            case .step: "step_at_slice_edge"
            }
        }

        public var title: String {
            switch self {
            case .crossSection: "cross-section"
            case .flavour(let flavour, let jet): "\(flavour.name) fraction, jet \(jet + 1)"
            case .spread(let moment): "RMS of \(moment.title)"
            case .passing(let cut), .passingInGap(let cut): cut.name
            case .meanAsymmetry: "mean asymmetry"
            case .spectrum: "summed pT_1 spectrum"
            case .step: "step at slice edge"
            }
        }

        /// Whether the difference is relative to the reference.
        public var isRelative: Bool {
            switch self {
            case .crossSection, .spread, .spectrum: true
            case .flavour(let flavour, _): flavour != .gluon
            case .passing, .passingInGap, .meanAsymmetry, .step: false
            }
        }
    }

    /// Which statistical uncertainty excuses a difference beyond the limit when three times of it are as large.
    public enum Excuse: Sendable { case none, both, reference }

    public enum Verdict: Sendable, Equatable {
        case passed
        /// Beyond the limit, and within three standard deviations.
        case passedWithinUncertainty
        case failed
        /// Shown only.
        case notJudged(reason: String)
    }

    public let quantity: Quantity
    /// nil where slices are summed.
    public let slice: Int?
    /// Of what the quantity is binned in.
    public let bin: ClosedRange<Double>?
    public let model: Estimate?
    public let reference: Estimate?
    public let limit: Double
    public let verdict: Verdict

    /// - Parameter note: why it is not judged; nil when it is.
    init(
        _ quantity: Quantity, slice: Int?, bin: ClosedRange<Double>? = nil, model: Estimate?, reference: Estimate?,
        limit: Double, excuse: Excuse = .none, note: String? = nil
    ) {
        self.quantity = quantity
        self.slice = slice
        self.bin = bin
        self.model = model
        self.reference = reference
        self.limit = limit
        if note == nil, model == nil, reference != nil {
            // What the reference has and the model lacks is no small difference.
            verdict = .failed
            return
        }
        guard let distance = Self.distance(quantity, model, reference), let reference else {
            verdict = .notJudged(reason: note ?? "no events")
            return
        }
        if let note {
            verdict = .notJudged(reason: note)
        } else if abs(distance.value) <= limit {
            verdict = .passed
        } else {
            let scale = quantity.isRelative ? abs(reference.value) : 1
            let room =
                switch excuse {
                case .none: 0.0
                case .both: 3 * distance.uncertainty
                case .reference: 3 * reference.uncertainty / scale
                }
            verdict = abs(distance.value) <= room ? .passedWithinUncertainty : .failed
        }
    }

    /// Model less reference, or model over reference less 1, with the uncertainty of both; in the unit of the limit.
    public var distance: Estimate? { Self.distance(quantity, model, reference) }

    private static func distance(_ quantity: Quantity, _ model: Estimate?, _ reference: Estimate?) -> Estimate? {
        guard let model, let reference else { return nil }
        if quantity.isRelative {
            return Estimate.ratio(model, reference).map { Estimate($0.value - 1, uncertainty: $0.uncertainty) }
        }
        let square = squared(model.uncertainty) + squared(reference.uncertainty)
        return Estimate(model.value - reference.value, uncertainty: square.squareRoot())
    }

    public var isJudged: Bool {
        if case .notJudged = verdict { return false }
        return true
    }
}

extension TruthCut {
    public var key: String {
        switch self {
        case .deltaPhi: "delta_phi"
        case .alpha: "alpha"
        case .both: "both"
        }
    }
}

extension TruthMoment {
    public var key: String {
        switch self {
        case .eta1: "eta1"
        case .eta2: "eta2"
        case .deltaEta: "eta1_minus_eta2"
        case .asymmetry: "asymmetry"
        }
    }

    public var title: String {
        switch self {
        case .eta1: "eta_1"
        case .eta2: "eta_2"
        case .deltaEta: "eta_1 - eta_2"
        case .asymmetry: "asymmetry"
        }
    }
}
