"""Checks docs/faults.md: each row of its tables has a fault, what the user sees, exit statuses and tests that exist.

A test is written `Suite/function`: a type in Tests/**/*.swift and a function in it, or in an extension of it, that
carries @Test.
"""

import argparse
import re
import sys
import tempfile
from pathlib import Path

from swiftcode import code_only

HEADER = ["fault", "what the user sees", "exit status", "test"]
# After docs/cli.md; 141 is SIGPIPE as shells count.
STATUSES = {"0", "1", "64", "65", "66", "69", "70", "73", "74", "129", "130", "141", "143"}
TYPE = re.compile(r"\b(?:struct|class|enum|extension|actor)\s+(\w+)[^{]*\{")
TEST = re.compile(r"@Test\b(?:(?!\bfunc\b).)*?\bfunc\s+(\w+)", re.DOTALL)
REFERENCE = re.compile(r"`(\w+)/(\w+)`")


def block(code, start):
    """The text from an opening brace to the one that closes it."""
    depth = 0
    for position in range(start, len(code)):
        depth += (code[position] == "{") - (code[position] == "}")
        if depth == 0:
            return code[start : position + 1]
    return code[start:]


def tests(root):
    """All pairs of a type and a test in it."""
    found = set()
    for path in sorted((root / "Tests").rglob("*.swift")):
        code = code_only(path.read_text())
        for match in TYPE.finditer(code):
            found |= {(match[1], name) for name in TEST.findall(block(code, match.end() - 1))}
    return found


def cells(line):
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def problems(root):
    page = root / "docs" / "faults.md"
    known = tests(root)
    suites = {suite for suite, _ in known}
    seen = {}
    rows = 0
    expects_rule = False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        place = f"docs/faults.md:{number}"
        if not line.startswith("|"):
            continue
        row = cells(line)
        if row == HEADER:
            expects_rule = True
            continue
        if expects_rule:
            expects_rule = False
            if not all(re.fullmatch(r":?-+:?", cell) for cell in row):
                yield f"{place}: the line under a header is missing"
            continue
        rows += 1
        if len(row) != len(HEADER) or not all(row):
            yield f"{place}: a row needs {len(HEADER)} cells that are not empty"
            continue
        if row[0] in seen:
            yield f"{place}: the fault stands in line {seen[row[0]]} already: {row[0]}"
        seen[row[0]] = number
        for status in re.split(r"[,\s]+", row[2]):
            if status not in STATUSES:
                yield f"{place}: '{status}' is no exit status of docs/cli.md"
        references = REFERENCE.findall(row[3])
        if not references or REFERENCE.sub("", row[3]).strip(" ,"):
            yield f"{place}: the last cell takes tests as `Suite/function`, separated by commas: {row[3]}"
        for suite, name in references:
            if (suite, name) not in known:
                what = "test" if suite in suites else "suite"
                yield f"{place}: there is no such {what} in Tests: {suite}/{name}"
    if rows == 0:
        yield "docs/faults.md: there are no rows"


SOURCE = """
import Testing
/// struct Commented { @Test func commented() {} }
struct SomeTests {
    let text = "struct Quoted { @Test func quoted() {} }"
    @Test(arguments: [1, 2]) func works(number: Int) throws { if number > 1 { work() } }
    func helper() {}
}
extension SomeTests { @Test func worksToo() {} }
struct OtherTests { @Test func other() {} }
"""
TABLE = "| fault | what the user sees | exit status | test |\n|---|---|---|---|\n"
GOOD = "| a | b | 64, 65 | `SomeTests/works`, `SomeTests/worksToo` |\n"
# What is wrong, and a part of what has to be said of it.
BAD = [
    ("| a | b | 64 | `SomeTests/missing` |", "no such test"),
    ("| a | b | 64 | `SomeTests/helper` |", "no such test"),
    ("| a | b | 64 | `SomeTests/other` |", "no such test"),
    ("| a | b | 64 | `SomeTests/quoted` |", "no such test"),
    ("| a | b | 64 | `Commented/commented` |", "no such suite"),
    ("| a | b | 64 | `Quoted/quoted` |", "no such suite"),
    ("| a | b | 64 | `MissingTests/works` |", "no such suite"),
    ("| a | b | 64 | SomeTests/works |", "takes tests"),
    ("| a | b | 64 | `SomeTests/works` and more |", "takes tests"),
    ("| a | b | 64 | |", "not empty"),
    ("| a | b | 64 |", "not empty"),
    ("| a | b | 2 | `SomeTests/works` |", "no exit status"),
    (GOOD + GOOD.strip(), "already"),
    ("", "no rows"),
]


def self_test():
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        (root / "docs").mkdir()
        (root / "Tests" / "SomeTests").mkdir(parents=True)
        (root / "Tests" / "SomeTests" / "SomeTests.swift").write_text(SOURCE)

        def found(rows):
            (root / "docs" / "faults.md").write_text(f"# Faults\n\n{TABLE}{rows}\n")
            return list(problems(root))

        failures = [f"a good table is refused: {found(GOOD)}"] if found(GOOD) else []
        for rows, words in BAD:
            said = found(rows)
            if len(said) != 1 or words not in said[0]:
                failures.append(f"{rows!r}: '{words}' was due, found {said}")
    return failures


def main():
    parser = argparse.ArgumentParser(prog="check-faults", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    found = self_test() if options.self_test else list(problems(options.root))
    for problem in found:
        print(problem, file=sys.stderr)
    if not found:
        print("check-faults: " + ("each mistake is caught" if options.self_test else "every fault has its test"))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
