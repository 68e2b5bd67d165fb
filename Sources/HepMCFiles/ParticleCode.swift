/// What the PDG number of a particle says (Monte Carlo particle numbering scheme, PDG review).
enum ParticleCode {
    /// What no detector sees: neutrinos, and stable particles of models beyond the Standard Model (neutralino, gravitino, and the
    /// numbers that the PDG keeps for dark matter). Whatever else is stable counts as visible, muons among it.
    static func isInvisible(_ code: Int64) -> Bool {
        switch code.magnitude {
        case 12, 14, 16, 51, 52, 53, 1_000_022, 1_000_039: true
        default: false
        }
    }

    /// Gluons and u, d, s quarks.
    static func isLightParton(_ code: Int64) -> Bool { code.magnitude == 21 || 1...3 ~= code.magnitude }

    /// The heaviest quark of a hadron, 1 to 6; 0 for whatever is none, such as diquarks, nuclei and R-hadrons.
    static func heaviestQuark(_ code: Int64) -> Int32 {
        var digits = code.magnitude
        // Exotic states differ from others in a 9 in front.
        if 9_000_000..<10_000_000 ~= digits { digits %= 100_000 }
        guard 100..<1_000_000 ~= digits else { return 0 }
        let (baryon, meson, last) = (digits / 1000 % 10, digits / 100 % 10, digits / 10 % 10)
        guard meson > 0, last > 0 else { return 0 }
        return Int32(baryon > 0 ? baryon : meson)
    }
}
