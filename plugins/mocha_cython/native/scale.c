/* y = s x + b for each channel, and the gradients dx = s dy, ds = sum of x dy, db = sum of dy.
 *
 * One pass each way: backward sums a block of pixels (see channel_sums.h), then writes its dx while dy is in the cache.
 */
#include "scale.h"

#include "channel_sums.h"

static long scratch_size(const struct scale *p) {
    return stretches_of(p->pixels, p->threads) * lane_floats(p->channels);
}

/* y = s x + b for some pixels; b may be NULL. */
static void multiply(const float *x, const float *s, const float *b, float *y, long pixels, long channels) {
    for (long i = 0; i < pixels; i++)
        EACH_PART(c, n, channels) {
            const vf v = some(x + i * channels + c, n) * some(s + c, n);
            put_some(y + i * channels + c, b ? v + some(b + c, n) : v, n);
        }
}

static void forward(const struct scale *p) {
    const long stretches = stretches_of(p->pixels, p->threads), channels = p->channels;
#pragma omp parallel for schedule(static) num_threads(p->threads) if (p->pixels * channels > FEW)
    for (long k = 0; k < stretches; k++) {
        const long from = stretch_start(p->pixels, stretches, k), to = stretch_start(p->pixels, stretches, k + 1);
        multiply(p->x + from * channels, p->s, p->b, p->y + from * channels, to - from, channels);
    }
}

static void images(const void *layer, const float *x, float *y, long num, long place) {
    const struct scale *p = layer;
    (void)place;
    multiply(x, p->s, p->b, y, num * p->image, p->channels);
}

/* first = sum of dy, second = sum of x dy of the pixels from ... to - 1; and their dx. */
static void stretch_back(const struct scale *p, long from, long to, struct lane lane) {
    const long channels = p->channels;
    const int sums = p->ds || p->db;
    if (sums)
        for (long c = 0; c < channels; c++) lane.first[c] = lane.second[c] = 0;
    for (long i = from; i < to; i += BLOCK) {
        const long n = to - i < BLOCK ? to - i : BLOCK, at = i * channels;
        if (p->ds)
            block_sums(p->dy + at, p->x + at, n, channels, lane.a, lane.b);
        else if (p->db)
            block_sums(p->dy + at, NULL, n, channels, lane.a, NULL);
        if (sums)
            for (long c = 0; c < channels; c++) lane.first[c] += (double)lane.a[c];
        if (p->ds)
            for (long c = 0; c < channels; c++) lane.second[c] += (double)lane.b[c];
        if (p->dx) multiply(p->dy + at, p->s, NULL, p->dx + at, n, channels);
    }
}

static void join(const struct scale *p, long stretches) {
    for (long c = 0; c < p->channels; c++) {
        double first = 0, second = 0;
        for (long k = 0; k < stretches; k++) {
            const struct lane lane = lane_of(p->scratch, p->channels, k);
            first += lane.first[c], second += lane.second[c];
        }
        if (p->db) p->db[c] = (float)first;
        if (p->ds) p->ds[c] = (float)second;
    }
}

static void backward(const struct scale *p) {
    const long stretches = stretches_of(p->pixels, p->threads);
    const int sums = p->ds || p->db;
#pragma omp parallel for schedule(static) num_threads(p->threads) if (p->pixels * p->channels > FEW)
    for (long k = 0; k < stretches; k++)
        stretch_back(p, stretch_start(p->pixels, stretches, k), stretch_start(p->pixels, stretches, k + 1),
                     sums ? lane_of(p->scratch, p->channels, k) : (struct lane){0});
    if (sums) join(p, stretches);
}

const struct scale_kernels KERNEL(scale) = {scratch_size, forward, backward, images};
