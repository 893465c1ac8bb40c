/* Forward: y = bias + windows of x times filters, as a product of register tiles that reads the images where they lie.
 *
 * The pixels of an image are cut into tiles of as many rows as the registers bear, evenly; the filters into panels of
 * vectors. A tile multiplies the windows of its pixels, run by run, by one panel. The loop over tiles is inside that
 * over panels, so that a panel comes from the cache next to the core. The tiles of a region (convolution_windows.c)
 * leave out what sees only zeros. With many images a thread takes an image at a time; with few the pieces are (image,
 * panel, some pixels): convolution.c. The few filters that panels leave are in convolution_rest.c.
 */
#include "convolution_parts.h"

/* The pixels from `from` until `to` of a region, row by row. */
static void convolve_region(const struct product *a, const struct region *region, struct tile_nn tile, long vectors,
                            long from, long to) {
    const struct windows *w = &a->windows;
    const long tiles = ceil_div(to - from, tile_rows(vectors)), rows = (to - from) / tiles, more = (to - from) % tiles;
    long place[TILE_ROWS], r = region->row + from / region->columns, q = from % region->columns;
    tile.offset = w->offset + region->segment, tile.segments = region->segments, tile.length = region->length;
    tile.b += (region->segment * w->length + region->at) * vectors * LANES;
    tile.skip = (w->length - region->length) * vectors * LANES;
    tile.place = place;
    for (long t = 0; t < tiles; t++) {
        const long count = rows + (t < more);
        for (long i = 0; i < count; i++) {
            tile.a[i] = a->a + (r * w->row_step + (region->column + q) * w->column_step + region->at - w->origin);
            place[i] = (r * w->columns + region->column + q) * a->ldc;
            if (++q == region->columns) q = 0, r++;
        }
        KERNEL(convolution_nn)[vectors - 1][count - 1](&tile);
    }
}

/* The pixels from `from` until `to` of a product, region after region, for the columns of one panel. */
void convolve(const struct product *a, long panel, long from, long to) {
    const long vectors = panel_vectors(&a->packing, panel), start = panel_start(&a->packing, panel) * LANES;
    const struct tile_nn tile = {.b = a->b + start * a->packing.terms, .c = a->c + start, .relu = a->relu,
                                 .last = panel_last(&a->packing, panel), .bias = a->bias ? a->bias + start : NULL};
    long begin = 0;
    for (long n = 0; n < a->windows.regions && begin < to; n++) {
        const struct region *region = a->windows.region + n;
        const long pixels = region->rows * region->columns, end = begin + pixels;
        if (end > from) {
            convolve_region(a, region, tile, vectors, from > begin ? from - begin : 0, (to < end ? to : end) - begin);
        }
        begin = end;
    }
}
