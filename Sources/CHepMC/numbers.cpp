#include <charconv>
#include <cmath>
#include <initializer_list>

#include "CHepMC.h"

namespace {

template <typename Number>
const char *number(const char *begin, const char *end, Number &value) {
    const auto [rest, error] = std::from_chars(begin, end, value);
    return error == std::errc() ? rest : nullptr;
}

const char *finite(const char *begin, const char *end, double &value) {
    const char *rest = number(begin, end, value);
    return rest != nullptr && std::isfinite(value) ? rest : nullptr;
}

/// Behind the blank that separates two fields, or nullptr where there is none.
const char *next_field(const char *text, const char *end) {
    return text != nullptr && text != end && *text == ' ' ? text + 1 : nullptr;
}

}  // namespace

extern "C" int chepmc_read_particle(const char *begin, const char *end, chepmc_particle *particle) {
    if (begin == end || *begin != 'P') return 0;
    const char *text = begin + 1;
    for (int64_t *field : {&particle->id, &particle->parent, &particle->code}) {
        text = next_field(text, end);
        if (text == nullptr || (text = number(text, end, *field)) == nullptr) return 0;
    }
    for (double *field : {&particle->px, &particle->py, &particle->pz, &particle->energy, &particle->mass}) {
        text = next_field(text, end);
        if (text == nullptr || (text = finite(text, end, *field)) == nullptr) return 0;
    }
    text = next_field(text, end);
    return text != nullptr && number(text, end, particle->status) == end;
}

extern "C" const char *chepmc_read_number(const char *begin, const char *end, double *value) {
    return finite(begin, end, *value);
}

extern "C" const char *chepmc_read_integer(const char *begin, const char *end, int64_t *value) {
    return number(begin, end, *value);
}
