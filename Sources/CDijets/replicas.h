// Replicas of a bootstrap. In double precision, and added up in the same order on every processor.

/// Σ n s over the sub-samples of a cell for two of their sums s, n how often each counts in a replica.
static void resample(
    const struct EtaCalSubSamples *sums, const double *counts, size_t replicas, double *ones, double *others) {
    for (size_t start = 0; start < replicas; start += lane_count) {
        D one = 0.0, other = 0.0;
        for (size_t place = 0; place < sums->count; place++) {
            D number;
            memcpy(&number, counts + (size_t)sums->numbers[place] * replicas + start, sizeof number);
            one += number * sums->one[place];
            other += number * sums->other[place];
        }
        memcpy(ones + start, &one, sizeof one);
        memcpy(others + start, &other, sizeof other);
    }
}
