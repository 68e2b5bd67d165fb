// Tracks of jets: how many and how hard, which of them come from decays, how far from the beam line they pass, and what a
// tracker measures of that.
//
// The jets of a few events are worked on several at a time, then what decays in them, then all tracks: lists without gaps.

enum {
    track_rows = 16,
    track_jets = track_rows * listed_count,
    // The vectors of a list may reach beyond its end.
    listed_jets = track_jets + EtaCalMostLanes,
    listed_tracks = track_jets * EtaCalMostTracks + EtaCalMostLanes,
    // What decays in a jet: two hadrons of its heavy quarks, up to two of charm from each of them, strange ones.
    slots_per_heavy = 3,
    first_kaon = 2 * slots_per_heavy,
    lambda_slot = first_kaon + 2,
    slot_count = lambda_slot + 1,
    // Parts of the random numbers of a jet; those of slots come first.
    counts_part = slot_count,
    choices_part
};

/// Hadrons that decay, one a jet: where and from which momentum (transverse, GeV), and the number of charged products.
struct Decays {
    float pt[listed_jets], eta[listed_jets], phi[listed_jets], mass[listed_jets], x[listed_jets], y[listed_jets];
    int32_t family[listed_jets], count[listed_jets];
};

/// What the tracks of a few events are made of.
struct TrackList {
    // Vertices of the events, mm.
    float vertex_x[listed_jets], vertex_y[listed_jets];
    // Jets, those of heavy quarks first: true momentum, measured direction, row of tables, place in the block, and the number that
    // random ones depend on.
    size_t jets, heavy_jets;
    float pt[listed_jets], eta[listed_jets], phi[listed_jets], measured_eta[listed_jets], measured_phi[listed_jets];
    int32_t flavour[listed_jets], node[listed_jets], row[listed_jets], position[listed_jets];
    uint64_t number[listed_jets];
    // Tracks from the vertex, and strange hadrons.
    int32_t prompt[listed_jets], kaons[listed_jets], lambdas[listed_jets];
    struct Decays decays[slot_count];
    // Tracks: their jet, the slot of the decay or −1, and the number in the jet.
    size_t tracks;
    int32_t jet[listed_tracks], slot[listed_tracks], index[listed_tracks];
};

/// Numbers at places of a table, one for each lane.
INLINE F gathered(const float *table, I index) {
    int32_t places[lane_count];
    spill(index, places);
    F value;
    UNROLL for (int lane = 0; lane < lane_count; lane++) value[lane] = table[places[lane]];
    return value;
}

INLINE I gathered_integers(const int32_t *table, const int32_t places[lane_count]) {
    I value;
    UNROLL for (int lane = 0; lane < lane_count; lane++) value[lane] = table[places[lane]];
    return value;
}

/// What a share of all lies below: of the row `row` of a table of quantiles.
INLINE F quantile(const float *table, I row, F share) {
    F step = share * (float)EtaCalQuantileSteps;
    float last = (float)EtaCalQuantileSteps - 0.001f;
    step = select(step < last, step, all(last));
    I whole = __builtin_convertvector(step, I);
    return table_value(table, row * (EtaCalQuantileSteps + 1) + whole, step - __builtin_convertvector(whole, F));
}

INLINE I rounded(F value) { return __builtin_convertvector(value + 0.5f, I); }

/// An angle that stays inside a jet.
INLINE F inside_jet(F angle) {
    angle = at_least(angle, all(-0.4f));
    return select(angle < 0.4f, angle, all(0.4f));
}

INLINE struct Words words_at(
    const struct Random *random, const uint64_t numbers[lane_count], uint64_t part, int purpose) {
    Wide low, high;
    memcpy(&low, numbers, sizeof low);
    memcpy(&high, numbers + lane_count / 2, sizeof high);
    return words_of(random, low + (part << 56), high + (part << 56), purpose);
}

#define GET(Type, name, column) \
    Type name;                  \
    memcpy(&name, (column) + start, sizeof name);
#define PUT(column, value) memcpy((column) + start, &(value), sizeof(value));

/// A hadron of a family: its row of tables, mass and cτ.
struct Species { I row; F mass, lifetime; };

