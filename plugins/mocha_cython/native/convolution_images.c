/* The gradient of the images, by scattering: each pixel of dy gives its window dy[r][q][:] times filter[:][(i, j, c)].
 *
 * For a strip of output rows a product of register tiles writes those shares, [pixel][i, j, c], into a buffer that
 * stays in the cache; its columns (i, j, c) fill vectors well even if channels are few. Then every pixel of dx fetches
 * its sum from the shares that concern it, held in a register: the share of tap j in output column q lies `channels`
 * floats behind tap j - 1 and is found one column before, so the taps of a pixel are an arithmetic progression. Padding
 * costs nothing: shares that fall outside of the image are never fetched.
 *
 * The other way, gathering, is a convolution of dy with the filters turned round: convolution.c calls convolve.
 */
#include "convolution_parts.h"

enum { STRIP_FLOATS = 48 * 1024 };

/* The taps that reach one coordinate of an image: the first one's tap and output coordinate, and how many follow. */
struct reach {
    long tap, out, count;
};

/* Tap i of output o lies at o stride + i dilation - pad; only outputs from `from` until `until` count. */
static struct reach reach_of(const struct convolution *f, int axis, long at, long from, long until) {
    struct reach reach = {0, 0, 0};
    for (long i = 0; i < f->kernel[axis]; i++) {
        const long corner = at + f->pad[axis] - i * f->dilation[axis], out = corner / f->stride[axis];
        if (corner < 0 || corner % f->stride[axis] || out < from || out >= until) continue;
        if (!reach.count++) reach.tap = i, reach.out = out;
    }
    return reach;
}

static long common_divisor(long a, long b) {
    return b ? common_divisor(b, a % b) : a;
}

/* Between following taps: taps of the window, and outputs (backwards). */
static long tap_step(const struct convolution *f, int axis) {
    return f->stride[axis] / common_divisor(f->stride[axis], f->dilation[axis]);
}

static long out_step(const struct convolution *f, int axis) {
    return f->dilation[axis] / common_divisor(f->stride[axis], f->dilation[axis]);
}

static long strip_rows(const struct convolution *f, long row) {
    const long rows = STRIP_FLOATS / (f->columns * row);
    return rows < 1 ? 1 : rows > f->rows ? f->rows : rows;
}

static long share_floats(const struct convolution *f) {
    return ceil_div(taps(f) * channels_in(f), LANES) * LANES;
}

static long across_floats(const struct convolution *f) {
    return ceil_div(f->width * (long)sizeof(struct reach), 64) * 16;
}

/* Floats of buffer that `scatter` wants. */
long scatter_floats(const struct convolution *f) {
    const long shares = strip_rows(f, share_floats(f)) * f->columns * share_floats(f);
    return across_floats(f) + shares + LANES; /* fetch reads whole vectors: behind the last share too */
}

/* One pixel: adds the shares of count[0] * count[1] taps, `step` apart, to dx. */
INLINE void fetch(float *dx, const float *share, const long count[2], const long step[2], long channels) {
    for (long c = 0; c < channels; c += LANES) {
        const long rest = channels - c;
        vf sum = rest < LANES ? vf_load_part(dx + c, rest) : vf_load(dx + c);
        const float *row = share + c;
        for (long i = 0; i < count[0]; i++, row += step[0]) {
            const float *p = row;
            for (long j = 0; j < count[1]; j++, p += step[1]) sum += vf_load(p);
        }
        if (rest < LANES) vf_store_part(dx + c, sum, rest);
        else vf_store(dx + c, sum);
    }
}

/* dx of one group of an image from the shares of the output rows from `from` until `until`. */
static void fetch_strip(const struct convolution *f, const float *shares, const struct reach *across, float *dx,
                        long from, long until) {
    const long channels = channels_in(f), row = share_floats(f), line = f->columns * row;
    const long step[2] = {tap_step(f, 0) * f->kernel[1] * channels - out_step(f, 0) * line,
                          tap_step(f, 1) * channels - out_step(f, 1) * row};
    for (long r = 0; r < f->height; r++) {
        const struct reach down = reach_of(f, 0, r, from, until);
        if (!down.count) continue;
        const float *share = shares + (down.out - from) * line + down.tap * f->kernel[1] * channels;
        float *out = dx + r * f->width * f->ldx;
        for (long q = 0; q < f->width; q++, out += f->ldx) {
            const long count[2] = {down.count, across[q].count};
            if (count[1]) fetch(out, share + across[q].out * row + across[q].tap * channels, count, step, channels);
        }
    }
}

/* One image: overwrites dx. `buffer` holds scatter_floats(f). */
void scatter(const struct convolution *f, const struct packing *p, const float *packed, const float *dy, float *dx,
             float *buffer) {
    const long row = share_floats(f), most = strip_rows(f, row), channels = channels_in(f);
    struct reach *across = (struct reach *)buffer;
    float *shares = buffer + across_floats(f);
    const long at_zero = 0;
    for (long q = 0; q < f->width; q++) across[q] = reach_of(f, 1, q, 0, f->columns);
    for (long q = 0; q < f->height * f->width; q++) memset(dx + q * f->ldx, 0, (size_t)f->channels * 4);
    for (long g = 0; g < f->groups; g++, dy += filters_in(f), dx += channels, packed += packing_floats(p)) {
        for (long from = 0; from < f->rows; from += most) {
            const long until = from + most < f->rows ? from + most : f->rows;
            const struct region all = {.rows = until - from, .columns = f->columns, .segments = 1, .length = p->terms};
            const struct product product = {
                .windows = {.rows = all.rows, .columns = f->columns, .row_step = f->columns * f->ldy,
                            .column_step = f->ldy, .segments = 1, .length = p->terms, .offset = &at_zero,
                            .region = &all, .regions = 1},
                .packing = *p, .a = dy + from * f->columns * f->ldy, .b = packed, .c = shares, .ldc = row};
            for (long panel = 0; panel < p->panels; panel++) {
                convolve(&product, panel, 0, (until - from) * f->columns);
            }
            fetch_strip(f, shares, across, dx, from, until);
        }
    }
}
