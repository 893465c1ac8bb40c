/* Max pooling of rows of one image: y = the largest cell of each window; dx = the sum of the dy whose window has its
 * maximum there.
 *
 * NaN is larger than everything, cells beyond the image take no part, and of equal cells the first in row order counts.
 * forward: for each window, for each vector of channels, all cells of the image in row order; the maximum and its place
 *   (the number of the cell, row * kernel_width + column in the window) stay in registers. 2 x 2 and 3 x 3 windows that
 *   lie in the image have their loops unrolled.
 * backward: for each pixel, for each vector of channels, dy of the windows that hold the pixel, where their place is
 *   this pixel. Each dx is written once, nothing is cleared first; the counts of windows 1 and 2 are unrolled.
 * With ReLU behind the pooling, a maximum that is not above the floor gets a place that no cell has, and so no pixel
 * gets its dy: backward needs neither x nor y.
 */
#ifndef MOCHA_POOLING_MAX_H
#define MOCHA_POOLING_MAX_H

#include "pooling_walk.h"
#include "running_max.h"

enum { NOWHERE = 255 }; /* above the number of every cell that fits a byte; -1 as int32_t */

/* Where one window's results go: bytes, ints: its places, or NULL. */
struct max_out {
    float *y;
    uint8_t *bytes;
    int32_t *ints;
};

INLINE void max_store(const struct pooling_shape *s, struct max_out out, long c, vf best, vi place, int part, long n) {
    if (s->relu) {
        const vi alive = best > vf_all(s->floor);
        best = vf_pick(best < vf_all(s->floor), vf_all(s->floor), best);
        place = (place & alive) | (vi_all(out.bytes ? NOWHERE : -1) & ~alive);
    }
    store_some(out.y + c, best, part, n);
    if (out.bytes && part) vi_store_bytes_part(out.bytes + c, place, n);
    if (out.bytes && !part) vi_store_bytes(out.bytes + c, place);
    if (out.ints) store_some((float *)out.ints + c, (vf)place, part, n);
}

/* One vector of one window, tall x wide cells from x on, the first of them cell number `first`; a row of cells is
 * `pitch` long. Here NaN beats all but NaN. */
static __attribute__((noinline, cold)) void max_with_nan(const struct pooling_shape *s, const float *x, int tall,
                                                         int wide, int first, int pitch, struct max_out out, long c,
                                                         int part, long n) {
    const long channels = s->channels, row = s->width * channels;
    vf best = load_some(x + c, part, n);
    vi place = vi_all(first);
    for (int i = 0; i < tall; i++)
        for (int j = 0; j < wide; j++) {
            const vf v = load_some(x + i * row + j * channels + c, part, n);
            const vi beats = ~(v <= best) & (best == best);
            best = vf_pick(beats, v, best);
            place = (vi_all(first + i * pitch + j) & beats) | (place & ~beats);
        }
    max_store(s, out, c, best, place, part, n);
}

/* The same for all vectors of the window, as long as there is no NaN. */
INLINE void max_window(const struct pooling_shape *s, const float *x, int tall, int wide, int first, int pitch,
                       struct max_out out, int part) {
    const long channels = s->channels, row = s->width * channels;
    EACH_VECTOR (c, n, channels, part) {
        vf best = load_some(x + c, part, n), before = best;
        vi place = vi_all(first);
        vm nan = nan_among(best, best);
        for (int i = 0; i < tall; i++)
            for (int j = i ? 0 : 1; j < wide; j++) {
                const vf v = load_some(x + i * row + j * channels + c, part, n);
                if ((i * wide + j) % 2 == 0 || (i == tall - 1 && j == wide - 1)) nan |= nan_among(v, before);
                before = v;
                if (out.bytes || out.ints)
                    keep_larger(v, vi_all(first + i * pitch + j), &best, &place);
                else
                    best = larger_of(v, best);
            }
        if (__builtin_expect(vm_any(nan), 0))
            max_with_nan(s, x, tall, wide, first, pitch, out, c, part, n);
        else
            max_store(s, out, c, best, place, part, n);
    }
}

/* As max_window, for the sizes that are worth code of their own; a tall window cut above may have one, too, but its first
 * cell is not number 0. */
INLINE void max_any_window(const struct pooling_shape *s, const float *x, int tall, int wide, int first,
                           struct max_out out) {
    const int pitch = s->kernel_width, part = s->channels < LANES;
    if (part)
        max_window(s, x, tall, wide, first, pitch, out, 1);
    else if (tall == 3 && wide == 3 && pitch == 3 && first == 0)
        max_window(s, x, 3, 3, 0, 3, out, 0);
    else if (tall == 2 && wide == 2 && pitch == 2 && first == 0)
        max_window(s, x, 2, 2, 0, 2, out, 0);
    else
        max_window(s, x, tall, wide, first, pitch, out, 0);
}

