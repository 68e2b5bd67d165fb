import CalibrationFiles
import CardFiles
import ClosureStudy
import Foundation
import Intercalibration

/// Seconds spent in each stage; a stage that comes again adds up.
struct StageTiming {
    private(set) var seconds: [(stage: String, seconds: Double)] = []
    private var current: (stage: String, began: ContinuousClock.Instant)?

    var total: Double { seconds.reduce(0) { $0 + $1.seconds } }

    mutating func begin(_ stage: String) {
        end()
        current = (stage, .now)
    }

    mutating func end() {
        guard let (stage, began) = current else { return }
        let spent = ProgressMeter.seconds(began.duration(to: .now))
        if let index = seconds.firstIndex(where: { $0.stage == stage }) {
            seconds[index].seconds += spent
        } else {
            seconds.append((stage, spent))
        }
        current = nil
    }
}

/// The result of a closure run for a terminal and for programs.
struct ClosureSummary {
    let run: RunConfiguration
    let truth: NamedTruth
    let result: ClosureRun.Result
    let verdict: ClosureVerdict
    let timing: StageTiming
    let simulated: Int
    /// Largest number of times that one truth event is used.
    let reuse: Int

    private var eventsPerSecond: Double {
        Double(simulated) / max(1e-9, timing.seconds.filter { $0.stage != "figures" }.reduce(0) { $0 + $1.seconds })
    }

    var json: JSONText {
        guard case .object(var members) = ClosureJSON.summary(result.test, verdict) else { return .null }
        members += [
            (
                "rederived",
                result.test.rederived.map {
                    .object([
                        ("chi2", .number($0.chiSquared)), ("ndf", .int($0.degreesOfFreedom)),
                        ("p_value", .optional($0.probability)),
                    ])
                } ?? .null
            ),
            ("fit_valid", .bool(verdict.fitIsValid)), ("passed", .bool(verdict.passed)),
            (
                "timing",
                .object([
                    ("events_per_second", .number(eventsPerSecond)),
                    ("seconds", .object(timing.seconds.map { ($0.stage, .number($0.seconds)) })),
                ])
            ),
        ]
        return .object(members)
    }

    /// At most 80 columns.
    var text: String {
        let calibration = result.derivation.calibration
        let closure = result.test.truth
        var lines = [
            "\(run.detector.card.name), \(run.method.rawValue) method, \(run.events) events each for MC and data, seed \(run.seed)"
        ]
        if let name = truth.name {
            lines.append(
                "truth: \(name), \(truth.events ?? 0) events, \(truth.dropped) left out (fewer than 2 jets, far above slice)"
            )
        }
        if reuse > 1 {
            lines.append("each truth event is used up to \(reuse) times, and counts once in the uncertainties")
        }
        lines.append("")
        lines.append("   pT [GeV]   fit chi2/ndf  p-value   before        after calibration")
        lines.append("                                      max |d|   max |d|   median u   outside")
        let first = calibration.binning.quotedPtBins.lowerBound
        for pt in calibration.binning.quotedPtBins { lines.append(row(pt, first, calibration, closure)) }
        lines.append("")
        if let rederived = result.test.rederived {
            lines.append(
                rederived.probability == nil
                    ? "re-derived closure: no p-value, the test re-uses the truth events of the fit"
                    : String(
                        format: "re-derived closure: chi2/ndf = %.0f/%d, p = %@", rederived.chiSquared,
                        rederived.degreesOfFreedom, Self.probability(rederived.probability)))
        }
        if let worst = verdict.worst {
            lines.append(
                String(
                    format: "worst bin: eta %.3f..%.3f, pT %g..%g GeV: d = %+.2f %% +- %.2f %%", worst.eta[0],
                    worst.eta[1],
                    worst.pt[0], worst.pt[1], 100 * worst.nonclosure, 100 * worst.uncertainty))
        }
        let limits = run.tolerance.bands.map { band in
            band.absEtaMaximum < 20
                ? String(format: "%g %% to |eta| %g", 100 * band.value, band.absEtaMaximum)
                : String(format: "%g %%", 100 * band.value)
        }.joined(separator: ", ")
        lines.append(
            "closure \(verdict.passed ? "PASSED" : "FAILED"): |d| - 2u below \(limits) in "
                + "\(verdict.binsDetermined - verdict.binsOutside) of \(verdict.binsDetermined) bins")
        if verdict.binsWithoutPower > 0 {
            lines.append(
                "\(verdict.binsWithoutPower) of these cannot tell: 2u is above the tolerance; give more events")
        }
        if verdict.binsWithoutConstant > 0 {
            lines.append("\(verdict.binsWithoutConstant) bins with jets have no constant and were not tested")
        }
        if calibration.passes > 1, calibration.lastChange > 3 {
            let change = String(format: "%.1f", calibration.lastChange)
            lines.append("the last pass still moved a constant by \(change) standard deviations; try more --passes")
        }
        let undetermined = calibration.fits.indices.filter { !calibration.fits[$0].isValid }
        for pt in undetermined {
            lines.append("fit of pT bin \(pt) is not valid: \(calibration.fits[pt].invalidReason ?? "")")
        }
        lines.append(
            String(
                format: "%@ events simulated, %@ a second; %.1f s in all", ProgressMeter.millions(Double(simulated)),
                ProgressMeter.millions(eventsPerSecond), timing.total))
        return lines.joined(separator: "\n")
    }

    private func row(_ pt: Int, _ first: Int, _ calibration: Calibration, _ closure: TruthClosure) -> String {
        let edges = calibration.binning.ptAverage.edges
        let fit = calibration.fits[pt]
        func largest(_ table: [[Double?]]) -> String {
            table.compactMap { $0[pt - first].map(abs) }.max().map { String(format: "%6.2f %%", 100 * $0) } ?? "      -"
        }
        let uncertainties = closure.uncertainty.compactMap { $0[pt - first] }.sorted()
        let median =
            uncertainties.isEmpty ? "      -" : String(format: "%6.2f %%", 100 * uncertainties[uncertainties.count / 2])
        var outside = 0
        for eta in closure.nonclosure.indices {
            guard let value = closure.nonclosure[eta][pt - first], let u = closure.uncertainty[eta][pt - first],
                let limit = run.tolerance.value(etaLow: closure.etaEdges[eta], etaHigh: closure.etaEdges[eta + 1])
            else { continue }
            if abs(value) - 2 * u >= limit { outside += 1 }
        }
        let name = String(format: "%5g-%-5g", edges[pt], edges[pt + 1])
        let quality = String(format: "%6.0f/%-5d", fit.chiSquared, fit.degreesOfFreedom)
        return "  \(name)   \(quality)  \(Self.probability(fit.probability))   \(largest(closure.uncalibrated))  "
            + "\(largest(closure.nonclosure))  \(median)   \(String(format: "%2d of %-2d", outside, uncertainties.count))"
    }

    private static func probability(_ value: Double?) -> String {
        value.map { String(format: "%7.2g", $0) } ?? "      -"
    }
}
