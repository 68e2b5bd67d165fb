"""Leading-order dijets by another road, for the tests of `LeadingOrder` and `SliceCrossSection`.

    python3 leading_order.py GRID > leading_order.json    needs NumPy and SciPy; GRID is the file of Sources/CPartonGrid

What is computed is the same, how is not:

- partons are summed one pair (i, j) and one final state (k, l) at a time, over all 11 × 11 pairs and all final flavours, with
  amplitudes in their dimensionful form M(s, t, u), and t from x1, pT and y3;
- `densities` and `points` use cubic Hermite interpolation written from LHAPDF's definition (slopes to both sides, averaged),
  one table at a time, and have to agree to rounding;
- `slices` are tensor products of Gauss-Legendre rules over (ln pT, y3 − y4, y3 + y4) instead of Monte Carlo, with Hermite
  patches made of tables of derivatives. Each is computed with two numbers of nodes; their difference stands as `uncertainty`;
- `sigma_spline` is the same with SciPy's bicubic *splines* of x f on the same knots: what the choice of an interpolation does.

α_s is integrated from its differential equation by SciPy, not from the closed form.

With the package `vegas` installed, `--vegas` also checks the Gauss rules against it, on standard error.
"""

import json
import sys

import numpy as np
from scipy import integrate, interpolate, special

MASSES = {4: 1.5, 5: 4.8, 6: 171.0}
Z_MASS, ALPHA_Z = 91.188, 0.130
PICOBARN = 0.3893794e9
PARTONS = [-5, -4, -3, -2, -1, 21, 1, 2, 3, 4, 5]
QUARKS = [parton for parton in PARTONS if parton != 21]


class Grid:
    """The first subgrid of a file."""

    def __init__(self, path):
        lines = open(path).read().split("---")[1].strip().splitlines()
        self.x, self.q = (np.array(line.split(), float) for line in lines[:2])
        ids = [int(word) for word in lines[2].split()]
        table = np.array([line.split() for line in lines[3:]], float).reshape(len(self.x), len(self.q), len(ids))
        self.values = {parton: table[:, :, ids.index(parton)] for parton in PARTONS}
        self.splines = {
            parton: interpolate.RectBivariateSpline(np.log(self.x), np.log(self.q), values, s=0)
            for parton, values in self.values.items()
        }

        self.patches = {}
        for parton, values in self.values.items():
            by_x = slopes(np.log(self.x), values)
            by_q = slopes(np.log(self.q), values.T).T
            self.patches[parton] = np.stack([values, by_x, by_q, slopes(np.log(self.q), by_x.T).T], axis=-1)

    def patch(self, parton, x, q):
        """Hermite interpolation of arrays: sixteen products of values and derivatives at four corners."""
        bounded, q = self.clip(x, q)
        i, across = hermite_basis(np.log(self.x), np.log(np.minimum(bounded, 1)))
        j, along = hermite_basis(np.log(self.q), np.log(q))
        corners = self.patches[parton]
        value = 0
        for a in (0, 1):
            for b in (0, 1):
                f, f_x, f_q, f_xq = np.moveaxis(corners[i + a, j + b], -1, 0)
                value = value + across[0][a] * (along[0][b] * f + along[1][b] * f_q)
                value = value + across[1][a] * (along[0][b] * f_x + along[1][b] * f_xq)
        return np.where(x < 1, np.maximum(value, 0), 0)

    def clip(self, x, q):
        """Frozen below the lowest x and outside the range of Q."""
        return np.maximum(x, self.x[0]), np.clip(q, self.q[0], self.q[-1])

    def spline(self, parton, x, q):
        x, q = self.clip(x, q)
        value = self.splines[parton].ev(np.log(np.minimum(x, 1)), np.log(q))
        return np.where(x < 1, np.maximum(value, 0), 0)

    def hermite(self, parton, x, q):
        """One point: first along Q in four rows, then along x."""
        if x >= 1:
            return 0.0
        x, q = self.clip(x, q)
        logx, logq = np.log(self.x), np.log(self.q)
        values = self.values[parton]
        column = [cubic(logq, values[row], np.log(q)) for row in range(len(logx))]
        return cubic(logx, np.array(column), np.log(x))