INLINE struct Species species(const struct EtaCalTrackModel *model, I family, F number) {
    I row = family * EtaCalMostSpecies;
    for (int next = 0; next < EtaCalMostSpecies - 1; next++)
        row -= number >= gathered(model->species_shares, family * EtaCalMostSpecies + next);
    return (struct Species){row, gathered(model->masses, row), gathered(model->lifetimes, row)};
}

/// A product of a decay as seen from where the hadron flies: transverse momentum, and the angles to the hadron.
struct Product { F pt, sine, cosine, eta; };

/// @param momentum in the hadron's rest frame, where its direction is uniform: `share` and `turn` in (0, 1).
/// @param speed the hadron's transverse momentum over its mass.
INLINE struct Product decay_product(F momentum, F mass, F speed, F share, F turn) {
    F cosine = 1.0f - 2.0f * share;
    F sine = root(at_least(1.0f - cosine * cosine, all(0.0f)));
    Pair around = direction_of(turn);
    F energy = root(fused(momentum, momentum, mass * mass));
    F along = fused(root(fused(speed, speed, 1.0f)), momentum * cosine, speed * energy);
    F transverse = momentum * sine;
    F across = transverse * around.first, beam = transverse * around.second;
    F pt = root(at_least(fused(along, along, across * across), all(1e-12f)));
    // Near the hadron's direction, Δη is the angle.
    return (struct Product){pt, across / pt, along / pt, inside_jet(beam / pt)};
}

/// A hadron of transverse momentum `pt` that is made at (x, y) decays after so many times its mean lifetime.
INLINE void put_decay(
    struct Decays *decays, size_t start, I is_there, I family, const struct Species *hadron, I count, F pt, F eta, F phi, F x,
    F y, F lifetimes) {
    Pair direction = rotation_of_any(phi);
    F length = hadron->lifetime * lifetimes * (pt / hadron->mass);
    F end_x = fused(length, direction.second, x), end_y = fused(length, direction.first, y);
    I charged = choose(is_there, count, (I)0);
    PUT(decays->count, charged)
    PUT(decays->family, family)
    PUT(decays->mass, hadron->mass)
    PUT(decays->pt, pt)
    PUT(decays->eta, eta)
    PUT(decays->phi, phi)
    PUT(decays->x, end_x)
    PUT(decays->y, end_y)
}

/// Numbers of tracks from the vertex and of strange hadrons.
INLINE void count_tracks(
    const struct EtaCalTrackModel *model, const struct Random *random, struct TrackList *list, size_t start) {
    struct Words words = words_at(random, list->number + start, counts_part, EtaCalJetTracks);
    GET(I, flavour, list->flavour)
    GET(I, node, list->node)
    I row = flavour * pt_node_count + node;
    I prompt = rounded(quantile(model->prompt_counts, row, uniform(words.x)));
    // Poisson distributions; of kaons no more than two are followed, of Λ one.
    F mean = gathered(model->kaons, row), number = uniform(words.y);
    F none = exponential(-mean);
    I kaons = -((number >= none) + (number >= fused(mean, none, none)));
    I lambdas = -(uniform(words.z) >= exponential(-gathered(model->lambdas, row)));
    PUT(list->prompt, prompt)
    PUT(list->kaons, kaons)
    PUT(list->lambdas, lambdas)
}

