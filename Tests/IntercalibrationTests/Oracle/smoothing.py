"""Independent solutions of smooth constants, for the tests of `SplineSmoothing` and `KernelSmoothing`.

    python3 smoothing.py > smoothing.json        needs NumPy and SciPy

ln c of bins y = A a + noise, A the B-splines of SciPy at the places of the bins, less their mean with the gauge's weights in each pT
bin. What is minimised is (y − A a)ᵀ V⁺ (y − A a) + |D a|²/bend² + |T a|²/tilt² with Σ g a = 0 over η bins for each spline; D are
divided differences of second order of neighbouring coefficients times the root of their distance, T differences of the slopes of
lines through the coefficients of neighbouring η bins.

Nothing is shared with the code under test but this definition: V⁺ is the pseudo-inverse by eigenvalues, where the code fills the
gauge's direction in; the gauge is kept by Lagrange's multipliers and not by leaving coefficients out; and the likelihood of widths is
that of contrasts of the data, N(0, Z (V + A P⁺ Aᵀ) Zᵀ), without any reference to the penalised fit.
"""

import json

import numpy as np
from scipy.interpolate import BSpline
from scipy.linalg import block_diag, null_space


def splines(pt_edges, places):
    low, high = min(np.log(pt_edges[0]), min(places)), max(np.log(pt_edges[-1]), max(places))
    count = max(1, min(len(pt_edges) - 1 - 3, 9))
    breaks = np.linspace(low, high, count + 1)
    knots = np.r_[[low] * 3, breaks, [high] * 3]
    size = count + 3
    sites = np.array([knots[k + 1 : k + 4].mean() for k in range(size)])
    return knots, size, sites


