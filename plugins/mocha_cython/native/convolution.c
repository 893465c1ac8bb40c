/* The convolution's two calls: who does what, in which order, in which memory. The formula stands in convolution.h.
 *
 * Forward (convolution_forward.c): the team packs the filters, then takes images, or pieces of them if they are few.
 * A thread pools the image that it has just made, if there is a pooling (convolution_pooling.c); few images are pooled
 * by the whole team, in pieces again.
 * Backward: the team packs the filters for the images' gradient; then each of `threads` fixed stretches of images is
 * done by one thread, image by image while dy is in its cache: the neuron's mask and the bias (here), the gradient of
 * the filters (convolution_weights.c), that of the image (gathered by convolve, or convolution_images.c); at last the
 * stretches' sums are added in order. Each call is one parallel region.
 */
#include "convolution_parts.h"

enum { CORNER = 120 };

struct forward_memory {
    struct packing packing;
    struct frame frame;
    long frames, between_step;
    float *windows, *packed, *bias, *rest, *images, *between;
};

static int few_images(const struct convolution *f) {
    return f->num < 2 * f->threads;
}

/* Whether the images are read where they lie though there is a padding. The corners of the output are then tiles of one
 * pixel each, worth the time only on large images; those of many come from the cache, and filling a frame is nothing. */
static int reads_bare(const struct convolution *f) {
    const struct frame frame = frame_of(f->height, f->width, f->channels, f->ldx, f->groups, 0, 0);
    return few_images(f) && !frame.copy && f->dilation[1] == 1 && !rest_of(f) &&
           CORNER * f->pad[0] * f->pad[1] < f->rows * f->columns;
}

static struct forward_memory forward_memory(const struct convolution *f, struct pool *pool) {
    struct forward_memory m = {.packing = packing_of(taps(f) * channels_in(f), filters_in(f) - rest_of(f), f->panels),
                               .frame = frame_of_x(f), .frames = few_images(f) ? f->num : f->threads};
    if (reads_bare(f)) m.frame.copy = 0;
    m.between_step = ceil_div(between_floats(f), 16) * 16;
    m.windows = take(pool, windows_floats(f));
    m.bias = take(pool, f->groups * m.packing.vectors * LANES);
    m.packed = take(pool, f->groups * packing_floats(&m.packing));
    m.rest = take(pool, rest_floats(f));
    m.images = take(pool, m.frames * frame_floats(&m.frame));
    m.between = take(pool, m.frames * m.between_step);
    return m;
}

long forward_floats(const struct convolution *f) {
    struct pool pool = {0};
    forward_memory(f, &pool);
    return pool.used;
}

static void pack_bias(const struct convolution *f, const struct forward_memory *m) {
    const long width = m->packing.vectors * LANES, filters = filters_in(f), most = m->packing.columns;
    for (long g = 0; g < f->groups; g++) {
        for (long k = 0; k < width; k++) m->bias[g * width + k] = f->bias && k < most ? f->bias[g * filters + k] : 0;
    }
}

/* The output of image n and group g; its frame, if there is one, and what is between it and a pooling have a `place` in
 * memory. */
static struct product top_of(const struct convolution *f, const struct forward_memory *m, const struct windows *w,
                             long place, long n, long g) {
    const float *frame = m->images + place * frame_floats(&m->frame);
    float *y = f->pool ? m->between + place * m->between_step : f->y + n * f->rows * f->columns * f->ldy;
    const float *image = m->frame.copy ? frame + g * frame_group(&m->frame) : f->x + n * f->height * f->width * f->ldx;
    return (struct product){.windows = *w, .packing = m->packing, .a = image,
                            .b = m->packed + g * packing_floats(&m->packing),
                            .bias = m->bias + g * m->packing.vectors * LANES,
                            .c = y + g * filters_in(f), .ldc = f->ldy,
                            .relu = f->relu};
}

/* The pixels from `from` until `to` for the filters that panels leave. */
static void rest_of_top(const struct convolution *f, const struct forward_memory *m, struct product top, long g,
                        long from, long to) {
    top.c += m->packing.columns;
    if (m->packing.columns < filters_in(f)) rest_forward(f, &top, m->rest, g, from, to);
}

static void image_forward(const struct convolution *f, const struct forward_memory *m, const struct windows *w,
                          long place, long n) {
    float *frame = m->images + place * frame_floats(&m->frame);
    if (m->frame.copy) fill_frame(&m->frame, frame, f->x + n * f->height * f->width * f->ldx, 0, f->height);
    for (long g = 0; g < f->groups; g++) {
        const struct product top = top_of(f, m, w, place, n, g);
        for (long panel = 0; panel < m->packing.panels; panel++) convolve(&top, panel, 0, f->rows * f->columns);
        rest_of_top(f, m, top, g, 0, f->rows * f->columns);
    }
    if (f->pool) pool_forward(f, m->between + place * m->between_step, n, 0, 1);
}

