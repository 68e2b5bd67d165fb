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
    let truth: ClosureTruth
    let result: ClosureRun.Result
    let verdict: ClosureVerdict
    let timing: StageTiming
    let simulated: Int
    /// Largest number of times that one truth event is used.
    let reuse: Int
    var style = TerminalStyle.output

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
        let card = run.detector.card.name.shown()
        let sample =
            "\(card), \(run.method.rawValue) method, \(run.events) events each for MC and data, seed \(run.seed)"
        var lines = [sample.wrapped()]
        lines += truth.lines.map { $0.wrapped() }
        if reuse > 1 {
            let text = "each truth event is used up to \(reuse) times, and counts once in the uncertainties"
            lines.append(text.wrapped())
        }
        lines.append("")
        let header = """
               pT [GeV]   fit chi2/ndf  p-value   before        after calibration
                                                  max |d|   max |d|   median u   outside
            """
        lines.append(style.paint(header, .heading))
        for pt in calibration.binning.quotedPtBins { lines.append(row(pt)) }
        lines.append("")
        if let rederived = result.test.rederived {
            lines.append(
                rederived.probability == nil
                    ? rederived.degreesOfFreedom > 0
                        ? "re-derived closure: no p-value, the test re-uses the truth events of the fit"
                        : "re-derived closure: nothing to compare"
                    : String(
                        format: "re-derived closure: chi2/ndf = %.0f/%d, p = ", rederived.chiSquared,
                        rederived.degreesOfFreedom) + Numbers.probability(rederived.probability))
        }
        lines += calibration.compatibilityLines(style: style)
        lines += calibration.boundLines + calibration.bootstrapLines
        lines += verdict.findings(tolerance: run.tolerance, style: style)
        lines += calibration.warnings(style: style)
        lines.append(
            String(
                format: "%@ events simulated, %@ a second; %.1f s in all", ProgressMeter.millions(Double(simulated)),
                ProgressMeter.millions(eventsPerSecond), timing.total))
        return lines.joined(separator: "\n")
    }

    private func row(_ pt: Int) -> String {
        let closure = result.test.truth
        let binning = result.derivation.calibration.binning
        let fit = result.derivation.calibration.fits[pt]
        let column = pt - binning.quotedPtBins.lowerBound
        func largest(_ table: [[Double?]]) -> String { Numbers.percent(table.compactMap { $0[column].map(abs) }.max()) }
        let uncertainties = closure.uncertainty.compactMap { $0[column] }.sorted()
        var outside = 0
        for eta in closure.nonclosure.indices {
            guard let value = closure.nonclosure[eta][column], let u = closure.uncertainty[eta][column],
                let limit = run.tolerance.value(etaLow: closure.etaEdges[eta], etaHigh: closure.etaEdges[eta + 1])
            else { continue }
            if abs(value) - 2 * u >= limit { outside += 1 }
        }
        var row = TableRow()
        let edges = binning.ptAverage.edges
        row.put(Numbers.edge(edges[pt]), "-" + Numbers.edge(edges[pt + 1]), at: 7)
        row.put(String(format: "%.0f", fit.chiSquared), "/\(fit.degreesOfFreedom)", at: 22)
        row.put(Numbers.probability(fit.probability), at: 37)
        row.put(largest(closure.uncalibrated), at: 48)
        row.put(largest(closure.nonclosure), at: 58)
        row.put(Numbers.percent(uncertainties.isEmpty ? nil : uncertainties[uncertainties.count / 2]), at: 68)
        row.put("\(outside)", " of \(uncertainties.count)", at: 73)
        return row.text
    }
}