def slopes(knots, table):
    """d(table)/d(knot) at the knots along the first axis: the mean of the slopes to both sides."""
    steps = np.diff(table, axis=0) / np.diff(knots)[:, None]
    return np.concatenate([steps[:1], (steps[1:] + steps[:-1]) / 2, steps[-1:]])


def hermite_basis(knots, places):
    """The interval of each place, and the polynomials that multiply values and derivatives at its two ends."""
    index = np.clip(np.searchsorted(knots, places, side="right") - 1, 0, len(knots) - 2)
    width = knots[index + 1] - knots[index]
    t = (places - knots[index]) / width
    at_values = (1 - 3 * t**2 + 2 * t**3, 3 * t**2 - 2 * t**3)
    at_slopes = (width * (t - 2 * t**2 + t**3), width * (t**3 - t**2))
    return index, (at_values, at_slopes)


def cubic(knots, values, place):
    index = int(np.clip(np.searchsorted(knots, place, side="right") - 1, 0, len(knots) - 2))

    def slope(knot):
        both = [
            (values[k + 1] - values[k]) / (knots[k + 1] - knots[k])
            for k in (knot - 1, knot)
            if 0 <= k < len(knots) - 1
        ]
        return sum(both) / len(both)

    curve = interpolate.CubicHermiteSpline(
        knots[index : index + 2], values[index : index + 2], [slope(index), slope(index + 1)]
    )
    return float(curve(place))


def alpha_s(q):
    """d(1/α)/d ln Q = (33 − 2 n)/6π from M_Z, step by step over the thresholds."""
    inverse, start = 1 / ALPHA_Z, Z_MASS
    stops = sorted((m for m in MASSES.values() if min(q, start) < m < max(q, start)), reverse=bool(q < start))
    for stop in [*stops, q]:
        middle = (start * stop) ** 0.5
        flavours = 3 + sum(middle > mass for mass in MASSES.values())
        run = integrate.solve_ivp(
            lambda _, __, n=flavours: [(33 - 2 * n) / (6 * np.pi)], np.log([start, stop]), [inverse], rtol=1e-12
        )
        inverse, start = run.y[0, -1], stop
    return 1 / inverse


def amplitude(i, j, k, l, s, t, u):
    """Spin- and colour-averaged |M|²/g⁴ of i j → k l with k in the direction that t belongs to; None when impossible."""
    if i == 21 and j == 21:
        if k == 21 and l == 21:
            return 9 / 2 * (3 - t * u / s**2 - s * u / t**2 - s * t / u**2)
        if k != 21 and k > 0 and l == -k:
            return (t**2 + u**2) / (6 * t * u) - 3 / 8 * (t**2 + u**2) / s**2
        return None
    if 21 in (i, j):
        if (k, l) == (i, j):
            return -4 / 9 * (s**2 + u**2) / (s * u) + (u**2 + s**2) / t**2
        return None
    if i == j:
        if (k, l) == (i, j):
            return 4 / 9 * ((s**2 + u**2) / t**2 + (s**2 + t**2) / u**2) - 8 / 27 * s**2 / (u * t)
        return None
    if i == -j:
        if k == 21 and l == 21:
            return 32 / 27 * (t**2 + u**2) / (t * u) - 8 / 3 * (t**2 + u**2) / s**2
        if (k, l) == (i, j):
            return 4 / 9 * ((s**2 + u**2) / t**2 + (t**2 + u**2) / s**2) - 8 / 27 * u**2 / (s * t)
        if k == -l and k != 21 and k * i > 0:
            return 4 / 9 * (t**2 + u**2) / s**2
        return None
    return 4 / 9 * (s**2 + u**2) / t**2 if (k, l) == (i, j) else None


def channel(i, j, k, l):
    if i == 21 and j == 21:
        return 0 if k == 21 else 1
    if j == 21:
        return 2
    if i == 21:
        return 3
    if i == j:
        return 5
    if i == -j:
        return 8 if k == 21 else 6 if k == i else 7
    return 4


