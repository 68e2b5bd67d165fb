internal import ClosureStudy
internal import DetectorModel
internal import Intercalibration
#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

extension RunFigures {
    var calibration: Calibration { derivation.calibration }
    var truth: TrueConstants {
        let data = Detector.ofData(card, other: dataCard)
        let response = ScaledResponse(simulation: Detector(card, pseudoData: false), data: data)
        return TrueConstants(response: response, binning: binning)
    }

    private func isKnown(_ pt: Int) -> Bool { calibration.constants.contains { $0[pt] != nil } }

    /// Responses of data and MC and the constants, against η; nil when no constant is known.
    var constantsEta: Figure? {
        let bins = shownPtBins(3, isKnown)
        guard !bins.isEmpty else { return nil }
        let edges = binning.eta.edges
        let truth = truth
        let measured = bins.map { pt in
            Figure.Block(
                title: "pT_avg \(binning.ptAverage.edges[pt]) to \(binning.ptAverage.edges[pt + 1]) GeV",
                columns: ["eta_low", "eta_high", "response_data", "u", "response_mc", "u", "constant", "u"],
                rows: (0..<binning.eta.count).map { eta in
                    [
                        edges[eta], edges[eta + 1], calibration.dataResponse.values[eta][pt],
                        calibration.dataResponse.uncertainties[eta][pt],
                        calibration.simulationResponse?.values[eta][pt],
                        calibration.simulationResponse?.uncertainties[eta][pt], calibration.constants[eta][pt],
                        calibration.uncertainty(eta: eta, pt: pt),
                    ]
                })
        }
        let expected = bins.map { pt in
            Figure.Block(
                title: "what the cards ask for at the bins' mean pT", columns: ["eta", "constant"],
                rows: (0..<binning.eta.count).flatMap { eta -> [[Double?]] in
                    // A blank where nothing is measured, and between bins, whose mean pT differ.
                    guard let mean = calibration.ptMean[eta][pt], calibration.constants[eta][pt] != nil else {
                        return [[nil, nil]]
                    }
                    let steps = 8
                    let reference = truth.reference(pt: mean)
                    return (0...steps).map { step in
                        let share = (Double(step) + 0.001) / (Double(steps) + 0.002)
                        let place = edges[eta] + share * binning.eta.width(eta)
                        return [place, truth.value(eta: place, pt: mean) / reference]
                    } + [[nil, nil]]
                })
        }
        return Figure(
            "constants-eta",
            caption:
                "Responses of data and simulation relative to the reference region (shaded), each fitted alone, and the "
                + "constants that bring data to simulation, with what the response in the detector cards asks for.",
            label: label,
            variables: [
                .init("slices", bins.count), .init("titles", bins.map(ptTitle)), .init("eta_limit", etaLimit),
                .init("reference", binning.referenceAbsEtaMaximum),
            ], blocks: measured + expected)
    }

    /// Constants against the pT that they belong to.
    var constantsPt: Figure? {
        let bins = shownEtaBins(at: [0.1, 0.3, 0.46, 0.6, 0.67, 0.82]) { eta in
            // A bin that makes the whole reference is 1 by definition.
            calibration.constants[eta].indices.contains { (calibration.uncertainty(eta: eta, pt: $0) ?? 0) > 1e-6 }
        }
        guard !bins.isEmpty else { return nil }
        let edges = binning.ptAverage.edges
        let means = bins.flatMap { calibration.ptMean[$0].compactMap { $0 } }
        let low = 0.95 * min(edges[0], means.min() ?? edges[0])
        let high = max(edges[edges.count - 1], means.max() ?? 0)
        let truth = truth
        let blocks = bins.flatMap { eta -> [Figure.Block] in
            let place = "eta \(binning.eta.edges[eta]) to \(binning.eta.edges[eta + 1])"
            let nodes = (0..<binning.ptAverage.count).filter { calibration.constants[eta][$0] != nil }
            let means = nodes.compactMap { calibration.ptMean[eta][$0] }
            let (first, last) = (means.min() ?? low, means.max() ?? high)
            return [
                Figure.Block(
                    title: place, columns: ["pt_bin", "pt_mean_GeV", "constant", "u"],
                    rows: nodes.map { pt in
                        [
                            Double(pt), calibration.ptMean[eta][pt], calibration.constants[eta][pt],
                            calibration.uncertainty(eta: eta, pt: pt),
                        ]
                    }),
                Figure.Block(
                    title: "what the cards ask for on average over \(place)", columns: ["pt_GeV", "constant"],
                    rows: (0...40).map { step in
                        let pt = first * pow(last / first, Double(step) / 40)
                        return [pt, truth.mean(etaBin: eta, pt: pt) / truth.reference(pt: pt)]
                    }),
            ]
        }
        return Figure(
            "constants-pt",
            caption:
                "Constants at the mean pT of the jets that they came from, joined as they are interpolated, with what the "
                + "response in the detector cards asks for on average over the η bin.",
            label: label,
            variables: [
                .init("panels", bins.count), .init("titles", bins.map(etaTitle)), .init("pt_low", low),
                .init("pt_high", high),
            ], blocks: blocks)
    }

