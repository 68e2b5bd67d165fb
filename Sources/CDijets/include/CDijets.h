// The loops over events: hard scatterings drawn from lowest-order QCD, jets made of them by the radiation model, and what the
// detector makes of these (docs/physics.md), several events at a time.
//
// In C for vectors of eight or sixteen lanes and a choice of the instruction set when the program starts; every choice gives the same
// bits. Nothing is allocated, and all memory is the caller's.

#ifndef ETACAL_DIJETS_H
#define ETACAL_DIJETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "SingleFunctions.h"

/// The most events that are worked on together, and the points that a density is asked for.
enum { EtaCalMostLanes = 16, EtaCalPointCount = 8 };

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
    float log_underlying_rate, underlying_power, underlying_growth, underlying_rapidity;
    float soft_recoil, soft_recoil_growth;
    float jet_offset, jet_offset_growth, jet_colour_loss, jet_forward_loss, jet_noise, jet_noise_growth;
    // Labels.
    struct EtaCalLine gluon_to_charm, gluon_to_bottom, gluon_to_light, light_to_charm, light_to_gluon;
    // The share of gluons among emissions, and its inverse.
    float emission_gluons, per_emission_gluons;
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

/// A slot of the alias table of the lattice's nodes: from the threshold on, the other one. Places are steps of pT, y* and Y,
/// ten bits each, the last one lowest.
struct EtaCalNode { uint32_t threshold, place, alias, unused; };

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
    // The hull is linear between nodes in (ξ, y*, Y), Y inner: heights in pb, and the alias table of their weights.
    const float *hull;
    const struct EtaCalNode *nodes;
    uint32_t node_count;
    int32_t pt_nodes, star_nodes, boost_nodes;
    float star_step, boost_step;
};

/// Columns of hard scatterings; there is room for a multiple of `EtaCalMostLanes`.
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

// ---- The detector

/// Nodes of tables in pT: eight an octave from 4 GeV on, and one more than the octaves.
enum { EtaCalPtNodeCount = 97, EtaCalOctaveCount = 13 };

/// Tables of the number of interactions by its quantile, and of the deficit, in units of the
/// resolution, by the resolution from 0 to `EtaCalLargestWidth`.
enum { EtaCalMuSteps = 256, EtaCalDeficitSteps = 64 };
static const float EtaCalLargestWidth = 2.0f;

/// No jet is measured below this share of what is expected.
static const float EtaCalLeastFluctuation = 0.02f;
/// Nor above so many times of it, where only the heaviest tails reach with the last of their random numbers.
static const float EtaCalLargestFluctuation = 50.0f;

/// The soft term's pT is looked up as so many times as much, since it begins where jets end.
static const float EtaCalSoftScale = 8.0f;

/// A rectangle in (η, φ) around its centre. Its edges fall linearly over 1/sharpness. A share `loss` of a jet is lost in it.
struct EtaCalWindow { float eta, eta_half, phi, phi_half, sharpness, loss; };

struct EtaCalDetector {
    // Rows of response, core resolution, pull of η, and noise per root of the number of interactions over pT, pT inner; one
    // grid a period. Nodes in η from −eta_limit on, eta_scale a unit, and once more the last.
    const float *grid;
    size_t period_stride;
    float eta_limit, eta_scale;
    int32_t eta_nodes;
    // Periods by the first 32-bit number of the next one.
    const uint32_t *period_ends;
    int32_t period_count;
    // Response of flavours relative to the grid's, by class and pT.
    const float *flavours;
    // Shapes by region of η and octave of pT: the share of the left side of 2³², eight numbers for each side
    // (measurement.h), and what must be taken off for a mean of 1 by resolution.
    const float *tail_edges;
    int32_t tail_count;
    bool tails_signed;
    const uint32_t *left_shares;
    const float *shapes;
    const float *deficits;
    const struct EtaCalWindow *modules, *vetoes;
    int32_t module_count, veto_count;
    // mm; inverses of the barrel's radius and the endcap's distance (0 for none), and sinh η of the corner where they meet.
    float vertex_spread, inverse_radius, inverse_length, corner;
    // Resolution of directions: √((noise / pT)² + floor²).
    float eta_noise, eta_floor2, phi_noise, phi_floor2;
    float acceptance, threshold;
    // By quantile: the number of interactions and the event's weight; the number that resolutions of the grid belong to.
    const float *mu, *mu_weights;
    float reference_mu;
    // Jets of pile-up above 20 GeV an interaction, one over their power, the share of those inside the tracker; limits in |η|.
    float pile_up_rate, pile_up_power, pile_up_central, tracker_limit, pile_up_limit;
    // The probability that a true jet inside the tracker and below a pT is taken for pile-up.
    float vertex_loss, vertex_loss_limit;
    // The soft term, GeV: response by pT, resolutions relative to it, noise + growth √ΣET, and ΣET beside the jets.
    const float *soft_response;
    float soft_parallel, soft_perpendicular, soft_noise, soft_noise_growth, energy, energy_per_mu;
};

