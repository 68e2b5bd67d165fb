"""What both peers are given: slices of hard scatterings, radiation, detector, binning, and how many events each slice has.

Made from the files of the repository (PDF grid, tune, card) by code of its own; docs/physics.md has the formulas.
"""

import argparse
import json
import platform
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import scipy
import yaml

import detector
import scattering

ROOT = Path(__file__).resolve().parents[2]
SQRT_S = 13000.0
SLICE_EDGES = [15, 20, 26, 34, 45, 60, 80, 105, 140, 185, 245, 325, 430, 570, 760, 1000, 1500, 2500]
POSITIVE_ETA_EDGES = [
    0.261, 0.522, 0.783, 1.044, 1.305, 1.479, 1.653, 1.93, 2.172, 2.322, 2.5, 2.65, 2.853, 2.964, 3.139, 3.314, 3.489, 3.839,
    4.191, 4.5,
]
ETA_EDGES = np.array([-edge for edge in reversed(POSITIVE_ETA_EDGES)] + [0.0] + POSITIVE_ETA_EDGES)
PT_EDGES = np.array([30.0, 40, 55, 75, 100, 140, 200, 300, 450, 700, 1000])
ETA_BINS, PT_BINS = len(ETA_EDGES) - 1, len(PT_EDGES) - 1
CELLS = PT_BINS * ETA_BINS * ETA_BINS
DELTA_PHI_MINIMUM, ALPHA_MAXIMUM, ABS_ETA_MAXIMUM = 2.7, 0.3, 5.2
# Sums over rows of 1, w, w A, w A^2, w^2, w^2 A, ..., w^2 A^4: the last five tell how well the mean and the width are known.
COLUMNS = ["rows", "weight", "asymmetry", "asymmetry2", "weight2", "cross", "square", "cube", "fourth"]
WEIGHT_POWERS = np.array([0, 1, 1, 1, 2, 2, 2, 2, 2])
# Of the radiation, in GeV: the cone, the softest jet, and by how much a jet may exceed its slice.
CONE_RADIUS, JET_THRESHOLD, LARGEST_EXCESS = 0.4, 5.0, 2.5
# Emissions: two of each leg, three of the initial state, a pair of another interaction.
LEGS, FINAL, INITIAL, UNDERLYING, CANDIDATES, KEPT = 2, 2, 6, 9, 11, 4
# Other powers of colour factors: gluon or quark that radiates, and two gluons, gluon and quark, two quarks that come in.
CASIMIR, MIXED = 4 / 9, 13 / 18


@dataclass
class Model:
    slices: list
    radiation: SimpleNamespace
    detector: SimpleNamespace
    events: list  # a slice
    weights: list  # pb an event, by slice


def read_yaml(path):
    return yaml.safe_load((ROOT / path).read_text())


def radiation(path="Sources/RadiationTunes/monash.yaml"):
    """The tune's numbers and the colour factors that follow from them."""
    tune = SimpleNamespace(**read_yaml(path)["parameters"])
    tune.quark = CASIMIR**tune.final_colour
    tune.incoming = np.array([1, MIXED**tune.initial_colour, CASIMIR**tune.initial_colour], np.float32)
    return tune


def share_events(total, card):
    """In proportion to a slice's width in ln pT and to the variance of an asymmetry there; the rest to the largest."""
    edges = np.array(SLICE_EDGES, float)
    centre = np.sqrt(edges[:-1] * edges[1:])
    width = detector.resolution(card["resolution"], np.array([2.0]), centre)[0]
    shares = np.log(edges[1:] / edges[:-1]) * (width**2 + 0.01)
    events = np.maximum(1, (total * shares / shares.sum()).astype(int))
    events[np.argmax(shares)] += total - events.sum()
    return events.tolist()


def make_model(events):
    densities = scattering.PartonDensities(ROOT / "Sources/CPartonGrid/NNPDF23_lo_as_0130_thinned.dat")
    slices = [
        scattering.slice_table(densities, low, high, SQRT_S) for low, high in zip(SLICE_EDGES, SLICE_EDGES[1:])
    ]
    card = read_yaml("Geometry/cms-like.yaml")
    shared = share_events(events, card)
    weights = [table.cross_section / number for table, number in zip(slices, shared)]
    return Model(slices, radiation(), detector.detector(card), shared, weights)


def arguments(description, threads=False):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--events", type=int, required=True, help="events of all slices together")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers (default: 1)")
    parser.add_argument("--sums", type=Path, help="a table (CSV) of the sums to write (default: none)")
    if threads:
        parser.add_argument("--threads", type=int, default=1, help="threads to share the events (default: 1)")
    values = parser.parse_args()
    if values.events < 1000 * (len(SLICE_EDGES) - 1):
        parser.error("--events: give at least 1000 for each of the 17 slices")
    if threads and values.threads < 1:
        parser.error("--threads: give at least 1")
    if values.sums and not values.sums.parent.is_dir():
        parser.error(f"--sums: there is no folder {values.sums.parent}")
    return values


def write_sums(path, by_slice, weights):
    """Weights the slices' sums, of relative weights, with what an event stands for (pb).

    `by_slice` has COLUMNS by slice and cell; a cell is (pT bin, lower eta bin, higher eta bin).
    """
    total = sum(sums * weight**WEIGHT_POWERS for sums, weight in zip(by_slice, weights))
    with open(path, "w") as file:
        print(",".join(["pt_bin", "eta_low_bin", "eta_high_bin"] + COLUMNS), file=file)
        for cell in np.flatnonzero(total[:, 0]):
            pt_bin, pair = divmod(int(cell), ETA_BINS**2)
            numbers = [str(int(total[cell, 0]))] + [repr(float(value)) for value in total[cell, 1:]]
            print(",".join([str(pt_bin), str(pair // ETA_BINS), str(pair % ETA_BINS)] + numbers), file=file)


def report(peer, options, threads, seconds, setup_seconds, by_slice, versions=None, **more):
    """Prints one JSON object."""
    print(json.dumps({
        "peer": peer, "events": options.events, "threads": threads, "seconds": seconds, "setup_seconds": setup_seconds,
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__}
        | (versions or {}),
        "selected": int(sum(sums[:, 0].sum() for sums in by_slice)),
    } | more))
