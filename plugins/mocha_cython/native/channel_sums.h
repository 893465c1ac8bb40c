/* Sums over all pixels, for each channel, of images [pixels][channels]: moments of x, and sums of dy and dy * x.
 *
 * The pixels are cut into `stretches` whose bounds depend on the number of threads only, each stretch into blocks of
 * BLOCK pixels. A block is summed in float32 (so few terms that the error is that of pairwise summation), blocks and
 * stretches in double. A stretch has `lane` floats of scratch: two doubles and three floats for each channel.
 */
#ifndef MOCHA_CHANNEL_SUMS_H
#define MOCHA_CHANNEL_SUMS_H

#include "parts.h"
#include "team.h"

enum { BLOCK = 32, FEW = 1 << 14 }; /* pixels of a block; elements below which one thread does all */

struct lane {
    double *first, *second;
    float *a, *b, *c;
};

INLINE long lane_floats(long channels) {
    return 8 * channels;
}

INLINE struct lane lane_of(float *scratch, long channels, long stretch) {
    double *first = (double *)(scratch + stretch * lane_floats(channels));
    float *a = (float *)(first + 2 * channels);
    return (struct lane){first, first + channels, a, a + channels, a + 2 * channels};
}

INLINE long stretches_of(long pixels, int threads) {
    const long blocks = (pixels + BLOCK - 1) / BLOCK, wanted = threads == 1 ? 1 : 4L * threads;
    return blocks < wanted ? blocks : wanted;
}

/* a = sum of u, b = sum of u * v over a block, for each channel; v NULL: only a. */
INLINE void block_sums(const float *u, const float *v, long pixels, long channels, float *a, float *b) {
    for (long from = 0; from < channels; from += 4 * LANES) {
        const long width = channels - from < 4 * LANES ? channels - from : 4 * LANES;
        vf sums[4] = {{0}}, products[4] = {{0}};
        if (width == 4 * LANES) {
            for (long i = 0; i < pixels; i++)
                for (int k = 0; k < 4; k++) {
                    const long at = i * channels + from + k * LANES;
                    sums[k] += vf_load(u + at);
                    if (v) products[k] += vf_load(u + at) * vf_load(v + at);
                }
        } else {
            for (long i = 0; i < pixels; i++)
                for (int k = 0; k < 4; k++) {
                    const long left = width - k * LANES, at = i * channels + from + k * LANES;
                    if (left <= 0) break;
                    const vf value = some(u + at, left < LANES ? left : LANES);
                    sums[k] += value;
                    if (v) products[k] += value * some(v + at, left < LANES ? left : LANES);
                }
        }
        for (int k = 0; k < 4 && k * LANES < width; k++) {
            const long left = width - k * LANES, n = left < LANES ? left : LANES;
            put_some(a + from + k * LANES, sums[k], n);
            if (v) put_some(b + from + k * LANES, products[k], n);
        }
    }
}

#endif
