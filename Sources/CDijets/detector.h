// The detector: true events become reconstructed ones, with pile-up and a soft term.

INLINE D widened(F value) { return __builtin_convertvector(value, D); }

INLINE F narrowed(const double *column) {
    D value;
    memcpy(&value, column, sizeof value);
    return __builtin_convertvector(value, F);
}

/// Eight values of a column that may end sooner: the last lanes are 0.
INLINE F narrowed_part(const double *column, size_t lanes) {
    if (lanes == lane_count) return narrowed(column);
    F value = all(0.0f);
    for (size_t lane = 0; lane < lanes; lane++) value[lane] = (float)column[lane];
    return value;
}

INLINE I integers_part(const int32_t *column, size_t lanes) {
    if (lanes == lane_count) return load_integers(column);
    I value = (I)0;
    for (size_t lane = 0; lane < lanes; lane++) value[lane] = column[lane];
    return value;
}

INLINE void reconstruct_eight(
    const struct EtaCalDetector *detector, const struct EtaCalStream *stream, const struct EtaCalTruth *truth,
    const struct EtaCalReconstructed *output, size_t start, size_t lanes, uint64_t number) {
    struct Words responses = words(stream, number, EtaCalJetNumbers, response_part);
    struct Words directions = words(stream, number, EtaCalJetNumbers, direction_part);
    struct Words choices = words(stream, number, EtaCalJetNumbers, choice_part);
    struct Words numbers = words(stream, number, EtaCalEventNumbers, 0);
    struct Words pile_up = words(stream, number, EtaCalPileUpNumbers, 0);

    // The event as a whole.
    struct Surroundings event;
    event.vertex = detector->vertex_spread * etacal_normals(numbers.x).first;
    F quantile = uniform(numbers.y) * (float)EtaCalMuSteps;
    quantile = select(quantile < (float)EtaCalMuSteps - 0.001f, quantile, all((float)EtaCalMuSteps - 0.001f));
    I step = __builtin_convertvector(quantile, I);
    F part = quantile - __builtin_convertvector(step, F);
    event.mu = table_value(detector->mu, step, part);
    F weight = table_value(detector->mu_weights, step, part);
    int32_t period[lane_count];
    for (int lane = 0; lane < lane_count; lane++) {
        period[lane] = 0;
        for (int32_t edge = 0; edge < detector->period_count - 1; edge++)
            period[lane] += numbers.w[lane] >= detector->period_ends[edge];
        event.grids[lane] = detector->grid + (size_t)period[lane] * detector->period_stride;
    }

    // Each jet on its own.
    W response_words[true_jet_count] = {responses.x, responses.y, responses.z, responses.w};
    W direction_words[true_jet_count] = {directions.x, directions.y, directions.z, directions.w};
    Pair vertex_losses[2] = {uniforms(choices.y), uniforms(choices.z)};
    struct Measured jets[measured_count];
    I is_hard[measured_count];
    for (int jet = 0; jet < true_jet_count; jet++) {
        size_t position = (size_t)jet * truth->jet_stride + start;
        F pt = narrowed_part(truth->pt + position, lanes), eta = narrowed_part(truth->eta + position, lanes);
        F phi = narrowed_part(truth->phi + position, lanes);
        F choice = (etacal_number((choices.x >> (8 * jet)) & 0xFFu) + 0.5f) * 0x1p-8f;
        jets[jet] = measure(
            detector, &event, pt, eta, phi, integers_part(truth->flavour + position, lanes), response_words[jet],
            direction_words[jet], choice);
        jets[jet].pt = select(pt > 0.0f, jets[jet].pt, all(0.0f));
        F place = jets[jet].eta + jets[jet].offset;
        // Jets from the hard vertex that its association with tracks loses.
        F lost = jet % 2 == 0 ? vertex_losses[jet / 2].first : vertex_losses[jet / 2].second;
        I is_lost = (lost < detector->vertex_loss) & (jets[jet].pt < detector->vertex_loss_limit) &
            (__builtin_elementwise_abs(place) < detector->tracker_limit);
        is_hard[jet] = ~is_lost;
        if (output->measured_pt != 0) {
            size_t target = (size_t)jet * output->jet_stride + start;
            store(output->measured_pt + target, widened(jets[jet].pt), lanes);
            store(output->measured_eta + target, widened(jets[jet].eta), lanes);
            store(output->measured_phi + target, widened(jets[jet].phi), lanes);
            store(output->measured_offset + target, widened(jets[jet].offset), lanes);
        }
    }
    jets[true_jet_count] = pile_up_jet(detector, &event, &pile_up);
    is_hard[true_jet_count] = (I)-1;

    // The three hardest that are seen as jets; what else is seen belongs to the soft term. The lowest three bits of a pT are
    // the jet's number.
    F ranked[listed_count] = {all(0.0f), all(0.0f), all(0.0f)};
    F energy = all(0.0f), other_x = all(0.0f), other_y = all(0.0f);
    F cosine[measured_count], sine[measured_count];
    for (int jet = 0; jet < measured_count; jet++) {
        F place = jets[jet].eta + jets[jet].offset;
        I is_seen = __builtin_elementwise_abs(place) < detector->acceptance;
        is_hard[jet] &= is_seen & (jets[jet].pt >= detector->threshold);
        if (detector->veto_count > 0)
            is_hard[jet] &= ~is_inside_any(detector->vetoes, detector->veto_count, place, jets[jet].phi);
        F seen = select(is_seen, jets[jet].pt, all(0.0f));
        if (jet == true_jet_count) {
            // Below the threshold it is one of many, all in the noise.
            is_hard[jet] &= jets[jet].pt >= least_pile_up;
            seen = select(is_hard[jet], seen, all(0.0f));
        }
        jets[jet].pt = seen;
        energy += seen;
        Pair direction = rotation(jets[jet].phi);
        cosine[jet] = direction.second;
        sine[jet] = direction.first;
        other_x += seen * cosine[jet];
        other_y += seen * sine[jet];
        F next = select(is_hard[jet], (F)(((W)seen & ~7u) | (uint32_t)(measured_count - 1 - jet)), all(0.0f));
        for (int place = 0; place < listed_count; place++) {
            I is_larger = next > ranked[place];
            F larger = select(is_larger, next, ranked[place]);
            next = select(is_larger, ranked[place], next);
            ranked[place] = larger;
        }
    }
    int32_t indices[listed_count][lane_count];
    for (int place = 0; place < listed_count; place++) {
        I index = measured_count - 1 - ((I)ranked[place] & 7);
        // Below the smallest normal number there are only numbers of jets.
        I is_there = ranked[place] > 1e-30f;
        index = choose(is_there, index, (I)-1);
        memcpy(indices[place], &index, sizeof index);
        struct Measured jet = {all(0.0f), all(0.0f), all(0.0f), all(0.0f)};
        for (int candidate = 0; candidate < measured_count; candidate++) {
            I is_it = index == candidate;
            jet.pt = select(is_it, jets[candidate].pt, jet.pt);
            jet.eta = select(is_it, jets[candidate].eta, jet.eta);
            jet.offset = select(is_it, jets[candidate].offset, jet.offset);
            jet.phi = select(is_it, jets[candidate].phi, jet.phi);
            other_x -= select(is_it, jets[candidate].pt * cosine[candidate], all(0.0f));
            other_y -= select(is_it, jets[candidate].pt * sine[candidate], all(0.0f));
        }
        size_t position = (size_t)place * output->jet_stride + start;
        store(output->pt + position, widened(jet.pt), lanes);
        store(output->eta + position, widened(jet.eta), lanes);
        store(output->detector_eta + position, widened(jet.eta + jet.offset), lanes);
        store(output->phi + position, wrapped(jet.phi), lanes);
    }

    // The soft term: response and resolution along and across the true recoil, and the noise of all energy.
    F soft_x = narrowed_part(truth->soft_x + start, lanes), soft_y = narrowed_part(truth->soft_y + start, lanes);
    F soft = root(soft_x * soft_x + soft_y * soft_y);
    I is_none = soft < 1e-6f;
    F inverse = 1.0f / select(is_none, all(1.0f), soft);
    F along_x = select(is_none, all(1.0f), soft_x * inverse), along_y = select(is_none, all(0.0f), soft_y * inverse);
    struct Place place = pt_place(soft * EtaCalSoftScale);
    F parallel = soft * table_value(detector->soft_response, place.node, place.fraction);
    energy += detector->energy + detector->energy_per_mu * event.mu;
    F noise = detector->soft_noise + detector->soft_noise_growth * root(energy);
    F width_along = detector->soft_parallel * soft, width_across = detector->soft_perpendicular * soft;
    Pair normals = etacal_normals(numbers.z);
    parallel += normals.first * root(width_along * width_along + noise * noise);
    F perpendicular = normals.second * root(width_across * width_across + noise * noise);
    // A jet of pile-up is balanced by the rest of its own collision.
    F pile_x = jets[true_jet_count].pt * cosine[true_jet_count];
    F pile_y = jets[true_jet_count].pt * sine[true_jet_count];
    store(output->soft_x + start, widened(parallel * along_x - perpendicular * along_y + other_x - pile_x), lanes);
    store(output->soft_y + start, widened(parallel * along_y + perpendicular * along_x + other_y - pile_y), lanes);
    store(output->sum_et + start, widened(energy), lanes);
    store(output->mu + start, widened(event.mu), lanes);

    for (size_t lane = 0; lane < lanes; lane++) {
        size_t row = start + lane;
        output->weight[row] = truth->weight[row] * (double)weight[lane];
        output->period[row] = period[lane];
        for (int place = 0; place < listed_count; place++) {
            size_t target = (size_t)place * output->jet_stride + row;
            int32_t jet = indices[place][lane];
            int is_true = jet >= 0 && jet < true_jet_count;
            size_t source = (size_t)(is_true ? jet : 0) * truth->jet_stride + row;
            output->true_pt[target] = is_true ? truth->pt[source] : __builtin_nan("");
            output->true_eta[target] = is_true ? truth->eta[source] : 0;
            output->flavour[target] = is_true ? truth->flavour[source] : 0;
        }
    }
}

static void reconstruct(
    const struct EtaCalDetector *detector, const struct EtaCalStream *stream, const struct EtaCalTruth *truth,
    const struct EtaCalReconstructed *output, size_t count, uint64_t first) {
    for (size_t start = 0; start < count; start += lane_count) {
        size_t lanes = count - start < lane_count ? count - start : lane_count;
        reconstruct_eight(detector, stream, truth, output, start, lanes, first + start);
    }
}
