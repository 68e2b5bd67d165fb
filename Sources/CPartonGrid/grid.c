#include "CPartonGrid.h"

// A literal of this size would take the Swift compiler minutes; #embed (C23) takes none.
static const unsigned char text[] = {
#embed "NNPDF23_lo_as_0130_thinned.dat"
};

const unsigned char *const etacal_parton_grid = text;
const size_t etacal_parton_grid_size = sizeof text;
