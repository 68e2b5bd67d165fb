"""Runs the programs that are compared, one after the other, and reads what they print."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent
BUILT = HERE / ".build" / "release"
ETACAL = ROOT / ".build" / "release" / "etacal"
PEERS = HERE / "peers"

# One core each, whatever a library would like; peers that take threads are told so themselves.
ONE_CORE = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")}


class Failed(Exception):
    """A program that could not be measured; the others can."""


def built(name):
    path = BUILT / name
    if not path.exists():
        raise Failed(f"Benchmarks/.build/release/{name} is not there: run Benchmarks/run, which builds it")
    return [str(path)]


def peer(script):
    if not (PEERS / script).exists():
        raise Failed(f"Benchmarks/peers/{script} is not there")
    return [sys.executable, "-B", str(PEERS / script)]


def run(command, accepted=(0,)):
    """The completed process; `Failed` with what it said when its status is not accepted."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, env={**os.environ, **ONE_CORE}
    )
    if done.returncode not in accepted:
        said = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise Failed(f"{Path(command[-1] if command[0] == sys.executable else command[0]).name}: status "
                     f"{done.returncode}: {said[0]}")
    return done


def measured(command):
    """The JSON object that a program prints."""
    return json.loads(run(command).stdout)


def at_once(commands):
    """The JSON objects of programs that run side by side."""
    running = [
        subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True) for command in commands
    ]
    answers = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        raise Failed(f"{Path(commands[0][0]).name}: one of {len(commands)} at once failed")
    return [json.loads(answer) for answer in answers]


def alternate(rounds, *runs):
    """Calls the functions in turns, so that what else the machine does meets all alike; their results, one list each."""
    results = [[] for _ in runs]
    for _ in range(rounds):
        for result, call in zip(results, runs):
            result.append(call())
    return results
