public import DetectorModel

extension Calorimeter {
    /// Reads a calorimeter that stands alone: what a card has below `calorimeter`.
    /// - Parameter file: the name that messages use.
    /// - Throws: `FileError` with file, line and key path.
    public init(yaml text: String, file: String) throws {
        let root = try YAMLValue.document(text, file: file)
        do { try self.init(root) } catch let error as CardError {
            throw root.error(at: error.path, error.problem, error.remedy)
        }
    }

    /// The calorimeter as YAML that reads back as the same calorimeter.
    public var yaml: String { yamlLines.joined(separator: "\n") + "\n" }

    /// Reads what stands below `calorimeter` in a card.
    /// - Throws: `FileError` where the YAML is not of this form, `CardError` where the numbers are not possible.
    init(_ value: YAMLValue) throws {
        let keys = try value.mapping([
            "eta", "jet_width", "photon_fraction", "fragmentation", "sub_calorimeters", "dead_material",
        ])
        try self.init(
            convention: try etaConvention(value.required(keys, "eta")),
            jetWidth: try keys["jet_width"]?.double() ?? Self.standardJetWidth,
            photonFraction: try keys["photon_fraction"]?.double() ?? Self.standardPhotonFraction,
            fragmentation: try keys["fragmentation"]?.double() ?? Self.standardFragmentation,
            subCalorimeters: try value.required(keys, "sub_calorimeters").list().map { try SubCalorimeter($0) },
            deadMaterial: try keys["dead_material"]?.list().map { try DeadMaterial($0) } ?? [], path: value.path)
    }

    /// Lines that read back as the same calorimeter: every number in full, every key written out.
    var yamlLines: [String] {
        var lines = [
            "eta: \(convention.rawValue)", "jet_width: \(jetWidth)", "photon_fraction: \(photonFraction)",
            "fragmentation: \(fragmentation)", "sub_calorimeters:",
        ]
        for part in subCalorimeters {
            lines += [
                "  - name: \(quotedYAML(part.name))", "    eta: [\(part.low), \(part.high)]",
                "    depth: \(part.depth)", "    depth_end: \(part.depthEnd)", "    em_scale: \(part.emScale)",
                "    h_over_e: \(part.hOverE)", "    e0: \(part.e0)", "    m: \(part.m)",
                "    stochastic: \(part.stochastic)", "    constant: \(part.constant)", "    noise: \(part.noise)",
            ]
        }
        if !deadMaterial.isEmpty {
            lines.append("dead_material:")
            lines += deadMaterial.map {
                "  - {eta: \($0.eta), width: \($0.width), profile: \($0.profile.rawValue), \($0.loss.yaml)}"
            }
        }
        return lines
    }
}

extension SubCalorimeter {
    fileprivate init(_ value: YAMLValue) throws {
        let keys = try value.mapping([
            "name", "eta", "depth", "depth_end", "em_scale", "h_over_e", "e0", "m", "stochastic", "constant", "noise",
        ])
        let (low, high) = try range(value.required(keys, "eta"))
        self.init(
            name: try value.required(keys, "name").string(), low: low, high: high,
            depth: try value.required(keys, "depth").double(), depthEnd: try keys["depth_end"]?.double(),
            emScale: try keys["em_scale"]?.double() ?? 1, hOverE: try value.required(keys, "h_over_e").double(),
            e0: try keys["e0"]?.double() ?? 1, m: try keys["m"]?.double() ?? 0.82,
            stochastic: try value.required(keys, "stochastic").double(),
            constant: try value.required(keys, "constant").double(),
            noise: try value.required(keys, "noise").double())
    }
}

extension DeadMaterial {
    fileprivate init(_ value: YAMLValue) throws {
        let keys = try value.mapping(["eta", "width", "profile", "interaction_lengths", "fraction", "pt_exponent"])
        let profile = try keys["profile"].map { value in
            guard let profile = Profile(rawValue: try value.string()) else {
                throw value.error("'\(value.word)' is not a profile", "say 'gaussian' or 'box'")
            }
            return profile
        }
        let loss: Loss
        switch (keys["interaction_lengths"], keys["fraction"], keys["pt_exponent"]) {
        case (let depth?, nil, nil): loss = .interactionLengths(try depth.double())
        case (nil, let fraction?, let exponent):
            loss = .fraction(try fraction.double(), ptExponent: try exponent?.double() ?? 0)
        default:
            throw value.error(
                "the dead material has no single loss",
                "give 'interaction_lengths', or 'fraction' and if you like 'pt_exponent'")
        }
        self.init(
            eta: try value.required(keys, "eta").double(), width: try value.required(keys, "width").double(),
            profile: profile ?? .gaussian, loss: loss)
    }
}

extension DeadMaterial.Loss {
    fileprivate var yaml: String {
        switch self {
        case .interactionLengths(let depth): "interaction_lengths: \(depth)"
        case .fraction(let fraction, let exponent): "fraction: \(fraction), pt_exponent: \(exponent)"
        }
    }
}
