"""Shows that layers.py catches each kind of violation: a clean toy package, broken in one way at a time."""

import copy
import sys
import tempfile
from pathlib import Path

from layers import Check, dump_package
from swiftcode import code_only

MANIFEST = """\
// swift-tools-version: 6.2
import PackageDescription

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\\(name)Tests", dependencies: dependencies)
}

let package = Package(
    name: "Toy",
    products: [.executable(name: "etacal", targets: ["etacal"])],
    dependencies: [.package(url: "https://github.com/jpsim/Yams", from: "6.2.2")],
    targets: [
        .systemLibrary(name: "CGSL", pkgConfig: "gsl"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        library("GSL", ["CGSL"]),
        library("Binning"),
        library("DetectorModel", ["Binning"]),
        library("DijetSimulation", ["DetectorModel"]),
        library("Balance", ["Binning"]),
        library("Intercalibration", ["Balance", "GSL"]),
        library("ClosureStudy", ["DijetSimulation", "Intercalibration"]),
        library(
            "CardFiles",
            [
                "DetectorModel", "ClosureStudy", "Geometry",
                .product(name: "Yams", package: "Yams"),
            ]),
        library("EventFiles", ["Balance", "CZlib"]),
        .target(name: "Geometry", path: "Geometry", exclude: ["README.md"], sources: ["Geometry.swift"]),
        .executableTarget(name: "etacal", dependencies: ["CardFiles", "EventFiles"]),
        tests("Binning", ["Binning"]),
        tests("GSL", ["GSL", "etacal"]),
    ]
)
"""

FILES = {
    "Sources/CGSL/module.modulemap": 'module CGSL [system] { header "shim.h" }\n',
    "Sources/CZlib/module.modulemap": 'module CZlib [system] { header "shim.h" }\n',
    "Sources/GSL/GSL.swift": "import CGSL\nimport Synchronization\n",
    "Sources/Binning/Binning.swift": (
        "import Foundation\n"
        "/* import Nothing /* nested */ Date() */ // import Nothing\n"
        'let text = "import Nothing; Date() \\"" + #"print(")"#\n'
        'let long = """\nimport Nothing\n  print(" \\("")"\n"""\n'
        "func print(_ x: Int) {}\n"
        "func draw(_ x: inout [Int], by g: inout some RandomNumberGenerator) { x.append(contentsOf: x) }\n"
        "let dated = log.print(Date(timeIntervalSince1970: row.write(to: block)))\n"
    ),
    "Sources/DetectorModel/Model.swift": "public import struct Binning.Axis\n",
    "Sources/DijetSimulation/Deep/Simulation.swift": "@preconcurrency\nimport DetectorModel\n",
    "Sources/Balance/Balance.swift": "package import Binning\n",
    "Sources/Intercalibration/Fit.swift": "import Balance; import GSL\n",
    "Sources/ClosureStudy/Closure.swift": "import DijetSimulation\nimport Intercalibration\n",
    "Sources/CardFiles/Card.swift": (
        "import ClosureStudy\nimport DetectorModel\nimport Geometry\nimport Yams\nlet a = FileManager.default\n"
    ),
    "Sources/EventFiles/Events.swift": "import Balance\nimport CZlib\nlet f = fopen(path, mode)\n",
    "Geometry/Geometry.swift": "let cards = 1\n",
    "Geometry/Ignored.swift": "import Nothing\n",
    "Sources/etacal/main.swift": "import CardFiles\nimport EventFiles\nprint(Date())\n",
    "Tests/BinningTests/BinningTests.swift": "import Binning\nimport Testing\nlet now = Date()\n",
    "Tests/GSLTests/GSLTests.swift": "import GSL\nimport Testing\n",
}


def at(text):
    """How a message begins that points to where the manifest says this."""
    return f"Package.swift:{MANIFEST[: MANIFEST.index(text)].count(chr(10)) + 1}: "


