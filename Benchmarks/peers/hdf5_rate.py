"""Reads and writes a table of events with h5py and prints one JSON object.

    hdf5_rate.py TABLE COPY [COLUMN...]        TABLE is read, the named columns of it (default: all) for the time of reading;
                                               COPY is written with all of them, stored as TABLE stores them
"""

import json
import sys
import time

import h5py


def clocks():
    return time.perf_counter(), time.process_time()


def since(start):
    return [now - then for now, then in zip(clocks(), start)]


def read(path, names):
    with h5py.File(path) as file:
        events = file["events"]
        return {name: events[name][:] for name in names or events}


def write(path, columns, rows):
    """Chunk by chunk of each column, as events come that do not fit into memory; deflated at level 1 after a shuffle."""
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        events = file.create_group("events")
        made = {
            name: events.create_dataset(
                name, (0,), values.dtype, maxshape=(None,), chunks=(rows,), shuffle=True, compression="gzip",
                compression_opts=1)
            for name, values in columns.items()}
        for first in range(0, len(next(iter(columns.values()))), rows):
            for name, values in columns.items():
                part = values[first:first + rows]
                made[name].resize((first + len(part),))
                made[name][first:] = part


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    table, copy, *names = sys.argv[1:]
    start = clocks()
    wanted = read(table, names)
    read_seconds, read_processor = since(start)
    columns = read(table, [])
    with h5py.File(table) as file:
        rows = file["events/pt1"].chunks[0]
    start = clocks()
    write(copy, columns, rows)
    write_seconds, write_processor = since(start)
    print(json.dumps({
        "peer": "h5py", "events": len(columns["pt1"]),
        "read_bytes": sum(values.nbytes for values in wanted.values()), "read_seconds": read_seconds,
        "read_cpu_seconds": read_processor, "write_bytes": sum(values.nbytes for values in columns.values()),
        "write_seconds": write_seconds, "write_cpu_seconds": write_processor,
        "versions": {"h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version},
    }))


if __name__ == "__main__":
    main()
