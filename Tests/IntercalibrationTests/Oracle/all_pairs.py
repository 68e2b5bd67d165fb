"""An independent solution of the all-pairs fit, for the tests of `AllPairsFit`.

    python3 all_pairs.py > all_pairs.json        needs NumPy and SciPy; prints a summary on standard error

For pairs of bins i < j with a mean asymmetry A, its variance v, a log ratio L that is expected for equal responses, and
the variance w of L, what is minimised over the responses r is

    χ²(r) = Σ [A − 2 (ρ r_i − r_j) / (ρ r_i + r_j)]² / [v + (1 − A²/4)² w],    ρ = e^L,    with Π r_k^g_k = 1,

over the bins that pairs tie to the reference bins (g > 0); g is scaled to a sum of 1 over those. Where several groups
of tied bins hold reference bins, the one with most of them counts, the first of equals.

Nothing is shared with the code under test but this definition:

- the unknowns are the responses themselves, not their logarithms, and the model is rational in them;
- the gauge is eliminated: the reference bin with the largest g is a function of the other bins;
- the minimum is found by SciPy's trust-region method with an analytic Jacobian, from two starting points;
- it is then refined, and the covariance made, in decimal arithmetic of 50 digits, so that the numbers written are the
  correctly rounded ones and do not depend on the machine's linear algebra.

The covariance is T (JᵀV⁻¹J)⁻¹ Tᵀ, with J the Jacobian in the free responses and T = d ln r / d(free responses).

The script stops with an error unless, for every problem, both starts reach the same point to 1e-12 and the gradient
vanishes there, the covariance agrees with that of a bordered (Lagrange) system in ln r, and the closed form is met
where there is one.
"""

import decimal
import json
import sys
from decimal import Decimal

import numpy as np
from scipy import optimize, stats

decimal.getcontext().prec = 50

# η edges of one side of a detector's 40 signed bins; the reference region is |η| < 0.783.
STANDARD_EDGES = [0.261, 0.522, 0.783, 1.044, 1.305, 1.479, 1.653, 1.93, 2.172, 2.322, 2.5, 2.65, 2.853, 2.964, 3.139]
STANDARD_EDGES += [3.314, 3.489, 3.839, 4.191, 4.5]


class Problem:
    """Pairs of bins with their balance, and the weights of the gauge."""

    def __init__(self, name, about, gauge, pairs):
        """`pairs` holds rows of low, high, asymmetry, variance, expected log ratio, expected variance."""
        self.name = name
        self.about = about
        self.bins = len(gauge)
        self.gauge = [short(value) for value in gauge]
        self.pairs = [(low, high, *(short(value) for value in rest)) for low, high, *rest in pairs]

    def used_bins(self):
        """The bins whose responses the pairs determine relative to the reference."""
        group = list(range(self.bins))
        for low, high, *_ in self.pairs:
            old, new = group[high], group[low]
            group = [new if member == old else member for member in group]
        tied = {bin for low, high, *_ in self.pairs for bin in (low, high)}
        components = {}
        for bin in sorted(tied):
            components.setdefault(group[bin], []).append(bin)
        # max() keeps the first of equals.
        return max(components.values(), key=lambda bins: sum(self.gauge[bin] > 0 for bin in bins))


def short(value):
    """Twelve significant digits: inputs that are the same whatever the last bit of exp() or a normal variate was."""
    return float(f"{float(value):.12g}")


