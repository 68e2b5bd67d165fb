"""Independent solutions of the straight line through correlated points, for the tests of `AlphaLine`.

    python3 alpha_lines.py > alpha_lines.json        needs NumPy and SciPy; prints a summary on standard error

Points y at abscissae x with the covariance V: what is minimised is χ² = (y − a − b x)ᵀ V⁻¹ (y − a − b x). The step is a − y_K,
K the last point, whose variance knows that the two share events.

Nothing is shared with the code under test but this definition:

- the solution and its covariance are made in decimal arithmetic of 50 digits from the normal equations with V⁻¹ itself, where the
  code under test whitens by a Cholesky factor and takes a singular value decomposition;
- χ² is the value of the quadratic form at the solution;
- the variance of the step is that of the linear map (h − e_K)ᵀ y, h the weights of the intercept, as it stands.

The script stops with an error unless a numerical minimisation by SciPy reaches the same point, and unless disjoint classes of the
same events, from which the nested points are made, give the same line and χ².
"""

import decimal
import json
import sys
from decimal import Decimal

import numpy as np
from scipy import optimize, stats

from all_pairs import inverse, product, short

decimal.getcontext().prec = 50


def transposed(matrix):
    return [list(column) for column in zip(*matrix, strict=True)]


def line(x, y, covariance):
    """Coefficients, their covariance, χ², and the weights of the points in the coefficients, in decimals."""
    design = [[Decimal(1), Decimal(value)] for value in x]
    weight = inverse([[Decimal(value) for value in row] for row in covariance])
    values = [[Decimal(value)] for value in y]
    projected = product(transposed(design), weight)
    covariance_of_line = inverse(product(projected, design))
    weights = product(covariance_of_line, projected)
    coefficients = product(weights, values)
    residual = [[value[0] - model[0]] for value, model in zip(values, product(design, coefficients), strict=True)]
    chi2 = product(transposed(residual), product(weight, residual))[0][0]
    return [row[0] for row in coefficients], covariance_of_line, chi2, weights


class Problem:
    def __init__(self, name, weights, sigmas, edges, seed, slope):
        """Disjoint classes between edges of α with Σw, the error of their means, and nested points made of them."""
        rng = np.random.default_rng(seed)
        self.name = name
        weights, sigmas, edges = np.array(weights, float), np.array(sigmas, float), np.array(edges, float)
        middle = 0.5 * (edges[1:] + edges[:-1]) - 0.1 * (edges[1:] - edges[:-1])
        means = -0.013 + slope * middle + sigmas * rng.normal(size=len(sigmas))
        nested = np.tril(np.ones((len(weights),) * 2)) * weights / np.cumsum(weights)[:, None]
        self.classes = middle, means, sigmas
        self.alpha = [short(value) for value in nested @ middle]
        self.log_ratio = [short(value) for value in nested @ means]
        covariance = nested @ np.diag(sigmas**2) @ nested.T
        covariance = [[short(value) for value in row] for row in covariance]
        self.covariance = [[covariance[max(i, j)][min(i, j)] for j in range(len(weights))] for i in range(len(weights))]

    def solve(self):
        coefficients, covariance, chi2, weights = line(self.alpha, self.log_ratio, self.covariance)
        last = len(self.alpha) - 1
        step = [weights[0][k] - int(k == last) for k in range(last + 1)]
        exact = [[Decimal(value) for value in row] for row in self.covariance]
        variance = product(product([step], exact), [[value] for value in step])[0][0]
        self.check(coefficients, chi2)
        freedom = last - 1
        return {
            "name": self.name, "alpha": self.alpha, "log_ratio": self.log_ratio, "covariance": self.covariance,
            "intercept": float(coefficients[0]), "slope": float(coefficients[1]),
            "line_covariance": [[float(value) for value in row] for row in covariance], "chi2": float(chi2),
            "ndf": freedom, "p_value": float(stats.chi2.sf(float(chi2), freedom)) if freedom else None,
            "step": float(coefficients[0] - Decimal(self.log_ratio[last])), "step_variance": float(variance),
        }

    def check(self, coefficients, chi2):
        weight = np.linalg.inv(np.array(self.covariance))
        x, y = np.array(self.alpha), np.array(self.log_ratio)

        def value(parameters):
            residual = y - parameters[0] - parameters[1] * x
            return residual @ weight @ residual

        found = optimize.minimize(value, [0, 0], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 4000})
        assert abs(found.fun - float(chi2)) < 1e-6 * max(1, float(chi2)), (self.name, found.fun, chi2)
        middle, means, sigmas = self.classes
        design = np.column_stack([np.ones_like(middle), middle]) / sigmas[:, None]
        alone, *_ = np.linalg.lstsq(design, means / sigmas, rcond=None)
        rest = means / sigmas - design @ alone
        assert np.allclose(alone, [float(value) for value in coefficients], rtol=1e-6, atol=1e-9), self.name
        assert abs(rest @ rest - float(chi2)) < 1e-5 * max(1, float(chi2)), self.name


def main():
    edges = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]
    problems = [
        Problem("six cuts", [4, 3, 2.5, 2, 1.7, 1.5], [0.004, 0.005, 0.006, 0.008, 0.009, 0.01], edges, 1, 0.08),
        Problem("widths that double", [100, 90, 80, 75, 60, 50], [1e-4, 1.2e-4, 1.5e-4, 1.9e-4, 2.3e-4, 3e-4], edges, 2, -0.2),
        Problem("three cuts", [1, 2, 3], [0.01, 0.02, 0.005], [0, 0.1, 0.2, 0.3], 3, 0),
        Problem("two points", [1, 5], [0.02, 0.01], [0, 0.2, 0.3], 4, 0.3),
        Problem("a thin last class", [9, 8, 7, 0.2], [0.003, 0.003, 0.004, 0.02], [0, 0.1, 0.2, 0.28, 0.3], 5, 0.05),
        Problem("a weak first class", [0.01, 6, 5, 5], [0.08, 0.003, 0.004, 0.004], [0, 0.02, 0.1, 0.2, 0.3], 6, 0.1),
        Problem("sixteen cuts", np.linspace(2, 1, 16), np.linspace(0.004, 0.009, 16), np.linspace(0, 0.8, 17), 7, -0.04),
    ]
    solved = [problem.solve() for problem in problems]
    json.dump({"problems": solved}, sys.stdout, indent=1)
    print()
    for problem in solved:
        print(f"{problem['name']}: {problem['intercept']:+.5f}, chi2 {problem['chi2']:.3f}/{problem['ndf']}", file=sys.stderr)


main()
