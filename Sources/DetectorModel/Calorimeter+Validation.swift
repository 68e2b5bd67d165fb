internal import Binning

extension Calorimeter {
    /// The widest hole between sub-calorimeters that counts as a gap: a wider one is a part that was forgotten.
    static let widestHole = 0.3
    static let largestEta = 10.0

    static func require(
        _ value: Double, _ range: ClosedRange<Double>, _ what: String, _ remedy: String, _ path: [String]
    ) throws(CardError) {
        guard range.contains(value) else { throw CardError(path, "\(what) of \(value) is out of range", remedy) }
    }

    func requireSubCalorimeters(_ path: [String]) throws(CardError) {
        guard !subCalorimeters.isEmpty else {
            throw CardError(path, "there are no sub-calorimeters", "give at least one")
        }
        guard subCalorimeters.count <= largestList else {
            throw tooLong(subCalorimeters.count, "sub-calorimeters", path)
        }
        var end = convention == .absolute ? 0 : subCalorimeters[0].low
        for (index, part) in subCalorimeters.enumerated() {
            let place = path + ["\(index)"]
            guard !part.name.isEmpty else { throw CardError(place + ["name"], "the name is empty", "give it a name") }
            let limit = Self.largestEta
            guard part.low >= -limit, part.high <= limit, part.high > part.low else {
                throw CardError(
                    place + ["eta"], "the edges \(part.low), \(part.high) do not increase within ±\(limit)",
                    "give the lower edge first")
            }
            guard part.low >= end else {
                let problem =
                    index == 0
                    ? "the edge \(part.low) is negative where eta is absolute"
                    : "overlapping regions: this one starts at \(part.low), the one before it ends at \(end)"
                throw CardError(
                    place + ["eta"], problem, "give ranges in order, the parts of an overlap as one of its own")
            }
            guard part.low - end <= Self.widestHole else {
                throw CardError(
                    place + ["eta"], "nothing measures between \(end) and \(part.low)",
                    "leave gaps of at most \(Self.widestHole) in η")
            }
            end = part.high
            try require(part, place)
        }
    }

    private func require(_ part: SubCalorimeter, _ place: [String]) throws(CardError) {
        for (key, depth) in [("depth", part.depth), ("depth_end", part.depthEnd)] {
            guard depth > 0, depth <= 50 else {
                throw CardError(
                    place + [key], "a depth of \(depth) is out of range", "give interaction lengths above 0, up to 50")
            }
        }
        try Self.require(part.emScale, 0.05...5, "a scale", "give 0.05 to 5", place + ["em_scale"])
        guard part.hOverE > 0, part.hOverE <= 1.5 else {
            throw CardError(
                place + ["h_over_e"], "h/e of \(part.hOverE) is out of range", "give a value in (0, 1.5]")
        }
        guard part.e0 > 1e-3, part.e0 < 1e3 else {
            throw CardError(
                place + ["e0"], "E0 of \(part.e0) GeV is not possible", "give about 1 (pions) to 2.6 (protons)")
        }
        // Below 0.1 the moment of the fragmentation function diverges.
        guard part.m >= 0.1, part.m < 1 else {
            throw CardError(place + ["m"], "exponent m of \(part.m) is out of range", "give 0.1 ≤ m < 1")
        }
        try Self.require(part.stochastic, 0...5, "a stochastic term", "give 0 to 5 √GeV", place + ["stochastic"])
        try Self.require(part.constant, 0...1, "a constant term", "give 0 to 1", place + ["constant"])
        try Self.require(part.noise, 0...100, "noise", "give 0 to 100 GeV", place + ["noise"])
    }

    func requireDeadMaterial(_ path: [String]) throws(CardError) {
        guard deadMaterial.count <= largestList else { throw tooLong(deadMaterial.count, "dead materials", path) }
        for (index, material) in deadMaterial.enumerated() {
            let place = path + ["\(index)"]
            let lowest = convention == .absolute ? 0 : -Self.largestEta
            try Self.require(
                material.eta, lowest...Self.largestEta, "a position", "give an η (|η| when absolute) up to 10",
                place + ["eta"])
            try Self.require(material.width, 0.01...1, "a width", "give 0.01 to 1 in η", place + ["width"])
            switch material.loss {
            case .interactionLengths(let depth):
                try Self.require(
                    depth, 0...10, "material", "give 0 to 10 interaction lengths", place + ["interaction_lengths"])
            case .fraction(let fraction, let exponent):
                guard fraction >= 0, fraction < 1 else {
                    throw CardError(
                        place + ["fraction"], "a lost fraction of \(fraction) is out of range", "give 0 ≤ fraction < 1")
                }
                try Self.require(exponent, 0...2, "an exponent", "give 0 to 2", place + ["pt_exponent"])
            }
        }
    }

    /// Depth, holes and losses may combine to something that no single number shows.
    func requirePossible(_ path: [String]) throws(CardError) {
        guard let first = subCalorimeters.first, let last = subCalorimeters.last else { return }
        let low = convention == .absolute ? 0 : first.low
        let steps = max(1, Int(((last.high - low) / 0.02).rounded(.up)))
        for step in 0...steps {
            let eta = low + (last.high - low) * Double(step) / Double(steps)
            let place = place(eta)
            let (lowest, highest) = bounds(eta: eta)
            let certain = lowest >= 0.05 && highest <= 5
            // An octave apart: both are smooth.
            for node in stride(from: 0, to: OctaveAxis.count, by: 8) {
                let pt = OctaveAxis.value(node)
                let response = certain ? 1 : response(at: place, pt: pt)
                guard response >= 0.05, response <= 5 else {
                    throw CardError(
                        path, "the response is \(response) at η = \((eta * 1000).rounded() / 1000), pT = \(pt) GeV",
                        "make holes narrower, losses smaller or the calorimeter deeper there")
                }
                let resolution = resolution(at: place, pt: pt)
                guard resolution <= 2 else {
                    throw CardError(
                        path,
                        "the resolution is \(resolution) at η = \((eta * 1000).rounded() / 1000), pT = \(pt) GeV",
                        "lower noise, stochastic or constant term, or losses there: at most 2")
                }
            }
        }
    }
}
