#ifndef CHEPMC_H
#define CHEPMC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What clustering of HepMC3 events takes from libraries of C++: FastJet's jets, and numbers of `std::from_chars`. No exception
// leaves these functions, and none keeps a pointer that it was given.

/// A line `P id parent code px py pz energy mass status`.
typedef struct {
    int64_t id;
    /// Another particle from 1 on, a vertex from −1 on, or 0 for none.
    int64_t parent;
    /// PDG number.
    int64_t code;
    int64_t status;
    double px, py, pz, energy, mass;
} chepmc_particle;

/// Reads the line from `begin` up to `end`, without its line break.
/// Returns 1, or 0 where anything but such a line stands there: another number of fields, other blanks than one between two
/// fields, an integer that does not fit, a number that is not finite or too small or too large for a double.
int chepmc_read_particle(const char *begin, const char *end, chepmc_particle *particle);

/// Reads a finite number at `begin`, whatever the locale, rounded to the nearest double.
/// Returns what stands behind it, or NULL where there is none.
const char *chepmc_read_number(const char *begin, const char *end, double *value);

/// The same for an integer, which has no plus.
const char *chepmc_read_integer(const char *begin, const char *end, int64_t *value);

/// Anti-kT jets of a radius with the E-scheme. One thread at a time may use it; several may use one each.
typedef struct chepmc_clustering chepmc_clustering;

/// Returns NULL where there is no memory or FastJet does not take the radius.
chepmc_clustering *chepmc_make_clustering(double radius);

void chepmc_free_clustering(chepmc_clustering *clustering);

typedef struct {
    /// GeV, pseudorapidity, radian from −π to π, GeV.
    double pt, eta, phi, mass;
} chepmc_jet;

typedef enum { CHEPMC_DONE, CHEPMC_NO_MEMORY, CHEPMC_FAILED } chepmc_outcome;

/// Clusters `count` particles, whose px, py, pz and energy stand one after another in `momenta`.
/// `jets` gets the leading ones by falling pT, at most `room` of them and none below `pt_min`, `found` their number, and `owner`
/// for each particle the place of its jet among these, or −1.
chepmc_outcome chepmc_cluster(
    const chepmc_clustering *clustering, const double *momenta, size_t count, double pt_min, chepmc_jet *jets, size_t room,
    size_t *found, int32_t *owner);

#ifdef __cplusplus
}
#endif

#endif