/// The hadrons of heavy quarks, and those of charm that bottom decays to.
INLINE void decay_heavy(
    const struct EtaCalTrackModel *model, const struct Random *random, struct TrackList *list, size_t start) {
    GET(F, jet_pt, list->pt)
    GET(F, jet_eta, list->eta)
    GET(F, jet_phi, list->phi)
    GET(I, flavour, list->flavour)
    GET(I, node, list->node)
    const uint64_t *numbers = list->number + start;
    struct Words choices = words_at(random, numbers, choices_part, EtaCalJetTracks);
    I is_bottom = flavour == EtaCalBottomJets;
    I row = choose(is_bottom, (I)pt_node_count, (I)0) + node;
    I is_pair = uniform(choices.x) < gathered(model->heavy_pairs, row);
    I family = choose(is_bottom, (I)EtaCalBottomHadrons, (I)EtaCalCharmHadrons);
    for (int hadron = 0; hadron < 2; hadron++) {
        int slot = slots_per_heavy * hadron;
        I is_there = (flavour == EtaCalCharmJets) | is_bottom;
        if (hadron == 1) is_there &= is_pair;
        struct Words words = words_at(random, numbers, (uint64_t)slot, EtaCalJetTracks);
        F number = uniform(words.x);
        F share = quantile(hadron == 0 ? model->pair_shares : model->second_shares, row, number);
        F width = gathered(hadron == 0 ? model->pair_angles : model->second_angles, row);
        if (hadron == 0) {
            share = select(is_pair, share, quantile(model->single_shares, row, number));
            width = select(is_pair, width, gathered(model->single_angles, row));
        }
        F pt = share * jet_pt;
        Pair halves = uniforms(words.y), angles = etacal_normals(words.z);
        struct Species kind = species(model, family, halves.first);
        // Bottom without charm has more of them, with two fewer.
        number = uniform(hadron == 0 ? choices.y : choices.z);
        I charms = -((number >= model->charm_limits[0]) + (number >= model->charm_limits[1]));
        I count = rounded(quantile(model->product_counts, choose(is_bottom, charms, kind.row), halves.second));
        F phi = jet_phi + inside_jet(angles.first * width), eta = jet_eta + inside_jet(angles.second * width);
        struct Decays *decays = &list->decays[slot];
        put_decay(
            decays, start, is_there, family, &kind, count, pt, eta, phi, all(0.0f), all(0.0f),
            -logarithm(uniform(words.w)));
        GET(F, x, decays->x)
        GET(F, y, decays->y)
        is_there &= is_bottom;
        for (int charm = 0; charm < 2; charm++) {
            is_there &= charms > charm;
            words = words_at(random, numbers, (uint64_t)(slot + 1 + charm), EtaCalJetTracks);
            halves = uniforms(words.x);
            Pair sphere = uniforms(words.y);
            struct Species next = species(model, (I)EtaCalCharmOfBottom, halves.first);
            count = rounded(quantile(model->product_counts, next.row, halves.second));
            F momentum = quantile(model->momenta, (I)EtaCalCharmMomenta, uniform(words.z));
            struct Product made = decay_product(momentum, next.mass, pt / kind.mass, sphere.first, sphere.second);
            put_decay(
                &list->decays[slot + 1 + charm], start, is_there, (I)EtaCalCharmOfBottom, &next, count, made.pt,
                eta + made.eta, phi + etacal_azimuth(made.sine, made.cosine), x, y, -logarithm(uniform(words.w)));
        }
    }
}

/// K_S → ππ and Λ → pπ.
INLINE void decay_strange(
    const struct EtaCalTrackModel *model, const struct Random *random, struct TrackList *list, size_t start) {
    GET(F, jet_pt, list->pt)
    GET(F, jet_eta, list->eta)
    GET(F, jet_phi, list->phi)
    GET(I, kaons, list->kaons)
    GET(I, lambdas, list->lambdas)
    for (int slot = first_kaon; slot < slot_count; slot++) {
        I is_there = slot == lambda_slot ? lambdas > 0 : kaons > slot - first_kaon;
        struct Decays *decays = &list->decays[slot];
        if (!any(is_there)) {
            PUT(decays->count, is_there)
            continue;
        }
        struct Words words = words_at(random, list->number + start, (uint64_t)slot, EtaCalJetTracks);
        I family = (I)(slot == lambda_slot ? EtaCalLambdas : EtaCalKaons);
        struct Species kind = species(model, family, all(0.0f));
        F pt = exponential(quantile(model->momenta, (I)EtaCalStrangeMomenta, uniform(words.x)) * logarithm(jet_pt));
        Pair angles = etacal_normals(words.z);
        F width = model->prompt_angle / pt;
        put_decay(
            decays, start, is_there, family, &kind, (I)2, pt, jet_eta + inside_jet(angles.second * width),
            jet_phi + inside_jet(angles.first * width), all(0.0f), all(0.0f), -logarithm(uniform(words.w)));
    }
}

