/* The gradient of the filters: dfilter[k][c][i][j] = sum over n, r, q of dy[n][r][q][k] x[n][r s + i][q s + j][c].
 *
 * For one image a register tile holds a few (i, j, c), neighbours in a row of the window, for the vectors of a panel of
 * filters, and sums over all pixels. What the images of a stretch give is added up in a buffer [group][i, j, c][k],
 * filters padded to whole vectors. At last the buffers are summed in order and turned into the filters' own order.
 */
#include "convolution_parts.h"
#include "turn.h"

enum { DY_FLOATS = 16 * 1024 };

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

/* Output rows at a time: a panel of dy that stays in the first cache while all of the filters pass by. */
static long rows_at_once(const struct windows *w, long vectors) {
    const long rows = DY_FLOATS / (w->columns * vectors * LANES);
    return rows < 1 ? 1 : rows;
}

/* One image: `a` is its frame (groups `group_step` floats apart), dy its gradient; overwrites `sum`, or adds to it.
 * Behind the sums of the packed filters of all groups come those of the rest. */
void filter_gradient(const struct convolution *f, const struct windows *w, const struct packing *p, const float *a,
                     long group_step, const float *dy, float *sum, int add) {
    const long ldc = p->vectors * LANES, rest_step = rest_floats(f) / f->groups;
    float *rest = sum + f->groups * packing_floats(p);
    for (long g = 0; g < f->groups; g++, a += group_step, dy += filters_in(f), sum += packing_floats(p)) {
        if (rest_step) rest_gradient(f, w, a, dy + p->columns, rest + g * rest_step, add);
        for (long panel = 0; panel < p->panels; panel++) {
            const long start = panel_start(p, panel) * LANES, vectors = panel_vectors(p, panel);
            const long blocks = ceil_div(w->rows, rows_at_once(w, vectors));
            for (long block = 0; block < blocks; block++) {
                const long row = stretch_start(w->rows, blocks, block);
                struct tile_tn tile = {.a_segment = w->row_step, .a_step = w->column_step,
                                       .b = dy + row * w->columns * f->ldy + start, .b_segment = w->columns * f->ldy,
                                       .b_step = f->ldy, .segments = stretch_start(w->rows, blocks, block + 1) - row,
                                       .length = w->columns, .ldc = ldc, .last = panel_last(p, panel),
                                       .add = add || block};
                for (long s = 0; s < w->segments; s++) {
                    tile.a = a + w->offset[s] + row * w->row_step;
                    tile.c = sum + s * w->length * ldc + start;
                    panel_gradient(&tile, vectors, w->length);
                }
            }
        }
    }
}

/* dfilter from the buffers of all stretches, `step` floats apart: LANES of the terms (c, i, j) of a group of filters. */
void write_gradient(const struct convolution *f, const struct packing *p, const float *sums, long step, long stretches,
                    long piece) {
    const long channels = channels_in(f), filters = filters_in(f), cells = taps(f), ldc = p->vectors * LANES;
    const long pieces = gradient_pieces(f) / f->groups, group = piece / pieces, first = piece % pieces * LANES;
    const long terms = p->terms - first < LANES ? p->terms - first : LANES;
    float *out = f->dfilter + group * filters * p->terms + first;
    vf a[LANES] = {{0}};
    for (long k = 0; k < p->columns; k += LANES, out += LANES * p->terms) {
        for (long i = 0; i < terms; i++) {
            const long row = (first + i) % cells * channels + (first + i) / cells;
            const float *sum = sums + group * packing_floats(p) + row * ldc + k;
            a[i] = vf_load(sum);
            for (long s = 1; s < stretches; s++) a[i] += vf_load(sum + s * step);
        }
        turn(a);
        for (long i = 0; i < LANES && k + i < p->columns; i++) {
            float *to = out + i * p->terms;
            vf_store_part(to, f->add ? a[i] + vf_load_part(to, terms) : a[i], terms);
        }
    }
}
