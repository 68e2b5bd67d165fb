public import DetectorModel
internal import FileAccess
internal import JetCorrectorFiles

/// A detector card made of text files of jet corrections and resolutions (`JetCorrectorText`).
public struct DetectorConversion: Sendable {
    /// Where a part of the card comes from.
    public struct Part: Sendable, Equatable {
        /// The file, or the name of the card that supplied it.
        public let source: String
        public let isFromFile: Bool
        public let convention: EtaConvention
        public let regions: Int
        /// Where the file ends, when its outermost regions were continued from there.
        public let continuedFrom: Double?
    }

    public let card: DetectorCard
    /// The card's text, which reads back as the card.
    public let yaml: String
    public let response: Part
    public let resolution: Part
    /// The card that supplied `pseudo_data`, or nil.
    public let pseudoData: String?

    /// - Parameters:
    ///   - files: at most one of each, a correction (or response) and a resolution.
    ///   - like: supplies what the files do not.
    ///   - absEtaMaximum: nil for what all parts cover.
    ///   - rho: the density of pile-up (GeV) that the resolution is taken at, where it is binned in that.
    /// - Throws: `FileError` with file and line.
    public init(
        files: [String], like: LoadedCard, likeName: String, name: String? = nil, absEtaMaximum: Double? = nil,
        rho: Double = 20
    ) throws {
        var response: CorrectorTable?
        var resolution: CorrectorTable?
        for file in files {
            let table = try JetCorrectorText(file: file)
            let given = table.kind == .resolution ? resolution : response
            if let given {
                throw FileError(
                    .malformed, file,
                    "\(given.bins.file) gives the \(table.kind == .resolution ? "resolution" : "response") already",
                    "give one file of each")
            }
            if table.kind == .resolution {
                resolution = try CorrectorTable(resolution: table, rho: rho)
            } else {
                response = try CorrectorTable(response: table)
            }
        }
        let isSupplying = response == nil || resolution == nil || like.card.pseudoData?.response != nil
        let supplied = isSupplying ? like.card.absEtaMaximum : .infinity
        if let absEtaMaximum, absEtaMaximum > supplied {
            throw FileError(
                .malformed, likeName, "what it supplies ends at |eta| = \(supplied)",
                "lower --abs-eta-max or name another card")
        }
        let reaches = [response, resolution].compactMap { $0?.bins.reach } + [supplied, 8]
        let limit = absEtaMaximum ?? reaches.reduce(.infinity, min)
        func part(_ table: inout CorrectorTable?, _ convention: EtaConvention, _ regions: Int) -> Part {
            guard let reach = table?.bins.reach, let file = table?.bins.file else {
                return Part(
                    source: likeName, isFromFile: false, convention: convention, regions: regions, continuedFrom: nil)
            }
            table?.prepare(limit)
            return Part(
                source: file, isFromFile: true, convention: table?.bins.convention ?? convention,
                regions: table?.bins.bins.count ?? regions, continuedFrom: reach < limit ? reach : nil)
        }
        self.response = part(&response, like.card.response.convention, like.card.response.parts)
        self.resolution = part(&resolution, like.card.resolution.convention, like.card.resolution.parts)
        pseudoData = like.card.pseudoData == nil ? nil : likeName
        let title = name ?? Self.title(files)
        let sources = [response, resolution].compactMap { $0.map { Self.lastName($0.bins.file) } }
        do {
            card = try DetectorCard(
                name: title,
                summary:
                    "Converted from \(sources.joined(separator: " and ")); the rest is that of \(excerpt(like.card.name)).",
                acceptance: try Acceptance(
                    absEtaMaximum: limit, ptMinimum: like.card.acceptance.ptMinimum,
                    vetoes: like.card.acceptance.vetoes),
                response: try response.map { MeanResponse(map: try $0.responseMap()) } ?? like.card.response,
                resolution: try resolution.map { CoreResolution(map: try $0.resolutionMap()) } ?? like.card.resolution,
                features: like.card.features, pseudoData: like.card.pseudoData)
        } catch let error as CardError {
            let table = error.path.first == "response" ? response : error.path.first == "resolution" ? resolution : nil
            let index = error.path.count > 2 && error.path[1] == "regions" ? Int(error.path[2]) : nil
            throw FileError(
                .malformed, table?.place(ofRegion: index) ?? likeName,
                "this gives no card (\(error.path.joined(separator: "."))): \(error.problem)", error.remedy)
        }
        yaml = card.yaml
        // Nothing is written that would not be read.
        guard try DetectorCard(yaml: yaml, file: title) == card else {
            preconditionFailure("a card's text reads back as the card")
        }
    }

    private static func lastName(_ path: String) -> String { excerpt(String(path.split(separator: "/").last ?? "")) }

    /// The name of the first file without its ending.
    private static func title(_ files: [String]) -> String {
        let name = lastName(files.first ?? "")
        let stem = name.hasSuffix(".txt") ? String(name.dropLast(4)) : name
        return stem.isEmpty ? "converted" : stem
    }
}
