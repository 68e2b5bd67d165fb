internal import ClosureStudy

/// The worst bins, and what accounts for them in words.
extension Report {
    private typealias Numbers = ReportNumbers

    var diagnosisValues: [String: Any] { ["hasWorst": !diagnosis.bins.isEmpty, "worst": diagnosis.bins.map(worstRow)] }

    private func worstRow(_ bin: ClosureDiagnosis.Bin) -> [String: Any] {
        let state = bin.isOutside ? ("✗", "outside") : bin.canTell ? ("✓", "inside") : ("?", "cannot tell")
        var values: [String: Any] = [
            "mark": state.0, "state": state.1, "class": bin.isOutside ? "outside" : "",
            "eta": Numbers.eta(bin.eta), "pt": Numbers.pt(bin.pt),
            "delta": Numbers.signed(100 * bin.nonclosure, decimals: 2),
            "u": Numbers.plain(100 * bin.uncertainty, decimals: 2),
            "significance": Numbers.plain(bin.significance, decimals: 1),
            "tolerance": Numbers.short(100 * bin.tolerance), "jets": Numbers.count(bin.jets),
            "applied": Numbers.plain(bin.applied, decimals: 4),
            "ideal": bin.idealConstant.map { Numbers.plain($0, decimals: 4) } ?? "–",
            "causes": bin.causes.map { cause in
                let (name, text) = words(cause)
                return ["name": name, "text": text]
            },
        ]
        if let constant = bin.constant, let uncertainty = bin.constantUncertainty {
            values["constant"] =
                "\(Numbers.plain(constant, decimals: 4)) ± \(Numbers.plain(uncertainty, decimals: 4))"
        } else {
            values["constant"] = "–"
        }
        return values
    }

    private func words(_ cause: ClosureCause) -> (name: String, text: String) {
        switch cause {
        case .statistics(let events) where events > 1:
            let more =
                events < 10
                ? Numbers.plain(events, decimals: 1)
                : events < 1e9 ? Numbers.count(Int(events.rounded(.up))) : "more than a billion"
            return ("Statistics", "|δ| ≤ 2u, and 2u is above the tolerance; \(more) times the events would tell.")
        case .statistics:
            return ("Nothing to explain", "|δ| ≤ 2u, and 2u is within the tolerance.")
        case .chance(let expected, let bins):
            let number = Numbers.plain(expected, decimals: expected < 10 ? 1 : 0)
            return ("Chance", "of \(bins) bins tested, \(number) lie as many u from zero by chance alone.")
        case .etaVariation(let size):
            return (
                "Step in η",
                "data over simulation varies by \(Numbers.percent(size)) across the bin, where one constant is the same."
            )
        case .ptInterpolation(let left):
            return (
                "Interpolation in pT",
                "perfect constants, linear in ln pT between their nodes, would leave δ = \(Numbers.signedPercent(left))."
            )
        case .flatContinuation(let left, let node, let share):
            return (
                "Carried on",
                "\(Numbers.percent(share, decimals: 0)) of the jets lie beyond the constants' outermost pT, "
                    + "\(Numbers.short(node.rounded())) GeV, from where they stay flat; "
                    + "perfect constants would leave δ = \(Numbers.signedPercent(left))."
            )
        case .constants(let shift, let pull):
            let judgement = abs(pull) > 3 ? "more than statistics allow" : "as statistics allow"
            return (
                "Constants",
                "they differ from what the cards ask for, here by \(Numbers.signed(pull, decimals: 1)) standard "
                    + "deviations, \(judgement); this gives δ = \(Numbers.signedPercent(shift))."
            )
        case .poorFit(let probability):
            return ("Poor fit", "the χ² of this pT bin has a probability of \(Numbers.probability(probability)).")
        case .unsettled(let change):
            return (
                "Not settled",
                "the last pass still moved a constant by \(Numbers.plain(change, decimals: 1)) standard deviations; "
                    + "more passes may help."
            )
        case .unexplained:
            return ("Not explained", "significant, and none of the causes that are looked for is large enough.")
        }
    }
}
