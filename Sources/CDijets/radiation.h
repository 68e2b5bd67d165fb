// The radiation model: hard scatterings become events of jets.

enum {
    leg_count = 2,
    // Where the emissions of the legs, of the initial state, and the pair of another interaction begin.
    final_start = 2,
    initial_start = 6,
    underlying_start = 9,
    candidate_count = 11,
    kept_count = 4
};

static const float log_100 = 4.6051702f;

/// Momenta (GeV) and pseudorapidities of the candidates.
struct Candidates { F x[candidate_count], y[candidate_count], eta[candidate_count]; };

/// What is known of the events before they radiate.
struct Inputs {
    F pt, log_pt, y3, y4, x1, x2;
    // 1 for a gluon, less for a quark.
    F colour[leg_count], initial_colour;
    // What neutrinos take from a leg, as a share of its momentum.
    F invisible[leg_count];
};

// ---- Labels

INLINE F probability(struct EtaCalLine line, F log_pt) {
    return at_least(fused(fused(line.curve, log_pt, line.growth), log_pt, line.constant), all(0.0f));
}

/// u, d or s, all alike, from a uniform number in steps of 2⁻¹⁶ or finer.
INLINE I light_quark(F number) {
    // (n − 1)/3 lies within a third of the whole part of n/3, to which it is rounded.
    F integer = __builtin_convertvector(__builtin_convertvector(number * 65536.0f, I), F);
    F third = ((integer - 1.0f) * 0.33333333f + 12582912.0f) - 12582912.0f;
    return __builtin_convertvector(integer - 3.0f * third, I) + 1;
}

/// What a jet is labelled as, given the parton that it came from: gluons split to quarks, and the hardest parton in a cone need
/// not be the first one.
INLINE I label(const struct EtaCalRadiation *model, I parton, F log_pt, F number) {
    I flavour = choose(parton < 0, -parton, parton);
    I is_gluon = flavour == 21;
    F charm = select(
        is_gluon, probability(model->gluon_to_charm, log_pt), probability(model->light_to_charm, log_pt));
    F next = charm + select(
        is_gluon, probability(model->gluon_to_bottom, log_pt), probability(model->light_to_gluon, log_pt));
    F last = next + probability(model->gluon_to_light, log_pt);
    I changed = choose(is_gluon & (number < last), light_quark(number), flavour);
    changed = choose(number < next, choose(is_gluon, (I)5, (I)21), changed);
    changed = choose(number < charm, (I)4, changed);
    return choose((flavour == 4) | (flavour == 5), flavour, changed);
}

/// The label of a radiated jet.
INLINE I emission_label(const struct EtaCalRadiation *model, F log_pt, F number) {
    I is_gluon = number < model->emission_gluons;
    I gluon = label(model, (I)21, log_pt, number * model->per_emission_gluons);
    return choose(is_gluon, gluon, light_quark(number));
}

/// What share of a jet's momentum its neutrinos carry: none for most. From semileptonic decays, B(b → ℓνX) and cascades 0.35,
/// B(c → ℓνX) 0.2, with a uniform share up to 0.3 and 0.25 of the jet.
INLINE F invisible_share(I flavour, W random) {
    Pair number = uniforms(random);
    I is_bottom = flavour == 5;
    F decays = select(is_bottom, all(0.35f), select(flavour == 4, all(0.2f), all(0.0f)));
    F largest = select(is_bottom, all(0.3f), all(0.25f));
    return select(number.first < decays, number.second * largest, all(0.0f));
}

// ---- Radiation

/// L of Λ L + Q L² = n: what an emission rate Λ + 2 Q L in the logarithm of its size makes of its number n.
INLINE F logarithmic_size(F number, F linear, F square) {
    // The form that stays whole where `square` is 0.
    return 2.0f * number / (linear + root(fused(4.0f * square, number, linear * linear)));
}

/// Sums of one to `count` exponential numbers, one more for each word.
INLINE void add_up_exponentials(const W *words, int count, F *sums) {
    // Loops without a dependence between their turns: a processor works on several of them at a time.
    ROLLED for (int index = 0; index < count; index++) sums[index] = -logarithm(uniform(words[index]));
    for (int index = 1; index < count; index++) sums[index] += sums[index - 1];
}

