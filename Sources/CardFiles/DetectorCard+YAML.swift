public import DetectorModel

extension DetectorCard {
    /// The card as YAML that reads back as the same card: every number in full, every key written out.
    public var yaml: String {
        var lines = ["schema: \(Self.schema)", "name: \(quotedYAML(name))", "summary: \(quotedYAML(summary))"]
        if !jets.isEmpty { lines.append("jets: \(quotedYAML(jets))") }
        lines += acceptance.yamlLines
        for (key, part) in [
            ("calorimeter", response.calorimeter?.yamlLines), ("response", response.map?.yamlLines),
            ("resolution", resolution.map?.yamlLines),
        ] {
            guard let part else { continue }
            lines.append("\(key):")
            lines += part.map { "  " + $0 }
        }
        lines += features.yamlLines
        if let pseudoData {
            lines.append("pseudo_data:")
            lines += pseudoData.yamlLines.map { "  " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension ResolutionMap {
    fileprivate var yamlLines: [String] {
        ["eta: \(convention.rawValue)", "regions:"]
            + regions.map { "  - {eta: [\($0.low), \($0.high)], \($0.form.yaml)}" }
    }
}

/// A double-quoted YAML scalar that reads back as the same text.
public func quotedYAML(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\\(scalar)"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        // YAML breaks lines at some of these and refuses others.
        case _ where scalar.isControl, "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
            let hex = String(scalar.value, radix: 16, uppercase: true)
            result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

extension ResponseMap {
    var yamlLines: [String] {
        var lines = ["eta: \(convention.rawValue)", "transition: \(transition)", "regions:"]
        lines += regions.map { "  - {eta: [\($0.low), \($0.high)], \($0.form.yaml)}" }
        if !cracks.isEmpty {
            lines.append("cracks:")
            lines += cracks.map {
                "  - {eta: \($0.eta), width: \($0.width), depth: \($0.depth), pt_exponent: \($0.ptExponent)}"
            }
        }
        lines.append("asymmetry: \(asymmetry)")
        if !slopes.isEmpty {
            lines.append("slopes:")
            lines += slopes.map {
                "  - {eta: [\($0.low), \($0.high)], rise: \($0.rise), pt_exponent: \($0.ptExponent)}"
            }
        }
        return lines
    }
}

extension ResponseForm {
    var yaml: String {
        switch self {
        case .constant(let value): "value: \(value)"
        case .table(let pt, let values):
            "pt: [\(pt.map { "\($0)" }.joined(separator: ", "))], "
                + "values: [\(values.map { "\($0)" }.joined(separator: ", "))]"
        case .hadronic(let scale, let hOverE, let e0, let m):
            "hadronic: {scale: \(scale), h_over_e: \(hOverE), e0: \(e0), m: \(m)}"
        case .formula(let formula): "formula: \(quotedYAML(formula.text))"
        }
    }
}

extension ResolutionForm {
    fileprivate var yaml: String {
        switch self {
        case .terms(let noise, let stochastic, let constant, let exponent):
            "n: \(noise), s: \(stochastic), c: \(constant), d: \(exponent)"
        case .formula(let formula): "formula: \(quotedYAML(formula.text))"
        }
    }
}
