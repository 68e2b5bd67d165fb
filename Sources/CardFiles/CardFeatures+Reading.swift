internal import DetectorModel

// What a card says beyond response and resolution, from YAML.

extension Acceptance {
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["abs_eta_max", "pt_min", "veto"])
        try self.init(
            absEtaMaximum: try value.required(keys, "abs_eta_max").double(),
            ptMinimum: try keys["pt_min"]?.double() ?? 0,
            vetoes: try keys["veto"]?.list().map { window in
                try Window(window, window.mapping(["eta", "phi"]))
            } ?? [])
    }
}

extension CardFeatures {
    init(_ keys: [String: YAMLValue]) throws {
        try self.init(
            envelope: try keys["envelope"].map { try Envelope($0) },
            directions: try keys["directions"].map { try Directions($0) },
            flavours: try keys["flavours"].map { try FlavourResponses($0) },
            tails: try keys["tails"].map { try TailMap($0) }, pileUp: try keys["pile_up"].map { try PileUp($0) },
            softTerms: try keys["soft_terms"]?.list().map { try SoftTerm($0) } ?? [],
            deadModules: try keys["dead_modules"]?.list().map { try DeadModule($0) } ?? [],
            tracker: try keys["tracker"].map { try Tracker($0) })
    }
}

extension Window {
    init(_ value: YAMLValue, _ keys: [String: YAMLValue]) throws {
        try self.init(
            eta: try range(value.required(keys, "eta")), phi: try range(value.required(keys, "phi")), path: value.path)
    }
}

extension DeadModule {
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["eta", "phi", "loss"])
        try self.init(
            window: try Window(value, keys), loss: try value.required(keys, "loss").double(), path: value.path)
    }
}

extension Envelope {
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["vertex_spread", "barrel_radius", "endcap_distance"])
        try self.init(
            vertexSpread: try value.required(keys, "vertex_spread").double(),
            barrelRadius: try value.required(keys, "barrel_radius").double(),
            endcapDistance: try value.required(keys, "endcap_distance").double(), path: value.path)
    }
}

extension Directions {
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["eta", "phi", "jet_width", "shower_radius"])
        func resolution(_ key: String) throws -> (noise: Double, floor: Double) {
            guard let part = keys[key] else { return (0, 0) }
            let terms = try part.mapping(["noise", "floor"])
            return (try terms["noise"]?.double() ?? 0, try terms["floor"]?.double() ?? 0)
        }
        let (eta, phi) = (try resolution("eta"), try resolution("phi"))
        try self.init(
            etaNoise: eta.noise, etaFloor: eta.floor, phiNoise: phi.noise, phiFloor: phi.floor,
            jetWidth: try keys["jet_width"]?.double() ?? 0,
            showerRadius: try keys["shower_radius"]?.double() ?? 0, path: value.path)
    }
}

extension ResponseForm {
    /// A number, or a table in pT.
    static func numberOrTable(_ value: YAMLValue) throws -> ResponseForm {
        guard value.node.mapping != nil else { return .constant(try value.double()) }
        let keys = try value.mapping(["pt", "values"])
        return .table(
            pt: try value.required(keys, "pt").doubles(), values: try value.required(keys, "values").doubles())
    }
}

extension FlavourResponses {
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping(Array(Self.names.dropFirst()))
        func form(_ name: String) throws -> ResponseForm {
            try keys[name].map { try ResponseForm.numberOrTable($0) } ?? .constant(1)
        }
        try self.init(
            light: try form("light"), charm: try form("charm"), bottom: try form("bottom"), gluon: try form("gluon"),
            path: value.path)
    }
}

extension TailMap {
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["eta", "regions"])
        let regions = try value.required(keys, "regions").list().map { region in
            let parts = try region.mapping(["eta", "pt", "low_alpha", "low_n", "high_alpha", "high_n"])
            let (low, high) = try range(region.required(parts, "eta"))
            let pt = try parts["pt"]?.doubles() ?? [100]
            func numbers(_ key: String) throws -> [Double] {
                let value = try region.required(parts, key)
                let numbers = value.node.sequence == nil ? [try value.double()] : try value.doubles()
                guard numbers.count == pt.count else {
                    throw value.error("\(numbers.count) numbers for \(pt.count) pT nodes", "give one for each node")
                }
                return numbers
            }
            func sides(_ name: String) throws -> [CrystalBall.Side] {
                guard parts["\(name)_alpha"] != nil || parts["\(name)_n"] != nil else {
                    return pt.map { _ in .gaussian }
                }
                return zip(try numbers("\(name)_alpha"), try numbers("\(name)_n")).map {
                    CrystalBall.Side(alpha: $0, power: $1)
                }
            }
            return TailRegion(
                low: low, high: high, pt: pt,
                shapes: zip(try sides("low"), try sides("high")).map { CrystalBall(low: $0, high: $1) })
        }
        try self.init(
            convention: try etaConvention(value.required(keys, "eta")), regions: regions, path: value.path)
    }
}

extension EtaSteps {
    init(_ value: YAMLValue, in domain: ClosedRange<Double>) throws {
        guard value.node.mapping != nil else {
            self.init(try value.double())
            try requireIn(domain, value)
            return
        }
        let keys = try value.mapping(["eta", "regions"])
        let regions = try value.required(keys, "regions").list().map { region in
            let parts = try region.mapping(["eta", "value"])
            let (low, high) = try range(region.required(parts, "eta"))
            return (low: low, high: high, value: try region.required(parts, "value").double())
        }
        try self.init(
            convention: try etaConvention(value.required(keys, "eta")), regions: regions, in: domain, path: value.path)
    }

