internal import FileAccess
internal import Foundation

/// Draws the figures of a finished run again, with templates of the user's where there are some.
public struct FigureRedrawing {
    private let directory: String
    private let templates: String?

    /// - Parameters:
    ///   - directory: a run's directory.
    ///   - templates: a folder of `NAME.gp` or `style.gp` to be used in place of the built-in ones; nil redraws the
    ///     scripts of the run as they stand.
    public init(directory: String, templates: String?) {
        self.directory = directory
        self.templates = templates
    }

    /// Replaces `DIR/figures`, complete or not at all.
    /// - Returns: the SVG pictures by name of their figure.
    /// - Throws: `FileError`; `Gnuplot.Failure` when gnuplot is missing.
    public func run() throws -> [String: String] {
        let manager = FileManager.default
        let folder = "\(directory)/figures"
        let files = (try? manager.contentsOfDirectory(atPath: folder))?.sorted() ?? []
        let names = files.filter { $0.hasSuffix(".gp") }.map { String($0.dropLast(3)) }.filter {
            files.contains("\($0).dat")
        }
        guard !names.isEmpty else {
            throw FileError(
                .unreadable, folder, "there are no figures", "name a directory that 'etacal closure' has written")
        }
        let own = try userTemplates(names)
        let output = try Output(folder, .directory, overwrite: true)
        for file in files where !FigureWriter.formats.contains((file as NSString).pathExtension) {
            do { try manager.copyItem(atPath: "\(folder)/\(file)", toPath: "\(output.partialPath)/\(file)") } catch {
                throw FileError(
                    .failed, "\(folder)/\(file)", "copying failed", "check the free space and permissions of the disk")
            }
        }
        if !own.isEmpty {
            for name in names where own[name] != nil || own["style"] != nil {
                let script = try rebuilt(name, in: folder, own)
                try writeText(script, to: "\(output.partialPath)/\(name).gp")
            }
        }
        let failures = Gnuplot.run(names.map { "\($0).gp" }, in: output.partialPath)
        if let first = failures.first {
            guard case .failed(let script, let message) = first.failure else { throw first.failure }
            let (place, line) = source(of: script, message, folder, own)
            throw FileError(
                .malformed, "\(place)\(line.map { ":\($0)" } ?? "")", "gnuplot says: \(message)",
                "mend it there; nothing was changed")
        }
        var pictures: [String: String] = [:]
        for name in names {
            // A script may have been changed to draw other formats only.
            let path = "\(output.partialPath)/\(name).svg"
            if manager.fileExists(atPath: path) { pictures[name] = try readText(path) }
        }
        try output.finish()
        return pictures
    }

    /// The file that a message of gnuplot's is about, and its line there: scripts are put together from several.
    private func source(
        of script: String, _ message: String, _ folder: String, _ own: [String: String]
    ) -> (place: String, line: Int?) {
        let name = String(script.dropLast(3))
        let line = message.firstMatch(of: /line (\d+):/).flatMap { Int($0.1) }
        guard let templates, own[name] != nil || own["style"] != nil,
            let settings = (try? readText("\(folder)/\(script)")).flatMap(FigureScript.settings(of:))
        else { return ("\(folder)/\(script)", line) }
        let style = own["style"] ?? FigureScript.style
        let before =
            FigureScript.text(name: name, settings: settings, style: "", template: "")
            .count { $0 == "\n" } - 1
        guard let line, line > before else { return ("\(folder)/\(script)", line) }
        let styleLines = style.count { $0 == "\n" } + 1
        if line <= before + styleLines {
            return (own["style"] == nil ? "style.gp" : "\(templates)/style.gp", line - before)
        }
        return (own[name] == nil ? "\(name).gp" : "\(templates)/\(name).gp", line - before - styleLines)
    }

    /// Templates by name; `style` among them.
    private func userTemplates(_ names: [String]) throws -> [String: String] {
        guard let templates else { return [:] }
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: templates) else {
            throw FileError(.unreadable, templates, "there is no such folder of templates", "check the path")
        }
        let scripts = files.filter { $0.hasSuffix(".gp") }.sorted()
        let known = names + ["style"]
        for file in scripts where !known.contains(String(file.dropLast(3))) {
            throw FileError(
                .malformed, "\(templates)/\(file)", "no figure of this run is named so",
                "known are \(known.map { "\($0).gp" }.joined(separator: ", "))")
        }
        guard !scripts.isEmpty else {
            throw FileError(
                .unreadable, templates, "there are no templates",
                "put changed copies there: \(known.map { "\($0).gp" }.joined(separator: ", "))")
        }
        var texts: [String: String] = [:]
        for file in scripts { texts[String(file.dropLast(3))] = try readText("\(templates)/\(file)") }
        return texts
    }

    private func rebuilt(_ name: String, in folder: String, _ own: [String: String]) throws -> String {
        let path = "\(folder)/\(name).gp"
        guard let settings = FigureScript.settings(of: try readText(path)) else {
            throw FileError(
                .malformed, path, "the settings of the figure are not marked any more",
                "redraw without --templates, or run the closure again")
        }
        guard let template = own[name] ?? FigureScript.template(of: name) else {
            throw FileError(.malformed, path, "this version has no template for the figure", "give one of that name")
        }
        return FigureScript.text(
            name: name, settings: settings, style: own["style"] ?? FigureScript.style, template: template)
    }
}
