internal import Binning

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

extension DetectorCard {
    /// Cracks, extrapolation, the overlay, periods, flavours and modules may combine to something that no single number shows.
    /// Every node of the grid that the detector becomes is looked at; where the bounds of all pT are possible, its pT nodes
    /// need not be.
    func requirePossibleResponses() throws(CardError) {
        let overlay = pseudoData
        let cracks = ([response.map, overlay?.response] + (overlay?.periods.map(\.response) ?? [])).reduce(0) {
            $0 + ($1?.cracks.count ?? 0)
        }
        guard cracks <= largestList else {
            throw CardError(
                ["response", "cracks"], "there are \(cracks) cracks in the card",
                "give at most \(largestList) in all response maps together")
        }
        let simulated = response.factors.map { NodeResponses($0, absEtaMaximum) }
        try requirePossible(simulated, [response.map == nil ? "calorimeter" : "response"])
        try requirePossibleJets(simulated, features.deadModules, ["dead_modules"])
        try requireSmallPulls(simulated)
        guard let overlay else { return }
        var data = simulated
        if let map = overlay.response.map({ NodeResponses($0, absEtaMaximum) }) {
            try requirePossible([map], ["pseudo_data", "response"])
            data.append(map)
            try requirePossible(data, ["pseudo_data", "response"])
        }
        let modules = features.deadModules + overlay.deadModules
        let place = ["pseudo_data"] + (overlay.deadModules.isEmpty ? ["response"] : ["dead_modules"])
        try requirePossibleJets(data, modules, place)
        try requireSmallPulls(data)
        for (index, period) in overlay.periods.enumerated() {
            guard let map = period.response.map({ NodeResponses($0, absEtaMaximum) }) else { continue }
            let place = ["pseudo_data", "periods", "\(index)", "response"]
            try requirePossible(data + [map], place)
            try requirePossibleJets(data + [map], modules, place)
            try requireSmallPulls(data + [map])
        }
    }

    private func requirePossible(_ maps: [NodeResponses], _ path: [String]) throws(CardError) {
        try require(maps, path, "make cracks shallower or give the table another pT node") { _, _ in (1, 1) }
    }

    /// The response of jets of each flavour, and where most modules are dead.
    private func requirePossibleJets(
        _ maps: [NodeResponses], _ modules: [DeadModule], _ path: [String]
    ) throws(CardError) {
        let factors = (0..<OctaveAxis.count).map { node in
            let values = features.flavours?.forms.map { $0.value(eta: 0, pt: OctaveAxis.value(node)) } ?? []
            return (low: values.reduce(1, min), high: values.reduce(1, max))
        }
        let all = (low: factors.map(\.low).reduce(1, min), high: factors.map(\.high).reduce(1, max))
        if features.flavours != nil {
            try require(maps, ["flavours"], "bring flavours or responses closer to 1") { _, node in
                node.map { factors[$0] } ?? all
            }
        }
        guard !modules.isEmpty else { return }
        try require(maps, path, "let fewer modules overlap, or veto jets where nothing is left") { eta, node in
            let left = DeadModule.leastResponse(modules, eta: eta)
            let (low, high) = node.map { factors[$0] } ?? all
            return (low * left, high)
        }
    }

    /// - Parameter factor: the smallest and largest at an η and a node of pT; for all pT without one.
    private func require(
        _ maps: [NodeResponses], _ path: [String], _ remedy: String,
        factor: (Double, Int?) -> (low: Double, high: Double)
    ) throws(CardError) {
        for (node, eta) in maps[0].etas.enumerated() {
            var (lowest, highest) = factor(eta, nil)
            for map in maps {
                let (low, high) = map.factor.bounds(eta: eta)
                lowest *= low
                highest *= high
            }
            guard !(lowest >= 0.05 && highest <= 5) else { continue }
            for ptNode in 0..<OctaveAxis.count {
                let value = maps.reduce(1) { $0 * $1.row(node)[ptNode] }
                let (low, high) = factor(eta, ptNode)
                guard value * low >= 0.05, value * high <= 5 else {
                    if value < 0.05 || value > 5 || value.isNaN,
                        let place = maps.last?.factor.formulaPlace(eta: eta)
                    {
                        throw .formula(path + place, "response", value, eta, OctaveAxis.value(ptNode), "0.05 to 5")
                    }
                    throw CardError(
                        path,
                        "the response is \(value * low >= 0.05 ? value * high : value * low) at "
                            + "η = \((eta * 1000).rounded() / 1000), pT = \(OctaveAxis.value(ptNode)) GeV", remedy)
                }
            }
        }
    }

    /// The pull width² d ln R/dη is the first term of an expansion that a jet which moves by its width is beyond.
    private func requireSmallPulls(_ maps: [NodeResponses]) throws(CardError) {
        guard let directions = features.directions else { return }
        let etas = maps[0].etas
        for ptNode in stride(from: 0, to: OctaveAxis.count, by: 8) {
            let values = etas.indices.map { node in maps.reduce(1) { $0 * $1.value(node, ptNode) } }
            for node in 1..<etas.count - 1 {
                let slope = log(values[node + 1] / values[node - 1]) / (etas[node + 1] - etas[node - 1])
                let width = directions.lateralVariance(eta: etas[node], features.envelope).squareRoot()
                guard abs(width * slope) <= 1 else {
                    throw CardError(
                        ["directions", "jet_width"],
                        "jets of this width would move by more than it at η = \((etas[node] * 1000).rounded() / 1000)",
                        "give the response a wider transition there, or a smaller width")
                }
            }
        }
    }
}

/// What the response is a product of at the nodes of the grid, computed where it is asked for and once.
private final class NodeResponses {
    let factor: any ResponseFactor
    let etas: [Double]
    private var rows: [Int: [Double]] = [:]

    init(_ factor: any ResponseFactor, _ absEtaMaximum: Double) {
        self.factor = factor
        let nodes = Detector.etaNodes(absEtaMaximum)
        etas = (0..<nodes).map { -absEtaMaximum + Double($0) * 2 * absEtaMaximum / Double(nodes - 1) }
    }

    func row(_ node: Int) -> [Double] {
        if let row = rows[node] { return row }
        let row = (0..<OctaveAxis.count).map { factor.response(eta: etas[node], pt: OctaveAxis.value($0)) }
        rows[node] = row
        return row
    }

    func value(_ node: Int, _ ptNode: Int) -> Double {
        rows[node]?[ptNode] ?? factor.response(eta: etas[node], pt: OctaveAxis.value(ptNode))
    }
}