/* `bytes` or `ints`: where to write the places, at most one of them. */
INLINE void max_rows(const struct pooling_shape *shape, const float *x, float *y, uint8_t *bytes, int32_t *ints,
                     int from, int to) {
    const struct pooling_shape own = *shape, *s = &own; /* which stores cannot change, as the compiler must see */
    const long channels = s->channels;
    for (int i = from; i < to; i++) {
        const int top = i * s->stride_height - s->pad_height;
        const struct span down = cells_inside(top, s->kernel_height, s->height);
        for (int j = 0; j < s->columns; j++) {
            const int left = j * s->stride_width - s->pad_width;
            const struct span right = cells_inside(left, s->kernel_width, s->width);
            const long at = ((long)i * s->columns + j) * channels;
            if (s->ahead) fetch_ahead(s, x, top + s->kernel_height, left);
            const struct max_out out = {y + at, bytes ? bytes + at : NULL, ints ? ints + at : NULL};
            max_any_window(s, x + ((long)(top + down.begin) * s->width + left + right.begin) * channels,
                           down.end - down.begin, right.end - right.begin,
                           down.begin * s->kernel_width + right.begin, out);
        }
    }
}

static inline void max_forward(const struct pooling_shape *s, const float *x, float *y, void *places, int from,
                               int to) {
    if (!places)
        max_rows(s, x, y, NULL, NULL, from, to);
    else if (s->wide)
        max_rows(s, x, y, NULL, places, from, to);
    else
        max_rows(s, x, y, places, NULL, from, to);
}

/* One pixel: `tall` x `wide` windows from dy on, in the first of which it is cell number `cell`; in the next window of
 * the row it is `right` less, in the next row of windows `down` less. */
INLINE void max_pixel(const struct pooling_shape *s, const float *dy, const uint8_t *bytes, const int32_t *ints,
                      int tall, int wide, int cell, float *dx, int part) {
    const long channels = s->channels, row = s->columns * channels;
    const int down = s->stride_height * s->kernel_width, right = s->stride_width;
    EACH_VECTOR (c, n, channels, part) {
        vf sum = {0};
        for (int i = 0; i < tall; i++)
            for (int j = 0; j < wide; j++) {
                const long at = i * row + j * channels + c;
                const vi place = ints   ? (vi)load_some((const float *)ints + at, part, n)
                                 : part ? vi_load_bytes_part(bytes + at, n)
                                        : vi_load_bytes(bytes + at);
                sum += vf_pick(place == vi_all(cell - i * down - j * right), load_some(dy + at, part, n), (vf){0});
            }
        store_some(dx + c, sum, part, n);
    }
}

INLINE void max_any_pixel(const struct pooling_shape *s, const float *dy, const uint8_t *bytes, const int32_t *ints,
                          int tall, int wide, int cell, float *dx) {
    if (s->channels < LANES)
        max_pixel(s, dy, bytes, ints, tall, wide, cell, dx, 1);
    else if (tall == 1 && wide == 1)
        max_pixel(s, dy, bytes, ints, 1, 1, cell, dx, 0);
    else if (tall == 1 && wide == 2)
        max_pixel(s, dy, bytes, ints, 1, 2, cell, dx, 0);
    else if (tall == 2 && wide == 1)
        max_pixel(s, dy, bytes, ints, 2, 1, cell, dx, 0);
    else if (tall == 2 && wide == 2)
        max_pixel(s, dy, bytes, ints, 2, 2, cell, dx, 0);
    else
        max_pixel(s, dy, bytes, ints, tall, wide, cell, dx, 0);
}

INLINE void max_rows_back(const struct pooling_shape *shape, const uint8_t *bytes, const int32_t *ints, const float *dy,
                          float *dx, int from, int to) {
    const struct pooling_shape own = *shape, *s = &own; /* which stores cannot change, as the compiler must see */
    const long channels = s->channels;
    for (int i = from; i < to; i++) {
        const struct span down = windows_over(i, s->kernel_height, s->stride_height, s->pad_height, s->rows);
        const int row = (i + s->pad_height - down.begin * s->stride_height) * s->kernel_width;
        struct span right = windows_over(0, s->kernel_width, s->stride_width, s->pad_width, s->columns);
        for (int j = 0; j < s->width; j++) {
            if (j) right = windows_next(right, j, s->kernel_width, s->stride_width, s->pad_width, s->columns);
            const long at = ((long)down.begin * s->columns + right.begin) * channels;
            const int cell = row + j + s->pad_width - right.begin * s->stride_width;
            max_any_pixel(s, dy + at, bytes ? bytes + at : NULL, ints ? ints + at : NULL, down.end - down.begin,
                          right.end - right.begin, cell, dx + ((long)i * s->width + j) * channels);
        }
    }
}

static inline void max_backward(const struct pooling_shape *s, const void *places, const float *dy, float *dx,
                                int from, int to) {
    if (s->wide)
        max_rows_back(s, NULL, places, dy, dx, from, to);
    else
        max_rows_back(s, places, NULL, dy, dx, from, to);
}

#endif
