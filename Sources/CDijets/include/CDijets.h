// The loops over events of the built-in truth: hard scatterings drawn from lowest-order QCD, and jets made of them by the
// radiation model (docs/physics.md), eight events at a time.
//
// In C for vectors of eight lanes and a choice of the instruction set when the program starts; every choice gives the same
// bits. Nothing is allocated, and all memory is the caller's.

#ifndef ETACAL_DIJETS_H
#define ETACAL_DIJETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "SingleFunctions.h"

/// Events that are worked on together.
enum { EtaCalLaneCount = 8 };

/// A probability that is max(0, constant + growth ℓ + curve ℓ²).
struct EtaCalLine { float constant, growth, curve; };

/// The numbers of a radiation model at one energy, made ready for the loop. Logarithms are natural, energies in GeV.
struct EtaCalRadiation {
    // Initial state. Colours are the relative rates of two gluons, a gluon and a quark, two quarks.
    float initial_rate, initial_rate_fall, gap_rate, gap_bend, gap_growth, initial_steepening;
    float initial_reach, log_initial_reach, rapidity_margin, rapidity_blur, log_sqrt_s;
    float initial_colours[3];
    // Final state. The rate of a quark relative to a gluon; ln of the largest distance in units of the cone.
    float final_rate, quark_emission, final_rate_fall, final_steepening, final_reach, log_final_distance;
    // Other interactions. The power is one over the fall.
    float underlying_rate, underlying_power, underlying_growth, underlying_rapidity;
    float soft_recoil, soft_recoil_growth;
    float jet_offset, jet_offset_growth, jet_colour_loss, jet_forward_loss, jet_noise, jet_noise_growth;
    // Labels.
    struct EtaCalLine gluon_to_charm, gluon_to_bottom, gluon_to_light, light_to_charm, light_to_gluon;
    float emission_gluons;
    // What is kept: a cone, pT above a threshold, |η| below a limit, and no event whose leading jet is harder than the largest.
    float cone_radius, jet_threshold, abs_eta_maximum, largest_pt;
};

/// The purposes of random numbers, as indices into a stream's.
enum {
    EtaCalKinematics, EtaCalChoice, EtaCalSoft, EtaCalFragmentation, EtaCalFinal, EtaCalInitial, EtaCalPurposeCount
};

/// A random stream: Philox's key, the third word of its counters, and the fourth by purpose.
struct EtaCalStream {
    uint32_t key[2];
    uint32_t slice;
    uint32_t purposes[EtaCalPurposeCount];
};

/// A node of the lattice that proposals start from, in an alias table.
struct EtaCalNode { uint32_t threshold, alias; };

/// Floats of one knot of parton densities: x f of d, u, s, c, b at 0–4 and of their antiquarks at 8–12, the gluon at 5, all
/// (anti)quarks together at 13, zeros elsewhere.
enum { EtaCalPartonLanes = 16, EtaCalGluonLane = 5, EtaCalSumLane = 13 };

/// Knots are at equal steps of ln x + 6 x, which resolves the fall towards x = 1.
enum { EtaCalFractionSlope = 6 };

/// A p̂T slice: dσ/(dξ dy* dY) and a hull above it. ξ from 0 to 1 is linear in ln pT, y* = |y3 − y4|/2, Y = |y3 + y4|/2.
struct EtaCalSlice {
    // GeV. Logarithms: of high/low, of low/100 GeV, of the momentum fraction at pT = low and rapidities 0.
    double low, high;
    float log_width, log_low, log_fraction;
    // Events are made in proportion to dσ · (pT/low)^bias.
    float bias;
    // α_s² and all that is constant, in pb, at equal steps of ξ; as many as the steps and one more.
    const float *strengths;
    int32_t strength_steps;
    // Densities on equal steps of that (inner) and of ln Q, the first of these at pT = low minus q_offset.
    const float *knots;
    int32_t x_count, q_count;
    float x_lowest, x_scale, q_offset, q_scale;
    // The hull is linear between nodes in (ξ, y*, Y), Y inner: heights in pb, places in steps of the lattice (four floats
    // each, the last one unused), and the alias table of their weights.
    const float *hull;
    const float *places;
    const struct EtaCalNode *nodes;
    uint32_t node_count;
    int32_t pt_nodes, star_nodes, boost_nodes;
    float star_step, boost_step;
};

/// Columns of hard scatterings; their length is a multiple of eight.
struct EtaCalScatterings {
    // GeV, and ln(pT / 100 GeV).
    double *pt;
    float *log_pt;
    // Rapidities and momentum fractions; a uniform number for the azimuth.
    float *y3, *y4, *x1, *x2, *turn;
    // PDG numbers: incoming along +z and −z, outgoing at y3 and y4.
    int32_t *forward, *backward, *parton3, *parton4;
};

/// Columns of events. Jet j of a row stands j jet strides further on. GeV and radian.
struct EtaCalJets {
    double *pt, *eta, *phi;
    int32_t *flavour;
    size_t jet_stride;
    double *soft_x, *soft_y, *invisible_x, *invisible_y;
};

/// How to do it on one kind of processor.
struct EtaCalKernels {
    /// dσ/(dξ dy* dY) in pb, times the bias, at eight points; hull and nodes are not looked at.
    void (*density)(const struct EtaCalSlice *slice, const float *xi, const float *star, const float *boost, float *result);
    /// Draws the events `first`, `first` + 1, … of a slice by accept-reject: each a function of its own number.
    /// `pending` has room for `count` and eight more. Returns false when an event found no place in 1000 attempts.
    bool (*scatter)(
        const struct EtaCalSlice *slice, const struct EtaCalStream *stream, const struct EtaCalScatterings *events,
        size_t count, uint64_t first, int32_t *pending);
    /// Radiates `count` scatterings, the first of them event `first` of its slice.
    void (*radiate)(
        const struct EtaCalRadiation *model, const struct EtaCalStream *stream, const struct EtaCalScatterings *events,
        const struct EtaCalJets *jets, size_t count, uint64_t first);
};

/// For any processor.
struct EtaCalKernels etacal_portable_kernels(void);

/// The fastest that this processor knows of.
struct EtaCalKernels etacal_kernels(void);

#endif