/// The legs' cores and two emissions of each, which share its momentum and its direction.
/// @param random of the legs.
/// @return the legs' masses squared, together, in units of pT².
INLINE F radiate_legs(
    const struct EtaCalRadiation *model, const struct Inputs *event, F rate, const struct Words random[leg_count],
    struct Candidates *jets) {
    enum { each = 2, all_emissions = leg_count * each };
    const W places[all_emissions] = {random[0].z, random[0].w, random[1].z, random[1].w};
    F numbers[all_emissions], share[all_emissions], distance[all_emissions], eta[all_emissions], phi[all_emissions];
    for (int leg = 0; leg < leg_count; leg++)
        add_up_exponentials((const W[each]){random[leg].x, random[leg].y}, each, numbers + each * leg);
    ROLLED for (int emission = 0; emission < all_emissions; emission++) {
        F strength = rate * event->colour[emission / each];
        F shape = model->final_steepening * strength;
        share[emission] = model->final_reach * exponential(-logarithmic_size(numbers[emission], strength, shape));
    }
    ROLLED for (int emission = 0; emission < all_emissions; emission++) {
        Pair place = uniforms(places[emission]);
        distance[emission] = model->cone_radius * exponential(model->log_final_distance * place.first);
        Pair direction = direction_of(place.second);
        eta[emission] = distance[emission] * direction.second;
        phi[emission] = distance[emission] * direction.first;
    }
    F kept[leg_count], shift_phi[leg_count], mass2 = all(0.0f);
    for (int leg = 0; leg < leg_count; leg++) {
        F rapidity = leg == 0 ? event->y3 : event->y4;
        F shift_eta = all(0.0f), mass2_of_leg = all(0.0f);
        kept[leg] = all(1.0f);
        shift_phi[leg] = all(0.0f);
        for (int emission = each * leg; emission < each * leg + each; emission++) {
            F rest = 1.0f - share[emission];
            jets->eta[final_start + emission] = fused(rest, eta[emission], rapidity);
            // The core recoils, so that the parton's direction is kept.
            shift_eta = fused(-share[emission], eta[emission], shift_eta);
            shift_phi[leg] = fused(-share[emission], phi[emission], shift_phi[leg]);
            F distance2 = distance[emission] * distance[emission];
            mass2_of_leg = fused(share[emission] * rest * kept[leg], distance2, mass2_of_leg);
            // Until it has a direction.
            jets->x[final_start + emission] = (leg == 0 ? share[emission] : -share[emission]) * kept[leg] * event->pt;
            kept[leg] *= rest;
        }
        jets->eta[leg] = rapidity + shift_eta;
        mass2 += mass2_of_leg;
    }
    ROLLED for (int emission = 0; emission < all_emissions; emission++) {
        F pt = jets->x[final_start + emission];
        Pair turned = rotation((1.0f - share[emission]) * phi[emission]);
        jets->x[final_start + emission] = pt * turned.second;
        jets->y[final_start + emission] = pt * turned.first;
    }
    for (int leg = 0; leg < leg_count; leg++) {
        F pt = (leg == 0 ? kept[leg] : -kept[leg]) * event->pt;
        // Of hard emissions far out, which some tunes may have.
        Pair turned = rotation_of_any(shift_phi[leg]);
        jets->x[leg] = pt * turned.second;
        jets->y[leg] = pt * turned.first;
    }
    return mass2;
}