class System:
    """One problem reduced to its used bins and free parameters; arithmetic in floats or decimals."""

    def __init__(self, problem):
        self.bins = problem.used_bins()
        position = {bin: index for index, bin in enumerate(self.bins)}
        self.pairs = [(position[row[0]], position[row[1]], *row[2:]) for row in problem.pairs if row[0] in position]
        total = sum(Decimal(problem.gauge[bin]) for bin in self.bins)
        self.gauge = [Decimal(problem.gauge[bin]) / total for bin in self.bins]
        self.fixed = max(range(len(self.bins)), key=lambda index: self.gauge[index])
        self.free = [index for index in range(len(self.bins)) if index != self.fixed]
        # The response of the fixed bin is Π r_k^power_k over the free ones.
        self.powers = [-self.gauge[index] / self.gauge[self.fixed] for index in self.free]
        # Per pair in decimals: low, high, A, ρ, σ.
        self.exact = []
        for low, high, asymmetry, variance, log_ratio, expected_variance in self.pairs:
            slope = 1 - Decimal(asymmetry) ** 2 / 4
            total_variance = Decimal(variance) + slope**2 * Decimal(expected_variance)
            self.exact.append((low, high, Decimal(asymmetry), Decimal(log_ratio).exp(), total_variance.sqrt()))

    def responses(self, free):
        """All responses, from the free ones, in floats."""
        values = np.empty(len(self.bins))
        values[self.free] = free
        values[self.fixed] = np.exp(np.dot([float(power) for power in self.powers], np.log(free)))
        return values

    def residuals(self, free):
        r = self.responses(free)
        return np.array([
            (float(a) - 2 * (float(rho) * r[i] - r[j]) / (float(rho) * r[i] + r[j])) / float(sigma)
            for i, j, a, rho, sigma in self.exact
        ])

    def jacobian(self, free):
        """d residual / d free response, in floats."""
        r = self.responses(free)
        full = np.zeros((len(self.exact), len(self.bins)))
        for row, (i, j, _, rho, sigma) in enumerate(self.exact):
            scale = 4 * float(rho) / (float(rho) * r[i] + r[j]) ** 2 / float(sigma)
            full[row, i] = -scale * r[j]
            full[row, j] = scale * r[i]
        through_fixed = r[self.fixed] / free * [float(power) for power in self.powers]
        return full[:, self.free] + np.outer(full[:, self.fixed], through_fixed)

    def exact_responses(self, free):
        logarithm = sum(power * value.ln() for power, value in zip(self.powers, free, strict=True))
        values = dict(zip(self.free, free, strict=True))
        values[self.fixed] = logarithm.exp()
        return values

    def exact_rows(self, free):
        """Residuals and rows of the Jacobian in the free responses, in decimals; rows as {parameter: value}."""
        r = self.exact_responses(free)
        parameter = {bin: index for index, bin in enumerate(self.free)}
        through_fixed = [power * r[self.fixed] / value for power, value in zip(self.powers, free, strict=True)]
        residuals, rows = [], []
        for i, j, a, rho, sigma in self.exact:
            total = rho * r[i] + r[j]
            residuals.append((a - 2 * (rho * r[i] - r[j]) / total) / sigma)
            scale = 4 * rho / (total * total * sigma)
            row = {}
            for bin, slope in ((i, -scale * r[j]), (j, scale * r[i])):
                if bin != self.fixed:
                    row[parameter[bin]] = row.get(parameter[bin], 0) + slope
                else:
                    for index, through in enumerate(through_fixed):
                        if through:
                            row[index] = row.get(index, 0) + slope * through
            rows.append(row)
        return residuals, rows

    def minimise(self, start):
        """The free responses at the minimum in floats; the bounds only keep them positive."""
        found = optimize.least_squares(
            self.residuals, start, jac=self.jacobian, method="trf", bounds=(0.02, 50), x_scale="jac", xtol=1e-15,
            ftol=1e-15, gtol=1e-15, max_nfev=10000,
        )
        if found.status <= 0:
            raise ArithmeticError(found.message)
        return found.x

    def refine(self, free):
        """The minimum in decimals: steps with the float Hessian of χ²/2 and the exact gradient."""
        point = [Decimal(value) for value in free]
        for _ in range(200):
            residuals, rows = self.exact_rows(point)
            gradient = [Decimal(0)] * len(point)
            for residual, row in zip(residuals, rows, strict=True):
                for index, slope in row.items():
                    gradient[index] += slope * residual
            jacobian = np.zeros((len(rows), len(point)))
            for number, row in enumerate(rows):
                for index, slope in row.items():
                    jacobian[number, index] = float(slope)
            step = [Decimal(value) for value in np.linalg.solve(jacobian.T @ jacobian, [float(g) for g in gradient])]
            point = [value - change for value, change in zip(point, step, strict=True)]
            if max(abs(change) for change in step) < Decimal("1e-35"):
                return point
        raise ArithmeticError("the refinement did not converge")

    def gradient_size(self, free):
        """|dχ²/d ln r| / (2 √curvature): the distance to the minimum in standard deviations, at most over the bins."""
        residuals, rows = self.exact_rows(free)
        worst = Decimal(0)
        for index in range(len(free)):
            slope = sum(residual * row.get(index, 0) for residual, row in zip(residuals, rows, strict=True))
            curvature = sum(row.get(index, 0) ** 2 for row in rows)
            worst = max(worst, abs(slope) / curvature.sqrt())
        return float(worst)

    def covariance(self, free):
        """Of ln r over all used bins, in decimals."""
        _, rows = self.exact_rows(free)
        count = len(free)
        normal = [[Decimal(0)] * count for _ in range(count)]
        for row in rows:
            for one, slope in row.items():
                for other, other_slope in row.items():
                    normal[one][other] += slope * other_slope
        inner = inverse(normal)
        # d ln r / d r of the free bins, and of the fixed one through the gauge.
        transport = [[Decimal(0)] * count for _ in self.bins]
        for index, bin in enumerate(self.free):
            transport[bin][index] = 1 / free[index]
            transport[self.fixed][index] = self.powers[index] / free[index]
        return product(product(transport, inner), [list(column) for column in zip(*transport, strict=True)])


