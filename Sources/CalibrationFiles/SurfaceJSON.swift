internal import Balance
internal import Binning
internal import Foundation
internal import Intercalibration

/// The object `surface` of a calibration file.
enum SurfaceJSON {
    static let keys = [
        "surface": [
            "form", "eta_breaks", "ln_pt_breaks", "coefficients", "ln_pt_range", "covariance",
            "axis_pull", "remainder", "resolution", "penalty", "effective_parameters", "directions_by_penalty",
            "least_shares_of_data",
        ],
        "surface.resolution": ["form", "eta_breaks", "ln_pt", "ln_k", "uncertainty"],
        "surface.remainder": ["form", "ln_pt", "values"],
        "surface.axis_pull": ["form", "abs_eta", "squared_widths"],
        "surface.penalty": ["level", "tilt", "bend"],
    ]

    static func json(_ fitted: FittedSurface) -> JSONText {
        let surface = fitted.map.surface
        func rows(_ numbers: [Double], _ width: Int) -> JSONText {
            .list(stride(from: 0, to: numbers.count, by: width).map { .numbers(Array(numbers[$0..<$0 + width])) })
        }
        return .object([
            (
                "form",
                .text(
                    "ln f = sum_ab theta_ab B_a(eta) P_b(ln(pt/GeV)), cubic B-splines; "
                        + "c = pt/pt' with R(pt')pt' = f(pt)R(pt)pt")
            ),
            ("eta_breaks", .numbers(surface.eta.breaks.edges)),
            ("ln_pt_breaks", .numbers(surface.logPt.breaks.edges)),
            ("coefficients", rows(surface.coefficients, surface.logPt.count)),
            ("ln_pt_range", .list(fitted.map.ranges.map { .numbers([$0.lowerBound, $0.upperBound]) })),
            // Symmetric: the lower triangle.
            ("covariance", .list(fitted.covariance.enumerated().map { .numbers(Array($1[...$0])) })),
            (
                "axis_pull",
                surface.pull.map { pull in
                    .object([
                        ("form", .text("eta' = eta + w^2(|eta|) d ln f/d eta")),
                        ("abs_eta", .numbers(pull.absEta)), ("squared_widths", .numbers(pull.squaredWidths)),
                    ])
                } ?? .null
            ),
            (
                "remainder",
                fitted.map.remainder.map { remainder in
                    .object([
                        ("form", .text("c = exp(-h) pt/pt', h(ln(pt/GeV)) by eta bin, linear in between")),
                        ("ln_pt", .numbers(remainder.logPt.places)),
                        ("values", .list(remainder.values.map { .numbers($0) })),
                    ])
                } ?? .null
            ),
            (
                "resolution",
                fitted.resolution.map { resolution in
                    .object([
                        (
                            "form",
                            .text(
                                "ln k = sum_am kappa_am B_a(eta) H_m(ln(pt/GeV)), linear in between; data over simulation"
                            )
                        ),
                        ("eta_breaks", .numbers(resolution.eta.breaks.edges)),
                        ("ln_pt", .numbers(resolution.logPt.places)),
                        ("ln_k", rows(resolution.logarithms, resolution.logPt.count)),
                        ("uncertainty", rows(fitted.resolutionUncertainty, resolution.logPt.count)),
                    ])
                } ?? .null
            ),
            (
                "penalty",
                .object([
                    ("level", .number(fitted.smoothness.level)), ("tilt", .number(fitted.smoothness.tilt)),
                    ("bend", .number(fitted.smoothness.bend)),
                ])
            ),
            ("effective_parameters", .number(fitted.effectiveParameters)),
            ("directions_by_penalty", .int(fitted.penaltyDecides)),
            ("least_shares_of_data", .numbers(fitted.leastShares)),
        ])
    }

    struct Document: Decodable {
        struct Resolution: Decodable {
            let eta_breaks: [Double]
            let ln_pt: [Double]
            let ln_k: [[Double]]
            let uncertainty: [[Double]]
        }
        struct Pull: Decodable {
            let abs_eta: [Double]
            let squared_widths: [Double]
        }
        struct Remainder: Decodable {
            let ln_pt: [Double]
            let values: [[Double]]
        }
        struct Penalty: Decodable {
            let level: Double
            let tilt: Double
            let bend: Double
        }
        let eta_breaks: [Double]
        let ln_pt_breaks: [Double]
        let coefficients: [[Double]]
        let ln_pt_range: [[Double]]
        let covariance: [[Double]]
        let axis_pull: Pull?
        let remainder: Remainder?
        let resolution: Resolution?
        let penalty: Penalty
        let effective_parameters: Double
        let directions_by_penalty: Int
        let least_shares_of_data: [Double]
    }

    /// What is wrong with a surface, by its key.
    struct Fault: Error {
        let key: String
        let problem: String
    }