/* Piece number `piece` of all (image, block of pixels, group, panel). A thread takes pieces that follow each other, the
 * same of every layer, so it finds in its own cache most of what it reads: the pixels that it wrote in the layer before.
 * The block of the first panel brings the filters that panels leave. */
static void piece_forward(const struct convolution *f, const struct forward_memory *m, const struct windows *w,
                          long piece, long blocks) {
    const long pixels = f->rows * f->columns, panels = m->packing.panels, units = f->groups * panels;
    const long panel = piece % panels, g = piece / panels % f->groups;
    const long block = piece / units % blocks, n = piece / units / blocks;
    const struct product top = top_of(f, m, w, n, n, g);
    const long from = stretch_start(pixels, blocks, block), to = stretch_start(pixels, blocks, block + 1);
    convolve(&top, panel, from, to);
    if (panel == 0) rest_of_top(f, m, top, g, from, to);
}

/* What one thread packs before the team packs the filters. */
static struct windows prepare(const struct convolution *f, const struct forward_memory *m) {
    pack_bias(f, m);
    if (rest_of(f)) pack_rest(f, m->rest);
    return windows_of(f, m->windows, reads_bare(f));
}

static void convolution_pack(const struct convolution *f) {
    struct pool pool = {f->forward_scratch, 0};
    const struct forward_memory m = forward_memory(f, &pool);
    const long pieces = pack_pieces(f, &m.packing, m.packing.terms);
    prepare(f, &m);
    MOCHA_OMP(parallel for schedule(static) num_threads(f->threads) if(worth_a_team(f)))
    for (long u = 0; u < pieces; u++) pack_filters(f, &m.packing, m.packed, u);
}

static void convolution_images(const void *layer, const float *x, float *y, long num, long place) {
    struct convolution f = *(const struct convolution *)layer;
    struct pool pool = {f.forward_scratch, 0};
    const struct forward_memory m = forward_memory(&f, &pool);
    const struct windows w = kept_windows(m.windows);
    f.x = x, f.y = y;
    for (long n = 0; n < num; n++) image_forward(&f, &m, &w, place, n);
}

void convolution_forward(const struct convolution *f) {
    struct pool pool = {f->forward_scratch, 0};
    const struct forward_memory m = forward_memory(f, &pool);
    const struct windows w = f->packed ? kept_windows(m.windows) : prepare(f, &m);
    const long units = f->groups * m.packing.panels, few = few_images(f);
    const long pieces = f->packed ? 0 : pack_pieces(f, &m.packing, m.packing.terms);
    const long tiles = ceil_div(f->rows * f->columns, tile_rows(panel_vectors(&m.packing, 0)));
    const long wanted = ceil_div(2 * f->threads, f->num * units), blocks = wanted < tiles ? wanted : tiles;
    MOCHA_OMP(parallel num_threads(f->threads) if(worth_a_team(f))) {
        if (pieces) {
            MOCHA_OMP(for schedule(static) nowait)
            for (long u = 0; u < pieces; u++) pack_filters(f, &m.packing, m.packed, u);
        }
        if (few && m.frame.copy) {
            MOCHA_OMP(for schedule(static) nowait)
            for (long r = 0; r < f->num * f->height; r++) {
                const long n = r / f->height;
                fill_frame(&m.frame, m.images + n * frame_floats(&m.frame), f->x + n * f->height * f->width * f->ldx,
                           r % f->height, r % f->height + 1);
            }
        }
        if (pieces || (few && m.frame.copy)) {
            MOCHA_OMP(barrier)
        }
        if (few) {
            MOCHA_OMP(for schedule(static))
            for (long p = 0; p < f->num * units * blocks; p++) piece_forward(f, &m, &w, p, blocks);
        } else {
            const long place = omp_get_thread_num();
            MOCHA_OMP(for schedule(static))
            for (long n = 0; n < f->num; n++) image_forward(f, &m, &w, place, n);
        }
        if (few && f->pool) {
            MOCHA_OMP(for schedule(static))
            for (long p = 0; p < f->num * wanted; p++) {
                pool_forward(f, m.between + p / wanted * m.between_step, p / wanted, p % wanted, wanted);
            }
        }
    }
}

const struct convolution_kernels KERNEL(convolution) = {forward_floats, backward_floats, way_of, convolution_forward,
                                                       convolution_backward, convolution_pack,
                                                       convolution_images};
