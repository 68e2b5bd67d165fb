"""The text of CMS against a reading of its own, and both against correctionlib and our own evaluation."""

import json
import math

import correctionlib

from jetcorrector import Table
from workplace import Workplace, places

BEYOND = [-math.inf, -1e9, 1e9, math.inf, math.nan]
NAMES = {"binned": "EtaIntercalibration", "interpolated": "EtaIntercalibrationInterpolated"}


class JetCorrectorTests(Workplace):
    def setUp(self):
        super().setUp()
        self.calibration = self.write_calibration()

    def export(self, kind, *options):
        self.succeed("export", "calibration.json", "--format", kind, *options, "-o", f"{kind}.txt", "--overwrite")
        return Table((self.folder / f"{kind}.txt").read_text())

    def test_agrees_with_correctionlib_everywhere(self):
        self.succeed("export", "calibration.json", "--format", "correctionlib", "-o", "constants.json")
        corrections = correctionlib.CorrectionSet.from_file(str(self.folder / "constants.json"))
        momenta = places(self.calibration["pt_edges"], [*BEYOND, -1.0, 0.0, 5.0, 1e8])
        for form, name in NAMES.items():
            table = self.export("jec", "--form", form)
            self.assertEqual((table.kind, table.level), ("Correction", "L2Relative"))
            count = 0
            for eta in places(self.calibration["eta_edges"], [*BEYOND, 5.5, -5.5]):
                for pt in momenta:
                    ours, theirs = table.value(eta, pt), corrections[name].evaluate(eta, pt, "nom")
                    self.assertLessEqual(abs(ours - theirs), 1e-12 * theirs, (form, eta, pt))
                    count += 1
            self.assertGreater(count, 3000)

    def test_agrees_with_our_own_evaluation(self):
        for form in NAMES:
            table = self.export("jec", "--form", form)
            points = [(eta, pt) for eta in (-4.1, -2.9, 0.0, 1.3, 3.0) for pt in (12.0, 47.3, 80.0, 333.0, 2500.0)]
            (self.folder / "points.csv").write_text("eta,pt\n" + "".join(f"{eta},{pt}\n" for eta, pt in points))
            self.succeed(
                "evaluate", "calibration.json", "--points", "points.csv", "--form", form, "-o", "values.csv", "--overwrite")
            rows = (self.folder / "values.csv").read_text().splitlines()[1:]
            for (eta, pt), row in zip(points, rows, strict=True):
                value = float(row.split(",")[2])
                self.assertLessEqual(abs(value - table.value(eta, pt)), 1e-12 * value)

    def test_our_reader_takes_it(self):
        self.export("jec")
        self.succeed("import", "jec.txt", "-o", "back.json")
        back = json.loads((self.folder / "back.json").read_text())
        for key in ("eta_edges", "pt_edges", "quoted_pt_min", "gauge", "kind"):
            self.assertEqual(back[key], self.calibration[key], key)
        for ours, theirs in zip(self.calibration["correction"], back["correction"]):
            for one, other in zip(ours, theirs):
                # Bins without a constant have a neighbour's, or 1.
                self.assertTrue(one is None or one == other, (one, other))

    def test_a_card_made_of_it_needs_the_constants(self):
        """Pseudo-data of a card made of constants ask for these constants."""
        self.export("jec")
        self.succeed("import", "jec.txt", "--like", "uniform", "-o", "needs.yaml")
        self.succeed("closure", "--detector", "needs.yaml", "--events", "1M", "-o", "run", "--quiet", statuses=(0, 1))
        found = json.loads((self.folder / "run" / "calibration.json").read_text())
        needed = Table((self.folder / "jec.txt").read_text())
        pulls, products, squares = [], 0.0, 0.0
        for row in range(len(found["eta_edges"]) - 1):
            eta = 0.5 * (found["eta_edges"][row] + found["eta_edges"][row + 1])
            for column, constant in enumerate(found["correction"][row]):
                sigma = found["uncertainty"][row][column]
                if constant is None or not 0 < sigma < 0.02:
                    continue
                expected = needed.value(eta, found["pt_mean"][row][column])
                pulls.append((constant - expected) / sigma)
                products += (constant - 1) * (expected - 1) / sigma**2
                squares += (expected - 1) ** 2 / sigma**2
        self.assertGreater(len(pulls), 150)
        self.assertLess(math.sqrt(sum(pull * pull for pull in pulls) / len(pulls)), 1.2)
        # All of what is needed, neither none nor its inverse: the slope of constants on those needed is 1.
        self.assertGreater(squares, 20**2)
        self.assertLess(abs(products / squares - 1) * math.sqrt(squares), 3)

    def test_uncertainties_are_relative_and_linear(self):
        table = self.export("jec-uncertainty")
        self.assertEqual((table.kind, table.level, table.section), ("Correction", "JECSource", "Statistical"))
        edges = self.calibration["eta_edges"]
        for row in (0, 12, 20):
            eta = 0.5 * (edges[row] + edges[row + 1])
            for column, mean in enumerate(self.calibration["pt_mean"][row]):
                if self.calibration["correction"][row][column] is None:
                    continue
                relative = self.calibration["uncertainty"][row][column] / self.calibration["correction"][row][column]
                self.assertAlmostEqual(table.uncertainty(eta, mean), relative, delta=1e-14)
        # All of it where there is no constant.
        self.assertEqual(table.uncertainty(0.5 * (edges[2] + edges[3]), 80.0), 1.0)
