#pragma once
#include <stddef.h>

/// The central member of NNPDF2.3 LO with α_s(M_Z) = 0.130 (arXiv:1207.1303), thinned to x ≥ 1.2e-6, Q ≥ 9.5 GeV, the gluon
/// and five flavours: x·f(x, Q) as a text in LHAPDF6's format lhagrid1.
extern const unsigned char *const etacal_parton_grid;
/// Its length in bytes.
extern const size_t etacal_parton_grid_size;
