import DetectorModel
import Foundation
import Testing

struct EnvelopeTests {
    private func envelope() throws -> Envelope {
        try Envelope(vertexSpread: 40, barrelRadius: 1500, endcapDistance: 3170, path: ["envelope"])
    }

    /// The point where a line from the vertex meets the cylinder or the plane, seen from the centre.
    @Test(arguments: [-4.5, -2, -1.2, -0.3, 0, 0.7, 1.4, 1.6, 3, 5], [-80.0, 0, 40])
    func jetsMeetTheCalorimeterWhereTheirLineDoes(eta: Double, vertex: Double) throws {
        let (envelope, slope) = (try envelope(), sinh(eta))
        let along = vertex + envelope.barrelRadius * slope
        var (z, radius) = (along, envelope.barrelRadius)
        if abs(along) > envelope.endcapDistance {
            z = slope < 0 ? -envelope.endcapDistance : envelope.endcapDistance
            radius = (z - vertex) / slope
        }
        #expect(abs(envelope.detectorEta(eta: eta, vertex: vertex) - asinh(z / radius)) < 1e-12)
    }

    @Test func barrelAndEndcapMeet() throws {
        let envelope = try envelope()
        let edge = asinh((envelope.endcapDistance - 40) / envelope.barrelRadius)
        let (below, above) = (
            envelope.detectorEta(eta: edge - 1e-9, vertex: 40), envelope.detectorEta(eta: edge + 1e-9, vertex: 40)
        )
        #expect(abs(below - above) < 1e-8)
    }
}
