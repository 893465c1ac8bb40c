/* Where the windows of an image lie, and which of their taps see the image.
 *
 * Taps that see only the zeros around the image are left out: of 16 x 16 pixels with a 5 x 5 kernel and pad 2 they are
 * one in seven. The output is cut into regions within which the same taps are left out. Rows of the window count for
 * every output row; columns only for output rows that have many alike, so that there are enough pixels for a tile, and
 * on a bare image, which has no frame of zeros around it, so that nothing outside of it is read.
 */
#include "convolution_parts.h"

enum { ALIKE = 4 };

INLINE struct range range_within(long from, long to, long most) {
    from = from < 0 ? 0 : from > most ? most : from;
    return (struct range){from, to < from ? from : to > most ? most : to};
}

struct range tap_range(const struct convolution *f, int axis, long out) {
    const long at = out * f->stride[axis] - f->pad[axis], d = f->dilation[axis], size = axis ? f->width : f->height;
    return range_within(at < 0 ? ceil_div(-at, d) : 0, at < size ? ceil_div(size - at, d) : 0, f->kernel[axis]);
}

/* How many outputs from `out` on have the same taps. */
static long alike(const struct convolution *f, int axis, long out, long outs) {
    const struct range first = tap_range(f, axis, out);
    long n = 1;
    for (; out + n < outs; n++) {
        const struct range next = tap_range(f, axis, out + n);
        if (next.from != first.from || next.to != first.to) break;
    }
    return n;
}

static long most_regions(const struct convolution *f) {
    return (2 * f->kernel[0] + 1) * (2 * f->kernel[1] + 1);
}

long windows_floats(const struct convolution *f) {
    return 2 * taps(f) + (most_regions(f) * (long)sizeof(struct region) + (long)sizeof(struct windows)) / 4;
}

/* The regions of one class of rows; returns how many. */
static long regions_of_rows(const struct convolution *f, struct region *region, struct region rows, int bare) {
    const long channels = channels_in(f);
    if (f->dilation[1] != 1 || (rows.rows < ALIKE && !bare)) {
        *region = rows;
        return 1;
    }
    long n = 0;
    for (long q = 0; q < f->columns; q += rows.columns, n++) {
        const struct range tap = tap_range(f, 1, q);
        rows.column = q, rows.columns = alike(f, 1, q, f->columns);
        rows.at = tap.from * channels, rows.length = (tap.to - tap.from) * channels;
        region[n] = rows;
    }
    return n;
}

/* `memory` holds windows_floats(f): the windows themselves for kept_windows, their regions, their offsets. */
struct windows windows_of(const struct convolution *f, float *memory, int bare) {
    const long channels = channels_in(f), row = (f->width + (bare ? 0 : 2 * f->pad[1])) * channels;
    const int whole = f->dilation[1] == 1; /* a row of the window is one run */
    const long runs = whole ? 1 : f->kernel[1];
    struct windows *kept = (struct windows *)memory;
    struct region *region = (struct region *)(kept + 1);
    long *offset = (long *)(region + most_regions(f));
    struct windows w = {.rows = f->rows, .columns = f->columns, .row_step = f->stride[0] * row,
                        .column_step = f->stride[1] * channels, .segments = f->kernel[0] * runs,
                        .length = whole ? f->kernel[1] * channels : channels, .offset = offset, .region = region};
    if (bare) w.origin = f->pad[0] * row + f->pad[1] * channels;
    for (long s = 0; s < w.segments; s++) {
        offset[s] = s / runs * f->dilation[0] * row + s % runs * f->dilation[1] * channels;
    }
    for (long r = 0; r < f->rows; r += alike(f, 0, r, f->rows)) {
        const struct range tap = tap_range(f, 0, r);
        w.regions += regions_of_rows(f, region + w.regions, (struct region){
            .row = r, .rows = alike(f, 0, r, f->rows), .columns = f->columns, .length = w.length,
            .segment = tap.from * runs, .segments = (tap.to - tap.from) * runs}, bare);
    }
    *kept = w;
    return w;
}

/* What windows_of left in that memory. */
struct windows kept_windows(const float *memory) {
    return *(const struct windows *)memory;
}
