import Foundation

/// What Oracle/leading_order.py found.
struct LeadingOrderOracle: Decodable {
    struct Coupling: Decodable {
        let q: Double
        let alpha_s: Double
    }

    struct Densities: Decodable {
        let x: Double
        let q: Double
        let values: [Double]
    }

    struct Point: Decodable {
        let sqrt_s: Double
        let pt: Double
        let y3: Double
        let y4: Double
        let rates: [Double]
    }

    struct Slice: Decodable, CustomStringConvertible {
        let sqrt_s: Double
        let low: Double
        let high: Double
        let sigma: Double
        let uncertainty: Double
        let sigma_spline: Double
        var description: String { "\(low)–\(high) GeV at \(sqrt_s) GeV" }
    }

    let couplings: [Coupling]
    let densities: [Densities]
    let points: [Point]
    let slices: [Slice]

    static let shared: LeadingOrderOracle = {
        guard
            let url = Bundle.module.url(forResource: "leading_order", withExtension: "json", subdirectory: "Oracle"),
            let data = try? Data(contentsOf: url),
            let fixture = try? JSONDecoder().decode(LeadingOrderOracle.self, from: data)
        else { return LeadingOrderOracle(couplings: [], densities: [], points: [], slices: []) }
        return fixture
    }()
}
