// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("InternalImportsByDefault")]
let kit = Target.Dependency.product(name: "EtaCalKit", package: "EtaCal")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: ["Workload", kit] + dependencies, swiftSettings: settings)
}

// What the library is measured with: Benchmarks/run builds and calls all of it.
let package = Package(
    name: "EtaCalBenchmarks",
    dependencies: [
        // Named, since the folder above may be called anything
        .package(name: "EtaCal", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/google/swift-benchmark", from: "0.1.2"),
    ],
    targets: [
        .target(name: "Workload", dependencies: [kit, "CChain"], swiftSettings: settings),
        // The yardstick may use all that the processor has; its vectors pass between functions of one file alone
        .target(
            name: "CChain",
            cSettings: [
                .unsafeFlags(["-ffp-contract=off", "-Wno-psabi"]),
                .unsafeFlags(["-O3", "-march=native"], .when(configuration: .release)),
            ]),
        program("chain", [arguments]),
        program("stages", [.product(name: "Benchmark", package: "swift-benchmark")]),
        program("fits", [arguments]),
        program("readcsv", [arguments]),
        program("hdf5rate", [arguments]),
    ],
    cLanguageStandard: .c2x
)