def inverse(matrix):
    """Of a symmetric positive definite matrix of decimals, by Gauss and Jordan."""
    count = len(matrix)
    rows = [list(row) + [Decimal(int(i == j)) for j in range(count)] for i, row in enumerate(matrix)]
    for pivot in range(count):
        scale = rows[pivot][pivot]
        if scale <= 0:
            raise ArithmeticError("the normal matrix is not positive definite")
        rows[pivot] = [value / scale for value in rows[pivot]]
        for other in range(count):
            factor = rows[other][pivot]
            if other != pivot and factor:
                rows[other] = [value - factor * lead for value, lead in zip(rows[other], rows[pivot], strict=True)]
    return [row[count:] for row in rows]


def product(left, right):
    columns = [list(column) for column in zip(*right, strict=True)]
    return [[sum(a * b for a, b in zip(row, column, strict=True) if a and b) for column in columns] for row in left]


def bordered_covariance(system, logarithms):
    """The same covariance in floats from another form: normal matrix in ln r, bordered by the gauge."""
    count = len(system.bins)
    matrix = np.zeros((count + 1, count + 1))
    matrix[:count, count] = matrix[count, :count] = [float(value) for value in system.gauge]
    for i, j, _, rho, sigma in system.exact:
        slope = 1 - np.tanh((logarithms[i] - logarithms[j] + float(rho.ln())) / 2) ** 2
        weight = (slope / float(sigma)) ** 2
        matrix[np.ix_([i, j], [i, j])] += weight * np.array([[1, -1], [-1, 1]])
    return np.linalg.inv(matrix)[:count, :count], np.linalg.eigvalsh(matrix[:count, :count])


