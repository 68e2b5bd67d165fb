internal import CHepMC

/// Jets of FastJet (M. Cacciari, G. P. Salam and G. Soyez, Eur. Phys. J. C 72 (2012) 1896). For one thread.
struct Clustering: ~Copyable {
    private let handle: OpaquePointer

    /// - Returns: nil where there is no memory.
    init?(radius: Double) {
        guard let handle = chepmc_make_clustering(radius) else { return nil }
        self.handle = handle
    }

    deinit { chepmc_free_clustering(handle) }

    /// - Parameters:
    ///   - momenta: px, py, pz and energy of each particle, one after another.
    ///   - jets: what the leading ones are put into.
    ///   - owner: gets the place of each particle's jet among these, or −1.
    /// - Returns: number of jets; nil where FastJet gives up, for want of memory.
    func cluster(
        _ momenta: [Double], ptMinimum: Double, into jets: inout [chepmc_jet], owner: inout [Int32]
    ) -> Int? {
        let count = momenta.count / 4
        owner.removeAll(keepingCapacity: true)
        owner.append(contentsOf: repeatElement(-1, count: count))
        var found = 0
        let outcome = chepmc_cluster(handle, momenta, count, ptMinimum, &jets, jets.count, &found, &owner)
        return outcome == CHEPMC_DONE ? found : nil
    }
}
