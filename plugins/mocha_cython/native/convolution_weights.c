/* The gradient of the filters: dfilter[k][c][i][j] = sum over n, r, q of dy[n][r][q][k] x[n][r s + i][q s + j][c].
 *
 * For one image a register tile holds a few (i, j, c), neighbours in a row of the window, for the vectors of a panel of
 * filters, and sums over all pixels. What the images of a stretch give is added up in a buffer [group][i, j, c][k],
 * filters padded to whole vectors. At last the buffers are summed in order and turned into the filters' own order.
 */
#include "convolution_parts.h"

static void panel_gradient(const struct tile_tn *whole, long vectors, long length) {
    const long tiles = ceil_div(length, tile_rows(vectors));
    struct tile_tn tile = *whole;
    for (long t = 0; t < tiles; t++) {
        const long first = stretch_start(length, tiles, t), rows = stretch_start(length, tiles, t + 1) - first;
        tile.a = whole->a + first;
        tile.c = whole->c + first * whole->ldc;
        KERNEL(convolution_tn)[vectors - 1][rows - 1](&tile);
    }
}

/* One image: `a` is its frame (groups `group_step` floats apart), dy its gradient; overwrites `sum`, or adds to it. */
void filter_gradient(const struct convolution *f, const struct windows *w, const struct packing *p, const float *a,
                     long group_step, const float *dy, float *sum, int add) {
    const long ldc = p->vectors * LANES;
    for (long g = 0; g < f->groups; g++, a += group_step, dy += filters_in(f), sum += packing_floats(p)) {
        for (long panel = 0; panel < p->panels; panel++) {
            const long start = panel_start(p, panel) * LANES;
            struct tile_tn tile = {.a_segment = w->row_step, .a_step = w->column_step, .b = dy + start,
                                   .b_segment = w->columns * f->ldy, .b_step = f->ldy, .segments = w->rows,
                                   .length = w->columns, .ldc = ldc, .last = panel_last(p, panel), .add = add};
            for (long s = 0; s < w->segments; s++) {
                tile.a = a + w->offset[s];
                tile.c = sum + s * w->length * ldc + start;
                panel_gradient(&tile, panel_vectors(p, panel), w->length);
            }
        }
    }
}

/* dfilter of one of all channels (group by group) from the buffers of all stretches, `step` floats apart. */
void write_gradient(const struct convolution *f, const struct packing *p, const float *sums, long step, long stretches,
                    long channel) {
    const long channels = channels_in(f), filters = filters_in(f), cells = taps(f), ldc = p->vectors * LANES;
    const long group = channel / channels, c = channel % channels;
    for (long tap = 0; tap < cells; tap++) {
        const float *sum = sums + group * packing_floats(p) + (tap * channels + c) * ldc;
        float *out = f->dfilter + (group * filters * channels + c) * cells + tap;
        for (long start = 0; start < filters; start += LANES) {
            vf total = vf_load(sum + start);
            for (long s = 1; s < stretches; s++) total += vf_load(sum + s * step + start);
            for (long k = 0; k < LANES && start + k < filters; k++, out += channels * cells) {
                *out = f->add ? *out + total[k] : total[k];
            }
        }
    }
}
