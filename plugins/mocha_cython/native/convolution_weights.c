/* The gradient of the filters: dfilter[k][c][i][j] = sum over n, r, q of dy[n][r][q][k] x[n][r s + i][q s + j][c].
 *
 * For one image a register tile holds a few (i, j, c), neighbours in a row of the window, for the vectors of a panel of
 * filters, and sums over the pixels; those for which i or j falls outside of the image are left out. Large outputs are
 * taken some rows at a time, so that a panel of dy stays in the cache. What the images of a stretch give is added up in
 * a buffer [group][i, j, c][k], filters padded to whole vectors. At last the buffers are summed in order and turned
 * into the filters' own order. The few filters that panels leave are in convolution_rest.c.
 */
#include "convolution_parts.h"
#include "turn.h"

enum { DY_FLOATS = 16 * 1024 };

/* What the tiles of one panel of filters, for some output rows of one image and one run of the window, share. */
struct share {
    const struct convolution *f;
    const struct windows *w;
    long vectors, segment;
    struct range rows;
};

/* Of the outputs along an axis, those within `all` that see the image with tap i or one of those up to `last`. */
static struct range outputs_of(const struct convolution *f, int axis, struct range all, long i, long last) {
    const long size = axis ? f->width : f->height, stride = f->stride[axis];
    const long from = f->pad[axis] - last * f->dilation[axis], to = size + f->pad[axis] - i * f->dilation[axis];
    if (from > all.from * stride) all.from = ceil_div(from, stride);
    if (to <= (all.to - 1) * stride) all.to = to > 0 ? ceil_div(to, stride) : 0;
    return all.from < all.to ? all : (struct range){0, 0};
}

/* `whole` begins at the first pixel of the image and the first number of the run. */
static void run_gradient(const struct share *share, const struct tile_tn *whole) {
    const struct windows *w = share->w;
    const struct convolution *f = share->f;
    const long channels = channels_in(f), tap = f->dilation[1] == 1 ? 0 : share->segment % f->kernel[1];
    const long tiles = ceil_div(w->length, tile_rows(share->vectors));
    const long numbers = w->length / tiles, more = w->length % tiles;
    struct tile_tn tile = *whole;
    tile.segments = share->rows.to - share->rows.from;
    for (long t = 0, first = 0, end; t < tiles; t++, first = end) {
        end = first + numbers + (t < more);
        const long last = tap + (end - 1) / channels;
        const struct range q = outputs_of(f, 1, (struct range){0, w->columns}, tap + first / channels, last);
        tile.a = whole->a + first + share->rows.from * w->row_step + q.from * w->column_step;
        tile.b = whole->b + (share->rows.from * w->columns + q.from) * f->ldy;
        tile.c = whole->c + first * whole->ldc;
        tile.length = q.to - q.from;
        KERNEL(convolution_tn)[share->vectors - 1][end - first - 1](&tile);
    }
}

/* Output rows at a time: a panel of dy that stays in the first cache while all of the filters pass by. */
static long rows_at_once(const struct windows *w, long vectors) {
    const long rows = DY_FLOATS / (w->columns * vectors * LANES);
    return rows < 1 ? 1 : rows;
}

static void panel_gradient(const struct convolution *f, const struct windows *w, const struct packing *p, long panel,
                           const float *a, const float *dy, float *sum, int add) {
    const long start = panel_start(p, panel) * LANES, vectors = panel_vectors(p, panel);
    const long blocks = ceil_div(w->rows, rows_at_once(w, vectors)), runs = w->segments / f->kernel[0];
    struct tile_tn tile = {.a_segment = w->row_step, .a_step = w->column_step, .b = dy + start,
                           .b_segment = w->columns * f->ldy, .b_step = f->ldy, .ldc = p->vectors * LANES,
                           .last = panel_last(p, panel)};
    for (long block = 0; block < blocks; block++) {
        const struct range all = {stretch_start(w->rows, blocks, block), stretch_start(w->rows, blocks, block + 1)};
        tile.add = add || block;
        for (long s = 0; s < w->segments; s++) {
            const struct share share = {f, w, vectors, s, outputs_of(f, 0, all, s / runs, s / runs)};
            tile.a = a + w->offset[s];
            tile.c = sum + s * w->length * tile.ldc + start;
            run_gradient(&share, &tile);
        }
    }
}

/* One image: `a` is its frame (groups `group_step` floats apart), dy its gradient; overwrites `sum`, or adds to it.
 * Behind the sums of the packed filters of all groups come those of the rest. */
void filter_gradient(const struct convolution *f, const struct windows *w, const struct packing *p, const float *a,
                     long group_step, const float *dy, float *sum, int add) {
    float *rest = sum + f->groups * packing_floats(p);
    const long rest_step = rest_floats(f) / f->groups;
    for (long g = 0; g < f->groups; g++, a += group_step, dy += filters_in(f), sum += packing_floats(p)) {
        for (long panel = 0; panel < p->panels; panel++) panel_gradient(f, w, p, panel, a, dy, sum, add);
        if (rest_step) rest_gradient(f, w, a, dy + p->columns, rest + g * rest_step, add);
    }
}

/* dfilter from the buffers of all stretches, `step` floats apart: LANES of the terms (c, i, j) of one group. */
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