/// Three emissions of the initial state. Returns their recoil.
INLINE Pair radiate_initial(
    const struct EtaCalRadiation *model, const struct Inputs *event, const struct Words *sizes,
    const struct Words *angles, struct Candidates *jets) {
    F log_free1 = logarithm(at_least(1.0f - event->x1, all(1e-3f)));
    F log_free2 = logarithm(at_least(1.0f - event->x2, all(1e-3f)));
    F hardest = model->initial_reach * event->pt;
    F log_hardest = event->log_pt + log_100 + model->log_initial_reach;
    F room = 2.0f * (model->log_sqrt_s - log_hardest) - 2.0f * model->rapidity_margin + log_free1 + log_free2;
    F gap = event->y3 - event->y4;
    F gap2 = gap * gap;
    F wide = model->gap_rate * exponential(event->log_pt * model->gap_growth);
    F scale = model->initial_rate * event->initial_colour * exponential(event->log_pt * -model->initial_rate_fall);
    F linear = scale * fused(wide, gap2 / fused(model->gap_bend, root(gap2), 1.0f), at_least(room, all(0.1f)));
    F square = scale * model->initial_steepening;
    enum { emissions = 3 };
    const W size[emissions] = {sizes->x, sizes->y, sizes->z}, angle[emissions] = {sizes->w, angles->x, angles->y};
    F number[emissions];
    add_up_exponentials(size, emissions, number);
    ROLLED for (int emission = 0; emission < emissions; emission++) {
        F depth = logarithmic_size(number[emission], linear, square);
        F pt = hardest * exponential(-depth);
        Pair place = uniforms(angle[emission]);
        Pair direction = direction_of(place.first);
        int candidate = initial_start + emission;
        jets->x[candidate] = pt * direction.second;
        jets->y[candidate] = pt * direction.first;
        // Uniform between the rapidities that the beams have energy for, with blurred ends.
        F log_pt = log_hardest - depth;
        F upper = log_free1 + model->log_sqrt_s - log_pt - model->rapidity_margin;
        F lower = model->rapidity_margin - (log_free2 + model->log_sqrt_s - log_pt);
        F blur = (etacal_uniform_of_low_byte(size[emission]) - 0.5f) * model->rapidity_blur;
        F centre = fused(0.5f, upper + lower, blur);
        jets->eta[candidate] = fused(place.second - 0.5f, at_least(upper - lower, all(0.5f)), centre);
    }
    F sum_x = all(0.0f), sum_y = all(0.0f);
    for (int candidate = initial_start; candidate < initial_start + emissions; candidate++) {
        sum_x -= jets->x[candidate];
        sum_y -= jets->y[candidate];
    }
    return (Pair){sum_x, sum_y};
}

/// What an emission makes of both legs, and the initial state of all that came of them.
///
/// A leg that radiates has a mass m; at fixed ŝ = 4 pT² cosh² y* both legs' momenta shrink by 1 − m²/ŝ. Then the pair is
/// boosted to the transverse momentum Q: with γ² = 1 + Q²/ŝ a leg gets ½ Q + (γ − 1)(p·Q̂) Q̂, its share of which goes to
/// each part of it. Along the beam nothing changes, so that pT sinh y* stays: the leg that is lifted moves inward.
INLINE void boost(const struct Inputs *event, F mass2, Pair recoil, struct Candidates *jets) {
    F half_gap = 0.5f * (event->y3 - event->y4);
    Pair growth = exponentials(half_gap);
    F cosh = 0.5f * (growth.first + growth.second), sinh = 0.5f * (growth.first - growth.second);
    F pt = event->pt, per_pt = 1.0f / pt;
    F per_four_cosh2 = 0.25f / (cosh * cosh);
    F shrink = at_least(fused(-mass2, per_four_cosh2, 1.0f), all(0.3f));
    F square = fused(recoil.first, recoil.first, recoil.second * recoil.second);
    F pt_per_s = per_pt * per_four_cosh2;
    // (γ − 1)/Q² without a difference of two numbers near 1.
    F gain = pt_per_s / (root(fused(square * per_pt, pt_per_s, 1.0f)) + 1.0f);
    F lift_x = gain * recoil.first * recoil.first, lift_y = gain * recoil.first * recoil.second;
    for (int leg = 0; leg < leg_count; leg++) {
        float sign = leg == 0 ? 1.0f : -1.0f;
        F x = fused(sign, lift_x, 0.5f * recoil.first), y = fused(sign, lift_y, 0.5f * recoil.second);
        F along_x = fused(sign, pt, x);
        F slope = sign * sinh * pt / root(fused(along_x, along_x, y * y));
        // asinh, odd, of the absolute value.
        I is_negative = slope < 0.0f;
        F size = select(is_negative, -slope, slope);
        F inward = logarithm(size + root(fused(size, size, 1.0f)));
        F shift = fused(-sign, half_gap, select(is_negative, -inward, inward));
        for (int part = 0; part < 3; part++) {
            int candidate = part == 0 ? leg : final_start + 2 * leg + part - 1;
            F share = sign * jets->x[candidate] * per_pt;
            jets->x[candidate] = fused(shrink, jets->x[candidate], share * x);
            jets->y[candidate] = fused(shrink, jets->y[candidate], share * y);
            jets->eta[candidate] += shift;
        }
    }
}

