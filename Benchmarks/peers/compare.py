#!/usr/bin/env python3
"""Compares two tables of sums cell by cell: mean asymmetry, its width, and rate. Exit status 1 where they do not agree,
2 for tables that cannot be compared.

    python3 compare.py A.csv B.csv [--effective N]

Two probabilities for each: that of chi2, which sees single cells, and that of the mean pull, which sees what all cells have in
common. The pull of an asymmetry counts as that of the outer jet over the inner one for that.

Uncertainties are those of weighted events, from the last columns of `model.COLUMNS`. That of widths needs `cube` and `fourth`
of one table at least, which should have more events when the other one lacks them.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np
from scipy.stats import chi2, norm

from model import ETA_BINS

LEAST_PROBABILITY = 1e-4
# The uncertainty of a width comes from fourth moments, which vary so much where events are few that chi2 would be too large.
WIDTH_FACTOR = 3
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
    """By cell: effective events, mean and its variance, ln width, and N times the relative variance of the width's square (the
    kurtosis less 1, were weights alike), which may be NaN.
    """
    _, weight, asymmetry, asymmetry2, weight2, cross, square, cube, fourth = sums.T
    events = effective(sums)
    mean = asymmetry / weight
    mean_variance = (square - 2 * mean * cross + mean**2 * weight2) / weight**2 * events / (events - 1)
    variance = asymmetry2 / weight - mean**2
    # Sum of w^2 (A - mean)^k.
    second = square - 2 * mean * cross + mean**2 * weight2
    last = fourth - 4 * mean * cube + 6 * mean**2 * square - 4 * mean**3 * cross + mean**4 * weight2
    spread = (last - 2 * variance * second + variance**2 * weight2) / weight**2
    return events, mean, mean_variance, 0.5 * np.log(variance * events / (events - 1)), events * spread / variance**2


def comparisons(first, second):
    """Difference and its variance, by cell, of each quantity."""
    (n1, mean1, variance1, width1, shape1), (n2, mean2, variance2, width2, shape2) = estimates(first), estimates(second)
    shares = np.array([np.where(np.isnan(shape1), 0, n1), np.where(np.isnan(shape2), 0, n2)])
    shape = (np.nan_to_num([shape1, shape2]) * shares).sum(axis=0) / shares.sum(axis=0)
    # A logarithm of an estimate is low by half its relative variance.
    width1, width2 = width1 + shape / (4 * n1), width2 + shape / (4 * n2)
    return {
        "rate": (np.log(first[:, 1] / second[:, 1]), 1 / n1 + 1 / n2),
        "mean asymmetry": (mean1 - mean2, variance1 + variance2),
        "width": (width1 - width2, shape / 4 * (1 / n1 + 1 / n2)),
    }


def examine(name, pulls, variance, cells, known):
    """Prints what the pulls of a quantity say, and returns their two probabilities. chi2 is that of the cells in `known`."""
    square, freedom = float((pulls[known] ** 2).sum()), int(known.sum())
    mean, expected = pulls.mean(), len(pulls) ** -0.5
    if name == "mean asymmetry":
        mean = np.where(cells[:, 1] + cells[:, 2] < ETA_BINS, pulls, -pulls).mean()
    if name == "rate":
        expected = np.hypot(expected, np.mean(CROSS_SECTION_UNCERTAINTY / np.sqrt(variance)))
    of_square, of_mean = float(chi2.sf(square, freedom)), float(2 * norm.sf(abs(mean) / expected))
    worst = int(np.argmax(np.abs(pulls)))
    pt_bin, low, high = cells[worst]
    print(
        f"{name:14s} chi2/ndf = {square:.0f}/{freedom}, p = {of_square:.2g}; mean pull {mean:+.3f} +- {expected:.3f}, "
        f"p = {of_mean:.2g}; worst {pulls[worst]:+.1f} in pT bin {pt_bin}, eta bins {low} and {high}")
    return of_square, of_mean


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tables", nargs=2, type=Path, help="tables of sums (CSV)")
    parser.add_argument(
        "--effective", type=float, default=100.0,
        help="effective events that a cell has in both, three times as many for chi2 of widths (default: 100)")
    options = parser.parse_args()
    tables = []
    for path in options.tables:
        try:
            tables.append(read_sums(path))
        except (OSError, ValueError, TypeError) as error:
            parser.error(f"{path}: {error}")
    cells = np.array(sorted(set(tables[0]) & set(tables[1]))).reshape(-1, len(PLACE))
    sums = [np.array([table[tuple(cell)] for cell in cells]).reshape(len(cells), -1) for table in tables]
    if all(np.isnan(columns[:, -1]).any() for columns in sums):
        parser.error("neither table has the columns cube and fourth; compare with one of a peer")
    events = np.minimum(*map(effective, sums))
    enough = events >= options.effective
    if not enough.any():
        parser.error(f"no cell has {options.effective:g} effective events in both; make more events or give --effective")
    probabilities = []
    for name, (difference, variance) in comparisons(*(columns[enough] for columns in sums)).items():
        known = events[enough] >= options.effective * (WIDTH_FACTOR if name == "width" else 1)
        probabilities += examine(name, difference / np.sqrt(variance), variance, cells[enough], known)
    agrees = min(probabilities) >= LEAST_PROBABILITY
    print("they agree" if agrees else f"they differ: a probability is below {LEAST_PROBABILITY:g}")
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
