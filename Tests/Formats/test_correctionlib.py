"""Exports to correctionlib against the reader itself, and both against our own evaluation."""

import gzip
import json
import math
import subprocess
import sys

import correctionlib
import numpy

from jetcorrector import Table
from support import etacal, run
from workplace import Workplace, places

BEYOND = [-math.inf, -1e9, 1e9, math.inf, math.nan]
VARIATIONS = ["nom", "stat_up", "stat_down"]
FORMS = {"binned": "EtaIntercalibration", "interpolated": "EtaIntercalibrationInterpolated"}


def validate(path):
    """What `correction validate` says of a file."""
    command = [sys.executable, "-c", "from correctionlib.cli import main; main()", "validate", "-v", "2", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class CorrectionlibTests(Workplace):
    def setUp(self):
        super().setUp()
        self.calibration = self.write_calibration()

    def export(self, *options, name="constants.json"):
        self.succeed("export", "calibration.json", "--format", "correctionlib", *options, "-o", name)
        return correctionlib.CorrectionSet.from_file(str(self.folder / name))

    def points(self):
        """(eta, pT) of all places, with the pT that constants belong to among them."""
        momenta = places(self.calibration["pt_edges"], [*BEYOND, -1.0, 0.0, 1e-300, 5.0, 1e8, math.nextafter(1e9, 0)])
        means = sorted({mean for row in self.calibration["pt_mean"] for mean in row if mean is not None})
        for eta in places(self.calibration["eta_edges"], [*BEYOND, 5.5, -5.5]):
            for pt in momenta:
                yield eta, pt
        for at, mean in enumerate(means):
            eta = self.calibration["eta_edges"][at % (len(self.calibration["eta_edges"]) - 1)]
            yield from [(eta, math.nextafter(mean, 0)), (eta, mean), (eta, math.nextafter(mean, math.inf))]

    def own(self, points, form, variation):
        """Our own evaluation: a table where a table can hold the numbers, one by one where it cannot."""
        table = [(eta, pt) for eta, pt in points if math.isfinite(eta) and math.isfinite(pt)]
        (self.folder / "points.csv").write_text("eta,pt\n" + "".join(f"{eta!r},{pt!r}\n" for eta, pt in table))
        options = ["--form", form, "--variation", variation]
        self.succeed(
            "evaluate", "calibration.json", "--points", "points.csv", *options, "-o", "values.csv", "--overwrite",
            "--quiet")
        rows = (self.folder / "values.csv").read_text().splitlines()[1:]
        values = {}
        for point, row in zip(table, rows, strict=True):
            eta, pt, value = map(float, row.split(","))
            assert (eta, pt) == point, "numbers come back bit for bit"
            values[point] = value
        return values

    def test_the_file_is_valid(self):
        for options in [[], ["--per-bin"]]:
            name = f"constants{len(options)}.json"
            self.export(*options, name=name)
            outcome = validate(self.folder / name)
            self.assertEqual(outcome.returncode, 0, outcome.stdout + outcome.stderr)

    def test_compressed_is_the_same(self):
        self.export()
        self.export(name="constants.json.gz")
        plain = (self.folder / "constants.json").read_bytes()
        packed = (self.folder / "constants.json.gz").read_bytes()
        self.assertEqual(gzip.decompress(packed), plain)
        self.assertLess(len(packed), len(plain) / 4)

    def test_agrees_with_our_own_evaluation_everywhere(self):
        corrections = self.export()
        points = list(self.points())
        count = 0
        for form, name in FORMS.items():
            for variation in VARIATIONS:
                for (eta, pt), value in self.own(points, form, variation).items():
                    theirs = corrections[name].evaluate(eta, pt, variation)
                    self.assertLessEqual(abs(value - theirs), 1e-12 * abs(theirs), (form, variation, eta, pt))
                    count += 1
        self.assertGreater(count, 10_000)

    def test_agrees_where_there_is_no_number(self):
        corrections = self.export()
        for eta, pt in [(1.0, x) for x in BEYOND] + [(x, 80.0) for x in BEYOND] + [(math.nan, math.nan)]:
            for form, name in FORMS.items():
                value = float(self.succeed("evaluate", "calibration.json", f"--eta={eta}", f"--pt={pt}", "--form", form))
                self.assertEqual(value, corrections[name].evaluate(eta, pt, "nom"), (eta, pt))
                self.assertEqual(value, 1.0)

    def test_the_numbers_are_those_of_the_calibration(self):
        corrections = self.export()
        eta, pt = self.calibration["eta_edges"], self.calibration["pt_edges"]
        found = 0
        for row, constants in enumerate(self.calibration["correction"]):
            for column, constant in enumerate(constants):
                if constant is None:
                    continue
                place = (0.5 * (eta[row] + eta[row + 1]), 0.5 * (pt[column] + pt[column + 1]))
                error = self.calibration["uncertainty"][row][column]
                values = [corrections["EtaIntercalibration"].evaluate(*place, key) for key in VARIATIONS]
                self.assertNearlyEqual(values[0], constant)
                self.assertAlmostEqual(values[1], constant + error, delta=1e-12)
                self.assertAlmostEqual(values[2], constant - error, delta=1e-12)
                mean = self.calibration["pt_mean"][row][column]
                at_mean = corrections["EtaIntercalibrationInterpolated"].evaluate(place[0], mean, "nom")
                self.assertAlmostEqual(at_mean, constant, delta=1e-15)
                self.assertEqual(corrections["EtaIntercalibrationStatus"].evaluate(*place), 1.0)
                found += 1
        self.assertGreater(found, 100)

    def test_what_is_undetermined_is_told(self):
        status = self.export()["EtaIntercalibrationStatus"]
        eta = self.calibration["eta_edges"]
        self.assertEqual(status.evaluate(0.5 * (eta[2] + eta[3]), 80.0), 0.0)
        self.assertEqual(status.evaluate(0.5 * (eta[15] + eta[16]), self.calibration["pt_edges"][0]), 3.0)
        self.assertEqual(status.evaluate(9.0, 80.0), 0.0)

    def test_a_misspelt_variation_is_an_error(self):
        correction = self.export()["EtaIntercalibration"]
        with self.assertRaises(Exception):
            correction.evaluate(1.0, 80.0, "nominal")

    def test_shifts_of_bins_move_their_bin_alone(self):
        corrections = self.export("--per-bin")
        shift = corrections["EtaIntercalibrationShift"]
        eta, pt = self.calibration["eta_edges"], self.calibration["pt_edges"]
        row, column = 12, 3
        relative = self.calibration["uncertainty"][row][column] / self.calibration["correction"][row][column]
        inside = (0.5 * (eta[row] + eta[row + 1]), 0.5 * (pt[column] + pt[column + 1]))
        self.assertAlmostEqual(shift.evaluate(*inside, f"stat_eta{row}_pt{column}_up"), 1 + relative, delta=1e-12)
        self.assertAlmostEqual(shift.evaluate(*inside, f"stat_eta{row}_pt{column}_down"), 1 - relative, delta=1e-12)
        for place in [(eta[row + 1], inside[1]), (inside[0], pt[column + 1]), (9.0, 80.0)]:
            self.assertEqual(shift.evaluate(*place, f"stat_eta{row}_pt{column}_up"), 1.0)

    def test_shifts_of_bins_are_the_uncertainty_together(self):
        """Of bins with a number of a neighbour, too."""
        corrections = self.export("--per-bin")
        shift, binned = corrections["EtaIntercalibrationShift"], corrections["EtaIntercalibration"]
        eta, pt = self.calibration["eta_edges"], self.calibration["pt_edges"]
        neighbours = 0
        for row in range(10, 21):
            place = 0.5 * (eta[row] + eta[row + 1])
            names = [
                f"stat_eta{row}_pt{column}_up" for column, error in enumerate(self.calibration["uncertainty"][row]) if error]
            for column in range(len(pt) - 1):
                momentum = 0.5 * (pt[column] + pt[column + 1])
                total = math.sqrt(sum((shift.evaluate(place, momentum, name) - 1) ** 2 for name in names))
                up = binned.evaluate(place, momentum, "stat_up") / binned.evaluate(place, momentum, "nom")
                self.assertAlmostEqual(total, up - 1, delta=1e-12, msg=f"{place} {momentum}")
                neighbours += self.calibration["correction"][row][column] is None
        self.assertGreater(neighbours, 3)

    def test_evaluates_arrays(self):
        correction = self.export()["EtaIntercalibration"]
        values = correction.evaluate(numpy.linspace(-5, 5, 1001), numpy.full(1001, 80.0), "nom")
        self.assertTrue(numpy.all((values > 0.5) & (values < 2)))

    def test_comes_back_as_it_was(self):
        self.export(name="constants.json.gz")
        self.succeed("import", "constants.json.gz", "-o", "back.json")
        back = json.loads((self.folder / "back.json").read_text())
        for key in ("eta_edges", "pt_edges", "quoted_pt_min", "gauge", "kind", "correction"):
            self.assertEqual(back[key], self.calibration[key], key)
        for row, means in enumerate(self.calibration["pt_mean"]):
            known = [self.calibration["correction"][row][at] is not None for at in range(len(means))]
            self.assertEqual(back["pt_mean"][row], [mean if is_known else None for mean, is_known in zip(means, known)])
        for ours, theirs in zip(self.calibration["uncertainty"], back["uncertainty"]):
            for one, other in zip(ours, theirs):
                self.assertEqual(one is None, other is None)
                # The shift of a number of about 1: its last digit is 2e-16.
                self.assertTrue(one is None or abs(one - other) < 4e-16, (one, other))
        # And the second time bit for bit in all.
        self.succeed("export", "back.json", "--format", "correctionlib", "-o", "second.json")
        self.succeed("import", "second.json", "-o", "twice.json")
        twice = json.loads((self.folder / "twice.json").read_text())
        for key in ("correction", "pt_mean", "status", "eta_edges", "pt_edges"):
            self.assertEqual(twice[key], back[key], key)


class OtherCorrectionTests(Workplace):
    """Corrections that others wrote: constants are what the reader says of the same file."""

    REALS = ({"name": "JetEta", "type": "real"}, {"name": "JetPt", "type": "real"})

    def require_same(self, data, *options, inputs=REALS, key=(), **others):
        """Imports a correction of these data and compares all constants; what the reader refuses is no constant."""
        correction = {"name": "residual", "version": 1, "inputs": list(inputs), "data": data}
        correction["output"] = {"name": "factor", "type": "real"}
        path = self.folder / "theirs.json"
        path.write_text(json.dumps({"schema_version": 2, "corrections": [correction | others]}))
        theirs = correctionlib.CorrectionSet.from_file(str(path))["residual"]
        self.succeed("import", "theirs.json", *options, "-o", "imported.json", "--overwrite")
        imported = json.loads((self.folder / "imported.json").read_text())
        for row, constants in enumerate(imported["correction"]):
            eta = 0.5 * (imported["eta_edges"][row] + imported["eta_edges"][row + 1])
            for column, constant in enumerate(constants):
                pt = math.sqrt(imported["pt_edges"][column] * imported["pt_edges"][column + 1])
                try:
                    expected = theirs.evaluate(eta, pt, *key)
                except (IndexError, RuntimeError):
                    expected = None
                if expected is None:
                    self.assertIsNone(constant, (eta, pt))
                else:
                    self.assertAlmostEqual(constant, expected, delta=1e-14, msg=f"{eta} {pt} {data}")
        return imported

    def write_binning(self, pt_edges):
        (self.folder / "binning.yaml").write_text(
            "schema: etacal.binning/1\neta_edges: [-2, 0, 2]\nreference_abs_eta_max: 2\n"
            f"pt_edges: {pt_edges}\nquoted_pt_min: {pt_edges[0]}\n")
        return "--binning", "binning.yaml"

    def bins(self, content, flow="clamp", edges=(-2.0, 0.0, 2.0), input="JetEta"):
        return {"nodetype": "binning", "input": input, "edges": list(edges), "flow": flow, "content": content}

    def formula(self, expression):
        return {"nodetype": "formula", "parser": "TFormula", "variables": ["JetPt"], "expression": expression}

    def test_formulas_in_bins_as_CMS_writes_residuals(self):
        formula = self.formula("[0]+[1]*log(max([2],min([3],x)))-2^-1+0.5")
        references = [
            {"nodetype": "formularef", "index": 0, "parameters": [1.0 + 0.01 * at, 0.02, 15.0, 4000.0]} for at in range(4)]
        edges = [-5.0, -1.3, 0.0, 1.3, 5.0]
        imported = self.require_same(self.bins(references, 1.0, edges), generic_formulas=[formula])
        self.assertEqual(imported["eta_edges"], edges)

    def test_signs_powers_and_functions(self):
        binning = self.write_binning([2, 4])
        for expression in [
            "-x^2", "2^3^2", "-2^2*x", "x-3^2", "3--x", "2-3-x", "8/2/x", "-log(x)^2", "(x>2)*4", "max(x,4)+1",
            "pow(x,1.5)", "atan2(x,-3)", "min(x,2)", "x==2", "(x!=2)+(x<=3)",
        ] + [f"{name}(x)" for name in "exp log log10 sqrt abs erf sin cos tan sinh cosh tanh asinh acosh atan".split()] + [
            f"{name}(0.1*x)" for name in ("asin", "acos", "atanh")]:
            self.require_same(self.bins([1.0, self.formula(f"1.5+0.001*abs({expression})")]), *binning)

    def test_what_lies_outside_of_bins(self):
        """Bins of pT that end at 50 and 200 GeV, looked at from 20 to 900."""
        binning = self.write_binning([20, 40, 90, 190, 300, 500, 900])
        for flow in ("clamp", "wrap", "error", 1.25, self.formula("1.1+0.0001*x")):
            inner = self.bins([self.formula("1.0+0.001*x"), 1.05], flow, [50.0, 110.0, 200.0], "JetPt")
            imported = self.require_same(self.bins([1.0, inner]), *binning)
            absent = imported["correction"][1].count(None)
            self.assertEqual(absent, 4 if flow == "error" else 0, flow)

    def test_keys_of_integers_and_defaults(self):
        inputs = [*self.REALS, {"name": "year", "type": "int"}]
        years = {
            "nodetype": "category", "input": "year", "default": self.bins([1.3, 1.4]),
            "content": [{"key": year, "value": self.bins([1 + 0.01 * (year % 10), 0.9])} for year in (2016, 2018)]}
        binning = self.write_binning([20, 90, 300])
        for year in (2016, 2018):
            self.require_same(years, "--variation", year, *binning, inputs=inputs, key=[year])
        self.require_same(years, *binning, inputs=inputs, key=[1])
        del years["default"]
        done = run(etacal(), "import", "theirs.json", "--variation", "2017", "-o", "no.json", folder=self.folder)
        self.assertRefused(done, 65, "theirs.json", "2017", "2016, 2018")


class SurfaceTests(Workplace):
    """A surface (method fold) is taken in steps of eta: what corrects jets is nowhere far from it."""

    def require_same_numbers(self, correction, calibration):
        """Our own evaluation, correctionlib and the text of CMS."""
        self.succeed("export", "calibration.json", "--format", "jec", "--form", "interpolated", "-o", "jec.txt")
        table = Table((self.folder / "jec.txt").read_text())
        momenta = places(calibration["pt_edges"], [0.0, 5.0, 47.3, 1e8])
        points = [(eta, pt) for eta in places(calibration["eta_edges"], [0.123, -9.0]) for pt in momenta]
        (self.folder / "points.csv").write_text("eta,pt\n" + "".join(f"{eta!r},{pt!r}\n" for eta, pt in points))
        for variation in VARIATIONS:
            self.succeed(
                "evaluate", "calibration.json", "--points", "points.csv", "--variation", variation, "-o", "values.csv",
                "--overwrite")
            rows = (self.folder / "values.csv").read_text().splitlines()[1:]
            for (eta, pt), row in zip(points, rows, strict=True):
                own, theirs = float(row.split(",")[2]), correction.evaluate(eta, pt, variation)
                self.assertLessEqual(abs(own - theirs), 1e-12 * theirs, (eta, pt))
                if variation == "nom" and eta > 2:
                    self.assertLessEqual(abs(table.value(eta, pt) - theirs), 1e-12 * theirs, (eta, pt))

    def test_what_no_bin_tells_is_uncertain(self):
        """Where bins of eta are without any constant jets follow the surface; its uncertainty grows there."""
        self.succeed("closure", "--events", "300k", "--method", "fold", "--quiet", "-o", "run", statuses=(0, 1))
        run = json.loads((self.folder / "run" / "calibration.json").read_text())
        (self.folder / "calibration.json").write_text(json.dumps(run))
        said = " ".join(self.succeed("export", "calibration.json", "--format", "correctionlib", "-o", "c.json").split())
        self.assertIn("there it is 1, or the trend of the surface", said)
        interpolated = correctionlib.CorrectionSet.from_file(str(self.folder / "c.json"))["EtaIntercalibrationInterpolated"]
        absent, known = [], []
        for row, constants in enumerate(run["correction"]):
            eta = 0.5 * (run["eta_edges"][row] + run["eta_edges"][row + 1])
            values = [interpolated.evaluate(eta, 80.0, key) for key in VARIATIONS]
            (known if any(constants) else absent).append((values[1] - values[2]) / values[0] / 2)
        self.assertGreater(len(absent), 2)
        self.assertGreater(min(absent), 0)
        self.assertGreater(sorted(absent)[len(absent) // 2], sorted(known)[len(known) // 2])

    def test_exports_are_near_what_corrects_jets(self):
        options = ["--binning", "coarse", "--events", "2M", "--method", "fold", "--quiet"]
        self.succeed("closure", *options, "-o", "run", statuses=(0, 1))
        (self.folder / "calibration.json").write_text((self.folder / "run" / "calibration.json").read_text())
        self.succeed("export", "calibration.json", "--format", "correctionlib", "-o", "constants.json.gz")
        corrections = correctionlib.CorrectionSet.from_file(str(self.folder / "constants.json.gz"))
        calibration = json.loads((self.folder / "calibration.json").read_text())
        self.require_same_numbers(corrections["EtaIntercalibrationInterpolated"], calibration)
        low, high = calibration["eta_edges"][0], calibration["eta_edges"][-1]
        jets = [(low + (high - low) * (at + 0.5) / 997, 20.0 * 1.0123 ** (at % 331)) for at in range(997)]
        table = "".join(f"{pt!r},{eta!r},0,{pt!r},{eta!r},3.14\n" for eta, pt in jets)
        (self.folder / "events.csv").write_text("pt1,eta1,phi1,pt2,eta2,phi2\n" + table)
        momenta = {}
        for kind in ("mc", "data"):
            self.succeed("apply", "calibration.json", "events.csv", "--as", kind, "-o", f"{kind}.csv", "--quiet")
            rows = (self.folder / f"{kind}.csv").read_text().splitlines()[1:]
            momenta[kind] = [float(row.split(",")[0]) for row in rows]
        deviations = []
        # The residual is what data have beyond the scale of simulation.
        for (eta, _), scaled, corrected in zip(jets, momenta["mc"], momenta["data"], strict=True):
            exported = corrections["EtaIntercalibrationInterpolated"].evaluate(eta, scaled, "nom")
            deviations.append(abs(exported * scaled / corrected - 1))
        # Within a step of eta at the edges of calorimeters, and elsewhere.
        self.assertLess(max(deviations), 0.005)
        self.assertLess(sorted(deviations)[int(0.9 * len(deviations))], 5e-4)