    private func requireIn(_ domain: ClosedRange<Double>, _ place: YAMLValue) throws {
        guard domain.contains(value(eta: 0)) else {
            throw place.error(
                "\(place.word) is out of range", "give a number from \(domain.lowerBound) to \(domain.upperBound)")
        }
    }
}

extension InteractionProfile {
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["mean", "width"])
        try self.init(
            mean: try value.required(keys, "mean").double(), width: try keys["width"]?.double() ?? 0, path: value.path)
    }
}

extension PileUp {
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["mu", "noise", "resolution_mu", "jets"])
        let profile = try InteractionProfile(try value.required(keys, "mu"))
        try self.init(
            profile: profile, noise: try keys["noise"].map { try EtaSteps($0, in: 0...10) } ?? EtaSteps(0),
            resolutionMu: try keys["resolution_mu"]?.double() ?? profile.mean,
            jets: try keys["jets"].map { try PileUpJets($0) }, path: value.path)
    }
}

extension PileUpJets {
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping([
            "rate", "power", "abs_eta_max", "tracker_abs_eta_max", "pt_max", "rejection", "hard_loss",
        ])
        let limit = try value.required(keys, "abs_eta_max").double()
        try self.init(
            rate: try value.required(keys, "rate").double(), power: try value.required(keys, "power").double(),
            absEtaMaximum: limit, trackerAbsEta: try keys["tracker_abs_eta_max"]?.double() ?? 0,
            rejectionPtMaximum: try keys["pt_max"]?.double() ?? 50, rejection: try keys["rejection"]?.double() ?? 0,
            hardLoss: try keys["hard_loss"]?.double() ?? 0, path: value.path)
    }
}

extension SoftTerm {
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping([
            "name", "response", "parallel", "perpendicular", "noise", "noise_growth", "energy", "energy_per_mu",
        ])
        try self.init(
            name: try value.required(keys, "name").name(),
            response: try ResponseForm.numberOrTable(value.required(keys, "response")),
            parallel: try keys["parallel"]?.double() ?? 0, perpendicular: try keys["perpendicular"]?.double() ?? 0,
            noise: try keys["noise"]?.double() ?? 0, noiseGrowth: try keys["noise_growth"]?.double() ?? 0,
            energy: try keys["energy"]?.double() ?? 0,
            energyPerInteraction: try keys["energy_per_mu"]?.double() ?? 0, path: value.path)
    }
}

extension PseudoDataOverlay {
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["resolution_scale", "response", "dead_modules", "mu", "periods"])
        let periods = try keys["periods"]?.list().map { period in
            let parts = try period.mapping(["run", "share", "response"])
            return try Period(
                run: try period.required(parts, "run").integer(1...(1 << 30 - 1)),
                share: try period.required(parts, "share").double(),
                response: try parts["response"].map { try ResponseMap($0) }, path: period.path)
        }
        try self.init(
            response: try keys["response"].map { try ResponseMap($0) },
            // The initialiser knows the domain.
            resolutionScale: try keys["resolution_scale"].map {
                try EtaSteps($0, in: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
            } ?? EtaSteps(1), deadModules: try keys["dead_modules"]?.list().map { try DeadModule($0) } ?? [],
            interactions: try keys["mu"].map { try InteractionProfile($0) }, periods: periods ?? [], path: value.path)
    }
}

extension Tracker {
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping([
            "abs_eta_max", "pt_min", "efficiency", "d0_max", "radius_max", "d0", "tails", "beam_spot",
        ])
        let resolution = try value.required(keys, "d0")
        let regions = try resolution.required(resolution.mapping(["regions"]), "regions")
        try self.init(
            absEtaMaximum: try value.required(keys, "abs_eta_max").double(),
            ptMinimum: try keys["pt_min"]?.double() ?? 1, efficiency: try keys["efficiency"]?.double() ?? 1,
            impactMaximum: try keys["d0_max"]?.double() ?? 2, radiusMaximum: try keys["radius_max"]?.double() ?? 30,
            resolution: try regions.list().map { try ImpactResolution($0) },
            tails: try keys["tails"]?.list().map { tail in
                let parts = try tail.mapping(["share", "scale"])
                return (try tail.required(parts, "share").double(), try tail.required(parts, "scale").double())
            } ?? [],
            beamSpot: try BeamSpot(value.required(keys, "beam_spot")), path: value.path)
    }
}

extension ImpactResolution {
    fileprivate init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["eta", "pt", "values", "constant", "scattering"])
        let (low, high) = try range(value.required(keys, "eta"))
        switch (keys["pt"], keys["values"], keys["constant"], keys["scattering"]) {
        case (let pt?, let values?, nil, nil):
            try self.init(low: low, high: high, pt: try pt.doubles(), values: try values.doubles(), path: value.path)
        case (nil, nil, let constant?, let scattering?):
            try self.init(
                low: low, high: high, constant: try constant.double(), scattering: try scattering.double(),
                path: value.path)
        default:
            throw value.error(
                "the region has no single resolution of d0", "give 'pt' and 'values', or 'constant' and 'scattering'")
        }
    }
}

extension BeamSpot {
    fileprivate init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["x", "y", "correlation"])
        try self.init(
            x: try value.required(keys, "x").double(), y: try value.required(keys, "y").double(),
            correlation: try keys["correlation"]?.double() ?? 0, path: value.path)
    }
}
