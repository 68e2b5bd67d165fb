"""The whole chain beside its peers, its threads, and its stages."""

import json

from programs import alternate, at_once, built, measured, peer, run
from report import Check, Row, paired

# Rows of a block of the program `stages`.
BLOCK = 512


def cost(answers, processor=False):
    """ns an event."""
    key = "cpu_seconds" if processor else "seconds"
    return [1e9 * answer[key] / answer["events"] for answer in answers]


def beside_peer(report, options, name, script, threads, asked, scratch):
    """A peer of the same model: its time, and whether its sums agree."""
    theirs = peer(script)
    sums = [scratch / f"{who}-{threads}.csv" for who in ("etacal", script)]
    arguments = [] if threads == 1 else ["--threads", threads]
    own, other = alternate(
        options.rounds,
        lambda: measured(built("chain") + ["--events", options.events, "--threads", threads]),
        lambda: measured(theirs + ["--events", options.events, "--seed", 7, "--sums", sums[1], *arguments]),
    )
    processor = options.cpu and threads == 1 and all("cpu_seconds" in answer for answer in other)
    report.rows.append(paired(name, "ns/event", cost(own, processor), cost(other, processor), asked))
    # Widths have their uncertainty from the peer's table alone, which has more events for that.
    measured(built("chain") + ["--events", options.events // 4, "--threads", 2, "--sums", sums[0]])
    compared = run(peer("compare.py") + sums, accepted=(0, 1))
    says = "; ".join(compared.stdout.strip().splitlines()) or "compare.py said nothing"
    report.checks.append(Check(f"sums of etacal and {script}", compared.returncode == 0, says))


def numpy(report, options, scratch):
    beside_peer(report, options, "chain, NumPy on 1 core", "numpy_chain.py", 1, 10, scratch)


def numba(report, options, scratch):
    beside_peer(report, options, "chain, numba on 2 cores", "numba_chain.py", 2, 3, scratch)


def by_hand(report, options, _):
    program = built("chain") + ["--events", options.events]
    ours, theirs = alternate(
        options.rounds, lambda: measured(program), lambda: measured(program + ["--kernel", "c"]))
    report.rows.append(
        paired("chain, C by hand", "ns/event", cost(ours, options.cpu), cost(theirs, options.cpu), 0.5))
    two = measured(program + ["--threads", 2])
    seen = {(answer["digest"], answer["selected"]) for answer in [*ours, *theirs, two]}
    says = f"{ours[0]['selected']} rows selected, digest " + ", ".join(sorted(digest for digest, _ in seen))
    report.checks.append(Check("sums in Swift with 1 and 2 threads, and in C, bit for bit", len(seen) == 1, says))


def threads(report, options, _):
    program = built("chain")
    half = options.events // 2

    def processes():
        answers = at_once([program + ["--events", half, "--seed", seed] for seed in (1, 2)])
        return {"events": 2 * half, "seconds": max(answer["seconds"] for answer in answers)}

    two, apart = alternate(
        options.rounds, lambda: measured(program + ["--events", 2 * half, "--threads", 2]), processes)
    report.rows.append(paired("chain, 2 threads against 2 processes", "ns/event", cost(two), cost(apart), 0.95))


def stages(report, options, _):
    answer = json.loads(run(built("stages") + ["--format", "json", "--columns", "name,median"]).stdout)
    cost = {line["name"].removeprefix("stage."): line["median"] / BLOCK for line in answer["benchmarks"]}
    by_hand = cost.pop("by-hand")
    after = cost["uncorrected"] + cost["selection"] + cost["sums"]
    report.rows.append(Row("after the detector alone, C by hand", "ns/event", after, by_hand, by_hand / after))
    for name, value in cost.items():
        report.rows.append(Row(f"stage {name}", "ns/event", value))
