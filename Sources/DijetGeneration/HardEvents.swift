/// Columns of hard scatterings on their way to radiation; lives as long as one block is filled.
struct HardEvents {
    static let capacity = 512
    private static let doubles = 1
    private static let singles = 7
    private static let integers = 4
    static let byteCount = capacity * (8 * doubles + 4 * (singles + integers))

    /// GeV.
    let pt: UnsafeMutablePointer<Double>
    /// ln(pT / 100 GeV).
    let logPt: UnsafeMutablePointer<Float>
    /// Rapidities of the two outgoing partons.
    let y3: UnsafeMutablePointer<Float>
    let y4: UnsafeMutablePointer<Float>
    /// Momentum fractions of the incoming partons along +z and −z.
    let x1: UnsafeMutablePointer<Float>
    let x2: UnsafeMutablePointer<Float>
    /// A uniform number for the azimuth of the event, and the event's weight.
    let turn: UnsafeMutablePointer<Float>
    let weight: UnsafeMutablePointer<Float>
    /// PDG numbers: incoming along +z and −z, outgoing at y3 and y4.
    let forward: UnsafeMutablePointer<Int32>
    let backward: UnsafeMutablePointer<Int32>
    let parton3: UnsafeMutablePointer<Int32>
    let parton4: UnsafeMutablePointer<Int32>

    /// - Parameter memory: `byteCount` bytes, aligned to 16. Scattering writes whole vectors of it before anything is read.
    init(_ memory: UnsafeMutableRawPointer) {
        var next = memory
        func column<Value: BitwiseCopyable>(_: Value.Type) -> UnsafeMutablePointer<Value> {
            let pointer = next.bindMemory(to: Value.self, capacity: Self.capacity)
            next += Self.capacity * MemoryLayout<Value>.stride
            return pointer
        }
        pt = column(Double.self)
        logPt = column(Float.self)
        y3 = column(Float.self)
        y4 = column(Float.self)
        x1 = column(Float.self)
        x2 = column(Float.self)
        turn = column(Float.self)
        weight = column(Float.self)
        forward = column(Int32.self)
        backward = column(Int32.self)
        parton3 = column(Int32.self)
        parton4 = column(Int32.self)
    }
}