    /// - Parameters:
    ///   - eta: bins that ranges are of.
    ///   - simulated: the response that jets are calibrated by before.
    static func surface(
        _ document: Document, eta: Axis, simulated: EtaPtGrid?
    ) throws(Fault) -> FittedSurface {
        func splines(_ key: String, _ breaks: [Double], _ limit: Double) throws(Fault) -> SplineAxis {
            let axis: Axis
            do throws(AxisError) { axis = try Axis(edges: breaks) } catch {
                throw Fault(key: key, problem: error.description)
            }
            guard breaks.count <= 401, axis.lowest >= -limit, axis.highest <= limit else {
                throw Fault(key: key, problem: "\(breaks.count) breaks up to \(axis.highest)")
            }
            return SplineAxis(breaks: axis)
        }
        func nodes(_ key: String, _ nodes: [Double]) throws(Fault) -> LinearNodes {
            guard 1...100 ~= nodes.count, nodes.allSatisfy({ abs($0) < 20 }),
                zip(nodes, nodes.dropFirst()).allSatisfy({ $0 < $1 })
            else { throw Fault(key: key, problem: "these are not increasing nodes of ln pT") }
            return LinearNodes(nodes)
        }
        let across = try splines("eta_breaks", document.eta_breaks, 20)
        let along = try splines("ln_pt_breaks", document.ln_pt_breaks, 20)
        guard document.coefficients.count == across.count,
            document.coefficients.allSatisfy({ $0.count == along.count })
        else { throw Fault(key: "coefficients", problem: "the table does not have the shape of the breaks") }
        // Any more and the largest factor would be one that no detector has.
        guard document.coefficients.joined().allSatisfy({ abs($0) < 4 }) else {
            throw Fault(key: "coefficients", problem: "a coefficient of ln f is beyond 4")
        }
        let count = across.count * along.count
        guard document.covariance.count == count,
            document.covariance.enumerated().allSatisfy({ $1.count == $0 + 1 && $1[$0] >= 0 })
        else {
            throw Fault(
                key: "covariance", problem: "this is not the lower triangle of a covariance of \(count) coefficients")
        }
        guard document.ln_pt_range.count == eta.count,
            document.ln_pt_range.allSatisfy({ $0.count == 2 && $0[0] <= $0[1] && abs($0[0]) < 20 && abs($0[1]) < 20 })
        else { throw Fault(key: "ln_pt_range", problem: "this is not a range for each η bin") }
        var covariance = Array(repeating: Array(repeating: 0.0, count: count), count: count)
        for (row, values) in document.covariance.enumerated() {
            for (column, value) in values.enumerated() {
                covariance[row][column] = value
                covariance[column][row] = value
            }
        }
        var resolution: ResolutionFactor?
        if let document = document.resolution {
            let axis = try splines("resolution.eta_breaks", document.eta_breaks, 20)
            let nodes = try nodes("resolution.ln_pt", document.ln_pt)
            func fits(_ table: [[Double]]) -> Bool {
                table.count == axis.count && table.allSatisfy { $0.count == nodes.count }
            }
            guard fits(document.ln_k), fits(document.uncertainty), document.ln_k.joined().allSatisfy({ abs($0) < 4 })
            else { throw Fault(key: "resolution.ln_k", problem: "these are not factors for the breaks and nodes") }
            resolution = ResolutionFactor(eta: axis, logPt: nodes, logarithms: Array(document.ln_k.joined()))
        }
        var pull: AxisPull?
        if let document = document.axis_pull {
            let nodes = document.abs_eta
            guard !nodes.isEmpty, nodes.count <= 400, nodes.count == document.squared_widths.count,
                zip(nodes, nodes.dropFirst()).allSatisfy({ $0 < $1 }),
                document.squared_widths.allSatisfy({ 0...1 ~= $0 })
            else { throw Fault(key: "axis_pull", problem: "these are not squared widths of jets at increasing |eta|") }
            pull = AxisPull(absEta: nodes, squaredWidths: document.squared_widths)
        }
        var remainder: SurfaceRemainder?
        if let document = document.remainder {
            let nodes = try nodes("remainder.ln_pt", document.ln_pt)
            guard document.values.count == eta.count,
                document.values.allSatisfy({ $0.count == nodes.count && $0.allSatisfy { abs($0) < 4 } })
            else { throw Fault(key: "remainder.values", problem: "this is not a number for each η bin and node") }
            remainder = SurfaceRemainder(logPt: nodes, values: document.values)
        }
        return FittedSurface(
            map: SurfaceMap(
                surface: ResponseSurface(
                    eta: across, logPt: along, coefficients: Array(document.coefficients.joined()),
                    simulated: simulated, pull: pull),
                eta: eta, ranges: document.ln_pt_range.map { $0[0]...$0[1] }, remainder: remainder),
            resolution: resolution, covariance: covariance,
            resolutionUncertainty: Array((document.resolution?.uncertainty ?? []).joined()),
            smoothness: Smoothness(
                level: document.penalty.level, tilt: document.penalty.tilt, bend: document.penalty.bend),
            effectiveParameters: document.effective_parameters, penaltyDecides: document.directions_by_penalty,
            leastShares: document.least_shares_of_data)
    }
}
