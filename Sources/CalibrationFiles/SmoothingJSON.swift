internal import FileAccess
internal import Intercalibration

/// The object `smoothing` of a calibration file: what the constants were, what has smoothed them, and how they depend on each other across
/// pT bins.
enum SmoothingJSON {
    static let keys = [
        "smoothing": [
            "kind", "form", "spline", "kernel", "raw_correction", "raw_uncertainty", "bins", "ln_c_covariance",
        ],
        "smoothing.spline": [
            "ln_pt_breaks", "coefficients", "bend_width", "tilt_width", "variance_scale", "effective_parameters",
            "chi2",
            "comparisons",
        ],
        "smoothing.kernel": ["eta_width", "ln_pt_width"],
    ]

    static func json(_ smoothed: SmoothedConstants) -> JSONText {
        let form =
            switch smoothed.smoothing {
            case .spline:
                "ln c(eta bin, pt) = sum_k a_k B_k(ln(pt/GeV)), cubic B-splines; correction is c at pt_mean, with each pT bin's gauge as it was"
            case .kernel:
                "ln c = sum w ln c_raw / sum w, w = exp(-d_eta^2/(2 eta_width^2) - d_ln_pt^2/(2 ln_pt_width^2)) / variance"
            case .none: ""
            }
        return .object([
            ("kind", .text(smoothed.smoothing.rawValue)), ("form", .text(form)),
            ("spline", smoothed.spline.map(json) ?? .null),
            (
                "kernel",
                smoothed.kernel.map {
                    .object([("eta_width", .number($0.etaWidth)), ("ln_pt_width", .number($0.logPtWidth))])
                } ?? .null
            ),
            ("raw_correction", .table(smoothed.rawConstants)), ("raw_uncertainty", .table(smoothed.rawUncertainties)),
            ("bins", .list(smoothed.bins.map { .list([.int($0.eta), .int($0.pt)]) })),
            // Symmetric: the lower triangle.
            ("ln_c_covariance", .list(smoothed.covariance.enumerated().map { .numbers(Array($1[...$0])) })),
        ])
    }

    private static func json(_ spline: SplineSmoothing) -> JSONText {
        .object([
            ("ln_pt_breaks", .numbers(spline.logPt.breaks.edges)),
            ("coefficients", .list(spline.coefficients.map { .numbers($0) })),
            ("bend_width", .number(spline.widths.bend)), ("tilt_width", .number(spline.widths.tilt)),
            ("variance_scale", .number(spline.scale)), ("effective_parameters", .number(spline.effectiveParameters)),
            ("chi2", .number(spline.chiSquared)), ("comparisons", .int(spline.comparisons)),
        ])
    }

    struct Document: Decodable {
        let kind: String
        let raw_correction: [[Double?]]
        let raw_uncertainty: [[Double?]]
        let bins: [[Int]]
        let ln_c_covariance: [[Double]]
    }

    struct Fault: Error {
        let key: String
        let problem: String
    }

    /// - Parameter constants: [η bin][pT bin], of the same file.
    static func smoothed(
        _ document: Document, constants: [[Double?]]
    ) throws(Fault) -> SmoothedConstants {
        guard let smoothing = Smoothing(rawValue: document.kind), smoothing != .none else {
            throw Fault(key: "kind", problem: "'\(excerpt(document.kind))' is not a smoothing")
        }
        let shape = constants.map(\.count)
        for (key, table) in [
            ("raw_correction", document.raw_correction), ("raw_uncertainty", document.raw_uncertainty),
        ]
        where table.map(\.count) != shape {
            throw Fault(key: key, problem: "the table does not have the shape of the edges")
        }
        var places: [SmoothedConstants.Place] = []
        for (index, bin) in document.bins.enumerated() {
            guard bin.count == 2, constants.indices.contains(bin[0]), constants[bin[0]].indices.contains(bin[1]),
                constants[bin[0]][bin[1]] != nil
            else { throw Fault(key: "bins.\(index)", problem: "this is no bin that has a constant") }
            places.append(.init(eta: bin[0], pt: bin[1]))
        }
        guard Set(places).count == places.count, places.count == constants.joined().count(where: { $0 != nil }) else {
            throw Fault(key: "bins", problem: "each bin that has a constant stands there once")
        }
        let triangle = document.ln_c_covariance
        guard triangle.count == places.count, triangle.enumerated().allSatisfy({ $1.count == $0 + 1 }) else {
            throw Fault(key: "ln_c_covariance", problem: "this is not the lower triangle of a matrix of the bins")
        }
        for row in triangle.indices {
            guard triangle[row][row] > -1e-9, triangle[row][row] < 1e4 else {
                throw Fault(key: "ln_c_covariance.\(row).\(row)", problem: "the variance is not possible")
            }
            for column in 0..<row {
                let largest = max(0, triangle[row][row] * triangle[column][column]).squareRoot()
                guard abs(triangle[row][column]) <= largest * (1 + 1e-6) + 1e-9 else {
                    throw Fault(
                        key: "ln_c_covariance.\(row).\(column)", problem: "the covariance does not fit to the variances"
                    )
                }
            }
        }
        let covariance = triangle.indices.map { row in
            triangle.indices.map { triangle[max(row, $0)][min(row, $0)] }
        }
        return SmoothedConstants(
            smoothing, bins: places, covariance: covariance, rawConstants: document.raw_correction,
            rawUncertainties: document.raw_uncertainty)
    }
}
