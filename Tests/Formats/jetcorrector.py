"""Reads the text of CMS as its readers do: half-open bins, 1 outside, variables clamped to the ranges of a record.

Written from the behaviour of those readers, with what they stumble over as errors. The formula is evaluated by Python.
"""

import math
import re


class Table:
    def __init__(self, text):
        lines = text.split("\n")
        self.comments = []
        while lines and lines[0].startswith("#"):
            comment = lines.pop(0)
            assert "[" not in comment and "]" not in comment, "brackets in a comment are taken for a section"
            self.comments.append(comment)
        self.section = lines.pop(0)[1:-1] if lines[0].startswith("[") else ""
        header = lines.pop(0)
        assert header.startswith("{") and header.endswith("}"), header
        assert "\t" not in text, "tabs are no separators"
        words = header[1:-1].split()
        bins = int(words.pop(0))
        assert bins <= 2, "three bin variables are misread"
        self.bin_variables = [words.pop(0) for _ in range(bins)]
        self.variables = [words.pop(0) for _ in range(int(words.pop(0)))]
        self.formula, self.kind, self.level = words
        assert lines.pop() == "" and all(lines), "empty lines behind the header are no records"
        self.records = [self.record(line) for line in lines]
        if self.formula != '""':
            code = re.sub(r"\[(\d+)\]", r"p[\1]", self.formula).replace("^", "**")
            self.compiled = compile(code, "formula", "eval")

    def record(self, line):
        assert "#" not in line
        tokens = [token for token in line.split(" ") if token]
        count = 2 * len(self.bin_variables)
        edges = [float(token) for token in tokens[:count]]
        numbers = [float(token) for token in tokens[count + 1 :]]
        assert int(tokens[count]) == len(numbers), line
        ranges = 2 * len(self.variables) if self.formula != '""' else 0
        return list(zip(edges[::2], edges[1::2])), list(zip(numbers[:ranges:2], numbers[1:ranges:2])), numbers[ranges:]

    def find(self, values):
        for edges, ranges, parameters in self.records:
            if all(low <= value < high for (low, high), value in zip(edges, values)):
                return ranges, parameters
        return None

    def value(self, eta, pt):
        given = {"JetEta": eta, "JetPt": pt}
        found = self.find([given[name] for name in self.bin_variables])
        if found is None:
            return 1.0
        ranges, parameters = found
        point = [min(max(given[name], low), high) for name, (low, high) in zip(self.variables, ranges)]
        names = dict(zip("xyzt", point), p=parameters, log=math.log, max=max, min=min)
        return eval(self.compiled, {"__builtins__": {}}, names)

    def uncertainty(self, eta, pt):
        """Up, linear in pT between the nodes of a bin; nothing outside the bins of eta."""
        found = self.find([eta])
        if found is None:
            return None
        triples = [found[1][at : at + 3] for at in range(0, len(found[1]), 3)]
        if pt <= triples[0][0]:
            return triples[0][1]
        for low, high in zip(triples, triples[1:]):
            if pt < high[0]:
                return low[1] + (pt - low[0]) / (high[0] - low[0]) * (high[1] - low[1])
        return triples[-1][1]
