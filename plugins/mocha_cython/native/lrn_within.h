/* Normalisation in squares of height and width, forward and backward; the formulas are in lrn.h.
 *
 * A row of an image is one run of width * channels floats. For each row
 *   1. the squares of the rows above and below are summed into a row of scratch, with zeros on both sides,
 *   2. D is the sum of `kernel` loads of that row, each one pixel further on,
 *   3. backward writes dy D^-power to dx and x dy D^(-power - 1) to scratch; when the image is done, sums these in the
 *      same way and adds what is missing.
 */
#ifndef MOCHA_LRN_WITHIN_H
#define MOCHA_LRN_WITHIN_H

#include "lrn_across.h"

/* The row with zeros on both sides, up to whole vectors. */
INLINE long within_row(const struct lrn *l) {
    return (l->width + l->kernel - 1) * l->channels + LANES;
}

static long within_scratch(const struct lrn *l, int back) {
    return within_row(l) + (back ? l->height * l->width * l->channels : 0);
}

/* row[c] = the sum of source[c], or of its square, over the rows of the image that lie within reach of row i. */
INLINE void sum_rows(const struct lrn *l, const float *source, long i, float *row, int square) {
    const long run = l->width * l->channels, reach = l->kernel / 2;
    const long first = i < reach ? 0 : i - reach, last = i + reach < l->height ? i + reach : l->height - 1;
    EACH_PART(c, n, run) {
        vf sum = {0};
        for (long k = first; k <= last; k++) {
            const vf v = some(source + k * run + c, n);
            sum += square ? v * v : v;
        }
        put_some(row + reach * l->channels + c, sum, n);
    }
}

INLINE void within_rows(const struct lrn *l, const float *x, float *y, float *row, long from, long to, int kernel,
                        enum power_kind kind) {
    const long run = l->width * l->channels;
    for (long i = from; i < to; i++) {
        sum_rows(l, x, i, row, 1);
        EACH_PART(c, n, run) {
            const vf d = vf_all(l->shift) + vf_all(l->rate) * sum_of(row + c, kernel, l->channels);
            put_some(y + i * run + c, some(x + i * run + c, n) * inverse_powers(d, kind, l->power).power, n);
        }
    }
}

INLINE void within_image_back(const struct lrn *l, const float *x, const float *dy, float *dx, float *row,
                              float *slopes, int kernel, enum power_kind kind) {
    const long run = l->width * l->channels;
    for (long i = 0; i < l->height; i++) {
        sum_rows(l, x, i, row, 1);
        EACH_PART(c, n, run) {
            const long at = i * run + c;
            const vf d = vf_all(l->shift) + vf_all(l->rate) * sum_of(row + c, kernel, l->channels);
            const struct powers p = inverse_powers(d, kind, l->power);
            const vf slope = some(dy + at, n);
            put_some(dx + at, slope * p.power, n);
            put_some(slopes + at, some(x + at, n) * slope * p.next, n);
        }
    }
    const vf factor = vf_all(-2 * l->power * l->rate);
    for (long i = 0; i < l->height; i++) {
        sum_rows(l, slopes, i, row, 0);
        EACH_PART(c, n, run) {
            const long at = i * run + c;
            const vf sum = sum_of(row + c, kernel, l->channels);
            put_some(dx + at, some(dx + at, n) + factor * some(x + at, n) * sum, n);
        }
    }
}

/* Rows from ... to - 1 of image n, by one thread; backward all of them. */
INLINE void within_piece(const struct lrn *own, float *scratch, long n, long from, long to, int back, int three,
                         enum power_kind kind) {
    const struct lrn copy = *own, *l = &copy;
    const int kernel = three ? 3 : l->kernel;
    const long at = n * l->height * l->width * l->channels;
    memset(scratch, 0, (size_t)within_row(l) * sizeof *scratch);
    if (back)
        within_image_back(l, l->x + at, l->dy + at, l->dx + at, scratch, scratch + within_row(l), kernel, kind);
    else
        within_rows(l, l->x + at, l->y + at, scratch, from, to, kernel, kind);
}

/* All images; forward cuts few large ones by rows, backward takes them whole. */
INLINE void within_all(const struct lrn *own, int back, int three, enum power_kind kind) {
    const long image = own->height * own->width * own->channels, wanted = (4L * own->threads + own->num - 1) / own->num;
    const long cuts = back ? 1 : wanted < own->height ? wanted : own->height;
#pragma omp parallel for schedule(static) num_threads(own->threads) if (own->num * image > PIECE / 2)
    for (long k = 0; k < own->num * cuts; k++) {
        float *scratch = own->scratch + omp_get_thread_num() * within_scratch(own, back);
        within_piece(own, scratch, k / cuts, stretch_start(own->height, cuts, k % cuts),
                     stretch_start(own->height, cuts, k % cuts + 1), back, three, kind);
    }
}

/* The same by the calling thread alone. */
INLINE void within_here(const struct lrn *l, int back, int three, enum power_kind kind) {
    for (long n = 0; n < l->num; n++) within_piece(l, l->scratch, n, 0, l->height, back, three, kind);
}

#endif
