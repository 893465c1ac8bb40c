/* Forward: y = bias + windows of x times filters, as a product of register tiles that reads the images where they lie.
 *
 * The pixels of an image are cut into tiles of as many rows as the registers bear, evenly; the filters into panels of
 * vectors. A tile multiplies the windows of its pixels, run by run, by one panel. The loop over tiles is inside that
 * over panels, so that a panel comes from the cache next to the core. With many images a thread takes an image at a
 * time; with few the pieces are (image, panel, some pixels).
 */
#include "convolution_parts.h"

struct windows windows_of(const struct convolution *f, long *offset) {
    const long channels = channels_in(f), row = (f->width + 2 * f->pad[1]) * channels;
    const int whole = f->dilation[1] == 1; /* a row of the window is one run */
    const long runs = whole ? 1 : f->kernel[1];
    struct windows w = {f->rows, f->columns, f->stride[0] * row, f->stride[1] * channels, f->kernel[0] * runs,
                        whole ? f->kernel[1] * channels : channels, offset};
    for (long s = 0; s < w.segments; s++) {
        offset[s] = s / runs * f->dilation[0] * row + s % runs * f->dilation[1] * channels;
    }
    return w;
}

/* The pixels from `from` until `to` of a product, for the columns of one panel. */
void convolve(const struct product *a, long panel, long from, long to) {
    const struct windows *w = &a->windows;
    const long vectors = panel_vectors(&a->packing, panel), start = panel_start(&a->packing, panel) * LANES;
    const long tiles = ceil_div(to - from, tile_rows(vectors));
    struct tile_nn tile = {.offset = w->offset, .segments = w->segments, .length = w->length, .ldc = a->ldc,
                           .b = a->b + start * a->packing.terms, .last = panel_last(&a->packing, panel),
                           .bias = a->bias ? a->bias + start : NULL, .relu = a->relu};
    for (long t = 0; t < tiles; t++) {
        const long first = from + stretch_start(to - from, tiles, t), end = from + stretch_start(to - from, tiles, t + 1);
        long r = first / w->columns, q = first % w->columns;
        for (long p = first; p < end; p++) {
            tile.a[p - first] = a->a + r * w->row_step + q * w->column_step;
            if (++q == w->columns) q = 0, r++;
        }
        tile.c = a->c + first * a->ldc + start;
        KERNEL(convolution_nn)[vectors - 1][end - first - 1](&tile);
    }
}
