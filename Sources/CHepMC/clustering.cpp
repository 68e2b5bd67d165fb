#include <algorithm>
#include <fastjet/ClusterSequence.hh>
#include <fastjet/Error.hh>
#include <fastjet/JetDefinition.hh>
#include <fastjet/LimitedWarning.hh>
#include <fastjet/PseudoJet.hh>
#include <memory>
#include <new>
#include <vector>

#include "CHepMC.h"

/// A definition of its own for each thread: FastJet counts references to what is in it without a lock.
struct chepmc_clustering {
    fastjet::JetDefinition definition;
};

namespace {

/// FastJet greets on standard output and warns on standard error; both belong to the program. Done once, as other threads read it.
bool silence() {
    fastjet::ClusterSequence::set_fastjet_banner_stream(nullptr);
    fastjet::Error::set_print_errors(false);
    fastjet::LimitedWarning::set_default_stream(nullptr);
    return true;
}

}  // namespace

extern "C" chepmc_clustering *chepmc_make_clustering(double radius) {
    try {
        static const bool is_silent = silence();
        (void)is_silent;
        return new chepmc_clustering{fastjet::JetDefinition(fastjet::antikt_algorithm, radius)};
    } catch (...) {
        return nullptr;
    }
}

extern "C" void chepmc_free_clustering(chepmc_clustering *clustering) { delete clustering; }

extern "C" chepmc_outcome chepmc_cluster(
    const chepmc_clustering *clustering, const double *momenta, size_t count, double pt_min, chepmc_jet *jets, size_t room,
    size_t *found, int32_t *owner) {
    try {
        std::vector<fastjet::PseudoJet> particles;
        particles.reserve(count);
        for (size_t place = 0; place < count; ++place) {
            const double *momentum = momenta + 4 * place;
            particles.emplace_back(momentum[0], momentum[1], momentum[2], momentum[3]);
            particles.back().set_user_index(static_cast<int>(place));
        }
        std::fill_n(owner, count, -1);
        *found = 0;
        // It does not take an empty event.
        if (count == 0) return CHEPMC_DONE;
        const fastjet::ClusterSequence sequence(particles, clustering->definition);
        const std::vector<fastjet::PseudoJet> sorted = fastjet::sorted_by_pt(sequence.inclusive_jets(pt_min));
        *found = std::min(room, sorted.size());
        for (size_t index = 0; index < *found; ++index) {
            const fastjet::PseudoJet &jet = sorted[index];
            jets[index] = {jet.pt(), jet.eta(), jet.phi_std(), jet.m()};
            for (const fastjet::PseudoJet &particle : jet.constituents())
                owner[particle.user_index()] = static_cast<int32_t>(index);
        }
        return CHEPMC_DONE;
    } catch (const std::bad_alloc &) {
        return CHEPMC_NO_MEMORY;
    } catch (...) {
        return CHEPMC_FAILED;
    }
}
