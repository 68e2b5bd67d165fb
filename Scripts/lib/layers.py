"""Checks the imports of a Swift package against its declared dependencies, and both against the layers of EtaCal.

SwiftPM lets a target import what its dependencies depend on; here a target imports only what it declares, declares
only what it imports, and both only from below. The house rules that a pattern can catch are checked as well.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from swiftcode import code_only, imports

# A target may depend on any lower layer, and within its own layer only on those named in WITHIN_LAYER.
LAYERS = {
    0: ["CGSL", "CZlib", "CCrypto", "CHDF5", "CPartonGrid", "CDijets", "CHepMC"],
    1: ["GSL", "HDF5", "Sampling", "JetPhysics", "Binning", "Threads", "FileAccess", "InstructionSets"],
    2: ["DetectorModel"],
    3: ["DijetGeneration", "DijetSimulation", "FlavourTagging", "Balance", "Intercalibration", "TruthResponse", "TruthValidation"],
    4: [
        "ClosureStudy", "DetectorValidation", "CardFiles", "BatchJobs", "EventFiles", "HepMCFiles", "SumsFiles",
        "CalibrationFiles", "JetCorrectorFiles", "ExchangeFiles", "Reporting",
    ],
    6: ["etacal"],
}
WITHIN_LAYER = {1: ["Threads"], 3: ["Balance"], 4: ["ClosureStudy", "DetectorValidation", "CalibrationFiles", "JetCorrectorFiles"]}
# Files compiled in: they depend on nothing.
DATA = ["Geometry", "Plots", "RadiationTunes"]
# Where files may be known of: these serve this layer and those above it, and are hidden from the physics below.
FROM_LAYER = {"Geometry": 4, "Plots": 4, "RadiationTunes": 4, "FileAccess": 4, "HDF5": 4}

# A C library and the targets that may import it, beside its own tests.
WRAPPED = {
    "CGSL": ["GSL"],
    "CHDF5": ["HDF5"],
    "CPartonGrid": ["CardFiles"],
    "CHepMC": ["HepMCFiles"],
    "CDijets": ["InstructionSets", "DijetGeneration", "DijetSimulation", "FlavourTagging", "Balance"],
}
# Blind by construction: what the target must not reach, however indirectly.
UNREACHABLE = {"Intercalibration": ["DijetGeneration", "DijetSimulation", "DetectorModel", "TruthResponse"]}

SYSTEM_MODULES = {"Swift", "Foundation", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin"}
TEST_MODULES = {"Testing", "FoundationXML"}

LAYER_OF = {name: layer for layer, names in LAYERS.items() for name in names}


@dataclass(frozen=True)
class Taboo:
    """What library code must not do, as a pattern over code without comments and literals."""

    pattern: str
    does: str
    remedy: str
    allowed_in: str = "(?!)"  # a pattern for the names of targets


TABOOS = [
    Taboo(
        r"(?<!func )(?<![\w.`])(?:Swift\.)?(?:print|debugPrint|dump|fputs|puts|readLine)\("
        r"|\bFileHandle\.standard(?:Error|Output|Input)\b",
        "talks to the terminal",
        "return or throw a value and let etacal print it",
    ),
    Taboo(
        r"\bProcessInfo\.processInfo\.environment\b|(?<![\w.])(?:getenv|setenv)\(|\bCommandLine\.arguments\b",
        "reads the environment",
        "take the value as a parameter",
    ),
    Taboo(
        r"\bDate\(\s*\)|\bDate\.now\b|\b(?:Continuous|Suspending)Clock\b|\bDispatch(?:Wall)?Time\.now\("
        r"|(?<![\w.])(?:clock_gettime|gettimeofday|clock)\(|(?<![\w.])time\(nil\)|\.systemUptime\b",
        "reads the clock",
        "take the time, or the function that tells it, as a parameter",
    ),
    Taboo(
        r"\bSystemRandomNumberGenerator\b|\.random\(\s*(?:in:|\))|\.(?:randomElement|shuffled?)\(\s*\)|\bUUID\(\s*\)"
        r"|(?<![\w.])(?:s?rand|random|arc4random\w*|[dlm]rand48)\(",
        "draws from a generator with a state",
        "use Sampling: value = f(seed, slice, event, purpose)",
    ),
    Taboo(
        r"\bFileManager\b|\bFileHandle\b(?!\.standard)|\b(?:String|Data)\(\s*contentsOf|\bcontentsOfFile:"
        r"|\.write\(toFile:|\.write\(to: (?:\w*[uU](?:rl|RL)\b|[^)]*\b(?:atomically|options):)"
        r"|(?<![\w.])(?:fopen|freopen|mkstemp|opendir|tmpfile)\(|\b[IO]\w+Stream\(\s*(?:fileAtPath|url|toFileAtPath):",
        "touches files",
        "leave files to FileAccess, the *Files targets, Reporting and etacal",
        allowed_in=r"FileAccess|.*Files|Reporting",
    ),
]


class Target:
    """One target of `swift package dump-package`."""

    def __init__(self, root, dump):
        self.name = dump["name"]
        self.kind = dump["type"]
        kinds = {"product": [], "target": []}
        for dependency in dump["dependencies"]:
            ((kind, value),) = dependency.items()
            kinds["product" if kind == "product" else "target"].append(value[0])
        self.products = kinds["product"]  # of other packages; each is taken to be one module of the same name
        self.targets = kinds["target"]
        folder = "Tests" if self.kind == "test" else "Sources"
        self.folder = root / (dump.get("path") or f"{folder}/{self.name}")
        excluded = [self.folder / path for path in dump.get("exclude") or []]
        included = [self.folder / path for path in dump.get("sources") or ["."]]
        self.files = sorted(
            path
            for path in self.folder.rglob("*.swift")
            if not any(path.is_relative_to(other) for other in excluded)
            and any(path.is_relative_to(other) for other in included)
        )

    @property
    def declared(self):
        return self.targets + self.products

    @property
    def subject(self):
        """What a test target tests."""
        return self.name.removesuffix("Tests")


class Check:
    """Collects `file:line: problem; remedy`, in the order found."""

    def __init__(self, root, dump):
        self.root = root
        self.targets = {entry["name"]: Target(root, entry) for entry in dump["targets"]}
        self.manifest = (root / "Package.swift").read_text()
        self.problems = []

    def report(self, path, line, problem, remedy):
        self.problems.append(f"{path.relative_to(self.root)}:{line}: {problem}; {remedy}")

    def report_declaration(self, target, dependency, problem, remedy):
        """Points to where Package.swift declares the target, or rather the dependency of it."""
        call, name = ("tests", target.subject) if target.kind == "test" else ("(?!tests)[a-z]+", target.name)
        opening = rf'(?<![.\w]){call}\(\s*"{name}"|\.(?:\w+T|t)arget\(\s*name: "{target.name}"'
        start = re.search(opening, self.manifest)
        position = start.end() if start else 0
        if start and dependency:
            end = closing_parenthesis(self.manifest, position)
            position = max(position, self.manifest.find(f'"{dependency}"', position, end))
        line = self.manifest.count("\n", 0, position) + 1
        self.report(self.root / "Package.swift", line, problem, remedy)

    def run(self):
        self.check_folders()
        for target in self.targets.values():
            if self.check_known(target):
                self.check_layers(target)
                self.check_reach(target)
            self.check_imports(target)
            if target.kind == "regular":
                self.check_taboos(target)
        return self.problems

    def check_folders(self):
        folders = {target.folder for target in self.targets.values()}
        for top in ("Sources", "Tests"):
            for folder in sorted((self.root / top).glob("*/")):
                if folder not in folders and any(folder.rglob("*.swift")):
                    problem = f"{folder.name} is not a target, so nothing compiles it"
                    self.report(folder, 1, problem, "declare it in Package.swift or remove it")

    def check_known(self, target):
        if target.kind == "test":
            if target.name.endswith("Tests") and target.subject in self.targets:
                return True
            problem = f"test target {target.name} has no target {target.subject} to test"
            self.report_declaration(target, None, problem, "name it after the one it tests, with Tests at the end")
        elif target.name in LAYER_OF or target.name in DATA:
            return True
        else:
            remedy = "give it a layer in Scripts/lib/layers.py and a place in docs/architecture.md"
            self.report_declaration(target, None, f"target {target.name} has no layer", remedy)
        return False

    def check_layers(self, target):
        if target.kind == "test":
            return  # a test stands above everything
        if target.name in DATA:
            for other in target.declared:
                problem = f"{target.name} is data and depends on {other}"
                self.report_declaration(target, other, problem, "let who reads the data do the work")
            return
        layer = LAYER_OF[target.name]
        for other in target.targets:
            if layer < FROM_LAYER.get(other, layer):
                problem = f"{target.name} (layer {layer}) depends on {other}, for layer {FROM_LAYER[other]} and above"
                self.report_declaration(target, other, problem, "take the values as parameters")
            elif other in LAYER_OF:
                theirs = LAYER_OF[other]
                if theirs > layer or (theirs == layer and other not in WITHIN_LAYER.get(layer, [])):
                    problem = f"{target.name} (layer {layer}) depends on {other} (layer {theirs})"
                    remedy = "move what is shared down, or pass it in as a value or a closure"
                    self.report_declaration(target, other, problem, remedy)

    def check_reach(self, target):
        for hidden in UNREACHABLE.get(target.name, []):
            path = self.path(target.name, hidden)
            if path:
                problem = f"{target.name} must not reach {hidden}, and does: {' -> '.join(path)}"
                self.report_declaration(target, path[1], problem, "break the chain; truth stays out of the fit")

    def path(self, start, goal):
        """The shortest chain of declared dependencies, or nothing."""
        chains, seen = [[start]], {start}
        for chain in chains:
            if chain[-1] == goal:
                return chain
            node = self.targets.get(chain[-1])
            for other in node.targets if node else []:
                if other not in seen:
                    seen.add(other)
                    chains.append([*chain, other])
        return None

    def check_imports(self, target):
        used = set()
        for path in target.files:
            for line, module, modifiers in imports(path.read_text()):
                used.add(module)
                self.check_import(target, path, line, module, modifiers)
        if not target.files:
            return  # C, or a system library: no import statements to compare with
        for other in target.declared:
            # The program that a test runs is built because it is declared; there is nothing to import.
            run_by_test = target.kind == "test" and other in self.targets and self.targets[other].kind == "executable"
            if other not in used and not run_by_test:
                problem = f"{target.name} declares {other} and never imports it"
                self.report_declaration(target, other, problem, "remove the dependency")

    def check_import(self, target, path, line, module, modifiers):
        system = SYSTEM_MODULES | (TEST_MODULES if target.kind == "test" else set())
        if module not in system and module not in target.declared and module != target.name:
            if module in TEST_MODULES:
                remedy = "move it to a test target"
            elif module in self.targets:
                remedy = f'add "{module}" to its dependencies in Package.swift, or do without'
            else:
                remedy = "declare its product in Package.swift, or do without (system modules: Scripts/lib/layers.py)"
            self.report(path, line, f"{target.name} imports {module} and does not declare it", remedy)
        owner = WRAPPED.get(module)
        # What has tests of its own is tested by them.
        if owner and (target.subject if target.kind == "test" else target.name) not in [*owner, module]:
            self.report(path, line, f"{target.name} imports {module}", f"use {owner[0]}, which wraps it")
        if "public" in modifiers and LAYER_OF.get(module) == 0:
            problem = f"public import of the C library {module}"
            self.report(path, line, problem, "wrap its types; none appears in a public signature")
        for attribute, remedy in (
            ("@testable", "test what is public, or give it package access"),
            ("@_exported", "let each target import what it uses"),
        ):
            if attribute in modifiers:
                self.report(path, line, f"{attribute} import of {module}", remedy)

    def check_taboos(self, target):
        for path in target.files:
            for number, line in enumerate(code_only(path.read_text()).splitlines(), 1):
                for taboo in TABOOS:
                    found = re.search(taboo.pattern, line)
                    if found and not re.fullmatch(taboo.allowed_in, target.name):
                        problem = f"a library {taboo.does}: {found.group().strip()}"
                        self.report(path, number, problem, taboo.remedy)


def closing_parenthesis(text, position):
    """Where the parenthesis closes inside which the position lies."""
    depth = 1
    for bracket in re.finditer(r"[()]", text[position:]):
        depth += 1 if bracket.group() == "(" else -1
        if depth == 0:
            return position + bracket.start()
    return len(text)


def dump_package(root):
    # A scratch folder of its own: no waiting for a build that holds the lock on .build.
    with tempfile.TemporaryDirectory() as scratch:
        command = ["swift", "package", "--package-path", str(root), "--scratch-path", scratch, "dump-package"]
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if answer.returncode != 0:
        sys.exit(f"check-layers: {' '.join(command)} failed with status {answer.returncode}")
    return json.loads(answer.stdout)


def main():
    parser = argparse.ArgumentParser(prog="check-layers", description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2], help="the package")
    parser.add_argument("--self-test", action="store_true", help="show that each kind of violation is caught")
    arguments = parser.parse_args()
    if arguments.self_test:
        from layers_selftest import run

        return run()
    root = arguments.root.resolve()
    check = Check(root, dump_package(root))
    problems = check.run()
    for problem in problems:
        print(problem)
    files = sum(len(target.files) for target in check.targets.values())
    print(f"check-layers: {len(check.targets)} targets, {files} Swift files, {len(problems)} problems", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
