internal import CDijets
internal import InstructionSets
internal import Sampling

/// The loops over events, in C (`CDijets`); every choice gives the same bits.
struct Kernels: @unchecked Sendable {
    let density:
        @convention(c) (
            UnsafePointer<EtaCalSlice>?, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?,
            UnsafeMutablePointer<Float>?
        ) -> Void
    let scatter:
        @convention(c) (
            UnsafePointer<EtaCalSlice>?, UnsafePointer<EtaCalStream>?, UnsafePointer<EtaCalScatterings>?, Int, UInt64,
            UnsafeMutablePointer<Int32>?
        ) -> Bool
    let radiate:
        @convention(c) (
            UnsafePointer<EtaCalRadiation>?, UnsafePointer<EtaCalStream>?, UnsafePointer<EtaCalScatterings>?,
            UnsafePointer<EtaCalJets>?, Int, UInt64
        ) -> Void

    init(_ set: InstructionSet) {
        let kernels = etacal_kernels(EtaCalInstructionSet(set.number))
        density = kernels.density
        scatter = kernels.scatter
        radiate = kernels.radiate
    }
}

extension EtaCalStream {
    init(_ stream: RandomStream) {
        self.init(
            key: (stream.key.x, stream.key.y), slice: stream.sliceWord,
            purposes: (
                RandomPurpose.kinematics.rawValue, RandomPurpose.scattering.rawValue,
                RandomPurpose.softRecoil.rawValue, RandomPurpose.fragmentation.rawValue,
                RandomPurpose.finalEmission.rawValue, RandomPurpose.initialEmission.rawValue
            ))
    }
}

extension EtaCalScatterings {
    init(_ events: HardEvents) {
        self.init(
            pt: events.pt, log_pt: events.logPt, y3: events.y3, y4: events.y4, x1: events.x1, x2: events.x2,
            turn: events.turn, forward: events.forward, backward: events.backward, parton3: events.parton3,
            parton4: events.parton4)
    }
}