/// From the parton that is left in the cone to the jet: what hadronisation and the underlying event change, and what the
/// neutrinos take. Returns the neutrinos' momentum.
INLINE Pair fragment(
    const struct EtaCalRadiation *model, const struct Inputs *event, int leg, F noise, struct Candidates *jets) {
    F x = jets->x[leg], y = jets->y[leg], colour = event->colour[leg];
    F parton = at_least(root(fused(x, x, y * y)), all(0.1f));
    F rapidity = leg == 0 ? event->y3 : event->y4;
    F change = fused(model->jet_offset_growth, event->log_pt, model->jet_offset);
    change = fused(-model->jet_colour_loss, colour, change);
    change = fused(-model->jet_forward_loss * rapidity * rapidity, parton, change);
    change = fused(fused(model->jet_noise_growth, parton, model->jet_noise) * colour, noise, change);
    F factor = at_least(1.0f + change / parton, all(0.2f));
    F visible = factor * (1.0f - event->invisible[leg]);
    jets->x[leg] = visible * x;
    jets->y[leg] = visible * y;
    F taken = factor * event->invisible[leg];
    return (Pair){taken * x, taken * y};
}

/// The hardest pair of jets of the other interactions, about balanced in itself.
INLINE void add_underlying(
    const struct EtaCalRadiation *model, const struct Inputs *event, const struct Words *random,
    const struct Words *soft, struct Candidates *jets) {
    F number = -logarithm(uniform(random->z)) + 1e-6f;
    F log_rate = fused(model->underlying_growth, event->log_pt, model->log_underlying_rate);
    F pt = 8.0f * exponential((log_rate - logarithm(number)) * model->underlying_power);
    pt = select(pt > event->pt, event->pt, pt);
    Pair place = uniforms(random->w);
    // Their own soft radiation leaves the two a little apart.
    F other = pt * fused(0.5f, uniforms(soft->w).second, 0.75f);
    Pair direction = direction_of(place.first);
    Pair bend = rotation(0.8f * (etacal_uniform_of_low_byte(soft->z) - 0.5f));
    const int first = underlying_start, second = underlying_start + 1;
    jets->x[first] = pt * direction.second;
    jets->y[first] = pt * direction.first;
    jets->eta[first] = fused(2.0f, place.second, -1.0f) * model->underlying_rapidity;
    jets->x[second] = -other * fused(direction.second, bend.second, -direction.first * bend.first);
    jets->y[second] = -other * fused(direction.first, bend.second, direction.second * bend.first);
    jets->eta[second] = fused(2.0f, uniforms(soft->z).first, -1.0f) * model->underlying_rapidity;
}

/// What lies within the cone of a leg is part of it.
INLINE void merge_into_legs(float cone_radius, struct Candidates *jets) {
    float cone2 = cone_radius * cone_radius;
    for (int candidate = leg_count; candidate < candidate_count; candidate++) {
        for (int leg = 0; leg < leg_count; leg++) {
            F x = jets->x[candidate], y = jets->y[candidate];
            F dot = fused(x, jets->x[leg], y * jets->y[leg]);
            F cross = fused(y, jets->x[leg], -x * jets->y[leg]);
            F eta = jets->eta[candidate] - jets->eta[leg];
            // tan² Δφ for Δφ²; inside the cone they differ by a tenth at most.
            I is_inside = (cross * cross < fused(-eta, eta, cone2) * dot * dot) & (dot > 0.0f);
            jets->x[leg] = select(is_inside, jets->x[leg] + x, jets->x[leg]);
            jets->y[leg] = select(is_inside, jets->y[leg] + y, jets->y[leg]);
            jets->x[candidate] = select(is_inside, all(0.0f), x);
            jets->y[candidate] = select(is_inside, all(0.0f), y);
        }
    }
}

