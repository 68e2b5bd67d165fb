// Eight numbers to their bins: cells of one width, so narrow that none holds two edges, and one comparison.

#ifndef ETACAL_CCHAIN_AXIS_H
#define ETACAL_CCHAIN_AXIS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef double Doubles __attribute__((ext_vector_type(8)));
typedef int64_t Integers __attribute__((ext_vector_type(8)));

enum { MostCells = 4096 };

struct Axis {
    double lowest, scale, last;
    // The edge in each cell, or infinity, and the bin below it.
    double edge[MostCells];
    int64_t below[MostCells];
    int64_t bins;
};

static inline Integers axis_cells(const struct Axis *axis, Doubles value) {
    Doubles place = (value - axis->lowest) * axis->scale;
    Doubles raised = place > 0 ? place : 0;
    return __builtin_convertvector(raised < axis->last ? raised : axis->last, Integers);
}

/// −1 outside.
static inline Integers axis_bins(const struct Axis *axis, Doubles value) {
    Integers cell = axis_cells(axis, value), below;
    Doubles edge;
    for (int lane = 0; lane < 8; lane++) {
        edge[lane] = axis->edge[cell[lane]];
        below[lane] = axis->below[cell[lane]];
    }
    // A comparison gives −1 where it holds.
    Integers bin = below - (value >= edge);
    return bin < axis->bins ? bin : (Integers)(-1);
}

static bool axis_make(struct Axis *axis, const double *edges, int32_t bins) {
    double narrowest = edges[bins] - edges[0];
    for (int bin = 0; bin < bins; bin++) {
        double width = edges[bin + 1] - edges[bin];
        narrowest = width < narrowest ? width : narrowest;
    }
    int cells = (int)(2 * (edges[bins] - edges[0]) / narrowest) + 2;
    if (cells > MostCells) return false;
    axis->lowest = edges[0];
    axis->scale = (cells - 1) / (edges[bins] - edges[0]);
    axis->last = cells - 1;
    axis->bins = bins;
    for (int cell = 0, next = 0; cell < cells; cell++) {
        axis->edge[cell] = __builtin_inf();
        axis->below[cell] = next - 1;
        if (next <= bins && axis_cells(axis, (Doubles)(edges[next]))[0] == cell) {
            axis->edge[cell] = edges[next++];
            // Two edges in one cell
            if (next <= bins && axis_cells(axis, (Doubles)(edges[next]))[0] == cell) return false;
        }
    }
    return true;
}

#endif
