#!/usr/bin/env python3
"""Compares two tables of sums cell by cell: mean asymmetry, its width, and rate. Exit status 1 where they do not agree,
2 for tables that cannot be compared.

    python3 compare.py A.csv B.csv [--effective N]

Two probabilities for each: that of chi2, which sees single cells, and that of the mean pull, which sees what all cells have in
common. The pull of an asymmetry counts as that of the outer jet over the inner one for that.

Uncertainties are those of weighted events, from the last columns of `model.COLUMNS`. A table without `cube` and `fourth`
borrows the other one's kurtosis, so that one should have many more events.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np
from scipy.stats import chi2, norm

from model import ETA_BINS

LEAST_PROBABILITY = 1e-4
# How well the cross-sections of slices are integrated, relative: all rates may have that in common.
CROSS_SECTION_UNCERTAINTY = 0.0015
PLACE = ["pt_bin", "eta_low_bin", "eta_high_bin"]
NUMBERS = ["rows", "weight", "asymmetry", "asymmetry2", "weight2", "cross", "square"]
SHAPE = ["cube", "fourth"]


def read_sums(path):
    with open(path, newline="") as file:
        rows = csv.DictReader(file)
        missing = set(PLACE + NUMBERS) - set(rows.fieldnames or [])
        if missing:
            raise ValueError(f"no column {', '.join(sorted(missing))}; give a table of sums as the peers write it")
        return {
            tuple(int(row[key]) for key in PLACE): [float(row.get(key, "nan")) for key in NUMBERS + SHAPE] for row in rows
        }


def effective(sums):
    return sums[:, 1] ** 2 / np.maximum(sums[:, 4], 1e-300)


def estimates(sums):
    """Value and variance of ln rate, mean and ln width in each cell; the last variance may be NaN."""
    _, weight, asymmetry, asymmetry2, weight2, cross, square, cube, fourth = sums.T
    events = effective(sums)
    mean = asymmetry / weight
    mean_variance = (square - 2 * mean * cross + mean**2 * weight2) / weight**2 * events / (events - 1)
    variance = asymmetry2 / weight - mean**2
    # Sum of w^2 (A - mean)^k.
    second = square - 2 * mean * cross + mean**2 * weight2
    last = fourth - 4 * mean * cube + 6 * mean**2 * square - 4 * mean**3 * cross + mean**4 * weight2
    spread = (last - 2 * variance * second + variance**2 * weight2) / weight**2
    return {
        "rate": (np.log(weight), 1 / events), "mean asymmetry": (mean, mean_variance),
        "width": (0.5 * np.log(variance * events / (events - 1)), 0.25 * spread / variance**2),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tables", nargs=2, type=Path, help="tables of sums (CSV)")
    parser.add_argument(
        "--effective", type=float, default=100.0, help="effective events that a cell has in both (default: 100)")
    options = parser.parse_args()
    tables = []
    for path in options.tables:
        try:
            tables.append(read_sums(path))
        except (OSError, ValueError, TypeError) as error:
            parser.error(f"{path}: {error}")
    one, other = tables
    cells = sorted(set(one) & set(other))
    first, second = (np.array([table[cell] for cell in cells]).reshape(len(cells), -1) for table in (one, other))
    enough = (effective(first) >= options.effective) & (effective(second) >= options.effective)
    cells = [cell for cell, is_enough in zip(cells, enough) if is_enough]
    if not cells:
        parser.error(f"no cell has {options.effective:g} effective events in both; make more events or give --effective")
    ratio = effective(first[enough]) / effective(second[enough])
    probabilities = []
    pairs = zip(estimates(first[enough]).items(), estimates(second[enough]).values())
    for (name, (value, variance)), (other_value, other_variance) in pairs:
        variance = np.where(np.isnan(variance), other_variance / ratio, variance)
        other_variance = np.where(np.isnan(other_variance), variance * ratio, other_variance)
        if np.isnan(variance).any():
            parser.error("neither table has the columns cube and fourth; compare with one of a peer")
        pulls = (value - other_value) / np.sqrt(variance + other_variance)
        square = float((pulls**2).sum())
        of_square = float(chi2.sf(square, len(cells)))
        mean, expected = pulls.mean(), len(cells) ** -0.5
        if name == "mean asymmetry":
            mean = np.mean([pull if low + high < ETA_BINS else -pull for pull, (_, low, high) in zip(pulls, cells)])
        if name == "rate":
            expected = np.hypot(expected, np.mean(CROSS_SECTION_UNCERTAINTY / np.sqrt(variance + other_variance)))
        of_mean = float(2 * norm.sf(abs(mean) / expected))
        probabilities += [of_square, of_mean]
        worst = int(np.argmax(np.abs(pulls)))
        print(
            f"{name:14s} chi2/ndf = {square:.0f}/{len(cells)}, p = {of_square:.2g}; "
            f"mean pull {mean:+.3f} +- {expected:.3f}, p = {of_mean:.2g}; "
            f"worst {pulls[worst]:+.1f} in pT bin {cells[worst][0]}, eta bins {cells[worst][1]} and {cells[worst][2]}")
    agrees = min(probabilities) >= LEAST_PROBABILITY
    print("they agree" if agrees else f"they differ: a probability is below {LEAST_PROBABILITY:g}")
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
