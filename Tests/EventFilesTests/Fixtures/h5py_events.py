"""Makes h5py_events.h5: a table of events as somebody else would write it with h5py (3.16), in types of their own.

    python3 h5py_events.py
"""

from pathlib import Path

import h5py
import numpy as np

with h5py.File(Path(__file__).parent / "h5py_events.h5", "w") as file:
    events = file.create_group("events")
    events.attrs["sample"] = "toy"
    events["event"] = np.array([5, 6, 7], dtype="i4")
    events["slice"] = np.array([1, 0, 1], dtype="u1")
    events["weight"] = np.array([0.5, 2, 0.25], dtype="f4")
    events.create_dataset("pt1", data=np.array([80.1, 90.2, 70.3], dtype="f4"), chunks=(2,), compression="gzip")
    events["pt2"] = np.array([70.5, 85.25, 65.125], dtype=">f8")
    events["pt3"] = np.array([np.nan, 10, 60])
    for jet, eta, phi in ((1, 1, 0), (2, -1, 3), (3, 2, 1)):
        events[f"eta{jet}"] = np.full(3, eta, dtype="i8")
        events[f"phi{jet}"] = np.full(3, phi + 0.125)
        events[f"tagged{jet}"] = np.array([jet == 1, jet == 2, jet != 2])
    events["period"] = np.array([b"A", b"B2", b"C"])
