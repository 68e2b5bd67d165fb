// swift-tools-version: 6.2
import PackageDescription

// Set by .ci/run: a user's newer compiler may warn where ours does not, and must still build.
let strict = Context.environment["ETACAL_STRICT"] == "1"

let settings: [SwiftSetting] =
    [.swiftLanguageMode(.v6), .enableUpcomingFeature("InternalImportsByDefault")]
    + (strict ? [.treatAllWarnings(as: .error)] : [])

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// Files of a top-level folder, compiled in so that the binary works alone.
func embedded(_ name: String, _ folder: String, files: [String], exclude: [String]) -> Target {
    .target(
        name: name, path: folder, exclude: exclude, sources: ["\(name).swift"],
        resources: files.map { .embedInCode($0) }, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, resources: resources, swiftSettings: settings)
}

// A target may import only what it declares here, and only from the layers above it: Scripts/check-layers.
let package = Package(
    name: "EtaCal",
    products: [
        .executable(name: "etacal", targets: ["etacal"]),
        // What Benchmarks, a package of its own, measures
        .library(
            name: "EtaCalKit",
            targets: [
                "Balance", "Binning", "CardFiles", "ClosureStudy", "DijetGeneration", "DijetSimulation", "EventFiles",
                "Intercalibration", "JetPhysics", "TruthResponse",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        // Layer 0: system libraries
        .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
        // A table of numbers too long for a Swift literal, embedded by C
        .target(name: "CPartonGrid", exclude: ["NNPDF23_lo_as_0130_thinned.dat"]),
        // Vectors of eight lanes, and a choice of the instruction set at run time
        .target(name: "CDijets"),
        // FastJet and the numbers of C++'s library with a C face
        .target(name: "CHepMC", linkerSettings: [.linkedLibrary("fastjet")]),
        // Layer 1
        library("GSL", ["CGSL"]),
        library("HDF5", ["CHDF5"]),
        library("Sampling"),
        library("JetPhysics"),
        library("Binning"),
        library("Threads"),
        library("FileAccess", ["Threads", "CCrypto", "CZlib"]),
        library("InstructionSets", ["CDijets"]),
        // Layer 2
        library("DetectorModel", ["Binning"]),
        // Layer 3
        library("DijetGeneration", ["JetPhysics", "Sampling", "GSL", "Threads", "InstructionSets", "CDijets"]),
        library(
            "DijetSimulation",
            ["JetPhysics", "Binning", "DetectorModel", "Sampling", "InstructionSets", "Balance", "CDijets"]),
        library("Balance", ["JetPhysics", "Binning", "Sampling", "InstructionSets", "CDijets"]),
        library("Intercalibration", ["Balance", "Binning", "GSL", "Sampling", "Threads"]),
        library("TruthResponse", ["JetPhysics", "Binning", "Balance", "GSL"]),
        library("TruthValidation", ["JetPhysics", "Binning", "Balance", "GSL", "Threads"]),
        library(
            "FlavourTagging",
            [
                "GSL", "JetPhysics", "Binning", "DetectorModel", "Sampling", "InstructionSets", "Balance",
                "CDijets",
            ]),
        // Layer 4
        library(
            "ClosureStudy",
            [
                "GSL", "InstructionSets", "JetPhysics", "Binning", "Sampling", "Threads", "DetectorModel",
                "DijetGeneration", "DijetSimulation", "FlavourTagging", "Balance", "Intercalibration", "TruthResponse",
                "TruthValidation",
            ]),
        library(
            "DetectorValidation",
            [
                "GSL", "JetPhysics", "Binning", "Sampling", "Threads", "DetectorModel", "DijetGeneration",
                "DijetSimulation", "Balance", "TruthResponse", "ClosureStudy",
            ]),
        library(
            "CardFiles",
            [
                "FileAccess", "JetPhysics", "Binning", "DetectorModel", "DijetGeneration", "FlavourTagging", "Balance",
                "Intercalibration", "ClosureStudy", "JetCorrectorFiles",
                "Geometry", "RadiationTunes", "CPartonGrid", .product(name: "Yams", package: "Yams"),
            ]),
        library("BatchJobs"),
        library("JetCorrectorFiles", ["FileAccess", "DetectorModel"]),
        library(
            "ExchangeFiles",
            [
                "FileAccess", "Binning", "DetectorModel", "Balance", "Intercalibration", "JetCorrectorFiles",
                "CalibrationFiles", "CZlib",
            ]),
        library("EventFiles", ["FileAccess", "JetPhysics", "DijetGeneration", "Balance", "CZlib", "HDF5"]),
        library("HepMCFiles", ["FileAccess", "JetPhysics", "Threads", "CHepMC"]),
        library("SumsFiles", ["FileAccess", "HDF5", "Binning", "Balance", "Intercalibration", "ClosureStudy"]),
        library(
            "CalibrationFiles",
            [
                "FileAccess", "Binning", "JetPhysics", "FlavourTagging", "Balance", "Intercalibration", "TruthResponse",
                "TruthValidation", "ClosureStudy", "DetectorValidation",
            ]),
        library(
            "Reporting",
            [
                "FileAccess", "Threads", "Balance", "Binning", "DetectorModel", "FlavourTagging", "Intercalibration",
                "JetPhysics", "TruthValidation", "ClosureStudy", "DetectorValidation", "Plots",
                .product(name: "Mustache", package: "swift-mustache"),
            ]),
        // Data that the binary carries
        embedded("RadiationTunes", "Sources/RadiationTunes", files: ["monash.yaml"], exclude: []),
        embedded(
            "Geometry", "Geometry",
            files: ["uniform.yaml", "atlas-like.yaml", "cms-like.yaml", "stress.yaml"], exclude: ["README.md"]),
        embedded(
            "Plots", "Plots",
            files: [
                "style.gp", "asymmetry.gp", "bootstrap.gp", "closure-eta.gp", "closure-pt.gp", "comparison.gp",
                "constants-eta.gp",
                "constants-pt.gp",
                "correlation.gp", "detector-acceptance.gp", "detector-jets.gp", "detector-pile-up.gp",
                "detector-soft-term.gp", "detector-tails.gp", "events.gp", "extrapolation.gp",
                "flavour-composition.gp", "flavour-response.gp", "pulls.gp",
                "resolution.gp", "response-map.gp", "smoothing.gp",
                "response-profiles.gp", "spectrum.gp",
                "tags-discriminant.gp", "tags-efficiency.gp", "tags-tracks.gp", "toys-bias.gp", "toys-coverage.gp",
                "toys-pulls.gp",
                "toys-pulls-eta.gp", "triggers.gp", "validation.gp",
                "report.mustache.html", "report.css",
            ],
            exclude: ["README.md", "gallery"]),
        // The command line
        .executableTarget(
            name: "etacal",
            dependencies: [
                "FileAccess", "InstructionSets", "JetPhysics", "Threads", "DetectorModel", "DijetGeneration",
                "FlavourTagging", "Balance", "Intercalibration", "TruthResponse", "TruthValidation", "ClosureStudy",
                "DetectorValidation",
                "CardFiles", "BatchJobs",
                "EventFiles", "HepMCFiles", "SumsFiles", "CalibrationFiles", "ExchangeFiles",
                "Reporting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        // Tests, one target for each of the above
        tests("CDijets", ["CDijets", "Binning", "Sampling"]),
        tests("GSL", ["GSL"]),
        tests("HDF5", ["HDF5"], resources: [.copy("Fixtures")]),
        tests("Sampling", ["Sampling"]),
        tests("JetPhysics", ["JetPhysics"]),
        tests("Binning", ["Binning"]),
        tests("Threads", ["Threads"]),
        tests("FileAccess", ["FileAccess"]),
        tests("InstructionSets", ["InstructionSets"]),
        tests("DetectorModel", ["DetectorModel", "CardFiles"], resources: [.copy("Oracle")]),
        tests(
            "DijetGeneration", ["DijetGeneration", "CardFiles", "GSL", "InstructionSets", "JetPhysics"],
            resources: [.copy("Oracle")]),
        tests(
            "DijetSimulation",
            [
                "DijetSimulation", "Balance", "DijetGeneration", "DetectorModel", "InstructionSets", "JetPhysics",
                "CardFiles",
            ]),
        tests(
            "FlavourTagging",
            [
                "FlavourTagging", "Balance", "Binning", "CardFiles", "ClosureStudy", "DetectorModel", "DijetGeneration",
                "InstructionSets", "JetPhysics",
            ],
            resources: [.copy("Oracle")]),
        tests("Balance", ["Balance", "Binning", "JetPhysics"]),
        tests(
            "Intercalibration", ["Intercalibration", "Balance", "Binning", "GSL", "JetPhysics"],
            resources: [.copy("Oracle")]),
        tests("TruthResponse", ["TruthResponse", "Balance", "Binning", "JetPhysics"]),
        tests("TruthValidation", ["TruthValidation", "Binning", "JetPhysics"]),
        tests(
            "ClosureStudy",
            [
                "ClosureStudy", "CardFiles", "Balance", "Binning", "DetectorModel", "DijetGeneration",
                "InstructionSets", "Intercalibration", "JetPhysics", "Sampling", "TruthResponse", "TruthValidation",
            ]),
        tests("DetectorValidation", ["DetectorValidation", "DetectorModel", "DijetGeneration", "CardFiles"]),
        tests(
            "CardFiles",
            [
                "CardFiles", "Balance", "DetectorModel", "DijetGeneration", "FileAccess", "Intercalibration",
                "JetCorrectorFiles", .product(name: "Yams", package: "Yams"),
            ]),
        tests("BatchJobs", ["BatchJobs"]),
        tests(
            "ExchangeFiles",
            [
                "ExchangeFiles", "CalibrationFiles", "Intercalibration", "Balance", "Binning", "FileAccess",
            ]),
        tests(
            "EventFiles",
            [
                "EventFiles", "FileAccess", "HDF5", "Threads", "Balance", "Binning", "DijetGeneration", "JetPhysics",
                "TruthValidation",
            ],
            resources: [.copy("Fixtures")]),
        tests("HepMCFiles", ["HepMCFiles", "FileAccess", "JetPhysics"], resources: [.copy("Fixtures")]),
        tests(
            "SumsFiles",
            ["SumsFiles", "FileAccess", "HDF5", "Binning", "Balance", "Intercalibration", "ClosureStudy"]),
        tests(
            "CalibrationFiles",
            ["CalibrationFiles", "Intercalibration", "Balance", "Binning", "FileAccess", "TruthResponse"]),
        tests(
            "Reporting",
            [
                "Reporting", "CardFiles", "Balance", "Binning", "ClosureStudy", "DetectorModel", "DijetGeneration",
                "Intercalibration", "JetPhysics", "Plots", "TruthValidation",
            ]),
        .testTarget(name: "etacalTests", dependencies: ["etacal", "InstructionSets"], swiftSettings: settings),
    ],
    cLanguageStandard: .c2x,
    cxxLanguageStandard: .cxx17
)

// Scripts/sanitize says which tests it is about to run: they and what they need are the whole package then.
if let names = Context.environment["ETACAL_TESTS"] {
    var wanted = names.split(separator: " ").map { "\($0)Tests" }
    var needed: Set<String> = []
    while let name = wanted.popLast() {
        guard let target = package.targets.first(where: { $0.name == name }), needed.insert(name).inserted else {
            continue
        }
        for case .byNameItem(let name, _) in target.dependencies { wanted.append(name) }
    }
    package.targets.removeAll { !needed.contains($0.name) }
    package.products = []
}