def declare(target, *others):
    """Adds dependencies in the dump; the manifest's text stays, so the line is that of the target."""

    def change(files, dump):
        entry = next(entry for entry in dump["targets"] if entry["name"] == target)
        entry["dependencies"] += [{"byName": [other, None]} for other in others]
        path = next(path for path in files if f"{target}/" in path and path.endswith(".swift"))
        files[path] += "".join(f"\nimport {other}\n" for other in others)

    return change


def append(path, text):
    def change(files, dump):
        files[path] = files.get(path, "") + text

    return change


def rename(target, name):
    def change(files, dump):
        entry = next(entry for entry in dump["targets"] if entry["name"] == target)
        entry.update(name=name, path=next(str(Path(path).parent) for path in files if f"/{target}/" in path))

    return change


BINNING = "Sources/Binning/Binning.swift"
BINNING_END = FILES[BINNING].count("\n") + 1
SIMULATION = "Sources/DijetSimulation/Deep/Simulation.swift"
MODEL = "Sources/DetectorModel/Model.swift"
CARD = "Sources/CardFiles/Card.swift"
BINNING_TESTS = "Tests/BinningTests/BinningTests.swift"

# What is broken: how, and the beginning and another part of each message that must come, none else.
CASES = {
    "a clean package": (lambda files, dump: None, []),
    "a transitive import": (
        append(SIMULATION, "import Binning\n"),
        [(f"{SIMULATION}:3: ", "imports Binning and does not declare it")],
    ),
    "a transitive import in a test": (
        append("Tests/GSLTests/GSLTests.swift", "import CZlib\n"),
        [("Tests/GSLTests/GSLTests.swift:3: ", "imports CZlib and does not declare it")],
    ),
    "an undeclared product": (
        append("Sources/etacal/main.swift", "import Yams\n"),
        [("Sources/etacal/main.swift:4: ", "imports Yams and does not declare it")],
    ),
    "a test module in a library": (
        append(BINNING, "import Testing\n"),
        [(f"{BINNING}:{BINNING_END}: ", "move it to a test target")],
    ),
    "an unused dependency": (
        lambda files, dump: files.update({MODEL: "struct Model {}\n"}),
        [(at('library("DetectorModel"'), "declares Binning and never imports it")],
    ),
    "an unused product": (
        lambda files, dump: files.update({CARD: files[CARD].replace("import Yams", "// import Yams")}),
        [(at(".product(name"), "declares Yams and never imports it")],
    ),
    "an unused dependency of a test": (
        lambda files, dump: files.update({BINNING_TESTS: "import Testing\n"}),
        [(at('tests("Binning"'), "BinningTests declares Binning and never imports it")],
    ),
    "an upward dependency": (
        declare("Binning", "DetectorModel"),
        [
            (at('library("Binning"'), "Binning (layer 1) depends on DetectorModel (layer 2)"),
            (at('library("Intercalibration"'), "must not reach DetectorModel"),
        ],
    ),
    "a neighbour in layer 3": (
        declare("Balance", "DijetSimulation"),
        [
            (at('library("Balance"'), "(layer 3) depends on DijetSimulation (layer 3)"),
            (at('library("Intercalibration"'), "Balance -> DijetSimulation"),
            (at('library("Intercalibration"'), "DijetSimulation -> DetectorModel"),
        ],
    ),
    "a neighbour in layer 4": (
        declare("CardFiles", "EventFiles"),
        [("Package.swift:", "CardFiles (layer 4) depends on EventFiles (layer 4)")],
    ),
    "data used from below": (
        declare("DetectorModel", "Geometry"),
        [(at('library("DetectorModel"'), "depends on Geometry, for layer 4 and above")],
    ),
    "an unused dependency of the program": (
        lambda files, dump: files.update({"Sources/etacal/main.swift": "import CardFiles\n"}),
        [(at('.executableTarget(name: "etacal"'), "etacal declares EventFiles and never imports it")],
    ),
    "data that depends": (
        declare("Geometry", "Binning"),
        [("Package.swift:", "Geometry is data and depends on Binning")],
    ),
    "a target without a layer": (
        rename("Balance", "Unheard"),
        [("Package.swift:", "target Unheard has no layer")],
    ),
    "a test of nothing": (
        rename("BinningTests", "StrayTests"),
        [("Package.swift:", "StrayTests has no target Stray")],
    ),
    "a folder that nothing compiles": (
        append("Sources/Lost/Lost.swift", "let lost = 1\n"),
        [("Sources/Lost:1: ", "Lost is not a target")],
    ),
    "the fit reaching the detector": (
        declare("Intercalibration", "DetectorModel"),
        [(at('library("Intercalibration"'), "must not reach DetectorModel")],
    ),
    "GSL's C library elsewhere": (
        declare("EventFiles", "CGSL"),
        [("Sources/EventFiles/Events.swift:5: ", "EventFiles imports CGSL; use GSL")],
    ),
    "a C library in public": (
        lambda files, dump: files.update({"Sources/GSL/GSL.swift": "public import CGSL\n"}),
        [("Sources/GSL/GSL.swift:1: ", "public import of the C library CGSL")],
    ),
    "a testable import": (
        lambda files, dump: files.update({BINNING_TESTS: "@testable import Binning\n"}),
        [(f"{BINNING_TESTS}:1: ", "@testable import of Binning")],
    ),
    "a re-export": (
        lambda files, dump: files.update({MODEL: "@_exported public import Binning\n"}),
        [(f"{MODEL}:1: ", "@_exported import of Binning")],
    ),
}