/// pT² of the four hardest candidates inside the acceptance, falling; the lowest four bits of each are its number.
INLINE void rank(const struct EtaCalRadiation *model, const struct Candidates *jets, F ranked[kept_count]) {
    float limit2 = model->abs_eta_maximum * model->abs_eta_maximum;
    for (int place = 0; place < kept_count; place++) ranked[place] = all(0.0f);
    for (int candidate = 0; candidate < candidate_count; candidate++) {
        F x = jets->x[candidate], y = jets->y[candidate], eta = jets->eta[candidate];
        F square = select(eta * eta < limit2, fused(x, x, y * y), all(0.0f));
        F next = (F)(((W)square & ~15u) | (uint32_t)candidate);
        for (int place = 0; place < kept_count; place++) {
            I is_larger = next > ranked[place];
            F larger = select(is_larger, next, ranked[place]);
            next = select(is_larger, ranked[place], next);
            ranked[place] = larger;
        }
    }
}

// ---- Columns

/// The candidates of the lanes' own numbers. Looking through all of them costs less than a load for each lane.
INLINE void candidate(const struct Candidates *jets, I index, F *x, F *y, F *eta) {
    *x = jets->x[0];
    *y = jets->y[0];
    *eta = jets->eta[0];
    UNROLL for (int number = 1; number < candidate_count; number++) {
        I is_it = index == number;
        *x = select(is_it, jets->x[number], *x);
        *y = select(is_it, jets->y[number], *y);
        *eta = select(is_it, jets->eta[number], *eta);
    }
}

