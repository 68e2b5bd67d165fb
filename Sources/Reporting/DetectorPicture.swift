public import Balance
public import DetectorModel
internal import FileAccess
internal import Foundation
internal import Synchronization

/// One picture of a detector card, as a file of its own.
public enum DetectorPicture {
    /// Several may be drawn at a time.
    private static let drawings = Atomic<Int>(0)

    /// - Parameters:
    ///   - triggers: what the view of them shows.
    ///   - path: ends in .png, .pdf or .svg, which is what it becomes.
    /// - Throws: `CardError` where the card has nothing to show in this view; `FileError`; `Gnuplot.Failure` when gnuplot is
    ///   missing or fails.
    public static func write(
        _ card: DetectorCard, view: View, triggers: TriggerAssignment? = nil, to path: String, overwrite: Bool
    ) throws {
        let format = (path as NSString).pathExtension.lowercased()
        guard FigureWriter.formats.contains(format) else {
            throw FileError(
                .cannotCreate, path, "a picture of this kind cannot be drawn",
                "give a name that ends in .png, .pdf or .svg")
        }
        let label = FigureLabel(sample: "\(card.name) detector", selection: card.jets)
        let figure = try figure(view, of: card, triggers: triggers, label)
        let output = try Output(path, .file, overwrite: overwrite)
        // Never finished, so that it goes away with everything in it.
        let parent = (output.partialPath as NSString).deletingLastPathComponent
        let number = drawings.wrappingAdd(1, ordering: .relaxed).oldValue
        let workplace = try Output("\(parent)/.etacal-drawing-\(getpid())-\(number)", .directory, overwrite: false)
        try FigureWriter.prepare([figure], in: workplace.partialPath)
        if let failed = Gnuplot.run(["\(figure.name).gp"], in: workplace.partialPath).first { throw failed.failure }
        guard rename("\(workplace.partialPath)/\(figure.name).\(format)", output.partialPath) == 0 else {
            throw FileError(.failed, path, "writing failed", "check the free space and permissions of the disk")
        }
        try output.finish()
    }
}
