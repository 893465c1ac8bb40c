/* Batch normalisation: y = (x - mean) / sqrt(var + eps) for each channel, and dx; the formulas are in batch_norm.h.
 *
 * forward, with the batch's own moments: x is read twice, and not three times.
 *   1. Each stretch (see channel_sums.h) goes through its blocks of pixels. A block, which stays in the cache, gives
 *      its mean k in float32, then r = the sum of x - k and q = the sum of (x - k)^2; its moments are
 *      mean = k + r / n and m2 = q - r^2 / n, where the rounding of k does no harm. They are joined in double, by
 *      mean += d n / (n + N), m2 += m2' + d^2 n N / (n + N), d = the difference of means (Chan, Golub, LeVeque, 1979).
 *   2. One thread joins the stretches in order, then all write y.
 * backward: the sums of dy and dy y, likewise in two passes.
 */
#include "batch_norm.h"

#include "channel_sums.h"

static long scratch_size(const struct batch_norm *b) {
    return stretches_of(b->pixels, b->threads) * lane_floats(b->channels);
}

/* b = sum of u - a, c = sum of (u - a)^2 over a block, for each channel. */
INLINE void block_moments(const float *u, long pixels, long channels, const float *a, float *b, float *c) {
    for (long from = 0; from < channels; from += LANES) {
        const long n = channels - from < LANES ? channels - from : LANES;
        const vf middle = some(a + from, n);
        vf sum = {0}, square = {0};
        for (long i = 0; i < pixels; i++) {
            const vf v = some(u + i * channels + from, n) - middle;
            sum += v;
            square += v * v;
        }
        put_some(b + from, sum, n);
        put_some(c + from, square, n);
    }
}

/* first = mean, second = m2 of the pixels from ... to - 1. */
static void stretch_moments(const float *x, long from, long to, long channels, struct lane lane) {
    for (long c = 0; c < channels; c++) lane.first[c] = lane.second[c] = 0;
    for (long i = from; i < to; i += BLOCK) {
        const long n = to - i < BLOCK ? to - i : BLOCK;
        const double count = (double)n, before = (double)(i - from), weight = count / (count + before);
        block_sums(x + i * channels, NULL, n, channels, lane.a, NULL);
        for (long c = 0; c < channels; c++) lane.a[c] *= 1 / (float)n;
        block_moments(x + i * channels, n, channels, lane.a, lane.b, lane.c);
        for (long c = 0; c < channels; c++) {
            const double r = lane.b[c], d = (double)lane.a[c] + r / count - lane.first[c];
            lane.first[c] += d * weight;
            lane.second[c] += (double)lane.c[c] - r * r / count + d * d * before * weight;
        }
    }
}

/* mean and var from the moments of the stretches. */
static void join_moments(const struct batch_norm *b, long stretches) {
    for (long c = 0; c < b->channels; c++) {
        double mean = 0, m2 = 0;
        for (long s = 0; s < stretches; s++) {
            const struct lane lane = lane_of(b->scratch, b->channels, s);
            const double before = (double)stretch_start(b->pixels, stretches, s), d = lane.first[c] - mean;
            const double count = (double)stretch_start(b->pixels, stretches, s + 1) - before;
            mean += d * count / (count + before);
            m2 += lane.second[c] + d * d * before * count / (count + before);
        }
        b->mean[c] = (float)mean;
        b->var[c] = (float)(m2 / (double)b->pixels);
    }
}

static void find_factor(const struct batch_norm *b) {
    for (long c = 0; c < b->channels; c++) b->factor[c] = (float)(1 / __builtin_sqrt((double)b->var[c] + b->eps));
}

static void normalise(const struct batch_norm *b, long from, long to) {
    for (long i = from; i < to; i++)
        EACH_PART(c, n, b->channels) {
            const long at = i * b->channels + c;
            put_some(b->y + at, (some(b->x + at, n) - some(b->mean + c, n)) * some(b->factor + c, n), n);
        }
}

static void forward(const struct batch_norm *b) {
    const long stretches = stretches_of(b->pixels, b->threads);
#pragma omp parallel num_threads(b->threads) if (b->pixels * b->channels > FEW)
    {
        if (b->batch) {
#pragma omp for schedule(static)
            for (long s = 0; s < stretches; s++)
                stretch_moments(b->x, stretch_start(b->pixels, stretches, s),
                                stretch_start(b->pixels, stretches, s + 1), b->channels,
                                lane_of(b->scratch, b->channels, s));
        }
#pragma omp single
        {
            if (b->batch) join_moments(b, stretches);
            find_factor(b);
        }
#pragma omp for schedule(static)
        for (long s = 0; s < stretches; s++)
            normalise(b, stretch_start(b->pixels, stretches, s), stretch_start(b->pixels, stretches, s + 1));
    }
}

static void images(const void *layer, const float *x, float *y, long num, long place) {
    struct batch_norm b = *(const struct batch_norm *)layer;
    (void)place;
    b.x = x, b.y = y;
    normalise(&b, 0, num * b.image);
}

/* first = sum of dy, second = sum of dy y. */
static void stretch_slopes(const struct batch_norm *b, long from, long to, struct lane lane) {
    for (long c = 0; c < b->channels; c++) lane.first[c] = lane.second[c] = 0;
    for (long i = from; i < to; i += BLOCK) {
        const long n = to - i < BLOCK ? to - i : BLOCK;
        block_sums(b->dy + i * b->channels, b->y + i * b->channels, n, b->channels, lane.a, lane.b);
        for (long c = 0; c < b->channels; c++) lane.first[c] += (double)lane.a[c], lane.second[c] += (double)lane.b[c];
    }
}

/* The means of dy and of dy y go to a and b of the first stretch. */
static void join_slopes(const struct batch_norm *b, long stretches) {
    const struct lane total = lane_of(b->scratch, b->channels, 0);
    for (long c = 0; c < b->channels; c++) {
        double slope = 0, along = 0;
        for (long s = 0; s < stretches; s++) {
            const struct lane lane = lane_of(b->scratch, b->channels, s);
            slope += lane.first[c], along += lane.second[c];
        }
        total.a[c] = (float)(slope / (double)b->pixels);
        total.b[c] = (float)(along / (double)b->pixels);
    }
}

static void pass_back(const struct batch_norm *b, long from, long to) {
    const struct lane means = lane_of(b->scratch, b->channels, 0);
    for (long i = from; i < to; i++)
        EACH_PART(c, n, b->channels) {
            const long at = i * b->channels + c;
            vf slope = some(b->dy + at, n);
            if (b->batch) slope -= some(means.a + c, n) + some(b->y + at, n) * some(means.b + c, n);
            put_some(b->dx + at, slope * some(b->factor + c, n), n);
        }
}

static void backward(const struct batch_norm *b) {
    const long stretches = stretches_of(b->pixels, b->threads);
#pragma omp parallel num_threads(b->threads) if (b->pixels * b->channels > FEW)
    {
        if (b->batch) {
#pragma omp for schedule(static)
            for (long s = 0; s < stretches; s++)
                stretch_slopes(b, stretch_start(b->pixels, stretches, s), stretch_start(b->pixels, stretches, s + 1),
                               lane_of(b->scratch, b->channels, s));
#pragma omp single
            join_slopes(b, stretches);
        }
#pragma omp for schedule(static)
        for (long s = 0; s < stretches; s++)
            pass_back(b, stretch_start(b->pixels, stretches, s), stretch_start(b->pixels, stretches, s + 1));
    }
}

const struct batch_norm_kernels KERNEL(batch_norm) = {scratch_size, forward, backward, find_factor, images};
