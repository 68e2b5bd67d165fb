// Replicas of a bootstrap. In double precision, and added up in the same order on every processor.

/// Σ n ω and Σ n ωA over the sub-samples of a cell, n how often each counts in a replica.
static void resample(
    const struct EtaCalSubSamples *sums, const double *counts, size_t replicas, double *weights, double *asymmetries) {
    for (size_t start = 0; start < replicas; start += lane_count) {
        D weight = 0.0, asymmetry = 0.0;
        for (size_t place = 0; place < sums->count; place++) {
            D number;
            memcpy(&number, counts + (size_t)sums->numbers[place] * replicas + start, sizeof number);
            weight += number * sums->weights[place];
            asymmetry += number * sums->asymmetries[place];
        }
        memcpy(weights + start, &weight, sizeof weight);
        memcpy(asymmetries + start, &asymmetry, sizeof asymmetry);
    }
}
