public import DetectorModel
public import FileAccess

extension LoadedCard {
    /// The card, which has to have a tracker.
    /// - Throws: `FileError`.
    public func withTracker() throws(FileError) -> DetectorCard {
        guard card.features.tracker == nil else { return card }
        throw FileError(
            .malformed, card.name, "the card describes no tracker, and without one there are no tracks",
            "add the key 'tracker' (Geometry/README.md), or take a card that has it")
    }
}