/// Lists the tracks of all jets.
static void list_tracks(struct TrackList *list) {
    size_t track = 0;
    for (size_t jet = 0; jet < list->jets; jet++) {
        int32_t index = 0;
        for (int slot = -1; slot < slot_count; slot++) {
            if (slot >= 0 && slot < first_kaon && jet >= list->heavy_jets) continue;
            int32_t count = slot < 0 ? list->prompt[jet] : list->decays[slot].count[jet];
            // The last numbers belong to products of decays.
            int32_t most = slot < 0 ? EtaCalMostPrompt : EtaCalMostTracks;
            for (int32_t number = 0; number < count && index < most; number++, index++, track++) {
                list->jet[track] = (int32_t)jet;
                list->slot[track] = slot;
                list->index[track] = index;
            }
        }
    }
    list->tracks = track;
}

/// What is measured of the tracks from `start` on, and whether it is used.
INLINE I measure_tracks(
    const struct EtaCalTrackModel *model, const struct EtaCalTracker *tracker, const struct Random *random,
    const struct TrackList *list, size_t start, struct EtaCalTracks *tracks, size_t place) {
    int32_t jets[lane_count], slots[lane_count];
    memcpy(jets, list->jet + start, sizeof jets);
    memcpy(slots, list->slot + start, sizeof slots);
    uint64_t numbers[lane_count];
    F pt, eta, phi, mass, x, y, vertex_x, vertex_y;
    I family;
    for (int lane = 0; lane < lane_count; lane++) {
        int32_t jet = jets[lane], slot = slots[lane];
        numbers[lane] = list->number[jet] + ((uint64_t)list->index[start + (size_t)lane] << 56);
        const struct Decays *decays = &list->decays[slot < 0 ? 0 : slot];
        bool is_prompt = slot < 0;
        pt[lane] = is_prompt ? list->pt[jet] : decays->pt[jet];
        eta[lane] = is_prompt ? list->eta[jet] : decays->eta[jet];
        phi[lane] = is_prompt ? list->phi[jet] : decays->phi[jet];
        mass[lane] = is_prompt ? 1.0f : decays->mass[jet];
        x[lane] = is_prompt ? 0.0f : decays->x[jet];
        y[lane] = is_prompt ? 0.0f : decays->y[jet];
        family[lane] = is_prompt ? -1 : decays->family[jet];
        vertex_x[lane] = list->vertex_x[list->row[jet]];
        vertex_y[lane] = list->vertex_y[list->row[jet]];
    }
    struct Words words = words_at(random, numbers, 0, EtaCalTrackNumbers);
    F number = uniform(words.x);
    Pair halves = uniforms(words.y), choices = uniforms(words.w);

    // From the vertex: a share of the jet's momentum, near its axis.
    I flavour = gathered_integers(list->flavour, jets), node = gathered_integers(list->node, jets);
    F prompt_pt = exponential(
        quantile(model->prompt_spectrum, flavour * pt_node_count + node, number) * logarithm(pt));
    Pair angles = etacal_normals(words.y);
    F width = model->prompt_angle / prompt_pt;
    // From a decay.
    I row = choose(family < 0, (I)0, family);
    // The lowest bits of the word, which the quantile hardly knows of; the two products of Λ take turns.
    I kind = ((I)(words.x & (uint32_t)(EtaCalProductMasses - 2))) | (load_integers(list->index + start) & 1);
    F momentum = quantile(model->momenta, row, number);
    F product_mass = gathered(model->product_masses, row * EtaCalProductMasses + kind);
    struct Product made = decay_product(momentum, product_mass, pt / mass, halves.first, halves.second);

    I is_prompt = family < 0;
    F angle = select(is_prompt, inside_jet(angles.first * width), etacal_azimuth(made.sine, made.cosine));
    F track_pt = select(is_prompt, prompt_pt, made.pt);
    F track_eta = eta + select(is_prompt, inside_jet(angles.second * width), made.eta);
    F track_phi = phi + angle;
    Pair direction = rotation_of_any(track_phi);
    F sine = direction.first, cosine = direction.second;

    // The distance to the beam line: that of a straight line through where the particle was made.
    F at_x = x + vertex_x, at_y = y + vertex_y;
    F true_impact = fused(at_y, cosine, -(at_x * sine));
    F constant = all(0.0f), scattering = all(0.0f);
    F distance = __builtin_elementwise_abs(track_eta);
    for (int32_t step = 0; step < tracker->step_count; step++) {
        const struct EtaCalTrackStep *next = &tracker->steps[step];
        I is_here = (distance >= next->eta_low) & (track_pt >= next->pt_low);
        constant = select(is_here, all(next->constant), constant);
        scattering = select(is_here, all(next->scattering), scattering);
    }
    scattering = scattering / track_pt;
    F variance = fused(constant, constant, scattering * scattering);
    F scale = all(1.0f);
    for (int32_t tail = 0; tail < tracker->tail_count; tail++)
        scale = select(choices.second < tracker->tail_shares[tail], all(tracker->tail_scales[tail]), scale);
    F impact = fused(root(variance) * scale, etacal_normals(words.z).first, true_impact);
    F beam = fused(sine * sine, tracker->spot_xx, cosine * cosine * tracker->spot_yy) -
        2.0f * sine * cosine * tracker->spot_xy;
    F resolution = root(variance + at_least(beam, all(0.0f)));

    // Positive where the track crosses the jet's axis downstream.
    F measured_eta, measured_phi;
    for (int lane = 0; lane < lane_count; lane++) {
        measured_eta[lane] = list->measured_eta[jets[lane]];
        measured_phi[lane] = list->measured_phi[jets[lane]];
    }
    Pair turned = rotation_of_any(measured_phi - track_phi);
    F side = turned.first * impact;
    F size = __builtin_elementwise_abs(impact) / resolution;
    F significance = select(side < 0.0f, -size, size);

    F turn = etacal_azimuth(turned.first, turned.second), rise = measured_eta - track_eta;
    F relative_pt = track_pt * root(fused(turn, turn, rise * rise));

    F radius2 = fused(x, x, y * y);
    I is_used = (track_pt >= tracker->pt_minimum) & (distance < tracker->eta_maximum) &
        (choices.first < tracker->efficiency) & (radius2 < tracker->radius_maximum * tracker->radius_maximum) &
        (__builtin_elementwise_abs(impact) < tracker->impact_maximum);
    I position = gathered_integers(list->position, jets);
    memcpy(tracks->jet + place, &position, sizeof position);
    memcpy(tracks->origin + place, &family, sizeof family);
    memcpy(tracks->pt + place, &track_pt, sizeof track_pt);
    memcpy(tracks->relative_pt + place, &relative_pt, sizeof relative_pt);
    memcpy(tracks->true_impact + place, &true_impact, sizeof true_impact);
    memcpy(tracks->impact + place, &impact, sizeof impact);
    memcpy(tracks->resolution + place, &resolution, sizeof resolution);
    memcpy(tracks->significance + place, &significance, sizeof significance);
    return is_used;
}

