"""Independent values for TruthTableTests: python3 observables.py > observables.json

Reads the excerpt with the standard library alone, event by event, in plain floating-point sums.
"""

import bisect
import csv
import gzip
import json
import math
from pathlib import Path

HERE = Path(__file__).resolve().parent
GAPS = [0, 0.7, 1.5, 2.5, 3.5, 5, 8]
PROBES = [-5.2 + 10.4 * k / 26 for k in range(27)]


def moments(values):
    n = len(values)
    mean = sum(values) / n
    return [mean, math.sqrt(sum((v - mean) ** 2 for v in values) / n)]


def main():
    with open(HERE / "pythia8_excerpt_xsec.csv", encoding="utf-8") as file:
        sigma = {int(row["slice"]): float(row["sigma_pb"]) for row in csv.DictReader(file)}
    number = {s: 0 for s in sigma}
    dijets = {s: [] for s in sigma}
    with gzip.open(HERE / "pythia8_excerpt_dijets.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            s = int(row["slice"])
            number[s] += 1
            jets = []
            for k in "1234":
                if row["pt" + k]:
                    jets.append([float(row[name + k]) for name in ("pt", "eta", "phi")] + [abs(int(row["flavour" + k]))])
            jets = [jet for jet in jets if jet[0] >= 8 and abs(jet[1]) < 5.2]
            if len(jets) < 2:
                continue
            average = (jets[0][0] + jets[1][0]) / 2
            phi = abs(jets[0][2] - jets[1][2]) % (2 * math.pi)
            phi = min(phi, 2 * math.pi - phi)
            alpha = jets[2][0] / average if len(jets) > 2 else 0.0
            dijets[s].append((jets[0], jets[1], average, phi, alpha))

    slices = []
    for s in sigma:
        selected = [d for d in dijets[s] if d[3] > 2.5 and d[4] < 0.3]

        def passing(cut, low=0.0, high=99.0):
            inside = [d for d in dijets[s] if low <= abs(d[0][1] - d[1][1]) < high]
            return sum(1 for d in inside if cut(d)) / len(inside) if inside else None

        def share(flavour, jet):
            return sum(1 for d in selected if d[jet][3] == flavour) / len(selected)

        asymmetries = [
            (d[0][0] - d[1][0]) / d[2] * (1 if d[0][1] < d[1][1] else -1) for d in selected
        ]
        # (pT_probe − pT_tag)/pT_avg in bins of the probe's η, the tag within 1.3.
        probes = [[] for _ in range(26)]
        for d in selected:
            for tag, probe in ((0, 1), (1, 0)):
                if abs(d[tag][1]) < 1.3:
                    probes[bisect.bisect_right(PROBES, d[probe][1]) - 1].append((d[probe][0] - d[tag][0]) / d[2])
        slices.append(
            {
                "probes": [moments(values) if len(values) > 1 else None for values in probes],
                "events": number[s],
                "dijets": len(dijets[s]),
                "selected": len(selected),
                "gluon": [share(21, 0), share(21, 1)],
                "charm": [share(4, 0), share(4, 1)],
                "bottom": [share(5, 0), share(5, 1)],
                "eta1": moments([d[0][1] for d in selected]),
                "delta_eta": moments([d[0][1] - d[1][1] for d in selected]),
                "asymmetry": moments(asymmetries),
                "delta_phi": passing(lambda d: d[3] > 2.5),
                "alpha": passing(lambda d: d[4] < 0.3),
                "both": [
                    passing(lambda d: d[3] > 2.5 and d[4] < 0.3, low, high) for low, high in zip(GAPS, GAPS[1:])
                ],
            }
        )
    spectrum = []
    for low in range(26):
        edges = [25 * 40 ** (k / 26) for k in (low, low + 1)]
        spectrum.append(
            sum(
                sigma[s] / number[s] * sum(1 for d in dijets[s] if edges[0] <= d[0][0] < edges[1]) for s in sigma
            )
        )
    print(json.dumps({"slices": slices, "spectrum_pb": spectrum}, indent=1))


main()
