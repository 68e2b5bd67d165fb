"""Fits of all pairs beside iminuit and SciPy."""

from programs import built, measured, peer
from report import Check, Row

ASKED = {"iminuit, numeric gradient": 100}


def fits(report, options, scratch):
    problem = scratch / "fits.json"
    fit = peer("fit_iminuit.py") + [problem, "--repetitions", options.rounds] + (["--fits", 2] if options.quick else [])
    ours = measured(built("fits") + ["--events", 3 * options.events, "--threads", 2, "--problem", problem])
    theirs = measured(fit)
    # Both take the shortest of several times. A peer that has fitted some of the bins of pT is taken for all by its share of the
    # pairs.
    share = theirs["pairs"] / ours["pairs"]
    clock = "cpu_seconds" if options.cpu else "seconds"
    own = 1e3 * ours[clock]
    for name, answer in theirs["methods"].items():
        cost = 1e3 * answer[clock] / share
        title = f"fits of {ours['bins']} x {ours['fits']} bins, {name}"
        report.rows.append(Row(title, "ms", own, cost, cost / own, ASKED.get(name)))
        says = (
            f"chi2 differs by {answer['chi2_difference']:.0e} at most, ln r by {answer['value_pull']:.0e} of its uncertainty, "
            f"that by {answer['deviation_difference']:.0e} of itself")
        report.checks.append(Check(f"fits of etacal and {name}", answer["agrees"], says))
    if not ours["all_valid"]:
        report.checks.append(Check("fits of etacal", False, "not all are valid: take more events"))
    report.rows.append(Row("three such fits, and means of sums", "ms", 1e3 * ours["calibration_seconds"]))