/// Lists the jets of some rows that can have tracks. Returns how many of the rows' vertices are needed.
static void list_jets(
    const struct EtaCalTracker *tracker, const struct EtaCalTruth *truth, const struct EtaCalTrackJets *jets,
    struct TrackList *list, size_t first_row, size_t rows, uint64_t first) {
    size_t count = 0;
    for (int heavy = 1; heavy >= 0; heavy--) {
        for (size_t row = first_row; row < first_row + rows; row++) {
            for (int place = 0; place < listed_count; place++) {
                size_t position = (size_t)place * jets->jet_stride + row;
                int32_t source = jets->source[position];
                if (source < 0 || !(jets->pt[position] >= tracker->jet_pt_minimum)) continue;
                if (!(__builtin_fabs(jets->eta[position]) < tracker->jet_eta_maximum)) continue;
                size_t true_position = (size_t)source * truth->jet_stride + row;
                int32_t flavour = truth->flavour[true_position];
                int32_t class = flavour == 5 ? EtaCalBottomJets : flavour == 4 ? EtaCalCharmJets
                    : flavour >= 1 && flavour <= 3 ? EtaCalLightJets : EtaCalGluonJets;
                if ((class == EtaCalBottomJets || class == EtaCalCharmJets) != (bool)heavy) continue;
                list->pt[count] = (float)truth->pt[true_position];
                list->eta[count] = (float)truth->eta[true_position];
                list->phi[count] = (float)truth->phi[true_position];
                list->measured_eta[count] = (float)jets->eta[position];
                list->measured_phi[count] = (float)jets->phi[position];
                list->flavour[count] = class;
                list->row[count] = (int32_t)(row - first_row);
                list->position[count] = (int32_t)position;
                list->number[count] = (first + row) | ((uint64_t)source << 62);
                count++;
            }
        }
        if (heavy) list->heavy_jets = count;
    }
    list->jets = count;
    // Vectors that reach beyond the end see copies of the last one.
    for (size_t extra = count; count > 0 && extra < count + lane_count; extra++) {
        list->pt[extra] = list->pt[count - 1];
        list->eta[extra] = list->eta[count - 1];
        list->phi[extra] = list->phi[count - 1];
        list->flavour[extra] = list->flavour[count - 1];
        list->number[extra] = list->number[count - 1];
    }
}