/// Radiates the events at `start`, and writes `lanes` of them.
INLINE void radiate_lanes(
    const struct EtaCalRadiation *model, const struct Random *random, const struct EtaCalScatterings *events,
    const struct EtaCalJets *output, size_t start, size_t lanes, uint64_t number) {
    struct Candidates jets;
    enum { for_soft, for_labels, for_legs, for_sizes = for_legs + leg_count, for_angles, use_count };
    static const struct Use uses[use_count] = {
        {EtaCalSoft, 0}, {EtaCalFragmentation, 0}, {EtaCalFinal, 0}, {EtaCalFinal, 1}, {EtaCalInitial, 0},
        {EtaCalInitial, 1}};
    struct Words drawn[use_count];
    words(random, number, use_count, uses, drawn);
    struct Words soft = drawn[for_soft], labels = drawn[for_labels];
    struct Words sizes = drawn[for_sizes], angles = drawn[for_angles];
    F log_pt = load(events->log_pt + start);
    D pt;
    memcpy(&pt, events->pt + start, sizeof pt);
    I parton3 = load_integers(events->parton3 + start), parton4 = load_integers(events->parton4 + start);
    I quarks = -((load_integers(events->forward + start) != 21) + (load_integers(events->backward + start) != 21));
    I label3 = label(model, parton3, log_pt, uniforms(soft.z).second);
    I label4 = label(model, parton4, log_pt, uniforms(soft.w).first);
    const F one = all(1.0f), quark = all(model->quark_emission);
    struct Inputs event = {
        .pt = __builtin_convertvector(pt, F),
        .log_pt = log_pt,
        .y3 = load(events->y3 + start),
        .y4 = load(events->y4 + start),
        .x1 = load(events->x1 + start),
        .x2 = load(events->x2 + start),
        .colour = {select(parton3 == 21, one, quark), select(parton4 == 21, one, quark)},
        .initial_colour = select(
            quarks == 0, all(model->initial_colours[0]),
            select(quarks == 1, all(model->initial_colours[1]), all(model->initial_colours[2]))),
        .invisible = {invisible_share(label3, labels.x), invisible_share(label4, labels.y)}};

    // Final state: the hardest two emissions that leave each cone.
    F rate = model->final_rate * exponential(log_pt * -model->final_rate_fall);
    F mass2 = radiate_legs(model, &event, rate, drawn + for_legs, &jets);
    // Initial state and what is too soft for jets: the legs share the recoil.
    Pair recoil = radiate_initial(model, &event, &sizes, &angles, &jets);
    Pair kick = etacal_normals(soft.y);
    F width = fused(model->soft_recoil_growth, event.pt, model->soft_recoil);
    recoil.first = fused(width, kick.first, recoil.first);
    recoil.second = fused(width, kick.second, recoil.second);
    boost(&event, mass2, recoil, &jets);

    Pair noise = etacal_normals(soft.x);
    Pair taken3 = fragment(model, &event, 0, noise.first, &jets);
    Pair taken4 = fragment(model, &event, 1, noise.second, &jets);
    F invisible_x = taken3.first + taken4.first, invisible_y = taken3.second + taken4.second;
    add_underlying(model, &event, &angles, &soft, &jets);
    merge_into_legs(model->cone_radius, &jets);

    F ranked[kept_count];
    rank(model, &jets, ranked);
    I is_kept = ranked[0] < model->largest_pt * model->largest_pt;
    // Everything is turned to the event's own azimuth.
    Pair turn = direction_of(load(events->turn + start));
    F sine = turn.first, cosine = turn.second;
    F sum_x = invisible_x, sum_y = invisible_y;
    Pair numbers[2] = {uniforms(labels.z), uniforms(labels.w)};
    for (int place = 0; place < kept_count; place++) {
        I index = (I)ranked[place] & 15;
        F x, y, eta;
        candidate(&jets, index, &x, &y, &eta);
        I is_there = (ranked[place] > model->jet_threshold * model->jet_threshold) & is_kept;
        x = select(is_there, x, all(0.0f));
        y = select(is_there, y, all(0.0f));
        sum_x += x;
        sum_y += y;
        F pt2 = fused(x, x, y * y);
        F log_jet = fused(0.5f, logarithm(at_least(pt2, all(1.0f))), -log_100);
        F number_of_jet = place % 2 == 0 ? numbers[place / 2].first : numbers[place / 2].second;
        I flavour = choose(
            index == 0, label3, choose(index == 1, label4, emission_label(model, log_jet, number_of_jet)));
        size_t position = (size_t)place * output->jet_stride + start;
        store(output->pt + position, __builtin_convertvector(root(pt2), D), lanes);
        store(output->eta + position, __builtin_convertvector(eta, D), lanes);
        F phi = etacal_azimuth(fused(x, sine, y * cosine), fused(x, cosine, -y * sine));
        store(output->phi + position, wrapped(phi), lanes);
        store_integers(output->flavour + position, flavour, lanes);
    }
    F soft_x = fused(sum_y, sine, -sum_x * cosine), soft_y = -fused(sum_x, sine, sum_y * cosine);
    store(output->soft_x + start, __builtin_convertvector(soft_x, D), lanes);
    store(output->soft_y + start, __builtin_convertvector(soft_y, D), lanes);
    F taken_x = fused(invisible_x, cosine, -invisible_y * sine);
    F taken_y = fused(invisible_x, sine, invisible_y * cosine);
    store(output->invisible_x + start, __builtin_convertvector(taken_x, D), lanes);
    store(output->invisible_y + start, __builtin_convertvector(taken_y, D), lanes);
}

static void radiate(
    const struct EtaCalRadiation *model, const struct EtaCalStream *stream, const struct EtaCalScatterings *events,
    const struct EtaCalJets *jets, size_t count, uint64_t first) {
    struct Random random = random_of(stream);
    for (size_t start = 0; start < count; start += lane_count) {
        size_t lanes = count - start < lane_count ? count - start : lane_count;
        radiate_lanes(model, &random, events, jets, start, lanes, first + start);
    }
}