# House rules: code that a library must not contain, and the beginning of what is said of it.
TABOO_CODE = {
    "print(1)": "talks to the terminal",
    "Swift.print(1)": "talks to the terminal",
    'debugPrint("x", x)': "talks to the terminal",
    "FileHandle.standardError.write(data)": "talks to the terminal",
    "let p = ProcessInfo.processInfo.environment": "reads the environment",
    'let s = "\\(getenv(name))"': "reads the environment",
    "let now = Date()": "reads the clock",
    "let now = ContinuousClock().now": "reads the clock",
    "var g = SystemRandomNumberGenerator()": "draws from a generator with a state",
    "let x = Double.random(in: 0..<1)": "draws from a generator with a state",
    "let y = list.shuffled()": "draws from a generator with a state",
    "let f = FileManager.default": "touches files",
    "let s = try String(contentsOf: url)": "touches files",
    "try data.write(to: url)": "touches files",
    'let f = fopen("x", "r")': "touches files",
}
for code, message in TABOO_CODE.items():
    CASES[f"the library code {code}"] = (
        append(BINNING, code + "\n"),
        [(f"{BINNING}:{BINNING_END}: ", f"a library {message}: ")],
    )


def run():
    assert code_only('a("b\\(c("d"))e") // f') == "a(    c(   )   )     ", "literals and comments are not blanked"
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        manifest = Path(folder, "manifest")
        manifest.mkdir()
        write(manifest, {"Package.swift": MANIFEST})
        dump = dump_package(manifest)
        for number, (name, (change, expected)) in enumerate(CASES.items()):
            root = Path(folder, str(number))
            files = {"Package.swift": MANIFEST, **FILES}
            changed = copy.deepcopy(dump)
            change(files, changed)
            write(root, files)
            problems = Check(root, changed).run()
            if not as_expected(problems, expected):
                failures += 1
                print(f"check-layers: self-test: {name}: expected {expected}, found {problems}")
    print(f"check-layers: self-test: {len(CASES) - failures} passed, {failures} failed", file=sys.stderr)
    return 1 if failures else 0


def as_expected(problems, expected):
    unmatched = list(problems)
    for beginning, part in expected:
        found = next((line for line in unmatched if line.startswith(beginning) and part in line), None)
        if not found:
            return False
        unmatched.remove(found)
    return not unmatched


def write(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
