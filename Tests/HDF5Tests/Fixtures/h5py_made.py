"""Makes h5py_made.h5: what h5py (3.16, HDF5 1.14) writes by default, and what a reader must not fall for.

    python3 h5py_made.py
"""

from pathlib import Path

import h5py
import numpy as np

folder = Path(__file__).parent
with h5py.File(folder / "h5py_made.h5", "w") as file:
    file.attrs["title"] = "text of variable length, μ"
    file.attrs["list"] = ["one", "two"]
    file.attrs["small"] = np.int8(-3)
    file["plain"] = np.arange(12, dtype=">f8").reshape(4, 3)
    file["bytes"] = np.arange(5, dtype="u1")
    file.create_dataset("gzip", data=np.arange(100, dtype="i8"), chunks=(7,), compression="gzip", fletcher32=True)
    file.create_dataset("lzf", data=np.arange(100, dtype="i8"), chunks=(7,), compression="lzf")
    file["names"] = np.array([b"jet", b"met"])
    file["texts"] = ["one", "another"]
    file["scalar"] = 2.5
    file["link"] = h5py.SoftLink("/plain")
    file["broken"] = h5py.SoftLink("/nowhere")
    file["outside"] = h5py.ExternalLink("h5py_made.h5", "/plain")
    file["behind"] = h5py.SoftLink("/outside")
    # 8 TB that nobody wrote, in no room at all.
    file.create_dataset("claimed", shape=(10**12,), dtype="f8", chunks=(1000,))
    file.create_dataset("external", shape=(10,), dtype="f8", external=[("others.bin", 0, 80)])
    layout = h5py.VirtualLayout(shape=(100,), dtype="i8")
    layout[:] = h5py.VirtualSource("h5py_made.h5", "gzip", shape=(100,))
    file.create_virtual_dataset("virtual", layout)
