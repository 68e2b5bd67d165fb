internal import Balance
internal import Binning
public import DetectorModel
public import Intercalibration

/// The bins of a closure that are nearest to their tolerance or beyond it, and what accounts for them.
///
/// Smearing over edges in η, by the resolution of directions and the slope of the response, is that of data and simulation alike,
/// and what smearing does in pT is refined away. Neither is among the causes.
public struct ClosureDiagnosis: Sendable {
    public struct Bin: Sendable, Equatable {
        /// Positions in the tables of the closure.
        public let etaBin: Int
        public let ptBin: Int
        public let eta: [Double]
        /// True pT, GeV.
        public let pt: [Double]
        public let nonclosure: Double
        public let uncertainty: Double
        public let tolerance: Double
        /// Data jets that were tested.
        public let jets: Int
        /// Of the pT_avg bin with the same edges.
        public let constant: Double?
        public let constantUncertainty: Double?
        /// What the cards ask for in place of `constant`; nil where detectors are not known.
        public let idealConstant: Double?
        /// The factor that a jet in the middle of the bin gets, between the constants of neighbouring pT bins.
        public let applied: Double
        public let causes: [ClosureCause]

        public var excess: Double { abs(nonclosure) - 2 * uncertainty }
        public var isOutside: Bool { excess >= tolerance }
        public var canTell: Bool { 2 * uncertainty <= tolerance }
        /// In standard deviations.
        public var significance: Double { uncertainty > 0 ? abs(nonclosure) / uncertainty : 0 }
    }

    /// By falling (|δ| − 2u) − tolerance.
    public let bins: [Bin]
    /// Determined bins, of which these are the worst.
    public let binsTested: Int

    /// - Parameters:
    ///   - detectors: of simulation and data, where they are known: in a closure run.
    ///   - count: at most so many bins.
    public init(
        _ closure: TruthClosure, calibration: Calibration, tolerance: Tolerance,
        detectors: (simulation: Detector, data: Detector)?, count: Int = 8
    ) {
        struct Place {
            let eta: Int
            let pt: Int
            let limit: Double
            let margin: Double
        }
        var places: [Place] = []
        var tested = 0
        for eta in closure.nonclosure.indices {
            let edges = (closure.etaEdges[eta], closure.etaEdges[eta + 1])
            let limit = tolerance.value(etaLow: edges.0, etaHigh: edges.1)
            for pt in closure.nonclosure[eta].indices {
                guard let value = closure.nonclosure[eta][pt], let deviation = closure.uncertainty[eta][pt],
                    deviation > 1e-9
                else { continue }
                tested += 1
                if let limit {
                    places.append(Place(eta: eta, pt: pt, limit: limit, margin: abs(value) - 2 * deviation - limit))
                }
            }
        }
        places.sort { ($0.margin, $1.eta, $1.pt) > ($1.margin, $0.eta, $0.pt) }
        let prediction = detectors.map { detectors in
            ClosurePrediction(
                response: ScaledResponse(simulation: detectors.simulation, data: detectors.data),
                calibration: calibration)
        }
        binsTested = tested
        bins = places.prefix(count).compactMap { place in
            Self.bin(
                closure, calibration, prediction, eta: place.eta, pt: place.pt, tolerance: place.limit, tested: tested)
        }
    }

    private static func bin(
        _ closure: TruthClosure, _ calibration: Calibration, _ prediction: ClosurePrediction?, eta: Int, pt: Int,
        tolerance: Double, tested: Int
    ) -> Bin? {
        guard let value = closure.nonclosure[eta][pt], let deviation = closure.uncertainty[eta][pt] else { return nil }
        let binning = calibration.binning
        let block = binning.quotedPtBins.lowerBound + pt
        let edges = (closure.etaEdges[eta], closure.etaEdges[eta + 1])
        let range = closure.ptEdges[pt]...closure.ptEdges[pt + 1]
        let centre = (range.lowerBound * range.upperBound).squareRoot()
        let constant = calibration.constants[eta][block]
        let constantUncertainty = calibration.uncertainty(eta: eta, pt: block)
        let ideal = prediction?.ideal[eta][block]

        var evidence = ClosureEvidence(
            nonclosure: value, uncertainty: deviation, tolerance: tolerance, binsTested: tested)
        if let prediction {
            let etas = ScaledResponse.places(low: edges.0, high: edges.1)
            evidence.etaVariation = prediction.response.variation(etas, pt: centre)
            let left = prediction.left(by: prediction.ideal, eta: eta, pt: range)
            evidence.leftByIdeal = left?.nonclosure
            evidence.flatShare = left?.flatShare ?? 0
            evidence.leftByFitted = prediction.left(by: calibration.constants, eta: eta, pt: range)?.nonclosure
        }
        let nodes = calibration.ptMean[eta].indices.compactMap {
            calibration.constants[eta][$0] == nil ? nil : calibration.ptMean[eta][$0]
        }
        evidence.flatNode = nodes.min { abs($0 - centre) < abs($1 - centre) }
        if let constant, let ideal, let constantUncertainty, constantUncertainty > 0 {
            evidence.constantPull = (constant - ideal) / constantUncertainty
        }
        evidence.fitProbability = calibration.fits[block].probability
        evidence.lastChange = calibration.passes > 1 ? calibration.lastChange : nil
        return Bin(
            etaBin: eta, ptBin: pt, eta: [edges.0, edges.1], pt: [range.lowerBound, range.upperBound],
            nonclosure: value, uncertainty: deviation, tolerance: tolerance, jets: closure.events[eta][pt],
            constant: constant, constantUncertainty: constantUncertainty, idealConstant: ideal,
            applied: calibration.residual.constant(eta: 0.5 * (edges.0 + edges.1), pt: centre) ?? 1,
            causes: evidence.causes)
    }
}

extension TruthClosure {
    /// Fewer jets of data or simulation than this make no closure bin.
    public static var smallestJetNumber: Int { smallestRows }

    /// A closure that is already known, such as one read back or made up.
    package init(
        etaEdges: [Double], ptEdges: [Double], nonclosure: [[Double?]], uncertainty: [[Double?]], events: [[Int]]
    ) {
        self.etaEdges = etaEdges
        self.ptEdges = ptEdges
        self.nonclosure = nonclosure
        self.uncertainty = uncertainty
        uncalibrated = nonclosure
        uncalibratedUncertainty = uncertainty
        self.events = events
        (chiSquared, degreesOfFreedom, probability) = (0, 0, nil)
    }
}