/// The transverse places of the events' vertices.
INLINE void put_vertices(
    const struct EtaCalTracker *tracker, const struct Random *random, struct TrackList *list, uint64_t first) {
    for (size_t start = 0; start < track_rows; start += lane_count) {
        Wide low = lane_numbers() + first + start;
        struct Words words = words_of(random, low, low + (uint64_t)(lane_count / 2), EtaCalBeamSpot);
        Pair normals = etacal_normals(words.x);
        F x = normals.first * tracker->spot_x;
        F y = fused(normals.first, tracker->spot_slope, normals.second * tracker->spot_rest);
        PUT(list->vertex_x, x)
        PUT(list->vertex_y, y)
    }
}

static size_t make_tracks(
    const struct EtaCalTrackModel *model, const struct EtaCalTracker *tracker, const struct EtaCalStream *stream,
    const struct EtaCalTruth *truth, const struct EtaCalTrackJets *jets, size_t first_row, size_t count, uint64_t first,
    struct EtaCalTracks *tracks) {
    struct Random random = random_of(stream);
    struct TrackList list;
    size_t made = 0;
    for (size_t row = first_row; row < first_row + count; row += track_rows) {
        size_t left = first_row + count - row;
        list_jets(tracker, truth, jets, &list, row, left < track_rows ? left : track_rows, first);
        if (list.jets == 0) continue;
        put_vertices(tracker, &random, &list, first + row);
        for (size_t start = 0; start < list.jets + lane_count - 1; start += lane_count) {
            if (start >= list.jets) break;
            GET(F, pt, list.pt)
            struct Place place = pt_place(pt);
            I node = place.node - (place.fraction >= 0.5f);
            PUT(list.node, node)
            count_tracks(model, &random, &list, start);
            decay_strange(model, &random, &list, start);
            if (start < list.heavy_jets) decay_heavy(model, &random, &list, start);
        }
        list_tracks(&list);
        if (list.tracks == 0) continue;
        for (size_t extra = list.tracks; extra < list.tracks + lane_count; extra++) {
            list.jet[extra] = list.jet[list.tracks - 1];
            list.slot[extra] = list.slot[list.tracks - 1];
            list.index[extra] = list.index[list.tracks - 1];
        }
        for (size_t start = 0; start < list.tracks; start += lane_count) {
            size_t lanes = list.tracks - start < lane_count ? list.tracks - start : lane_count;
            I used = measure_tracks(model, tracker, &random, &list, start, tracks, made);
            int32_t is_used[lane_count];
            memcpy(is_used, &used, sizeof used);
            // Those that are not used are written over.
            size_t from = made;
            for (size_t lane = 0; lane < lanes; lane++) {
                if (is_used[lane] == 0) continue;
                size_t source = from + lane;
                tracks->jet[made] = tracks->jet[source];
                tracks->origin[made] = tracks->origin[source];
                tracks->pt[made] = tracks->pt[source];
                tracks->relative_pt[made] = tracks->relative_pt[source];
                tracks->true_impact[made] = tracks->true_impact[source];
                tracks->impact[made] = tracks->impact[source];
                tracks->resolution[made] = tracks->resolution[source];
                tracks->significance[made] = tracks->significance[source];
                made++;
            }
        }
    }
    return made;
}

#undef GET
#undef PUT
