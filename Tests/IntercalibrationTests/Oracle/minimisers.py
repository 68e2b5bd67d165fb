"""Other minimisers on the problems of all_pairs.json, for the tests of `AllPairsFit` and `LinearPairsFit`.

    python3 minimisers.py > minimisers.json        needs NumPy, SciPy and iminuit

For each problem, over the bins that pairs tie to the reference bins:

`minuit`     the χ² of all_pairs.py, minimised by Minuit's MIGRAD in ln r (the reference bin with the largest gauge weight is
             a function of the others), with the covariance that HESSE finds: from second derivatives of χ² itself, where
             Gauss and Newton neglect those of the residuals. `spread` says by how much the two may differ.
`linear`     Σ (c_i R − c_j)²/v_R + K (mean c − 1)² of the measured asymmetries alone, R = (2 + A)/(2 − A) and v_R = (dR/dA)² v,
             as a linear least-squares problem by SciPy's QR-based lstsq: K, c, χ² without the penalty, and the variance of ln c less
             its mean over the bins, from central differences of the solution in each R. The same c again by Minuit.

The script stops with an error when the two solutions of the linear sum differ by more than 1e-7.
"""

import json
import pathlib
import sys

import numpy as np
from iminuit import Minuit
from scipy import linalg

from all_pairs import Problem

PENALTY = 1e6


def minimum(function, gradient, start):
    """MIGRAD to an expected distance to the minimum of some 1e-16, then HESSE."""
    minuit = Minuit(function, start, grad=gradient)
    minuit.errordef = Minuit.LEAST_SQUARES
    minuit.strategy = 2
    minuit.tol = 1e-13
    for _ in range(5):
        minuit.migrad(ncall=100000)
    values = np.array(minuit.values)
    minuit.hesse()
    return values, np.array(minuit.covariance)


class Symmetric:
    """χ² in the logarithms of the free responses."""

    def __init__(self, bins, pairs, gauge):
        self.gauge = np.array([gauge[bin] for bin in bins])
        self.gauge /= self.gauge.sum()
        position = {bin: index for index, bin in enumerate(bins)}
        columns = np.array([(position[row[0]], position[row[1]], *row[2:]) for row in pairs])
        self.low, self.high = columns[:, 0].astype(int), columns[:, 1].astype(int)
        self.asymmetry, variance, self.offset, expected = columns[:, 2:].T
        self.variance = variance + (1 - self.asymmetry**2 / 4) ** 2 * expected
        self.fixed = int(np.argmax(self.gauge))
        free = [index for index in range(len(bins)) if index != self.fixed]
        # x = T y
        self.transport = np.zeros((len(bins), len(free)))
        self.transport[free, range(len(free))] = 1
        self.transport[self.fixed] = -self.gauge[free] / self.gauge[self.fixed]

    def model(self, free):
        x = self.transport @ free
        return 2 * np.tanh(0.5 * (x[self.low] - x[self.high] + self.offset))

    def chi2(self, free):
        return np.sum((self.asymmetry - self.model(free)) ** 2 / self.variance)

    def gradient(self, free):
        model = self.model(free)
        pull = -2 * (self.asymmetry - model) * (1 - model**2 / 4) / self.variance
        full = np.zeros(len(self.gauge))
        np.add.at(full, self.low, pull)
        np.add.at(full, self.high, -pull)
        return self.transport.T @ full

    def spread(self, free):
        """Largest relative size of what Gauss and Newton neglect of the Hessian, as a matrix norm."""
        model = self.model(free)
        slope = 1 - model**2 / 4
        jacobian = np.zeros((len(model), len(self.gauge)))
        jacobian[range(len(model)), self.low] = slope
        jacobian[range(len(model)), self.high] = -slope
        jacobian = jacobian @ self.transport
        normal = jacobian.T @ (jacobian / self.variance[:, None])
        # d slope / d x = −model slope / 2, the same for both jets up to the sign.
        neglected = (self.asymmetry - model) * model / 2 / slope
        rest = jacobian.T @ (jacobian * (neglected / self.variance)[:, None])
        return float(np.abs(linalg.eigvalsh(rest, normal)).max())

    def solve(self):
        y, covariance = minimum(self.chi2, self.gradient, np.zeros(self.transport.shape[1]))
        return self.transport @ y, self.transport @ covariance @ self.transport.T, self.spread(y)


