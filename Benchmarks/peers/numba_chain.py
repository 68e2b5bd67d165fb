#!/usr/bin/env python3
"""The chain from hard scatterings to sums of asymmetries in Numba: loops over events that become vector code, blocks of events
shared among threads. README.md says what it is for.

All numbers of the loops are single precision: a bare Python number would make them double, so that constants have names.
"""

import os
import re
import sys

# How many threads there may be is settled when numba is imported.
asked = re.search(r"--threads[= ](\d+)", " ".join(sys.argv))
if asked:
    os.environ.setdefault("NUMBA_NUM_THREADS", asked[1])

import math
import time
from collections import namedtuple

import numba
import numpy as np
from numba import njit, prange

import model
from numba_detector import AVERAGE, COLUMNS, INTEGERS, L_ETA, L_PT, MET_X, MET_Y, PASSES, TERM_X, TERM_Y, WEIGHT, reconstruct
from numba_math import F, U, fast, word
from numba_truth import N, make_truth

ETA_EDGES, PT_EDGES = model.ETA_EDGES.astype(F), model.PT_EDGES.astype(F)
ETA_BINS, POWERS = model.ETA_BINS, len(model.COLUMNS)
# Random words of a block, and blocks that a thread takes at a time.
WORDS, CHUNK = 70 * N, 32


def record(name, values):
    """A tuple with names whose numbers are single precision."""
    plain = {key: F(value) if isinstance(value, (int, float)) else value for key, value in values.items()}
    return namedtuple(name, plain)(**plain)


@fast
def bin_of(edges, value):
    """Of a value inside the axis."""
    low, high = 0, len(edges) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if value >= edges[middle] else (low, middle)
    return low


@fast
def add(count, w, k, sums):
    """Adds the first `count` events of a block to the sums by cell. Returns the sums of soft and missing momentum's sizes."""
    soft, missing = 0.0, 0.0
    for i in range(count):
        soft += math.sqrt(w[TERM_X + i] * w[TERM_X + i] + w[TERM_Y + i] * w[TERM_Y + i])
        missing += math.sqrt(w[MET_X + i] * w[MET_X + i] + w[MET_Y + i] * w[MET_Y + i])
    for i in range(count):
        if k[PASSES + i]:
            eta1, eta2 = w[L_ETA + i], w[L_ETA + N + i]
            bin1, bin2 = bin_of(ETA_EDGES, eta1), bin_of(ETA_EDGES, eta2)
            difference = w[L_PT + i] - w[L_PT + N + i]
            asymmetry = np.float64((difference if eta1 < eta2 else -difference) / w[AVERAGE + i])
            cell = sums[(bin_of(PT_EDGES, w[AVERAGE + i]) * ETA_BINS + min(bin1, bin2)) * ETA_BINS + max(bin1, bin2)]
            cell[0] += 1
            weight = np.float64(w[WEIGHT + i])
            value, square = weight, weight * weight
            for power in range(3):
                cell[1 + power] += value
                value *= asymmetry
            for power in range(5):
                cell[4 + power] += square
                square *= asymmetry
    return soft, missing


@njit(parallel=True, fastmath=True, error_model="numpy")
def run_slice(key, events, tune, table, card, grid, flavours, tails, buffers, integers, sums, sizes):
    """One slice; `buffers`, `integers`, `sums` and `sizes` have an entry a thread."""
    blocks = (events + N - 1) // N
    for chunk in prange((blocks + CHUNK - 1) // CHUNK):
        thread = numba.get_thread_id()
        w, k = buffers[thread], integers[thread]
        for block in range(chunk * CHUNK, min(blocks, (chunk + 1) * CHUNK)):
            counter = word(U(key)) + U(block) * U(WORDS)
            make_truth(counter, tune, table, w, k)
            reconstruct(counter + U(40 * N), card, grid, flavours, tails, w, k)
            soft, missing = add(min(N, events - block * N), w, k, sums[thread])
            sizes[thread, 0] += soft
            sizes[thread, 1] += missing


def tables_of(made):
    """The model's numbers in the form that the loops take."""
    tune = vars(made.radiation) | {
        "cone": model.CONE_RADIUS, "log_distance": math.log(made.radiation.final_distance / model.CONE_RADIUS),
        "log_initial_reach": math.log(made.radiation.initial_reach), "underlying_power": 1 / made.radiation.underlying_fall,
    }
    card = {key: value for key, value in vars(made.detector).items() if isinstance(value, (int, float))}
    card |= {key + "2": card[key] ** 2 for key in (
        "eta_noise", "eta_floor", "phi_noise", "phi_floor", "soft_parallel", "soft_perpendicular")}
    card |= {
        "eta_scale": (card["eta_nodes"] - 1) / (2 * card["acceptance"]), "eta_last": card["eta_nodes"] - 1,
        "inverse_radius": 1 / card["barrel_radius"], "inverse_length": 1 / card["endcap_distance"],
        "corner": card["endcap_distance"] / card["barrel_radius"], "pile_up_threshold": max(5.0, card["threshold"]),
    }
    tails = vars(made.detector.tails)
    slices = [
        record("Slice", {
            "keep": table.keep, "codes": table.codes, "last": table.pt_nodes - 1, "log_low": math.log(table.low / 100),
            "reach": (table.low / table.high) ** table.power - 1, "inverse_power": 1 / table.power,
            "largest_pt2": (model.LARGEST_EXCESS * table.high) ** 2,
        }) for table in made.slices]
    return (
        slices, record("Tune", tune), record("Card", card), made.detector.grid, made.detector.flavours,
        namedtuple("Tails", tails)(**tails))


def main():
    options = model.arguments(__doc__.split(":")[0], threads=True)
    start = time.perf_counter()
    made = model.make_model(options.events)
    slices, tune, *tables = tables_of(made)
    threads = options.threads
    numba.set_num_threads(threads)
    buffers, integers = np.zeros((threads, COLUMNS * N), F), np.zeros((threads, INTEGERS * N), np.int32)
    sums = np.zeros((len(slices), threads, model.CELLS, POWERS))
    sizes = np.zeros((threads, 2))
    run_slice(0, N, tune, slices[0], *tables, buffers, integers, np.zeros_like(sums[0]), np.zeros_like(sizes))
    setup_seconds = time.perf_counter() - start

    begin, begin_cpu = time.perf_counter(), time.process_time()
    for number, (table, events) in enumerate(zip(slices, made.events)):
        run_slice(options.seed * len(slices) + number, events, tune, table, *tables, buffers, integers, sums[number], sizes)
    by_slice = sums.sum(axis=1)
    seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - begin_cpu
    if options.sums:
        model.write_sums(options.sums, by_slice, made.weights)
    mean_soft, mean_met = sizes.sum(axis=0) / options.events
    model.report(
        "numba", options, threads, seconds, setup_seconds, by_slice, {"numba": numba.__version__},
        cpu_seconds=cpu_seconds, mean_soft=mean_soft, mean_met=mean_met)


if __name__ == "__main__":
    main()