    /// Correlation of the constants of one pT bin.
    var correlation: Figure? {
        let bins = shownPtBins(3, isKnown)
        guard !bins.isEmpty else { return nil }
        return Figure(
            "correlation",
            caption:
                "Correlation of the logarithms of the constants within a bin of pT_avg. The reference region is held at "
                + "one on average, so its bins are anticorrelated.",
            label: label,
            variables: [
                .init("slices", bins.count), .init("titles", bins.map(ptTitle)), .init("eta_limit", etaLimit),
            ],
            blocks: bins.map { pt in
                let covariance = calibration.logCovariance[pt]
                return Figure.Block(
                    title: "pT_avg \(ptTitle(pt))",
                    columns: ["eta_low", "eta_high", "eta_low", "eta_high", "correlation"],
                    rows: etaPairs { one, other in
                        let variances = (covariance[one][one], covariance[other][other])
                        guard min(variances.0, variances.1) > FitResult.leastVariance else { return nil }
                        return max(-1, min(1, covariance[one][other] / (variances.0 * variances.1).squareRoot()))
                    })
            })
    }

    /// Residual pulls of the pairs of the last fit; nil for a method without pairs.
    var pulls: Figure? {
        let all = binning.quotedPtBins.flatMap { calibration.pulls[$0] }
        guard all.count > 1 else { return nil }
        let width = 0.25
        let counts = (0..<40).map { bin in
            let low = -5 + width * Double(bin)
            return all.count { $0.value >= low && $0.value < low + width }
        }
        let beyond = all.count - counts.reduce(0, +)
        let mean = all.reduce(0) { $0 + $1.value } / Double(all.count)
        let variance = all.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / Double(all.count)
        func rounded(_ value: Double) -> String { Self.plain((100 * value).rounded() / 100) }
        let agreement = calibration.compatibility.map { compatibility in
            let word = compatibility.inputsAgree ? "inputs agree" : "inputs disagree"
            let stand = "\(compatibility.outliers.count) stand out"
            return
                "\nχ² \(Int(compatibility.chiSquared.rounded())) / \(Int(compatibility.degreesOfFreedom.rounded()))\n"
                + "p = \(ReportNumbers.probability(compatibility.probability))\n\(stand)\n\(word)"
        }
        let moments =
            ("mean \(rounded(mean))\nwidth \(rounded(variance.squareRoot()))\n\(beyond) beyond ±5" + (agreement ?? ""))
            .replacingOccurrences(of: "-", with: "−")
        let bins = shownPtBins(2) { !calibration.pulls[$0].isEmpty }
        let histogram = Figure.Block(
            title: "pulls of all quoted pT bins", columns: ["low", "high", "pairs"],
            rows: counts.enumerated().map { bin, count in
                [-5 + width * Double(bin), -5 + width * Double(bin + 1), Double(count)]
            })
        let maps = bins.map { pt in
            var table: [[Double?]] = Array(
                repeating: Array(repeating: nil, count: binning.eta.count), count: binning.eta.count)
            for pull in calibration.pulls[pt] { table[pull.low][pull.high] = pull.value }
            return Figure.Block(
                title: "pT_avg \(ptTitle(pt))", columns: ["eta_low", "eta_high", "eta_low", "eta_high", "pull"],
                rows: etaPairs { table[$0][$1] })
        }
        return Figure(
            "pulls",
            caption: (calibration.method == .matrixLinear
                ? "Residuals of the ratio of each pair of η bins in standard deviations, in the fit to data: "
                : "Residuals of the mean asymmetry of each pair of η bins in standard deviations, after the last fit: ")
                + "they scatter like the unit normal when one constant a bin describes all pairs."
                + (agreement == nil
                    ? ""
                    : " χ² counts each residual as the normal number that is as likely, for variances estimated from so many events."),
            label: label,
            variables: [
                .init("slices", bins.count), .init("titles", bins.map(ptTitle)), .init("eta_limit", etaLimit),
                .init("pairs", all.count), .init("bin_width", width), .init("moments", moments),
            ], blocks: [histogram] + maps)
    }
}