class Linear:
    """Constants of the sum that is linear in them."""

    def __init__(self, bins, pairs):
        position = {bin: index for index, bin in enumerate(bins)}
        self.count = len(bins)
        columns = np.array([(position[row[0]], position[row[1]], row[2], row[3]) for row in pairs])
        self.low, self.high = columns[:, 0].astype(int), columns[:, 1].astype(int)
        asymmetry = columns[:, 2]
        self.ratio = (2 + asymmetry) / (2 - asymmetry)
        self.sigma = 4 / (2 - asymmetry) ** 2 * np.sqrt(columns[:, 3])

    def system(self, ratio):
        rows = np.zeros((len(ratio) + 1, self.count))
        rows[range(len(ratio)), self.low] = ratio / self.sigma
        rows[range(len(ratio)), self.high] -= 1 / self.sigma
        rows[-1] = np.sqrt(PENALTY) / self.count
        right = np.zeros(len(rows))
        right[-1] = np.sqrt(PENALTY)
        return rows, right

    def constants(self, ratio):
        return linalg.lstsq(*self.system(ratio), lapack_driver="gelsy")[0]

    def solve(self):
        c = self.constants(self.ratio)
        rows, right = self.system(self.ratio)
        normal = 2 * rows.T @ rows
        other, _ = minimum(
            lambda x: np.sum((rows @ x - right) ** 2), lambda x: normal @ x - 2 * rows.T @ right, np.ones(self.count))
        if np.abs(other / c - 1).max() > 1e-7:
            raise ArithmeticError(f"two minimisers of the linear sum differ by {np.abs(other / c - 1).max()}")
        variance = np.zeros(self.count)
        for pair, sigma in enumerate(self.sigma):
            step = np.zeros(len(self.ratio))
            step[pair] = 1e-3 * sigma
            change = np.log(self.constants(self.ratio + step)) - np.log(self.constants(self.ratio - step))
            change = (change - change.mean()) / 2e-3
            variance += change**2
        chi2 = float(np.sum((rows[:-1] @ c) ** 2))
        return c, variance, chi2


def tables():
    fixture = json.loads(pathlib.Path(__file__).with_name("all_pairs.json").read_text())
    for stored in fixture["problems"]:
        columns = ["low", "high", "asymmetry", "variance", "expected_log_ratio", "expected_variance"]
        pairs = list(zip(*(stored[column] for column in columns), strict=True))
        bins = Problem(stored["name"], "", stored["gauge"], pairs).used_bins()
        tied = [pair for pair in pairs if pair[0] in bins]
        x, covariance, spread = Symmetric(bins, tied, stored["gauge"]).solve()
        c, variance, chi2 = Linear(bins, tied).solve()
        yield {
            "name": stored["name"], "bins": bins,
            "minuit": {"log_response": list(x), "uncertainty": list(np.sqrt(np.abs(np.diag(covariance)))), "spread": spread},
            "linear": {"penalty": PENALTY, "constants": list(c), "uncertainty": list(np.sqrt(variance)), "chi2": chi2},
        }
        print(f"{stored['name']}: {len(bins)} bins, {len(tied)} pairs, spread {spread:.2g}, chi2 {chi2:.6g}", file=sys.stderr)


if __name__ == "__main__":
    dump = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
    sys.stdout.write('{"schema":"etacal.oracle.minimisers/1","problems":[\n')
    sys.stdout.write(",\n".join(dump(table) for table in tables()))
    sys.stdout.write("\n]}\n")
