/* Mean pooling of rows of one image: y = rate * the sum of the window's cells; dx = the sum of rate * dy over the
 * windows that hold the pixel. Padding counts as zero; the rate is that of the window, 1 / area.
 *
 * forward: for each window, for each four vectors of channels (then for each one), all cells of the image in row order;
 *   the sums stay in registers. Four vectors make long runs of memory where the window is the whole image.
 * backward: for each pixel, for each vector of channels, the windows that hold the pixel. Each dx is written once. With
 *   ReLU behind the pooling only the dy whose y lies above the floor count.
 */
#ifndef MOCHA_POOLING_MEAN_H
#define MOCHA_POOLING_MEAN_H

#include "pooling_walk.h"

/* `count` vectors of one window, tall x wide cells from x on. */
INLINE void mean_vectors(const struct pooling_shape *s, const float *x, int tall, int wide, float rate, float *y,
                         int count, int part, long n) {
    const long channels = s->channels, row = s->width * channels;
    vf sums[4] = {{0}};
    for (int i = 0; i < tall; i++)
        for (int j = 0; j < wide; j++)
            for (int k = 0; k < count; k++) sums[k] += load_some(x + i * row + j * channels + k * LANES, part, n);
    for (int k = 0; k < count; k++) {
        vf v = sums[k] * vf_all(rate);
        if (s->relu) v = vf_pick(v < vf_all(s->floor), vf_all(s->floor), v);
        store_some(y + k * LANES, v, part, n);
    }
}

INLINE void mean_window(const struct pooling_shape *s, const float *x, int tall, int wide, float rate, float *y) {
    const long channels = s->channels;
    if (channels < LANES) {
        mean_vectors(s, x, tall, wide, rate, y, 1, 1, channels);
        return;
    }
    long c = 0;
    for (; c + 4 * LANES <= channels; c += 4 * LANES) mean_vectors(s, x + c, tall, wide, rate, y + c, 4, 0, LANES);
    for (; c < channels; c += LANES) {
        const long at = c + LANES <= channels ? c : channels - LANES;
        mean_vectors(s, x + at, tall, wide, rate, y + at, 1, 0, LANES);
    }
}

static inline void mean_forward(const struct pooling_shape *shape, const float *x, float *y, int from, int to) {
    const struct pooling_shape own = *shape, *s = &own; /* which stores cannot change, as the compiler must see */
    const long channels = s->channels;
    for (int i = from; i < to; i++) {
        const int top = i * s->stride_height - s->pad_height;
        const struct span down = cells_inside(top, s->kernel_height, s->height);
        for (int j = 0; j < s->columns; j++) {
            const int left = j * s->stride_width - s->pad_width;
            const struct span right = cells_inside(left, s->kernel_width, s->width);
            if (s->ahead) fetch_ahead(s, x, top + s->kernel_height, left);
            const long window = (long)i * s->columns + j;
            const float *first = x + ((long)(top + down.begin) * s->width + left + right.begin) * channels;
            const int tall = down.end - down.begin, wide = right.end - right.begin;
            if (tall == 3 && wide == 3)
                mean_window(s, first, 3, 3, s->rates[window], y + window * channels);
            else if (tall == 2 && wide == 2)
                mean_window(s, first, 2, 2, s->rates[window], y + window * channels);
            else
                mean_window(s, first, tall, wide, s->rates[window], y + window * channels);
        }
    }
}

/* One pixel: tall x wide windows from dy, y and rates on. */
INLINE void mean_pixel(const struct pooling_shape *s, const float *y, const float *dy, const float *rates, int tall,
                       int wide, float *dx, int part) {
    const long channels = s->channels, row = s->columns * channels;
    EACH_VECTOR (c, n, channels, part) {
        vf sum = {0};
        for (int i = 0; i < tall; i++)
            for (int j = 0; j < wide; j++) {
                const long at = i * row + j * channels + c;
                vf share = load_some(dy + at, part, n);
                if (s->relu) share = vf_pick(load_some(y + at, part, n) > vf_all(s->floor), share, (vf){0});
                sum += share * vf_all(rates[(long)i * s->columns + j]);
            }
        store_some(dx + c, sum, part, n);
    }
}

static inline void mean_backward(const struct pooling_shape *shape, const float *y, const float *dy, float *dx,
                                 int from, int to) {
    const struct pooling_shape own = *shape, *s = &own; /* which stores cannot change, as the compiler must see */
    const long channels = s->channels;
    for (int i = from; i < to; i++) {
        const struct span down = windows_over(i, s->kernel_height, s->stride_height, s->pad_height, s->rows);
        struct span right = windows_over(0, s->kernel_width, s->stride_width, s->pad_width, s->columns);
        for (int j = 0; j < s->width; j++) {
            if (j) right = windows_next(right, j, s->kernel_width, s->stride_width, s->pad_width, s->columns);
            const long window = (long)down.begin * s->columns + right.begin, at = window * channels;
            const int tall = down.end - down.begin, wide = right.end - right.begin;
            const float *rates = s->rates + window, *of = s->relu ? y + at : dy;
            float *to = dx + ((long)i * s->width + j) * channels;
            if (channels < LANES)
                mean_pixel(s, of, dy + at, rates, tall, wide, to, 1);
            else if (tall == 1 && wide == 1)
                mean_pixel(s, of, dy + at, rates, 1, 1, to, 0);
            else if (tall == 2 && wide == 2)
                mean_pixel(s, of, dy + at, rates, 2, 2, to, 0);
            else
                mean_pixel(s, of, dy + at, rates, tall, wide, to, 0);
        }
    }
}

#endif
