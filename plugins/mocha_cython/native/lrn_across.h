/* Normalisation along the channels, forward and backward; the formulas are in lrn.h.
 *
 * Pixels are taken in small groups, which stay in the first-level cache:
 *   1. the squares of a pixel go to a row of scratch with zeros on both sides,
 *   2. D is the sum of `kernel` loads of that row, each one float further on: no running sum, which would drift,
 *   3. backward puts x dy D^(-power - 1) into a second such row, and sums it in the same way.
 * Each step is done for the whole group before the next, so that no load waits for a store of another alignment.
 */
#ifndef MOCHA_LRN_ACROSS_H
#define MOCHA_LRN_ACROSS_H

#include "lrn.h"
#include "parts.h"
#include "team.h"
#include "vpower.h"

enum { GROUP = 3072, PIECE = 1 << 15 }; /* floats of a group in scratch; of images that a thread takes at once */

/* How the rows of scratch lie: `side` zeros, channels (up to whole vectors), `side` zeros. */
struct across {
    long side, pitch, pixels; /* pixels: of a group */
};

INLINE struct across across_of(const struct lrn *l) {
    const long side = (l->kernel - 1 + LANES - 1) / LANES * LANES, whole = (l->channels + LANES - 1) / LANES * LANES;
    const long pitch = side + whole + side, pixels = GROUP / pitch;
    return (struct across){side, pitch, pixels < 1 ? 1 : pixels};
}

static long across_scratch(const struct lrn *l, int back) {
    const struct across a = across_of(l);
    return (back ? 2 : 1) * a.pixels * a.pitch;
}

/* The sum of `kernel` vectors, the first at p, each `step` floats after the one before. */
INLINE vf sum_of(const float *p, int kernel, long step) {
    vf sum = vf_load(p);
    for (int k = 1; k < kernel; k++) sum += vf_load(p + k * step);
    return sum;
}

INLINE void put_squares(const struct lrn *l, struct across a, const float *x, float *squares, long pixels) {
    for (long i = 0; i < pixels; i++)
        EACH_PART(c, n, l->channels) {
            const vf v = some(x + i * l->channels + c, n);
            vf_store(squares + i * a.pitch + a.side + c, v * v);
        }
}

INLINE void across_group(const struct lrn *l, struct across a, const float *x, float *y, float *squares, long pixels,
                         int kernel, enum power_kind kind) {
    const long channels = l->channels, behind = (kernel - 1) / 2;
    put_squares(l, a, x, squares, pixels);
    for (long i = 0; i < pixels; i++)
        EACH_PART(c, n, channels) {
            const long at = i * channels + c, row = i * a.pitch + a.side + c;
            const vf d = vf_all(l->shift) + vf_all(l->rate) * sum_of(squares + row - behind, kernel, 1);
            put_some(y + at, some(x + at, n) * inverse_powers(d, kind, l->power).power, n);
        }
}

INLINE void across_group_back(const struct lrn *l, struct across a, const float *x, const float *dy, float *dx,
                              float *squares, float *slopes, long pixels, int kernel, enum power_kind kind) {
    const long channels = l->channels, behind = (kernel - 1) / 2, ahead = kernel - 1 - behind;
    put_squares(l, a, x, squares, pixels);
    for (long i = 0; i < pixels; i++)
        EACH_PART(c, n, channels) {
            const long at = i * channels + c, row = i * a.pitch + a.side + c;
            const vf d = vf_all(l->shift) + vf_all(l->rate) * sum_of(squares + row - behind, kernel, 1);
            const struct powers p = inverse_powers(d, kind, l->power);
            const vf slope = some(dy + at, n);
            put_some(dx + at, slope * p.power, n);
            put_some(slopes + row, some(x + at, n) * slope * p.next, n);
        }
    const vf factor = vf_all(-2 * l->power * l->rate);
    for (long i = 0; i < pixels; i++)
        EACH_PART(c, n, channels) {
            const long at = i * channels + c;
            const vf sum = sum_of(slopes + i * a.pitch + a.side + c - ahead, kernel, 1);
            put_some(dx + at, some(dx + at, n) + factor * some(x + at, n) * sum, n);
        }
}

/* The pixels from `from` until `to`, by one thread; begins with clean scratch. */
INLINE void across_piece(const struct lrn *own, float *scratch, long from, long to, int back, int five,
                         enum power_kind kind) {
    const struct lrn copy = *own, *l = &copy; /* stores cannot change it, as the compiler must see */
    const struct across a = across_of(l);
    const int kernel = five ? 5 : l->kernel;
    float *squares = scratch, *slopes = squares + a.pixels * a.pitch;
    memset(squares, 0, (size_t)across_scratch(l, back) * sizeof *squares);
    for (long i = from; i < to; i += a.pixels) {
        const long count = to - i < a.pixels ? to - i : a.pixels, at = i * l->channels;
        if (back)
            across_group_back(l, a, l->x + at, l->dy + at, l->dx + at, squares, slopes, count, kernel, kind);
        else
            across_group(l, a, l->x + at, l->y + at, squares, count, kernel, kind);
    }
}

/* All pixels, in pieces that the threads take as they come. */
INLINE void across_all(const struct lrn *own, int back, int five, enum power_kind kind) {
    const long pixels = own->num * own->height * own->width, channels = own->channels;
    const long share = pixels / (4L * own->threads) + 1, most = PIECE / channels + 1;
    const long piece = share < most ? share : most;
    const long pieces = (pixels + piece - 1) / piece;
#pragma omp parallel for schedule(static) num_threads(own->threads) if (pixels * channels > PIECE / 2)
    for (long k = 0; k < pieces; k++) {
        const long end = (k + 1) * piece < pixels ? (k + 1) * piece : pixels;
        float *scratch = own->scratch + omp_get_thread_num() * across_scratch(own, back);
        across_piece(own, scratch, k * piece, end, back, five, kind);
    }
}

/* The same by the calling thread alone. */
INLINE void across_here(const struct lrn *l, int back, int five, enum power_kind kind) {
    across_piece(l, l->scratch, 0, l->num * l->height * l->width, back, five, kind);
}

#endif
