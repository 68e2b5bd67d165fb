// The detector: true events become reconstructed ones, with pile-up and a soft term.

INLINE D widened(F value) { return __builtin_convertvector(value, D); }

INLINE F narrowed_part(const double *column, size_t lanes) {
    return __builtin_convertvector(wide_part(column, lanes), F);
}

INLINE I integers_part(const int32_t *column, size_t lanes) {
    if (lanes == lane_count) return load_integers(column);
    I value = (I)0;
    for (size_t lane = 0; lane < lanes; lane++) value[lane] = column[lane];
    return value;
}

INLINE void reconstruct_lanes(
    const struct EtaCalDetector *detector, const struct Random *random, const struct EtaCalTruth *truth,
    const struct EtaCalReconstructed *output, size_t start, size_t lanes, uint64_t number) {
    enum { for_responses, for_directions, for_choices, for_event, for_pile_up, use_count };
    static const struct Use uses[use_count] = {
        {EtaCalJetNumbers, response_part}, {EtaCalJetNumbers, direction_part}, {EtaCalJetNumbers, choice_part},
        {EtaCalEventNumbers, 0}, {EtaCalPileUpNumbers, 0}};
    struct Words drawn[use_count];
    words(random, number, use_count, uses, drawn);
    struct Words responses = drawn[for_responses], directions = drawn[for_directions], choices = drawn[for_choices];
    struct Words numbers = drawn[for_event];

    // The event as a whole.
    struct Surroundings event;
    event.vertex = detector->vertex_spread * etacal_normals(numbers.x).first;
    F quantile = uniform(numbers.y) * (float)EtaCalMuSteps;
    quantile = select(quantile < (float)EtaCalMuSteps - 0.001f, quantile, all((float)EtaCalMuSteps - 0.001f));
    I step = __builtin_convertvector(quantile, I);
    F part = quantile - __builtin_convertvector(step, F);
    event.mu = table_value(detector->mu, step, part);
    F weight = table_value(detector->mu_weights, step, part);
    I period = (I)0;
    for (int32_t edge = 0; edge < detector->period_count - 1; edge++) period -= numbers.w >= detector->period_ends[edge];
    event.grid = period * (int32_t)detector->period_stride;

    // The true jets and the hardest of pile-up, which counts by its mean response.
    struct Jets jets;
    for (int jet = 0; jet < true_jet_count; jet++) {
        size_t position = (size_t)jet * truth->jet_stride + start;
        jets.pt[jet] = narrowed_part(truth->pt + position, lanes);
        jets.eta[jet] = narrowed_part(truth->eta + position, lanes);
        jets.phi[jet] = narrowed_part(truth->phi + position, lanes);
        jets.flavour[jet] = integers_part(truth->flavour + position, lanes);
    }
    add_pile_up(detector, &event, &drawn[for_pile_up], &jets);
    look_up(detector, &event, &jets);
    jets.pt[true_jet_count] *= jets.scale[true_jet_count];
    const W response_words[true_jet_count] = {responses.x, responses.y, responses.z, responses.w};
    const W direction_words[true_jet_count] = {directions.x, directions.y, directions.z, directions.w};
    measure(detector, response_words, direction_words, choices.x, &jets);
    if (output->measured_pt != 0) {
        for (int jet = 0; jet < true_jet_count; jet++) {
            size_t target = (size_t)jet * output->jet_stride + start;
            store(output->measured_pt + target, widened(jets.pt[jet]), lanes);
            store(output->measured_eta + target, widened(jets.eta[jet]), lanes);
            store(output->measured_phi + target, widened(jets.phi[jet]), lanes);
            store(output->measured_offset + target, widened(jets.offset[jet]), lanes);
        }
    }
    // Jets from the hard vertex that its association with tracks loses.
    I is_hard[measured_count];
    Pair vertex_losses[2] = {uniforms(choices.y), uniforms(choices.z)};
    for (int jet = 0; jet < true_jet_count; jet++) {
        F place = jets.eta[jet] + jets.offset[jet];
        F lost = jet % 2 == 0 ? vertex_losses[jet / 2].first : vertex_losses[jet / 2].second;
        is_hard[jet] = ~((lost < detector->vertex_loss) & (jets.pt[jet] < detector->vertex_loss_limit) &
            (__builtin_elementwise_abs(place) < detector->tracker_limit));
    }
    is_hard[true_jet_count] = (I)-1;

    // The three hardest that are seen as jets; what else is seen belongs to the soft term. The lowest three bits of a pT are
    // the jet's number.
    F ranked[listed_count] = {all(0.0f), all(0.0f), all(0.0f)};
    F energy = all(0.0f);
    F cosine[measured_count], sine[measured_count];
    for (int jet = 0; jet < measured_count; jet++) {
        F place = jets.eta[jet] + jets.offset[jet];
        I is_seen = __builtin_elementwise_abs(place) < detector->acceptance;
        is_hard[jet] &= is_seen & (jets.pt[jet] >= detector->threshold);
        if (detector->veto_count > 0)
            is_hard[jet] &= ~is_inside_any(detector->vetoes, detector->veto_count, place, jets.phi[jet]);
        F seen = select(is_seen, jets.pt[jet], all(0.0f));
        if (jet == true_jet_count) {
            // Below the threshold it is one of many, all in the noise.
            is_hard[jet] &= jets.pt[jet] >= least_pile_up;
            seen = select(is_hard[jet], seen, all(0.0f));
        }
        jets.pt[jet] = seen;
        energy += seen;
        Pair direction = rotation(jets.phi[jet]);
        cosine[jet] = direction.second;
        sine[jet] = direction.first;
        F next = select(is_hard[jet], (F)(((W)seen & ~7u) | (uint32_t)(measured_count - 1 - jet)), all(0.0f));
        for (int place = 0; place < listed_count; place++) {
            I is_larger = next > ranked[place];
            F larger = select(is_larger, next, ranked[place]);
            next = select(is_larger, ranked[place], next);
            ranked[place] = larger;
        }
    }
    I is_listed[measured_count] = {};
    for (int place = 0; place < listed_count; place++) {
        I index = measured_count - 1 - ((I)ranked[place] & 7);
        // Below the smallest normal number there are only numbers of jets.
        I is_there = ranked[place] > 1e-30f;
        index = choose(is_there, index, (I)-1);
        F pt = all(0.0f), eta = all(0.0f), offset = all(0.0f), phi = all(0.0f);
        for (int candidate = 0; candidate < measured_count; candidate++) {
            I is_it = index == candidate;
            pt = select(is_it, jets.pt[candidate], pt);
            eta = select(is_it, jets.eta[candidate], eta);
            offset = select(is_it, jets.offset[candidate], offset);
            phi = select(is_it, jets.phi[candidate], phi);
            is_listed[candidate] |= is_it;
        }
        size_t position = (size_t)place * output->jet_stride + start;
        store(output->pt + position, widened(pt), lanes);
        store(output->eta + position, widened(eta), lanes);
        store(output->detector_eta + position, widened(eta + offset), lanes);
        store(output->phi + position, wrapped(phi), lanes);
        // Its truth; there is none of pile-up.
        D true_pt = (D)__builtin_nan(""), true_eta = (D)0.0;
        I flavour = (I)0;
        for (int candidate = 0; candidate < true_jet_count; candidate++) {
            I is_it = index == candidate;
            I64 is_it_wide = __builtin_convertvector(is_it, I64);
            size_t source = (size_t)candidate * truth->jet_stride + start;
            true_pt = select_wide(is_it_wide, wide_part(truth->pt + source, lanes), true_pt);
            true_eta = select_wide(is_it_wide, wide_part(truth->eta + source, lanes), true_eta);
            flavour = choose(is_it, jets.flavour[candidate], flavour);
        }
        store(output->true_pt + position, true_pt, lanes);
        store(output->true_eta + position, true_eta, lanes);
        store_integers(output->flavour + position, flavour, lanes);
        if (output->source != 0)
            store_integers(output->source + position, choose(index < true_jet_count, index, (I)-1), lanes);
    }

    F other_x = all(0.0f), other_y = all(0.0f);
    for (int jet = 0; jet < true_jet_count; jet++) {
        F rest = select(is_listed[jet], all(0.0f), jets.pt[jet]);
        other_x = fused(rest, cosine[jet], other_x);
        other_y = fused(rest, sine[jet], other_y);
    }
    // A jet of pile-up is balanced by the rest of its own collision; one that is not listed is part of it.
    F alone = select(is_listed[true_jet_count], jets.pt[true_jet_count], all(0.0f));
    other_x = fused(-alone, cosine[true_jet_count], other_x);
    other_y = fused(-alone, sine[true_jet_count], other_y);

    // The soft term: response and resolution along and across the true recoil, and the noise of all energy.
    F soft_x = narrowed_part(truth->soft_x + start, lanes), soft_y = narrowed_part(truth->soft_y + start, lanes);
    F soft = root(fused(soft_x, soft_x, soft_y * soft_y));
    I is_none = soft < 1e-6f;
    F inverse = 1.0f / select(is_none, all(1.0f), soft);
    F along_x = select(is_none, all(1.0f), soft_x * inverse), along_y = select(is_none, all(0.0f), soft_y * inverse);
    struct Place place = pt_place(soft * EtaCalSoftScale);
    F parallel = soft * table_value(detector->soft_response, place.node, place.fraction);
    energy += fused(detector->energy_per_mu, event.mu, detector->energy);
    F noise = fused(detector->soft_noise_growth, root(energy), detector->soft_noise);
    F width_along = detector->soft_parallel * soft, width_across = detector->soft_perpendicular * soft;
    F noise2 = noise * noise;
    Pair smeared = etacal_normals_of(
        numbers.z, fused(width_along, width_along, noise2), fused(width_across, width_across, noise2));
    parallel += smeared.first;
    F perpendicular = smeared.second;
    F seen_x = fused(parallel, along_x, -perpendicular * along_y), seen_y = fused(parallel, along_y, perpendicular * along_x);
    store(output->soft_x + start, widened(seen_x + other_x), lanes);
    store(output->soft_y + start, widened(seen_y + other_y), lanes);
    store(output->sum_et + start, widened(energy), lanes);
    store(output->mu + start, widened(event.mu), lanes);

    store(output->weight + start, wide_part(truth->weight + start, lanes) * widened(weight), lanes);
    store_integers(output->period + start, period, lanes);
}

static void reconstruct(
    const struct EtaCalDetector *detector, const struct EtaCalStream *stream, const struct EtaCalTruth *truth,
    const struct EtaCalReconstructed *output, size_t count, uint64_t first) {
    struct Random random = random_of(stream);
    for (size_t start = 0; start < count; start += lane_count) {
        size_t lanes = count - start < lane_count ? count - start : lane_count;
        reconstruct_lanes(detector, &random, truth, output, start, lanes, first + start);
    }
}
