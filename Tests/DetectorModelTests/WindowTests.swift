import DetectorModel
import Foundation
import Testing

struct WindowTests {
    private func window(_ eta: (Double, Double), _ phi: (Double, Double)) throws -> Window {
        try Window(eta: eta, phi: phi, path: ["veto", "2"])
    }

    @Test func aWindowMayRunOverPi() throws {
        let window = try window((-1, 2), (3, -3))
        #expect(abs(window.phiWidth - (2 * Double.pi - 6)) < 1e-12)
        #expect(abs(window.phiCentre - Double.pi) < 1e-12)
        for phi in [3, 3.1, Double.pi, -Double.pi, -3.05, -3] { #expect(window.contains(eta: 0, phi: phi), "\(phi)") }
        for phi in [2.99, -2.99, 0] { #expect(!window.contains(eta: 0, phi: phi), "\(phi)") }
        let later = try self.window((0, 1), (2.5, -3.1))
        #expect(later.phiCentre > 2.5 && later.phiCentre < Double.pi && later.contains(eta: 0.5, phi: later.phiCentre))
        let sooner = try self.window((0, 1), (3.1, -2.5))
        #expect(sooner.phiCentre > -Double.pi && sooner.phiCentre < -2.5)
    }

    @Test func aWindowThatDoesNot() throws {
        let window = try window((-1, 2), (-0.5, 1))
        #expect(window.phiWidth == 1.5 && window.phiCentre == 0.25)
        #expect(window.contains(eta: -1, phi: 1) && window.contains(eta: 2, phi: -0.5))
        #expect(!window.contains(eta: 2.01, phi: 0) && !window.contains(eta: 0, phi: 1.01))
    }

    @Test func aRingIsAsWideAsPiIsWritten() throws {
        for edge in [Double.pi, 3.1415926536] {
            let ring = try window((0, 1), (-edge, edge))
            #expect(ring.phiWidth == 2 * Double.pi && ring.contains(eta: 0.5, phi: Double.pi.nextDown))
        }
    }

    @Test(arguments: [
        ((1.0, 1.0), (0.0, 1.0), "veto.2.eta"), ((2, 1), (0, 1), "veto.2.eta"), ((.nan, 1), (0, 1), "veto.2.eta"),
        ((0, .infinity), (0, 1), "veto.2.eta"), ((0, 8.1), (0, 1), "veto.2.eta"), ((0, 1), (0, 0), "veto.2.phi"),
        ((0, 1e-4), (0, 1), "veto.2.eta"), ((0, 1), (0, 1e-4), "veto.2.phi"), ((0, 1), (0, 3.2), "veto.2.phi"),
        ((0, 1), (-4, 0), "veto.2.phi"), ((0, 1), (.nan, 0), "veto.2.phi"), ((0, 1), (0, .nan), "veto.2.phi"),
        ((0, 1), (Double.pi, -Double.pi), "veto.2.phi"), ((0, 1), (3.1415926536, -3.1415926536), "veto.2.phi"),
    ]) func whatIsNoWindowIsRefused(eta: (Double, Double), phi: (Double, Double), path: String) {
        let error = #expect(throws: CardError.self) { try window(eta, phi) }
        #expect(error?.path.joined(separator: ".") == path, "\(error?.description ?? "")")
    }

    @Test func theMeanOverAzimuthsIsThatOfSharpWindows() throws {
        let modules = [
            try DeadModule(window: window((0, 1), (3, -3)), loss: 0.2, path: []),
            try DeadModule(window: window((0.5, 2), (-Double.pi, Double.pi)), loss: 0.5, path: []),
        ]
        let first = 1 - 0.2 * (2 * Double.pi - 6) / (2 * Double.pi)
        #expect(abs(DeadModule.meanResponse(modules, eta: 0.2) - first) < 1e-12)
        #expect(abs(DeadModule.meanResponse(modules, eta: 0.7) - 0.5 * first) < 1e-12)
        #expect(DeadModule.meanResponse(modules, eta: 1.5) == 0.5 && DeadModule.meanResponse(modules, eta: 3) == 1)
        #expect(DeadModule.meanResponse([], eta: 0) == 1)
        // By the definition, too: a walk around.
        let steps = 100_000
        let walk = (0..<steps).reduce(0) { sum, step in
            let phi = 2 * Double.pi * ((Double(step) + 0.5) / Double(steps) - 0.5)
            return sum + modules.reduce(1) { $1.window.contains(eta: 0.7, phi: phi) ? $0 * (1 - $1.loss) : $0 }
        }
        #expect(abs(walk / Double(steps) - 0.5 * first) < 1e-5)
    }

    @Test(arguments: [0, -0.1, 0.91, .nan, .infinity]) func aLossIsAShare(loss: Double) throws {
        let window = try window((0, 1), (0, 1))
        let error = #expect(throws: CardError.self) { try DeadModule(window: window, loss: loss, path: ["m"]) }
        #expect(error?.path == ["m", "loss"])
    }
}
