"""Independent values for TruthTableTests: python3 observables.py > observables.json

Reads the excerpt with the standard library alone, event by event, in plain floating-point sums.
"""

import csv
import gzip
import json
import math
from pathlib import Path

HERE = Path(__file__).resolve().parent
GAPS = [0, 0.7, 1.5, 2.5, 3.5, 5, 8]


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
    tag_sum = {}
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
        slices.append(
            {
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
        if s == 0:
            continue
        for d in selected:
            for tag, probe in ((0, 1), (1, 0)):
                if abs(d[tag][1]) < 1.3:
                    place = int((d[probe][1] + 5.2) / 0.4)
                    sums = tag_sum.setdefault(place, [0.0, 0.0])
                    sums[0] += sigma[s] / number[s]
                    sums[1] += sigma[s] / number[s] * (d[probe][0] - d[tag][0]) / d[2]
    spectrum = []
    for low in range(26):
        edges = [25 * 40 ** (k / 26) for k in (low, low + 1)]
        spectrum.append(
            sum(
                sigma[s] / number[s] * sum(1 for d in dijets[s] if edges[0] <= d[0][0] < edges[1]) for s in sigma
            )
        )
    means = [tag_sum[k][1] / tag_sum[k][0] if k in tag_sum else None for k in range(26)]
    print(json.dumps({"slices": slices, "spectrum_pb": spectrum, "mean_asymmetry_without_slice_0": means}, indent=1))


main()