PROCESSES = [
    (i, j, k, l)
    for i in PARTONS
    for j in PARTONS
    for k in PARTONS
    for l in PARTONS
    if amplitude(i, j, k, l, 1.0, -0.4, -0.6) is not None
]


def density(evaluate, root_s, pt, y3, y4, strong):
    """dσ/(dpT dy3 dy4) in pb/GeV by channel."""
    x1 = pt / root_s * (np.exp(y3) + np.exp(y4))
    x2 = pt / root_s * (np.exp(-y3) + np.exp(-y4))
    s = x1 * x2 * root_s**2
    t = -x1 * root_s * pt * np.exp(-y3)
    u = -s - t
    one = {parton: evaluate(parton, x1, pt) for parton in PARTONS}
    two = {parton: evaluate(parton, x2, pt) for parton in PARTONS}
    rates = np.zeros((9, *np.shape(x1)))
    for i, j, k, l in PROCESSES:
        same = 2 if k == l else 1
        rates[channel(i, j, k, l)] += one[i] * two[j] * amplitude(i, j, k, l, s, t, u) / same
    return 2 * pt * np.pi * strong**2 / s**2 * PICOBARN * rates


def total(evaluate, root_s, pt, y3, y4, strong):
    """The sum of `density`, with the products of densities added up first: an array of millions of points is large."""
    x1 = pt / root_s * (np.exp(y3) + np.exp(y4))
    x2 = pt / root_s * (np.exp(-y3) + np.exp(-y4))
    s = x1 * x2 * root_s**2
    t = -x1 * root_s * pt * np.exp(-y3)
    u = -s - t
    one = {parton: evaluate(parton, x1, pt) for parton in PARTONS}
    two = {parton: evaluate(parton, x2, pt) for parton in PARTONS}
    first, second = (sum(side[quark] for quark in QUARKS) for side in (one, two))
    like = sum(one[quark] * two[quark] for quark in QUARKS)
    unlike = first * second - like - sum(one[quark] * two[-quark] for quark in QUARKS)
    opposite = first * second - like - unlike
    sum_ = (
        one[21] * two[21] * (amplitude(21, 21, 21, 21, s, t, u) / 2 + 5 * amplitude(21, 21, 1, -1, s, t, u))
        + (first * two[21] + one[21] * second) * amplitude(1, 21, 1, 21, s, t, u)
        + unlike * amplitude(1, 2, 1, 2, s, t, u)
        + like * amplitude(1, 1, 1, 1, s, t, u) / 2
        + opposite * (amplitude(1, -1, 1, -1, s, t, u) + 4 * amplitude(1, -1, 2, -2, s, t, u))
        + opposite * amplitude(1, -1, 21, 21, s, t, u) / 2
    )
    return 2 * pt * np.pi * strong**2 / s**2 * PICOBARN * sum_


def slice_sigma(evaluate, root_s, low, high, nodes):
    """σ by Gauss-Legendre rules: ln pT outermost, then the half difference of the rapidities, then their mean."""
    (pt_nodes, pt_weights), (star_nodes, star_weights), (mean_nodes, mean_weights) = (
        special.roots_legendre(count) for count in nodes
    )
    half = np.log(high / low) / 2
    sigma = 0.0
    for node, weight in zip(pt_nodes, pt_weights):
        pt = low * np.exp(half * (1 + node))
        limit = np.arccosh(root_s / (2 * pt))
        # The integrand is even in the half difference after both orders of the final partons are added.
        star = limit * (1 + star_nodes) / 2
        reach = np.log(root_s / (2 * pt * np.cosh(star)))
        mean = reach[:, None] * mean_nodes[None, :]
        area = 2 * (limit / 2 * star_weights * reach)[:, None] * mean_weights[None, :]
        strong = alpha_s(pt)
        rate = sum(
            total(evaluate, root_s, pt, mean + sign * star[:, None], mean - sign * star[:, None], strong)
            for sign in (1, -1)
        )
        sigma += weight * half * pt * float(np.sum(area * rate))
    return sigma