def solve(problem):
    """The solution with its checks, ready to be written."""
    system = System(problem)
    count = len(system.free)
    starts = [np.ones(count), 1 + 0.3 * np.sin(1 + 7 * np.arange(count))]
    coarse = [system.minimise(start) for start in starts]
    points = [system.refine(found) for found in coarse]
    for found in coarse:
        error = np.max(np.abs(found / [float(value) for value in points[0]] - 1))
        require(problem, error, 1e-7, "the search in floats")
    distance = max(abs(one - other) for one, other in zip(*points, strict=True))
    require(problem, float(distance), 1e-12, "the two starting points")
    require(problem, system.gradient_size(points[0]), 1e-12, "the gradient")

    exact = system.exact_responses(points[0])
    logarithms = [exact[index].ln() for index in range(len(system.bins))]
    gauge = sum(weight * value for weight, value in zip(system.gauge, logarithms, strict=True))
    require(problem, abs(float(gauge)), 1e-15, "the gauge")
    residuals, _ = system.exact_rows(points[0])
    chi_squared = float(sum(value * value for value in residuals))
    freedom = len(system.pairs) - count
    if freedom == 0:
        for i, j, a, rho, _ in system.exact:
            closed = ((2 + a) / (2 - a)).ln() - rho.ln()
            require(problem, abs(float(logarithms[i] - logarithms[j] - closed)), 1e-15, "the closed form")
        chi_squared = 0.0

    covariance = system.covariance(points[0])
    other, eigenvalues = bordered_covariance(system, [float(value) for value in logarithms])
    # A single reference bin has no variance.
    deviations = np.sqrt(np.maximum(np.diag(other), 1e-6 * np.max(np.diag(other))))
    difference = np.array([[float(value) for value in row] for row in covariance]) - other
    require(problem, np.max(np.abs(difference / np.outer(deviations, deviations))), 1e-9, "the bordered covariance")
    condition = eigenvalues[-1] / eigenvalues[1]
    print(
        f"{problem.name}: {len(system.bins)} of {problem.bins} bins, "
        f"{len(system.pairs)} of {len(problem.pairs)} pairs, "
        f"chi2/ndf = {chi_squared:.2f}/{freedom}, condition {condition:.1e}",
        file=sys.stderr,
    )
    response = [None] * problem.bins
    full = [[0.0] * problem.bins for _ in range(problem.bins)]
    for index, bin in enumerate(system.bins):
        response[bin] = float(logarithms[index])
        for column, other_bin in enumerate(system.bins):
            full[bin][other_bin] = float(covariance[index][column])
    return {
        "log_response": response,
        "covariance": full,
        "chi2": chi_squared,
        "ndf": freedom,
        "p_value": float(f"{stats.chi2.sf(chi_squared, freedom):.9g}") if freedom > 0 else None,
        "pairs_used": len(system.pairs),
        "rank": count,
        # Largest over smallest eigenvalue of the normal matrix in ln r, the gauge direction left out; to six digits.
        "condition_number": float(f"{condition:.6g}"),
    }


def require(problem, value, limit, what):
    if not value <= limit:
        sys.exit(f"{problem.name}: {what}: {value:.3g} is above {limit:g}")


def simulated(random, logarithms, chosen, deviations, log_ratios=None, log_deviations=None, stretch=1.0):
    """Pairs whose asymmetries scatter about the model by `stretch` standard deviations."""
    pairs = []
    for number, (low, high) in enumerate(chosen):
        log_ratio = log_ratios[number] if log_ratios is not None else 0.0
        log_deviation = log_deviations[number] if log_deviations is not None else 0.0
        true = 2 * np.tanh((logarithms[low] - logarithms[high] + log_ratio) / 2)
        measured_log_ratio = log_ratio + log_deviation * random.standard_normal()
        asymmetry = true + stretch * deviations[number] * random.standard_normal()
        pairs.append((low, high, asymmetry, deviations[number] ** 2, measured_log_ratio, log_deviation**2))
    return pairs


def all_of(bins):
    return [(low, high) for high in range(1, bins) for low in range(high)]


def standard_bins():
    """Centres of the 40 signed bins, and the gauge: the width of the bins within |η| < 0.783."""
    edges = np.array([-edge for edge in reversed(STANDARD_EDGES)] + [0.0] + STANDARD_EDGES)
    widths = np.where((edges[:-1] >= -0.8) & (edges[1:] <= 0.8), np.diff(edges), 0)
    return (edges[:-1] + edges[1:]) / 2, widths / widths.sum()