class Problem:
    def __init__(self, name, seed, eta_edges, pt_edges, reference, missing, widths):
        random = np.random.default_rng(seed)
        self.name, self.eta_edges, self.pt_edges, self.reference = name, eta_edges, pt_edges, reference
        self.widths = widths
        etas, pts = len(eta_edges) - 1, len(pt_edges) - 1
        edges = np.array(eta_edges)
        inside = (np.abs(edges[:-1]) <= reference + 1e-9) & (np.abs(edges[1:]) <= reference + 1e-9)
        self.gauge = np.where(inside, np.diff(edges), 0)
        self.constants = np.full((etas, pts), np.nan)
        self.pt_mean = np.full((etas, pts), np.nan)
        self.blocks = []
        for pt in range(pts):
            known = [eta for eta in range(etas) if (eta, pt) not in missing]
            mix = random.normal(size=(len(known), len(known)))
            covariance = (mix @ mix.T / len(known) + np.eye(len(known))) * random.uniform(0.01, 0.04) ** 2
            shares = self.gauge[known] / self.gauge[known].sum()
            projection = np.eye(len(known)) - np.outer(np.ones(len(known)), shares)
            covariance = projection @ covariance @ projection.T
            covariance = 0.5 * (covariance + covariance.T)
            logs = projection @ random.normal(scale=0.03, size=len(known)) + 0.002 * pt
            block = np.zeros((etas, etas))
            for row, eta in enumerate(known):
                self.constants[eta, pt] = np.exp(logs[row])
                self.pt_mean[eta, pt] = np.sqrt(pt_edges[pt] * pt_edges[pt + 1]) * random.uniform(0.93, 1.07)
                block[eta, known] = covariance[row]
            self.blocks.append(block)

    def solve(self):
        etas, pts = self.constants.shape
        bins = [(eta, pt) for pt in range(pts) for eta in range(etas) if np.isfinite(self.constants[eta, pt])]
        logs = np.array([np.log(self.constants[bin]) for bin in bins])
        places = np.array([np.log(self.pt_mean[bin]) for bin in bins])
        used = sorted({eta for eta, _ in bins})
        knots, size, sites = splines(self.pt_edges, places)
        basis = BSpline.design_matrix(places, knots, 3).toarray()
        rows = np.zeros((len(bins), len(used) * size))
        for row, (eta, _) in enumerate(bins):
            start = used.index(eta) * size
            rows[row, start : start + size] = basis[row]
        mean = np.zeros((len(bins), len(bins)))
        gauges = []
        for pt in range(pts):
            own = [row for row, bin in enumerate(bins) if bin[1] == pt]
            shares = np.array([self.gauge[bins[row][0]] for row in own])
            shares = shares / shares.sum()
            mean[np.ix_(own, own)] = np.outer(np.ones(len(own)), shares)
            gauge = np.zeros(len(bins))
            gauge[own] = shares
            gauges.append(gauge)
        design = rows - mean @ rows
        values = logs - mean @ logs
        covariance = block_diag(*[
            self.blocks[pt][np.ix_(own, own)]
            for pt in range(pts)
            for own in [[eta for eta in range(etas) if np.isfinite(self.constants[eta, pt])]]
        ])
        eigenvalues, vectors = np.linalg.eigh(covariance)
        kept = eigenvalues > 1e-10 * eigenvalues.max()
        assert kept.sum() == len(bins) - pts
        weight = vectors[:, kept] / eigenvalues[kept] @ vectors[:, kept].T
        steps = np.diff(sites)
        differences = np.zeros((size - 2, size))
        for k in range(1, size - 1):
            root = np.sqrt(0.5 * (steps[k - 1] + steps[k]))
            differences[k - 1, k - 1 : k + 2] = root * 2 / (steps[k - 1] + steps[k]) * np.array(
                [1 / steps[k - 1], -1 / steps[k - 1] - 1 / steps[k], 1 / steps[k]])
        line = np.polyfit(sites, np.eye(size), 1)[0]
        bends = np.kron(np.eye(len(used)), differences)
        tilts = np.kron(np.diff(np.eye(len(used)), axis=0), line)
        constraint = np.kron(self.gauge[used] / self.gauge[used].sum(), np.eye(size))
        results = []
        for bend, tilt in self.widths:
            penalty = bends.T @ bends / bend**2 + tilts.T @ tilts / tilt**2
            zero = np.zeros((size, size))
            saddle = np.block([[design.T @ weight @ design + penalty, constraint.T], [constraint, zero]])
            inverse = np.linalg.inv(saddle)[: len(used) * size, : len(used) * size]
            coefficients = inverse @ design.T @ weight @ values
            carried = design @ inverse
            residual = values - design @ coefficients
            results.append({
                "bend": bend, "tilt": tilt, "coefficients": coefficients.reshape(len(used), size).tolist(),
                "log_constants": (design @ coefficients + mean @ logs).tolist(),
                "covariance": triangle(carried @ design.T),
                "sampling_variances": np.diag(carried @ design.T @ weight @ design @ carried.T).tolist(),
                "chi2": float(residual @ weight @ residual),
                "effective_parameters": float(np.trace(inverse @ design.T @ weight @ design)),
                "likelihood": self.likelihood(design, values, covariance, gauges, bins, used, penalty, constraint),
            })
        centres = 0.5 * (np.array(self.eta_edges)[1:] + np.array(self.eta_edges)[:-1])
        eta = np.array([centres[bin[0]] for bin in bins])
        kernel = np.exp(-0.5 * ((eta[:, None] - eta) / 0.1) ** 2 - 0.5 * ((places[:, None] - places) / 0.3) ** 2)
        kernel = kernel / np.maximum(np.diag(covariance), 1e-14)
        kernel = kernel / kernel.sum(axis=1, keepdims=True)
        kernel = kernel - mean @ kernel
        return {
            "name": self.name, "eta_edges": self.eta_edges, "pt_edges": self.pt_edges, "reference": self.reference,
            "constants": [[None if np.isnan(c) else c for c in row] for row in self.constants],
            "pt_mean": [[None if np.isnan(c) else c for c in row] for row in self.pt_mean],
            "blocks": [block.tolist() for block in self.blocks], "bins": [list(bin) for bin in bins], "used": used,
            "splines": results,
            "kernel": {
                "log_constants": (kernel @ values + mean @ logs).tolist(),
                "covariance": triangle(kernel @ covariance @ kernel.T),
            },
        }

    def likelihood(self, design, values, covariance, gauges, bins, used, penalty, constraint):
        free = null_space(constraint)
        own = free.T @ penalty @ free
        eigenvalues, vectors = np.linalg.eigh(own)
        kept = eigenvalues > 1e-9 * eigenvalues.max()
        assert (~kept).sum() == len(used) - 1
        expected = free @ (vectors[:, kept] / eigenvalues[kept] @ vectors[:, kept].T) @ free.T
        levels = np.array([[1.0 if bin[0] == eta else 0.0 for eta in used] for bin in bins])
        for gauge in gauges:
            levels[gauge_rows(gauge, bins)] -= gauge @ levels
        contrasts = null_space(np.vstack([levels.T, np.array(gauges)])).T
        sigma = contrasts @ (covariance + design @ expected @ design.T) @ contrasts.T
        projected = contrasts @ values
        energy = projected @ np.linalg.solve(sigma, projected)
        scale = min(1, max(energy / len(projected), 1e-3))
        return float(energy / scale + len(projected) * np.log(scale) + np.linalg.slogdet(sigma)[1])


def triangle(matrix):
    return [matrix[row, : row + 1].tolist() for row in range(len(matrix))]


def gauge_rows(gauge, bins):
    pt = bins[int(np.argmax(gauge))][1]
    return [row for row, bin in enumerate(bins) if bin[1] == pt]


def short(value):
    if isinstance(value, float):
        return float(f"{value:.15g}")
    if isinstance(value, list):
        return [short(item) for item in value]
    if isinstance(value, dict):
        return {key: short(item) for key, item in value.items()}
    return value


if __name__ == "__main__":
    widths = [(0.05, 0.1), (0.5, 0.03), (0.02, 1.0)]
    problems = [
        Problem("six pT bins", 1, [-2.5, -0.8, -0.1, 0.8, 1.7, 2.5], [40, 60, 90, 140, 220, 400, 700], 0.8, set(), widths),
        Problem(
            "bins missing", 2, [-3.0, -1.9, -0.8, 0.0, 0.8, 1.4, 3.0], [30, 45, 70, 110, 200, 320], 0.8,
            {(0, 3), (0, 4), (5, 4), (2, 1)}, widths),
        Problem("two pT bins, one reference bin", 3, [-2.0, -0.5, 0.5, 1.0, 2.0], [50, 100, 200], 0.5, set(), widths),
    ]
    print(json.dumps({"problems": [short(problem.solve()) for problem in problems]}))