/// Columns of truth; jets as in `EtaCalJets`.
struct EtaCalTruth {
    const double *pt, *eta, *phi;
    const int32_t *flavour;
    size_t jet_stride;
    const double *soft_x, *soft_y, *weight;
};

/// Columns of reconstructed events. The measured ones may be left out: each true jet before any of them is lost.
struct EtaCalReconstructed {
    double *pt, *eta, *detector_eta, *phi, *true_pt, *true_eta;
    int32_t *flavour;
    size_t jet_stride;
    double *soft_x, *soft_y, *sum_et, *mu, *weight;
    int32_t *period;
    double *measured_pt, *measured_eta, *measured_phi, *measured_offset;
    // The number of the true jet, −1 for none; may be left out.
    int32_t *source;
};

/// The purposes of the detector's random numbers, as indices into a stream's.
enum { EtaCalJetNumbers, EtaCalEventNumbers, EtaCalPileUpNumbers };

// ---- Tracks

/// Rows of quantiles have one number more than these steps. A row of pT is the nearest node of the detector's tables.
enum { EtaCalQuantileSteps = 64 };

/// The most tracks of a jet, and of those the most that come from the vertex.
enum { EtaCalMostTracks = 64, EtaCalMostPrompt = 48 };

/// Jets by what their tracks are like; hadrons that decay in them; rows of momenta in a hadron's rest frame, of families, and of
/// charm in that of bottom, and of strange hadrons as logarithm of their pT over that of the jet's (both over 1 GeV).
enum { EtaCalLightJets, EtaCalCharmJets, EtaCalBottomJets, EtaCalGluonJets, EtaCalJetKinds };
enum { EtaCalBottomHadrons, EtaCalCharmOfBottom, EtaCalCharmHadrons, EtaCalKaons, EtaCalLambdas, EtaCalFamilies };
enum { EtaCalCharmMomenta = EtaCalFamilies, EtaCalStrangeMomenta, EtaCalMomentumRows };
enum { EtaCalMostSpecies = 5, EtaCalProductMasses = 16 };

/// What tracks are made of. GeV and mm.
struct EtaCalTrackModel {
    // By kind of jet and pT: quantiles of the number of tracks from the vertex, and of the logarithm of their pT over that of the
    // jet's (both over 1 GeV); mean numbers of K_S → ππ and Λ → pπ.
    const float *prompt_counts, *prompt_spectrum, *kaons, *lambdas;
    // Of charm and bottom, by pT: the share of jets with two hadrons; quantiles of the share of the jet's pT that a hadron alone
    // has, the harder and the softer one of two; and the widths of their angles to the jet's axis.
    const float *heavy_pairs, *single_shares, *pair_shares, *second_shares, *single_angles, *pair_angles, *second_angles;
    // By family and species: cumulated shares, masses, cτ, and quantiles of the number of charged products; these of bottom by the
    // number of hadrons of charm instead.
    const float *species_shares, *masses, *lifetimes, *product_counts;
    // Quantiles of momenta, by the rows above; masses of products by family, each of them as often.
    const float *momenta, *product_masses;
    // GeV: pT times the angle of a track from the vertex to the jet's axis, in each of two directions.
    float prompt_angle;
    // Of decays of bottom: the share without charm, and with one at most.
    float charm_limits[2];
};

/// A step of the resolution of d0: from these |η| and pT on.
struct EtaCalTrackStep { float eta_low, pt_low, constant, scattering; };

/// A tracker (mm, GeV), and the jets whose tracks are asked for.
struct EtaCalTracker {
    float eta_maximum, pt_minimum, efficiency, impact_maximum, radius_maximum;
    const struct EtaCalTrackStep *steps;
    int32_t step_count, tail_count;
    // Cumulated from the last one on.
    float tail_shares[4], tail_scales[4];
    // Covariance of the beam spot, and its factors: x = spot_x n, y = spot_slope n + spot_rest m of standard normal n, m.
    float spot_xx, spot_yy, spot_xy, spot_x, spot_slope, spot_rest;
    double jet_pt_minimum, jet_eta_maximum;
};

/// Measured jets with the true one that each is, −1 for none.
struct EtaCalTrackJets {
    const double *pt, *eta, *phi;
    const int32_t *source;
    size_t jet_stride;
};

