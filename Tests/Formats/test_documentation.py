"""Runs the examples of docs/formats.md one after another and compares what they print with what stands below them."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "formats.md"


def blocks(text):
    """(line, language, code) of the fenced blocks."""
    for found in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        yield text.count("\n", 0, found.start()) + 1, found.group(1), found.group(2)


def command(language, code, folder):
    if language == "sh":
        return ["bash", "-euo", "pipefail", "-c", code]
    if language == "python":
        return [sys.executable, "-c", code]
    compiler = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    assert compiler, "no compiler of C++"
    (folder / "example.cpp").write_text(code)
    subprocess.run([compiler, "-std=c++17", "-Wall", "-Werror", "example.cpp", "-o", "example"], cwd=folder, check=True)
    return ["./example"]


class DocumentationTests(unittest.TestCase):
    def test_examples_do_what_they_show(self):
        text = PAGE.read_text()
        environment = dict(os.environ)
        programs = [str(pathlib.Path(os.environ["ETACAL"]).parent), str(ROOT / "Scripts"), str(pathlib.Path(sys.executable).parent)]
        environment["PATH"] = os.pathsep.join([*programs, environment["PATH"]])
        listed = list(blocks(text))
        self.assertGreater(len([block for block in listed if block[1] == "python"]), 4)
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            output = None
            for line, language, code in listed:
                place = f"{PAGE.name}:{line}"
                if language == "text":
                    self.assertIsNotNone(output, place)
                    self.assertEqual(code, output, place)
                    continue
                self.assertIn(language, ("sh", "python", "cpp"), place)
                outcome = subprocess.run(
                    command(language, code, folder), cwd=folder, env=environment, capture_output=True, text=True,
                    timeout=300, check=False)
                self.assertEqual(outcome.returncode, 0, f"{place}\n{outcome.stdout}{outcome.stderr}")
                output = outcome.stdout
