"""Fits the balance of pairs of eta bins with iminuit and with SciPy, and compares the minima with those of EtaCal.

    fit_iminuit.py PROBLEM.json [--fits N] [--repetitions N]        PROBLEM.json as `fits --problem` writes it

The chi-squared is that of docs/physics.md, "The matrix method": over pairs, (A - 2 tanh((x_i - x_j + s)/2))^2 / variance in x = ln
response, with s the ln ratio that simulation shows, and the gauge g.x = 0 as a term that leaves the minimum where it is. Only
fitting is timed, with the uncertainties of the parameters: not reading, and not choosing pairs. Prints one JSON object.
"""

import argparse
import json
import time
from importlib.metadata import version

import numpy as np
from iminuit import Minuit
from scipy.optimize import least_squares, minimize

# What a minimum may be away from another one's: in chi-squared, in standard deviations, and relative to the deviation.
LARGEST_CHI2_DIFFERENCE, LARGEST_PULL, LARGEST_DEVIATION_DIFFERENCE = 0.01, 0.05, 0.05


class Problem:
    """One bin of pT: its pairs, and the bins that they tie together as parameters."""

    def __init__(self, fit, gauge):
        expected = np.array([value is not None for value in fit["logResponse"]])
        place = np.cumsum(expected) - 1
        low, high = np.array(fit["low"]), np.array(fit["high"])
        used = expected[low]
        self.low, self.high = place[low[used]], place[high[used]]
        column = {key: np.array(fit[key])[used] for key in ("asymmetry", "variance", "expectedLogRatio", "expectedVariance")}
        self.asymmetry, self.offset = column["asymmetry"], column["expectedLogRatio"]
        slope = 1 - 0.25 * self.asymmetry**2
        self.weight = 1 / np.sqrt(column["variance"] + slope**2 * column["expectedVariance"])
        self.parameters, self.pairs = int(expected.sum()), len(self.low)
        ends = np.bincount(np.concatenate([self.low, self.high]), np.concatenate([self.weight, self.weight]) ** 2)
        gauge = np.array(gauge)[expected] / np.array(gauge)[expected].sum()
        self.gauge = np.sqrt(ends.max() / (gauge @ gauge)) * gauge
        # What the gauge term adds to each variance.
        self.gauge_variance = 1 / self.gauge.sum() ** 2
        self.value = np.array(fit["logResponse"], dtype=float)[expected]
        self.deviation = np.array(fit["deviation"])[expected]
        self.chi2 = fit["chi2"]
        self.rows = np.arange(self.pairs)

    def residuals(self, x):
        model = 2 * np.tanh(0.5 * (x[self.low] - x[self.high] + self.offset))
        return np.append((self.asymmetry - model) * self.weight, self.gauge @ x)

    def cost(self, x):
        residuals = self.residuals(x)
        return residuals @ residuals

    def gradient(self, x):
        model = 2 * np.tanh(0.5 * (x[self.low] - x[self.high] + self.offset))
        terms = -2 * (self.asymmetry - model) * self.weight**2 * (1 - 0.25 * model**2)
        count = self.parameters
        return (
            np.bincount(self.low, terms, count) - np.bincount(self.high, terms, count)
            + 2 * (self.gauge @ x) * self.gauge
        )

    def jacobian(self, x):
        model = 2 * np.tanh(0.5 * (x[self.low] - x[self.high] + self.offset))
        slopes = self.weight * (1 - 0.25 * model**2)
        matrix = np.zeros((self.pairs + 1, self.parameters))
        matrix[self.rows, self.low] = -slopes
        matrix[self.rows, self.high] = slopes
        matrix[-1] = self.gauge
        return matrix

    def covariance(self, x):
        matrix = self.jacobian(x)
        return np.linalg.inv(matrix.T @ matrix)


def with_minuit(problem, gradient):
    minuit = Minuit(problem.cost, np.zeros(problem.parameters), grad=gradient)
    minuit.errordef = Minuit.LEAST_SQUARES
    minuit.errors = 0.01
    minuit.migrad()
    minuit.hesse()
    return np.array(minuit.values), np.array(minuit.covariance), minuit.nfcn


def numeric(problem):
    return with_minuit(problem, None)


def analytic(problem):
    return with_minuit(problem, problem.gradient)


def squares(problem):
    result = least_squares(problem.residuals, np.zeros(problem.parameters), problem.jacobian, method="lm")
    return result.x, problem.covariance(result.x), result.nfev


def general(problem):
    result = minimize(problem.cost, np.zeros(problem.parameters), jac=problem.gradient, method="BFGS")
    return result.x, problem.covariance(result.x), result.nfev


METHODS = {
    "iminuit, numeric gradient": numeric, "iminuit, analytic gradient": analytic, "SciPy least_squares": squares,
    "SciPy minimize": general,
}


def measure(problems, fit, repetitions):
    seconds, processor, chi2, pull, deviation, calls = 0.0, 0.0, 0.0, 0.0, 0.0, 0
    for problem in problems:
        walls, cpus = [], []
        for _ in range(repetitions):
            start = time.perf_counter(), time.process_time()
            value, covariance, count = fit(problem)
            walls.append(time.perf_counter() - start[0])
            cpus.append(time.process_time() - start[1])
        seconds += min(walls)
        processor += min(cpus)
        calls += count
        ours = problem.deviation
        theirs = np.sqrt(np.maximum(np.diag(covariance) - problem.gauge_variance, 0))
        # Both in the same gauge.
        value = value - problem.gauge @ value / problem.gauge.sum()
        chi2 = max(chi2, abs(problem.cost(value) - problem.chi2))
        pull = max(pull, np.max(np.abs(value - problem.value) / ours))
        deviation = max(deviation, np.max(np.abs(theirs / ours - 1)))
    agrees = chi2 < LARGEST_CHI2_DIFFERENCE and pull < LARGEST_PULL and deviation < LARGEST_DEVIATION_DIFFERENCE
    return {
        "seconds": seconds, "cpu_seconds": processor, "calls": calls, "chi2_difference": chi2, "value_pull": float(pull),
        "deviation_difference": float(deviation), "agrees": bool(agrees),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("problem", help="what to fit")
    parser.add_argument("--fits", type=int, default=0, help="how many bins of pT to fit, 0 for all (default: 0)")
    parser.add_argument("--repetitions", type=int, default=1, help="how often to fit; the shortest counts (default: 1)")
    arguments = parser.parse_args()
    with open(arguments.problem) as file:
        problem = json.load(file)
    problems = [Problem(fit, problem["gauge"]) for fit in problem["fits"]]
    if arguments.fits:
        problems = problems[: arguments.fits]
    analytic(problems[-1])  # first calls load what they need
    result = {
        "fits": len(problems), "pairs": sum(one.pairs for one in problems),
        "parameters": sum(one.parameters for one in problems),
        "methods": {name: measure(problems, fit, arguments.repetitions) for name, fit in METHODS.items()},
        "versions": {name: version(name) for name in ("iminuit", "numpy", "scipy")},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
