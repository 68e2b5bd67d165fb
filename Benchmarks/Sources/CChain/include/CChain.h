// Selection, binning and exact sums of reconstructed dijets, written by hand: the yardstick for what blocks, values and generality
// cost the library. It knows one thing only: events of their own truth, without corrections and triggers, on one thread.

#ifndef ETACAL_CCHAIN_H
#define ETACAL_CCHAIN_H

#include <stddef.h>
#include <stdint.h>

/// Rows that are read beyond a block's last one, at most.
enum { CChainPadding = 8 };

/// Sums of a cell, in quanta as in the library: w, wA, w eta of the jets at lower and at higher eta, w pT of them (GeV), wA²; w²,
/// w²A, w²A²; rows, and one that is not used.
enum { CChainColumns = 12 };

struct CChainCuts { double delta_phi_minimum, alpha_maximum, third_jet_floor, abs_eta_maximum; };

/// Columns of three jets, jet_stride apart, falling in pT.
struct CChainBlock {
    const double *pt, *eta, *phi;
    const double *weight;
    size_t jet_stride, count;
};

struct CChain;

/// Axes by their count + 1 increasing edges. NULL where memory is short or edges are too close to be looked up.
struct CChain *cchain_create(
    const double *eta_edges, int32_t eta_count, const double *pt_edges, int32_t pt_count, struct CChainCuts cuts,
    int32_t slices);

void cchain_destroy(struct CChain *chain);

/// Adds the dijets of a block of one slice.
void cchain_add(struct CChain *chain, struct CChainBlock block, int32_t slice);

/// By cell, pT bin outer and pair of eta bins inner; NULL for a slice without events.
const int64_t *cchain_sums(const struct CChain *chain, int32_t slice);

/// Rows that are in the sums.
long cchain_selected(const struct CChain *chain);

#endif