/// Columns of tracks: the place of the jet in its columns, the family of the hadron (−1 for none), pT and pT times the distance
/// to the jet's axis in η and φ (GeV), true and measured d0 and its resolution with the beam spot (mm), and the significance with the
/// sign of the jet.
struct EtaCalTracks {
    int32_t *jet, *origin;
    float *pt, *relative_pt, *true_impact, *impact, *resolution, *significance;
};

/// The purposes of the random numbers of tracks, as indices into a stream's.
enum { EtaCalTrackNumbers, EtaCalJetTracks, EtaCalBeamSpot };

// ---- Balance

/// A factor as a function of η and pT, linear between nodes: pT inner as in the detector's tables, η from −eta_limit to the node
/// numbered eta_last, eta_scale nodes a unit, and once more the last row.
struct EtaCalScale {
    const float *values;
    double eta_limit, eta_scale, eta_last;
};

/// What makes an event a dijet.
struct EtaCalCuts { double delta_phi_minimum, alpha_maximum, third_jet_floor, abs_eta_maximum; };

/// Columns of the leading jets.
struct EtaCalLeading {
    const double *pt, *eta, *phi;
    size_t jet_stride;
};

/// Adds to a sum that several threads add to. The order does not matter, as integers have no rounding.
static inline void etacal_add_shared(int64_t *sum, int64_t addend) {
    __atomic_fetch_add(sum, addend, __ATOMIC_RELAXED);
}

/// Sub-samples of one cell that are not empty: their numbers, and two of their sums, such as Σω and ΣωA.
struct EtaCalSubSamples {
    const int32_t *numbers;
    const double *one, *other;
    size_t count;
};

/// How to do it on one kind of processor.
struct EtaCalKernels {
    /// dσ/(dξ dy* dY) in pb, times the bias, at eight points; hull and nodes are not looked at.
    void (*density)(const struct EtaCalSlice *slice, const float *xi, const float *star, const float *boost, float *result);
    /// Draws the events `first`, `first` + 1, … of a slice by accept-reject: each a function of its own number.
    /// `pending` has room for `count` and `EtaCalMostLanes` more. Returns false when an event found no place in 1000 attempts.
    bool (*scatter)(
        const struct EtaCalSlice *slice, const struct EtaCalStream *stream, const struct EtaCalScatterings *events,
        size_t count, uint64_t first, int32_t *pending);
    /// Radiates `count` scatterings, the first of them event `first` of its slice.
    void (*radiate)(
        const struct EtaCalRadiation *model, const struct EtaCalStream *stream, const struct EtaCalScatterings *events,
        const struct EtaCalJets *jets, size_t count, uint64_t first);
    /// Reconstructs `count` events of truth, the first of them draw `first` of its slice.
    void (*reconstruct)(
        const struct EtaCalDetector *detector, const struct EtaCalStream *stream, const struct EtaCalTruth *truth,
        const struct EtaCalReconstructed *output, size_t count, uint64_t first);
    /// Multiplies the first `count` positive numbers of a column with a scale, and copies the column to `base`.
    void (*calibrate)(const struct EtaCalScale *scale, double *pt, double *base, const double *eta, size_t count);
    /// Lists the rows of dijets among the first `count`, with room for all. Returns how many there are.
    size_t (*choose_dijets)(
        const struct EtaCalCuts *cuts, const struct EtaCalLeading *jets, size_t count, int32_t *rows);
    /// The sums of a cell in `replicas` of a bootstrap, a multiple of EtaCalMostLanes. `counts` says how often a sub-sample counts in
    /// each: a row of `replicas` numbers for each sub-sample.
    void (*resample)(
        const struct EtaCalSubSamples *sums, const double *counts, size_t replicas, double *one, double *other);
    /// Makes the tracks of `count` rows from `first_row` on, row 0 being draw `first` of its slice, with room for
    /// `EtaCalMostTracks` of each of three jets a row and `EtaCalMostLanes` more. Returns how many are used; those of a jet
    /// stand together.
    size_t (*make_tracks)(
        const struct EtaCalTrackModel *model, const struct EtaCalTracker *tracker, const struct EtaCalStream *stream,
        const struct EtaCalTruth *truth, const struct EtaCalTrackJets *jets, size_t first_row, size_t count, uint64_t first,
        struct EtaCalTracks *tracks);
};

/// What the loops are compiled for; the last ones are the fastest.
enum EtaCalInstructionSet { EtaCalPortable, EtaCalAVX2, EtaCalAVX512 };

/// Whether this program has loops for an instruction set and this processor can run them.
bool etacal_has(enum EtaCalInstructionSet set);

/// The loops for an instruction set that is there.
struct EtaCalKernels etacal_kernels(enum EtaCalInstructionSet set);

#endif
