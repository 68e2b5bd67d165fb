internal import CDijets
internal import Synchronization

/// What the loops over events are compiled for. All give the same bits; they differ in speed alone.
public enum InstructionSet: String, CaseIterable, Sendable {
    /// Any processor of the machine's kind.
    case portable
    /// x86-64 with AVX2 and FMA.
    case avx2
    /// x86-64 with AVX-512 F, DQ, BW and VL.
    case avx512

    /// The number by which `CDijets` knows it.
    package var number: UInt32 {
        switch self {
        case .portable: EtaCalPortable.rawValue
        case .avx2: EtaCalAVX2.rawValue
        case .avx512: EtaCalAVX512.rawValue
        }
    }

    /// Whether this program has such loops and this processor can run them.
    public var isAvailable: Bool { etacal_has(EtaCalInstructionSet(number)) }

    /// Those that this processor can run, the slowest first.
    public static var available: [InstructionSet] { allCases.filter(\.isAvailable) }

    // Not a setting of the physics: no result depends on it.
    private static let choice = Atomic<Int>(allCases.lastIndex { $0.isAvailable } ?? 0)

    /// What loops use that are made without saying which: the fastest, unless another one was chosen.
    public static var chosen: InstructionSet { allCases[choice.load(ordering: .relaxed)] }

    /// Chooses for the whole process what is made from now on.
    /// - Precondition: the processor can run it.
    public static func choose(_ set: InstructionSet) {
        precondition(set.isAvailable, "an instruction set of this processor")
        choice.store(allCases.firstIndex(of: set) ?? 0, ordering: .relaxed)
    }
}
