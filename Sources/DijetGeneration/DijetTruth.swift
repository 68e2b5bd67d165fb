public import JetPhysics

/// A source of truth dijet events in p̂T slices. Everything is a function of (seed, role, slice, draw): any draw can be
/// made at any time on any thread.
public protocol DijetTruth: Sendable {
    /// In order of p̂T.
    var slices: [Slice] { get }

    /// Whether every role has truth events of its own; else the closure samples smear those of the fit anew.
    var closureIsIndependent: Bool { get }

    /// The same truth where only simulation or only pseudo-data is made of it: events that both would share are all there.
    func forOneKind() -> Self

    /// How many consecutive draws of a slice share one truth event when `draws` are asked for: 1 where every draw is an
    /// event of its own.
    func replicas(slice: Int, draws: Int, role: SampleRole) -> Int

    /// Fills the block with `count` draws from `first` on.
    /// - Parameters:
    ///   - count: at most the block's capacity.
    ///   - replicas: what `replicas(slice:draws:role:)` says; `first` is a multiple of it.
    func fill(_ block: TruthBlock, slice: Int, first: Int, count: Int, replicas: Int, role: SampleRole, seed: UInt64)
}

extension DijetTruth {
    public func forOneKind() -> Self { self }
}
