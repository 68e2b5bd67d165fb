internal import JetPhysics

/// Names of the columns of tags; jets and ranks count from 0.
enum TagColumns {
    static func score(_ jet: Int) -> String { "btag\(jet + 1)" }
    static func discriminant(_ jet: Int) -> String { "btagd\(jet + 1)" }

    /// The jet's number stands last, as in all columns that move with their jet.
    static func significance(_ jet: Int, _ rank: Int) -> String {
        "d0sig\(["", "_second", "_third"][rank])\(jet + 1)"
    }

    /// In the order of lines of text.
    static var names: [String] {
        (0..<ReconstructedBlock.jetCount).flatMap { jet in
            [score(jet), discriminant(jet)] + (0..<JetTags.significanceCount).map { significance(jet, $0) }
        }
    }
}