def problems():
    random = np.random.RandomState(1)  # the legacy generator: its stream is frozen

    logarithms = np.array([-0.06, 0.02, 0.01, -0.004, -0.03, 0.08])
    pairs = simulated(random, logarithms, all_of(6), np.full(15, 0.004))
    yield Problem("six-dense", "six bins, all pairs, equal variances", [0, 0.25, 0.5, 0.25, 0, 0], pairs)

    # Rates fall with the rapidity of both jets, so that standard deviations run from 2e-4 to a tenth.
    centres, gauge = standard_bins()
    logarithms = np.log(1 - 0.1 * np.abs(centres / 3) ** 2 + 0.02 * np.sin(3 * centres))

    def spread(pairs):
        return np.array([
            2.5e-4 * np.exp(0.14 * (centres[i] ** 2 + centres[j] ** 2) + 0.1 * abs(centres[i] - centres[j]))
            * random.uniform(0.8, 1.25)
            for i, j in pairs
        ])

    chosen = all_of(40)
    pairs = simulated(random, logarithms, chosen, spread(chosen))
    yield Problem("forty-dense", "40 bins, all 780 pairs, variances over five orders of magnitude", gauge, pairs)

    # A reference simulation whose own imbalance, from resolution and radiation, is shared by data.
    chosen = [(low, high) for low, high in chosen if low % 2 == 0 and high % 2 == 0 and high - low < 34]
    shared = [0.05 * (abs(centres[j]) - abs(centres[i])) / 3 + 0.01 * random.standard_normal() for i, j in chosen]
    deviations = spread(chosen)
    pairs = simulated(random, logarithms, chosen, deviations, shared, 0.8 * deviations[::-1])
    pairs = [(low // 2, high // 2, *rest) for low, high, *rest in pairs]
    gauge = gauge[::2] + gauge[1::2]
    yield Problem("simulation", "20 bins with the balance and variance of a reference simulation", gauge, pairs)

    logarithms = np.array([0.1, 0.05, -0.02, 0, 0.01, -0.01, 0.03, -0.05, -0.12, -0.2, 0.15, 0.3])
    chain = [(bin, bin + 1) for bin in range(11)]
    pairs = simulated(random, logarithms, chain, 10 ** random.uniform(-3.5, -1.5, 11))
    yield Problem("chain", "neighbours only: no degree of freedom", [0, 0, 0, 1, 2, 1] + [0] * 6, pairs)

    pairs = simulated(random, logarithms, [*chain, (0, 11), (2, 9)], 10 ** random.uniform(-3.5, -1.5, 13))
    yield Problem("ring", "neighbours and two far pairs", [0, 0, 0, 1, 2, 1] + [0] * 6, pairs)

    logarithms = np.log(np.concatenate([np.linspace(0.5, 1.3, 9), [0.6, 1.2, 0.9, 1.3, 0.5]]))
    pairs = simulated(random, logarithms, all_of(14), 10 ** random.uniform(-2.5, -1.3, 91), stretch=2.5)
    gauge = [0] * 5 + [1, 1, 1] + [0] * 6
    yield Problem("steep", "responses from 0.5 to 1.3, residuals larger than their uncertainty", gauge, pairs)

    logarithms = 0.05 * random.standard_normal(10)
    first = [(0, 1), (0, 2), (1, 2), (1, 5), (2, 5), (2, 6), (5, 6), (0, 6)]
    second = [(3, 4), (3, 7), (4, 7), (4, 8), (7, 8)]
    pairs = simulated(random, logarithms, sorted(first + second), np.full(13, 0.01))
    yield Problem("two-components", "bins 3, 4, 7, 8 are not tied to the reference, bin 9 has no pair",
                  [0, 0, 0, 0, 0, 1, 0, 0, 0, 0], pairs)

    yield Problem("split-reference", "the same pairs; two reference bins in the first group, one in the second",
                  [0, 0.2, 0, 0.5, 0, 0.3, 0, 0, 0, 0], pairs)


def write(stream):
    """One line for each part, so that differences stay readable."""
    dump = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
    stream.write('{"schema":"etacal.oracle.all-pairs/1","problems":[')
    for number, problem in enumerate(problems()):
        columns = ["low", "high", "asymmetry", "variance", "expected_log_ratio", "expected_variance"]
        parts = {"name": problem.name, "about": problem.about, "gauge": problem.gauge}
        parts |= dict(zip(columns, (list(column) for column in zip(*problem.pairs, strict=True)), strict=True))
        parts |= solve(problem)
        lines = ",\n".join(f"{dump(key)}:{dump(value)}" for key, value in parts.items())
        stream.write((",\n{" if number else "\n{") + lines + "}")
    stream.write("\n]}\n")


if __name__ == "__main__":
    write(sys.stdout)
