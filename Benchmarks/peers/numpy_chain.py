#!/usr/bin/env python3
"""The chain from hard scatterings to sums of asymmetries in NumPy, on one core: blocks of columns in single precision that stay
in the cache, no loop over events. README.md says what it is for.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import time

import numpy as np

import model
from numpy_detector import Detector
from numpy_truth import F, Scatterings, radiate

# Events worked on together: smaller blocks cost more calls, larger ones leave the cache.
BLOCK = 32768


def selected_dijets(events):
    """Cell, weight and asymmetry of the events that pass and lie in the bins."""
    jets = events.jets
    average = F(0.5) * (jets.pt[0] + jets.pt[1])
    cosine = jets.ux[0] * jets.ux[1] + jets.uy[0] * jets.uy[1]
    passes = (jets.pt[1] > 0) & (jets.pt[2] <= F(model.ALPHA_MAXIMUM) * average)
    passes &= cosine < F(np.cos(model.DELTA_PHI_MINIMUM))
    passes &= (average >= F(model.PT_EDGES[0])) & (average < F(model.PT_EDGES[-1]))
    for jet in range(2):
        passes &= (jets.eta[jet] >= F(model.ETA_EDGES[0])) & (jets.eta[jet] < F(model.ETA_EDGES[-1]))
    rows = np.flatnonzero(passes)
    pt1, pt2, eta1, eta2 = jets.pt[0].take(rows), jets.pt[1].take(rows), jets.eta[0].take(rows), jets.eta[1].take(rows)
    average = average.take(rows)
    bin1, bin2 = (np.searchsorted(model.ETA_EDGES.astype(F), eta, "right") - 1 for eta in (eta1, eta2))
    pt_bin = np.searchsorted(model.PT_EDGES.astype(F), average, "right") - 1
    cell = (pt_bin * model.ETA_BINS + np.minimum(bin1, bin2)) * model.ETA_BINS + np.maximum(bin1, bin2)
    asymmetry = np.where(eta1 < eta2, pt1 - pt2, pt2 - pt1) / average
    return cell, events.weight.take(rows), asymmetry


def slice_sums(parts):
    """`model.COLUMNS` by cell."""
    cell, weight, asymmetry = (np.concatenate(column) for column in zip(*parts))
    weight, asymmetry = weight.astype(float), asymmetry.astype(float)
    columns = [None] + [weight * asymmetry**power for power in range(3)]
    columns += [weight**2 * asymmetry**power for power in range(5)]
    return np.stack([np.bincount(cell, column, minlength=model.CELLS) for column in columns], axis=1)


def main():
    options = model.arguments(__doc__.split(":")[0])
    start = time.perf_counter()
    made = model.make_model(options.events)
    rng = np.random.Generator(np.random.SFC64(options.seed))
    tables = Detector(made.detector)
    setup_seconds = time.perf_counter() - start

    stages = dict.fromkeys(["scattering", "radiation", "detector", "selection"], 0.0)
    by_slice, soft, missing = [], 0.0, 0.0
    begin = mark = time.perf_counter()
    begin_cpu = time.process_time()

    def passed(stage):
        nonlocal mark
        now = time.perf_counter()
        stages[stage] += now - mark
        mark = now

    for table, events in zip(made.slices, made.events):
        scatterings, parts = Scatterings(table), []
        for first in range(0, events, BLOCK):
            hard = scatterings.draw(rng, min(BLOCK, events - first))
            passed("scattering")
            truth = radiate(made.radiation, rng, hard, model.LARGEST_EXCESS * table.high)
            passed("radiation")
            measured = tables.reconstruct(rng, truth)
            soft += float(np.hypot(measured.soft_x, measured.soft_y).sum(dtype=float))
            missing += float(np.hypot(measured.met_x, measured.met_y).sum(dtype=float))
            passed("detector")
            parts.append(selected_dijets(measured))
            passed("selection")
        by_slice.append(slice_sums(parts))
        passed("selection")
    seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - begin_cpu
    if options.sums:
        model.write_sums(options.sums, by_slice, made.weights)
    model.report(
        "numpy", options, 1, seconds, setup_seconds, by_slice, cpu_seconds=cpu_seconds, mean_soft=soft / options.events,
        mean_met=missing / options.events, stages={stage: spent / seconds for stage, spent in stages.items()})


if __name__ == "__main__":
    main()
