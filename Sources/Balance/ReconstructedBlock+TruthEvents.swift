internal import JetPhysics

extension ReconstructedBlock {
    /// Whether two rows, and all between them, are the same truth event: rows of one follow each other, others between end it.
    @inline(__always)
    func isOneTruthEvent(_ first: Int, _ last: Int) -> Bool {
        var row = first
        while row < last {
            row &+= 1
            if event[row] != event[row &- 1] { return false }
        }
        return true
    }
}
