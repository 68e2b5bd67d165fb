"""YODA, HEPData, CSV and LaTeX against readers of those formats."""

import json
import math
import re
import subprocess
import sys

import babyyoda
import pandas
import yaml
from pylatexenc.latexwalker import LatexEnvironmentNode, LatexWalker

from workplace import Workplace, fitted_run


class TableTests(Workplace):
    def setUp(self):
        super().setUp()
        self.calibration = self.write_calibration()
        closure = fitted_run()[1]
        (self.folder / "closure.json").write_text(closure)
        self.closure = yaml.safe_load(closure)
        self.tables = {
            "constants": (self.calibration, "correction"), "closure": (self.closure, "nonclosure"),
        }

    def export(self, kind, *options, name="out"):
        self.succeed("export", "calibration.json", "--format", kind, *options, "-o", name)
        return self.folder / name

    def require(self, value, error, table, row, column):
        """A number of a table and its uncertainty, nan or None where there is none."""
        document, key = self.tables[table]
        expected, sigma = document[key][row][column], document["uncertainty"][row][column]
        if expected is None:
            self.assertTrue(value is None or math.isnan(value))
            return 0
        self.assertEqual(value, expected)
        if sigma:
            self.assertNearlyEqual(error, sigma)
        else:
            self.assertTrue(error is None or math.isnan(error) or error == 0)
        return 1

    def test_yoda_3(self):
        objects = babyyoda.read(str(self.export("yoda", "--closure", "closure.json")))
        for table, (document, _) in self.tables.items():
            eta, pt = document["eta_edges"], document["pt_edges"]
            whole = objects[f"/ETACAL/{table}"]
            self.assertEqual((list(whole.xEdges()), list(whole.yEdges())), (eta, pt))
            found = 0
            for column in range(len(pt) - 1):
                slice_ = objects[f"/ETACAL/{table}_pt{column}"]
                self.assertEqual(list(slice_.xEdges()), eta)
                bins = slice_.bins()
                self.assertEqual(len(bins), len(eta) - 1)
                for row, bin_ in enumerate(bins):
                    error = bin_.errors_up()[0]
                    self.assertTrue(math.isnan(error) or error == -bin_.errors_dn()[0])
                    found += self.require(bin_.value(), error, table, row, column)
                    other = whole.bins()[column * (len(eta) - 1) + row]
                    same = other.value() == bin_.value() or math.isnan(other.value()) and math.isnan(bin_.value())
                    self.assertTrue(same)
            self.assertGreater(found, 100)

    def test_yoda_2(self):
        """No reader of scatters can be installed: blocks, annotations by YAML, rows of numbers."""
        text = self.export("yoda-v2", "--closure", "closure.json").read_text()
        blocks = re.findall(r"BEGIN (YODA_SCATTER[23]D_V2) (\S+)\n(.*?)---\n(.*?)END \1\n", text, re.DOTALL)
        self.assertEqual(len(blocks), sum(len(document["pt_edges"]) for document, _ in self.tables.values()))
        found = 0
        for kind, path, annotations, body in blocks:
            told = yaml.safe_load(annotations)
            self.assertEqual(told["Path"], path)
            self.assertEqual(told["Type"].upper(), kind[5:-3])
            rows = [list(map(float, line.split())) for line in body.splitlines() if not line.startswith("#")]
            columns = 6 if kind == "YODA_SCATTER2D_V2" else 9
            self.assertTrue(all(len(row) == columns for row in rows))
            found += len(rows)
            if kind == "YODA_SCATTER3D_V2":
                continue
            table, column = re.fullmatch(r"/ETACAL/(\w+)_pt(\d+)", path).groups()
            eta = self.tables[table][0]["eta_edges"]
            places = {0.5 * (low + high): at for at, (low, high) in enumerate(zip(eta, eta[1:]))}
            for middle, down, up, value, minus, plus in rows:
                row = places[middle]
                self.assertAlmostEqual(middle - down, eta[row], delta=1e-12)
                self.assertAlmostEqual(middle + up, eta[row + 1], delta=1e-12)
                self.assertEqual(minus, plus)
                self.assertEqual(self.require(value, minus, table, row, int(column)), 1)
        self.assertGreater(found, 400)

    def test_hepdata(self):
        folder = self.export("hepdata", "--closure", "closure.json", name="submission")
        command = [sys.executable, "-c", "from hepdata_validator.cli import validate; validate()", "-d", str(folder)]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(outcome.returncode, 0, outcome.stdout + outcome.stderr)
        documents = list(yaml.safe_load_all((folder / "submission.yaml").read_text()))
        self.assertEqual([document.get("data_file") for document in documents], [None, "constants.yaml", "closure.yaml"])
        for table, (document, _) in self.tables.items():
            data = yaml.safe_load((folder / f"{table}.yaml").read_text())
            (eta,) = data["independent_variables"]
            edges = document["eta_edges"]
            self.assertEqual([(bin_["low"], bin_["high"]) for bin_ in eta["values"]], list(zip(edges, edges[1:])))
            self.assertEqual(len(data["dependent_variables"]), len(document["pt_edges"]) - 1)
            for column, variable in enumerate(data["dependent_variables"]):
                for row, point in enumerate(variable["values"]):
                    value = None if point["value"] == "-" else point["value"]
                    error = point["errors"][0]["symerror"] if "errors" in point else None
                    self.require(value, error, table, row, column)

    def test_csv(self):
        frame = pandas.read_csv(self.export("csv"))
        eta, pt = self.calibration["eta_edges"], self.calibration["pt_edges"]
        self.assertEqual(len(frame), (len(eta) - 1) * (len(pt) - 1))
        for at, line in enumerate(frame.itertuples()):
            row, column = divmod(at, len(pt) - 1)
            self.assertEqual(
                (line.eta_low, line.eta_high, line.pt_low, line.pt_high),
                (eta[row], eta[row + 1], pt[column], pt[column + 1]))
            self.assertEqual(line.status, self.calibration["status"][row][column])
            if self.require(line.correction, line.uncertainty, "constants", row, column):
                self.assertEqual(line.pt_mean, self.calibration["pt_mean"][row][column])

    def test_latex(self):
        text = self.export("latex", "--closure", "closure.json").read_text()
        walker = LatexWalker(text, tolerant_parsing=False)
        tables = [node for node in walker.get_latex_nodes()[0] if isinstance(node, LatexEnvironmentNode)]
        self.assertEqual([table.environmentname for table in tables], ["tabular", "tabular"])
        for table, (document, key) in zip(tables, self.tables.values()):
            body = table.latex_verbatim().split(r"\midrule")[1].split(r"\bottomrule")[0]
            lines = [line for line in body.split(r"\\") if line.strip()]
            self.assertEqual(len(lines), len(document["eta_edges"]) - 1)
            for row, line in enumerate(lines):
                cells = [cell.strip() for cell in line.split("&")]
                self.assertEqual(len(cells), len(document["pt_edges"]) + 1)
                for column, cell in enumerate(cells[2:]):
                    expected, sigma = document[key][row][column], document["uncertainty"][row][column]
                    if expected is None:
                        self.assertEqual(cell, "--")
                        continue
                    number, digits, error = re.fullmatch(r"\$(-?\d+\.?(\d*))(?:\((\d+)\))?\$", cell).groups()
                    last = 10.0 ** -len(digits)
                    self.assertLessEqual(abs(float(number) - expected), 0.5000001 * last, cell)
                    if sigma:
                        self.assertIn(len(error), (2,), cell)
                        self.assertLessEqual(abs(int(error) * last - sigma), 0.5000001 * last, cell)
                    else:
                        self.assertIsNone(error)

    def test_latex_of_uncertainties_too_small_for_parentheses(self):
        def bins(*content):
            return {"nodetype": "binning", "input": "JetEta", "edges": [-1.0, 0.0, 1.0], "flow": 1.0, "content": content}

        keys = [{"key": "nom", "value": bins(1.0, 1.25)}, {"key": "stat_up", "value": bins(1 + 2.0**-43, 1.75)}]
        (self.folder / "theirs.json").write_text(json.dumps({"schema_version": 2, "corrections": [{
            "name": "c", "version": 1, "output": {"name": "f", "type": "real"},
            "inputs": [{"name": "JetEta", "type": "real"}, {"name": "which", "type": "string"}],
            "data": {"nodetype": "category", "input": "which", "content": keys}}]}))
        self.succeed("import", "theirs.json", "-o", "calibration.json", "--overwrite")
        lines = self.export("latex").read_text().split(r"\midrule")[1].splitlines()[1:3]
        cells = [line.removesuffix(r" \\").split(" & ")[2] for line in lines]
        self.assertEqual(cells, [r"$1.0000 \pm 1.1 \times 10^{-13}$", "$1.25(50)$"])
