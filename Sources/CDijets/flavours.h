// Who scattered into whom, with the probabilities of the lowest order.

/// The place of a number among weights of quarks and antiquarks, and what is left of it as a share of that weight.
INLINE I pick(const F weights[quark_count], F number, F *rest) {
    F sum = all(0.0f), before = all(0.0f), here = all(1.0f);
    I place = (I)0, last = (I)0;
    // Weights of 0 are passed over together with what stands before them.
    UNROLL for (int quark = 0; quark < quark_count; quark++) {
        here = select(number >= sum, weights[quark], here);
        sum += weights[quark];
        I is_beyond = number >= sum;
        place -= is_beyond;
        before = select(is_beyond, sum, before);
        last = choose(weights[quark] > 0.0f, (I)quark, last);
    }
    // Rounding may leave a little beyond the last one.
    I is_after = place > last;
    *rest = select(is_after, all(0.5f), (number - before) / here);
    return choose(is_after, last, place);
}

/// The PDG number of a quark's place.
INLINE I parton(I place) { return choose(place < flavour_count, place + 1, (flavour_count - 1) - place); }

INLINE I absolute_integer(I value) { return choose(value < 0, -value, value); }

struct Flavours { I first, second, jet_a, jet_b; };

/// One in proportion to a uniform number: 0 to `count` − 1.
INLINE I choice_of(F number, int32_t count) {
    F place = number * (float)count;
    return __builtin_convertvector(select(place < (float)(count - 1), place, all((float)(count - 1))), I);
}

/// Who scattered into whom: incoming partons, and those at t and at u of the first beam. All channels are looked at in
/// every lane, so that no branch depends on chance.
/// @param rest what is left of the number that chose the channel, of the channel's whole and direct rate.
INLINE struct Flavours flavours(
    const struct Beam *first, const struct Beam *second, I channel, F rest, F rate, F direct, F number) {
    const F zero = all(0.0f);
    I is_direct = rest < direct;
    // The quark that the channel begins with: of the first beam, of the second, of two of different flavours (of the first
    // in proportion to those of the second that are left), of two of the same, of a pair.
    F weights[quark_count], products[quark_count];
    opposite_product(first, second, weights);
    product(first, second, products);
    F all_quarks = sum(second->quarks);
    I is_unlike = channel == unlike_quarks;
    UNROLL for (int quark = 0; quark < quark_count; quark++) {
        F others = all_quarks - (second->quarks[quark] + second->quarks[conjugate(quark)]);
        F unlike = first->quarks[quark] * select(others > zero, others, zero);
        weights[quark] = select(channel == like_quarks, products[quark], weights[quark]);
        weights[quark] = select(channel == quark_gluon, first->quarks[quark], weights[quark]);
        weights[quark] = select(channel == gluon_quark, second->quarks[quark], weights[quark]);
        weights[quark] = select(is_unlike, unlike, weights[quark]);
    }
    F left, unused;
    I place = pick(weights, number * sum(weights), &left);
    I quark = parton(place);
    // One of another flavour from the second beam.
    I flavour = choose(place < flavour_count, place, place - flavour_count);
    UNROLL for (int other = 0; other < quark_count; other++)
        weights[other] = select(flavour == other % flavour_count, zero, second->quarks[other]);
    I partner = parton(pick(weights, select(left < 1.0f, left, all(1.0f)) * sum(weights), &unused));

    // Of quarks from gluons any; of those from quarks one of four others, by what is left of the channel's number.
    I made = choice_of(number, flavour_count) + 1;
    F part = select(is_direct, rest, rest - direct) / select(is_direct, direct, rate - direct);
    I skip = choice_of(part, flavour_count - 1) + 1;
    I other = skip - (skip >= absolute_integer(quark));
    other = choose(quark > 0, other, -other);

    const I gluon = (I)21;
    I is_gluons = (channel == gluons_to_gluons) | (channel == gluons_to_quarks);
    I one = choose(is_gluons | (channel == gluon_quark), gluon, quark);
    I two = choose(is_gluons | (channel == quark_gluon), gluon, -quark);
    two = choose(is_unlike, partner, two);
    two = choose((channel == gluon_quark) | (channel == like_quarks), quark, two);
    // Most partons go on as they are.
    I to_quarks = choose(channel == gluons_to_quarks, made, other);
    I is_new = (channel == gluons_to_quarks) | (channel == to_other_quarks);
    I jet_a = choose(is_new, to_quarks, choose(channel == to_gluons, gluon, one));
    I jet_b = choose(is_new, -to_quarks, choose(channel == to_gluons, gluon, two));
    return (struct Flavours){one, two, choose(is_direct, jet_a, jet_b), choose(is_direct, jet_b, jet_a)};
}
