"""Whatever is done to a file that is read: an error with its place and status 65, or every number as the file says."""

import json
import os
import random
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import correctionlib

from jetcorrector import Table
from support import LONGEST, etacal, run
from workplace import MALFORMED, Workplace, damaged, fitted_run

COUNT = int(os.environ.get("ETACAL_MUTANTS", "1000"))


class MutationTests(Workplace):
    """A thousand of each: one process for each, of a small file."""

    def require_told(self, outcome, place, name):
        """Nothing but an error with the file's name, and nothing left behind."""
        self.assertEqual(outcome.returncode, MALFORMED, outcome)
        self.assertTrue(outcome.stderr.startswith(f"etacal: {name}"), outcome.stderr)
        self.assertNotIn("\x00", outcome.stderr)
        self.assertFalse((place / "out.json").exists())
        self.assertEqual([path for path in place.iterdir() if "partial" in path.name], [])

    def try_all(self, name, data, seed, check, *command):
        """Runs the program on mutants of `data`; `check` sees those that are taken. Returns how many these are."""
        def attempt(number):
            mutant = damaged(data, random.Random(f"{seed} {number}"))
            with tempfile.TemporaryDirectory() as folder:
                place = Path(folder)
                (place / name).write_bytes(mutant)
                outcome = run(etacal(), *command, "--quiet", "-o", "out.json", folder=place, timeout=LONGEST)
                if outcome.returncode != 0:
                    self.require_told(outcome, place, name)
                    return 0
                check(mutant, (place / "out.json").read_text())
                return 1

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return sum(pool.map(attempt, range(COUNT)))

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

        def check(mutant, written):
            imported = json.loads(written)
            # Our reading refuses more than the reader does; what both take has to be the same.
            corrections = correctionlib.CorrectionSet.from_string(mutant.decode())
            theirs = corrections["EtaIntercalibration"]
            # Of what is not known as ours, nothing but that correction is read.
            is_own = "EtaCal" in json.loads(mutant).get("description", "")
            has_status = is_own and "EtaIntercalibrationStatus" in corrections
            status = corrections["EtaIntercalibrationStatus"] if has_status else None
            for row, constants in enumerate(imported["correction"]):
                eta = 0.5 * (imported["eta_edges"][row] + imported["eta_edges"][row + 1])
                for column, constant in enumerate(constants):
                    pt = (imported["pt_edges"][column] * imported["pt_edges"][column + 1]) ** 0.5
                    said = imported["status"][row][column]
                    if status:
                        known = {1.0: "ok", 2.0: "extrapolated"}
                        self.assertEqual(said, known.get(status.evaluate(eta, pt), "unconstrained"), (eta, pt))
                    if constant is None:
                        continue
                    self.assertNearlyEqual(constant, theirs.evaluate(eta, pt, "nom"))
                    error = abs(theirs.evaluate(eta, pt, "stat_up") - constant)
                    self.assertLessEqual(abs(imported["uncertainty"][row][column] - error), 4e-16 * constant)
                    # Where the interpolated form has its nodes.
                    mean = imported["pt_mean"][row][column]
                    at_mean = corrections["EtaIntercalibrationInterpolated"].evaluate(eta, mean, "nom")
                    self.assertTrue(mean == pt or abs(at_mean - constant) < 1e-9, (eta, pt, mean))

        taken = self.try_all("theirs.json", (self.folder / "good.json").read_bytes(), 1, check, "import", "theirs.json")
        self.assertLess(taken, COUNT / 2)

    def test_compressed_correctionlib(self):
        self.write_calibration(change=self.small)
        self.succeed("export", "calibration.json", "--format", "correctionlib", "-o", "good.json.gz")
        self.succeed("import", "good.json.gz", "-o", "good.json")
        good = json.loads((self.folder / "good.json").read_text())

        def check(_, written):
            imported = json.loads(written)
            # The checksum lets nothing through but what is no part of the data.
            for key in ("correction", "uncertainty", "pt_mean", "status", "gauge", "eta_edges", "pt_edges"):
                self.assertEqual(imported[key], good[key], key)

        self.try_all("theirs.json.gz", (self.folder / "good.json.gz").read_bytes(), 2, check, "import", "theirs.json.gz")

    def test_jet_corrector_text(self):
        self.write_calibration(change=self.small)
        self.succeed("export", "calibration.json", "--format", "jec", "-o", "good.txt")

        def check(mutant, written):
            imported = json.loads(written)
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

        self.try_all("theirs.txt", (self.folder / "good.txt").read_bytes(), 3, check, "import", "theirs.txt")

    def test_closure(self):
        self.write_calibration()
        command = ["export", str(self.folder / "calibration.json"), "--format", "yoda", "--closure", "closure.json"]
        self.try_all("closure.json", fitted_run()[1].encode(), 4, lambda mutant, _: self.require_json(mutant), *command)
