internal import ClosureStudy

/// Scale factors of the resolution, region by region.
extension Report {
    private typealias Numbers = ReportNumbers

    var resolutionValues: [String: Any] {
        guard let resolution else { return ["hasResolution": false] }
        let edges = resolution.measured.regions.edges
        let rows = resolution.measured.scaleFactors.indices.map { region -> [String: String] in
            let factor = resolution.measured.scaleFactors[region]
            return [
                "eta": Numbers.eta([edges[region], edges[region + 1]]),
                "factor": factor.map {
                    "\(Numbers.plain($0.value, decimals: 3)) ± \(Numbers.plain($0.uncertainty, decimals: 3))"
                } ?? "–",
                "truth": resolution.injectedScaleFactors[region].map { Numbers.plain($0, decimals: 3) } ?? "–",
                "goodness": factor.map {
                    "\(Numbers.plain($0.chiSquared, decimals: 1)) / \($0.degreesOfFreedom)"
                } ?? "–",
                "probability": Numbers.probability(factor?.probability),
                "method": percent(resolution.methodShares[region]), "data": percent(resolution.dataRatios[region]),
            ]
        }
        return ["hasResolution": true, "resolutionRows": rows]
    }

    private func percent(_ ratio: ResolutionTest.Ratio?) -> String {
        guard let ratio else { return "–" }
        return Numbers.signed(100 * (ratio.value - 1), decimals: 1)
            + " ± \(Numbers.plain(100 * ratio.uncertainty, decimals: 1))"
    }
}
