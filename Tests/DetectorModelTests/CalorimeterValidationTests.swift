import DetectorModel
import Testing

/// Calorimeters that cannot be, and where the message points.
struct CalorimeterValidationTests {
    private static let two = [CalorimeterTests.part(0, 1.5), CalorimeterTests.part(1.5, 4)]

    /// A calorimeter of two parts whose second has one number changed.
    private static func second(
        depth: Double = 11, depthEnd: Double? = nil, emScale: Double = 1, hOverE: Double = 0.6, e0: Double = 1,
        m: Double = 0.82, stochastic: Double = 0.5, constant: Double = 0.03, noise: Double = 2, name: String = "second"
    ) -> @Sendable () throws -> Calorimeter {
        {
            let part = SubCalorimeter(
                name: name, low: 1.5, high: 4, depth: depth, depthEnd: depthEnd, emScale: emScale, hOverE: hOverE,
                e0: e0, m: m, stochastic: stochastic, constant: constant, noise: noise)
            return try CalorimeterTests.calorimeter([two[0], part])
        }
    }

    private static func parts(
        _ ranges: [(Double, Double)], _ convention: EtaConvention = .absolute
    ) -> @Sendable () throws -> Calorimeter {
        { try CalorimeterTests.calorimeter(ranges.map { CalorimeterTests.part($0, $1) }, convention: convention) }
    }

    private static func dead(
        eta: Double = 1, width: Double = 0.1, _ loss: DeadMaterial.Loss = .fraction(0.1, ptExponent: 0)
    ) -> @Sendable () throws -> Calorimeter {
        { try CalorimeterTests.calorimeter(two, dead: [DeadMaterial(eta: eta, width: width, loss: loss)]) }
    }

    private static func whole(
        width: Double = 0.1, photons: Double = 0.27, fragmentation: Double = 4
    ) -> @Sendable () throws -> Calorimeter {
        {
            try Calorimeter(
                convention: .absolute, jetWidth: width, photonFraction: photons, fragmentation: fragmentation,
                subCalorimeters: two, path: ["calorimeter"])
        }
    }

    private static let faults: [(make: @Sendable () throws -> Calorimeter, path: String, problem: String)] = [
        (parts([]), "sub_calorimeters", "no sub-calorimeters"),
        (parts((0..<401).map { (Double($0) / 100, Double($0 + 1) / 100) }), "sub_calorimeters", "401 sub-calorimeters"),
        (parts([(0, 1.5), (1.4, 4)]), "sub_calorimeters.1.eta", "overlapping regions"),
        (parts([(1.5, 4), (0, 1.5)]), "sub_calorimeters.0.eta", "nothing measures between 0.0 and 1.5"),
        (parts([(0, 1.5), (1.9, 4)]), "sub_calorimeters.1.eta", "nothing measures between 1.5 and 1.9"),
        (parts([(-4, 1), (0.5, 4)], .signed), "sub_calorimeters.1.eta", "overlapping regions"),
        (parts([(-1, 4)]), "sub_calorimeters.0.eta", "negative where eta is absolute"),
        (parts([(0, 1.5), (4, 1.5)]), "sub_calorimeters.1.eta", "do not increase"),
        (parts([(0, .nan)]), "sub_calorimeters.0.eta", "do not increase"),
        (parts([(0, .infinity)]), "sub_calorimeters.0.eta", "do not increase"),
        (second(name: ""), "sub_calorimeters.1.name", "empty"),
        (second(depth: 0), "sub_calorimeters.1.depth", "depth of 0.0"),
        (second(depth: -3), "sub_calorimeters.1.depth", "depth of -3.0"),
        (second(depth: .nan), "sub_calorimeters.1.depth", "depth of nan"),
        (second(depthEnd: -1), "sub_calorimeters.1.depth_end", "depth of -1.0"),
        (second(emScale: 0), "sub_calorimeters.1.em_scale", "out of range"),
        (second(hOverE: 0), "sub_calorimeters.1.h_over_e", "out of range"),
        (second(hOverE: 1.6), "sub_calorimeters.1.h_over_e", "out of range"),
        (second(hOverE: .nan), "sub_calorimeters.1.h_over_e", "out of range"),
        (second(e0: 0), "sub_calorimeters.1.e0", "not possible"),
        (second(m: 1), "sub_calorimeters.1.m", "out of range"),
        (second(m: .nan), "sub_calorimeters.1.m", "out of range"),
        (second(stochastic: -0.1), "sub_calorimeters.1.stochastic", "out of range"),
        (second(constant: -0.1), "sub_calorimeters.1.constant", "out of range"),
        (second(noise: -1), "sub_calorimeters.1.noise", "noise of -1.0"),
        (second(noise: .nan), "sub_calorimeters.1.noise", "out of range"),
        (second(noise: 60), "", "the resolution is"),
        (whole(width: 0), "jet_width", "out of range"),
        (whole(width: 0.6), "jet_width", "out of range"),
        (whole(width: .nan), "jet_width", "out of range"),
        (whole(photons: 1), "photon_fraction", "out of range"),
        (whole(photons: -0.1), "photon_fraction", "out of range"),
        (whole(fragmentation: -1), "fragmentation", "out of range"),
        (whole(fragmentation: .nan), "fragmentation", "out of range"),
        (dead(eta: -1), "dead_material.0.eta", "out of range"),
        (dead(eta: .nan), "dead_material.0.eta", "out of range"),
        (dead(width: 0), "dead_material.0.width", "out of range"),
        (dead(width: -0.1), "dead_material.0.width", "out of range"),
        (dead(.interactionLengths(-0.1)), "dead_material.0.interaction_lengths", "out of range"),
        (dead(.interactionLengths(.nan)), "dead_material.0.interaction_lengths", "out of range"),
        (dead(.fraction(-0.1, ptExponent: 0)), "dead_material.0.fraction", "out of range"),
        (dead(.fraction(1, ptExponent: 0)), "dead_material.0.fraction", "out of range"),
        (dead(.fraction(0.1, ptExponent: -0.1)), "dead_material.0.pt_exponent", "out of range"),
        (dead(width: 1, .fraction(0.95, ptExponent: 0)), "", "the resolution is"),
    ]

    @Test(arguments: 0..<faults.count) func faultsAreToldWithTheirPath(index: Int) {
        let fault = Self.faults[index]
        let error = #expect(throws: CardError.self) { try fault.make() }
        let path = fault.path.isEmpty ? "calorimeter" : "calorimeter." + fault.path
        #expect(error?.path.joined(separator: ".") == path)
        #expect(error?.problem.contains(fault.problem) == true, "\(error?.problem ?? "")")
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func listsOfMaterialHaveAnEnd() {
        let material = DeadMaterial(eta: 1, width: 0.1, loss: .fraction(0, ptExponent: 0))
        let error = #expect(throws: CardError.self) {
            try CalorimeterTests.calorimeter(Self.two, dead: Array(repeating: material, count: 401))
        }
        #expect(error?.path == ["calorimeter", "dead_material"])
    }

    @Test func aHoleThatLeavesNothingIsRefusedForAnyJetThatIsNarrowEnough() throws {
        let parts = [CalorimeterTests.part(0, 1.5), CalorimeterTests.part(1.7, 4)]
        _ = try Calorimeter(convention: .absolute, subCalorimeters: parts, path: [])
        let error = #expect(throws: CardError.self) {
            try Calorimeter(convention: .absolute, jetWidth: 0.04, subCalorimeters: parts, path: [])
        }
        #expect(error?.problem.hasPrefix("the response is 0.0") == true, "\(error?.problem ?? "")")
    }
}