CASES = [
    (13000.0, [15, 30, 60, 120, 250, 500, 1000, 2000, 4000]),
    (900.0, [15, 20, 40, 100, 200]),
    (2760.0, [20, 80, 400]),
    (7000.0, [30, 300, 1500]),
    (27000.0, [15, 60, 1000, 5000]),
    (100000.0, [15, 30, 200, 2500, 20000]),
]
SCALES = [1.2, 1.5, 3.0, 4.8, 9.54, 30.0, 91.188, 171.0, 500.0, 5000.0, 50000.0]


def main():
    grid = Grid(next(word for word in sys.argv[1:] if not word.startswith("--")))
    generator = np.random.default_rng(20)
    densities = []
    for x, q in zip(np.exp(generator.uniform(np.log(3e-7), 0, 40)), np.exp(generator.uniform(np.log(5), np.log(3e4), 40))):
        x, q = float(f"{x:.8g}"), float(f"{q:.8g}")
        densities.append({"x": x, "q": q, "values": [grid.hermite(parton, x, q) for parton in PARTONS]})
    points = []
    while len(points) < 30:
        root_s = float(generator.choice([900.0, 13000.0, 100000.0]))
        pt = float(f"{np.exp(generator.uniform(np.log(15), np.log(root_s / 4))):.8g}")
        y3, y4 = (float(f"{value:.8g}") for value in generator.uniform(-4, 4, 2))
        if pt / root_s * (np.exp(abs(y3)) + np.exp(abs(y4))) > 0.95:
            continue
        strong = alpha_s(pt)
        rates = density(
            lambda parton, x, q: max(0.0, grid.hermite(parton, x, q)), root_s, pt, y3, y4, strong
        )
        points.append({"sqrt_s": root_s, "pt": pt, "y3": y3, "y4": y4, "rates": [float(rate) for rate in rates]})
    slices = []
    for root_s, edges in CASES:
        for low, high in zip(edges, edges[1:]):
            # Patches are smooth inside only: more nodes than splines need.
            fine, coarse = (slice_sigma(grid.patch, root_s, low, high, nodes) for nodes in ((16, 64, 96), (12, 48, 72)))
            assert abs(coarse / fine - 1) < 3e-4, (root_s, low, fine, coarse)
            spline = slice_sigma(grid.spline, root_s, low, high, (8, 40, 56))
            entry = {"sigma": fine, "uncertainty": abs(fine - coarse), "sigma_spline": spline}
            slices.append({"sqrt_s": root_s, "low": low, "high": high, **entry})
            digits = f"{fine:.6e} {coarse / fine - 1:+.1e} {spline / fine - 1:+.1e}"
            print(f"{root_s:8.0f} {low:6} {high:6} {digits}", file=sys.stderr)
            if "--vegas" in sys.argv:
                check_with_vegas(grid, root_s, low, high, fine)
    couplings = [{"q": q, "alpha_s": alpha_s(q)} for q in SCALES]
    json.dump(
        {"couplings": couplings, "densities": densities, "points": points, "slices": slices}, sys.stdout, indent=1
    )
    print()


def check_with_vegas(grid, root_s, low, high, sigma):
    import vegas

    limit = np.log(root_s / low)

    @vegas.lbatchintegrand
    def integrand(point):
        log_pt, y3, y4 = point.T
        pt = np.exp(log_pt)
        x = pt / root_s * np.maximum(np.exp(y3) + np.exp(y4), np.exp(-y3) + np.exp(-y4))
        inside = x < 1
        strong = np.interp(log_pt, table, couplings)
        return np.where(inside, pt * total(grid.patch, root_s, pt, y3, y4, strong), 0)

    table = np.linspace(np.log(low), np.log(high), 60)
    couplings = [alpha_s(q) for q in np.exp(table)]
    integrator = vegas.Integrator([[np.log(low), np.log(high)], [-limit, limit], [-limit, limit]])
    integrator(integrand, nitn=8, neval=5_000)
    result = integrator(integrand, nitn=8, neval=30_000)
    print(f"{'vegas':>8} {result.mean:.6e} ({(result.mean - sigma) / result.sdev:+.1f} σ, Q = {result.Q:.2f})", file=sys.stderr)


main()
