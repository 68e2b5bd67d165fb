"""Whatever is done to a file that is read: an error with its place and status 65, or every number as the file says."""

import json
import os
import random

import correctionlib

from jetcorrector import Table
from support import LONGEST, etacal, run
from workplace import MALFORMED, Workplace, damaged, fitted_run

COUNT = int(os.environ.get("ETACAL_MUTANTS", "1000"))


class MutationTests(Workplace):
    """A thousand of each: one process for each, of a small file."""

    def require_told(self, outcome, name):
        """Nothing but an error with the file's name, and nothing left behind."""
        self.assertEqual(outcome.returncode, MALFORMED, outcome)
        self.assertTrue(outcome.stderr.startswith(f"etacal: {name}"), outcome.stderr)
        self.assertNotIn("\x00", outcome.stderr)
        self.assertFalse((self.folder / "out.json").exists())
        self.assertEqual([path for path in self.folder.iterdir() if "partial" in path.name], [])

    def try_all(self, name, data, seed, check):
        """Mutates `data` and imports it; `check` sees those that are taken."""
        generator = random.Random(seed)
        taken = 0
        for _ in range(COUNT):
            mutant = damaged(data, generator)
            (self.folder / name).write_bytes(mutant)
            outcome = run(
                etacal(), "import", name, "--quiet", "-o", "out.json", folder=self.folder, timeout=LONGEST)
            if outcome.returncode == 0:
                taken += 1
                check(mutant, json.loads((self.folder / "out.json").read_text()))
                (self.folder / "out.json").unlink()
            else:
                self.require_told(outcome, name)
        return taken

    def require_json(self, mutant):
        try:
            json.loads(mutant)
        except ValueError as error:
            at = getattr(error, "pos", 0)
            self.fail(f"{error}: {mutant[max(0, at - 60) : at + 60]!r}")

    def small(self, calibration):
        """Few bins: a mutation is rarely without effect."""
        keep = [10, 11, 12, 13, 14, 15]
        edges = calibration["eta_edges"]
        calibration["eta_edges"] = [edges[at] for at in [*keep, keep[-1] + 1]]
        calibration["gauge"]["reference_abs_eta_max"] = max(abs(edges[keep[0]]), abs(edges[keep[-1] + 1]))
        for key in ("correction", "uncertainty", "pt_mean", "status"):
            calibration[key] = [calibration[key][at] for at in keep]
        blocks = calibration["covariance"]["blocks"]
        calibration["covariance"] = {
            "order": calibration["covariance"]["order"],
            "blocks": [[[block[row][column] for column in keep] for row in keep] for block in blocks]}
        for key in ("response_data", "response_mc", "mc_truth", "bootstrap", "compatibility", "event_bound"):
            calibration.pop(key, None)

    def test_correctionlib(self):
        self.write_calibration(change=self.small)
        self.succeed("export", "calibration.json", "--format", "correctionlib", "-o", "good.json")

        def check(mutant, imported):
            # Our reading refuses more than the reader does; what both take has to be the same.
            theirs = correctionlib.CorrectionSet.from_string(mutant.decode())["EtaIntercalibration"]
            for row, constants in enumerate(imported["correction"]):
                eta = 0.5 * (imported["eta_edges"][row] + imported["eta_edges"][row + 1])
                for column, constant in enumerate(constants):
                    pt = (imported["pt_edges"][column] * imported["pt_edges"][column + 1]) ** 0.5
                    if constant is not None:
                        self.assertNearlyEqual(constant, theirs.evaluate(eta, pt, "nom"))

        taken = self.try_all("theirs.json", (self.folder / "good.json").read_bytes(), 1, check)
        self.assertLess(taken, COUNT / 2)

    def test_compressed_correctionlib(self):
        self.write_calibration(change=self.small)
        self.succeed("export", "calibration.json", "--format", "correctionlib", "-o", "good.json.gz")
        self.succeed("import", "good.json.gz", "-o", "good.json")
        good = json.loads((self.folder / "good.json").read_text())

        def check(_, imported):
            # The checksum lets nothing through but what is no part of the data.
            self.assertEqual(imported["correction"], good["correction"])

        self.try_all("theirs.json.gz", (self.folder / "good.json.gz").read_bytes(), 2, check)

    def test_jet_corrector_text(self):
        self.write_calibration(change=self.small)
        self.succeed("export", "calibration.json", "--format", "jec", "-o", "good.txt")

        def check(mutant, imported):
            # Ours takes more line ends, blanks and comments than the other reading; where both read, both read the same.
            try:
                table = Table(mutant.decode())
            except (AssertionError, ValueError, UnicodeDecodeError, SyntaxError, IndexError):
                return
            for row, constants in enumerate(imported["correction"]):
                eta = 0.5 * (imported["eta_edges"][row] + imported["eta_edges"][row + 1])
                for column, constant in enumerate(constants):
                    pt = (imported["pt_edges"][column] * imported["pt_edges"][column + 1]) ** 0.5
                    if constant is not None:
                        self.assertEqual(constant, table.value(eta, pt), (eta, pt))

        self.try_all("theirs.txt", (self.folder / "good.txt").read_bytes(), 3, check)

    def test_closure(self):
        self.write_calibration()
        closure = fitted_run()[1].encode()
        generator = random.Random(4)
        for _ in range(COUNT):
            mutant = damaged(closure, generator)
            (self.folder / "closure.json").write_bytes(mutant)
            outcome = run(
                etacal(), "export", "calibration.json", "--format", "yoda", "--closure", "closure.json", "-o", "out.json", "--quiet",
                folder=self.folder, timeout=LONGEST)
            if outcome.returncode == 0:
                self.require_json(mutant)
                (self.folder / "out.json").unlink()
            else:
                self.require_told(outcome, "closure.json")
