/* Backward, image by image: the neuron's mask and the bias, the gradient of the filters, the gradient of the image.
 *
 * The gradient of the image has two ways. Gathering (stride 1, no dilation, pad < kernel): a convolution of dy, in a
 * frame of kernel - 1 - pad zeros, with the filters turned round and channels for filters. Scattering: see
 * convolution_images.c. By default the one with fewer products of vectors.
 */
#include "bytes.h"
#include "convolution_parts.h"

struct backward_memory {
    int gather;
    struct packing sums, packing; /* of the gradient of the filters; of the filters themselves */
    struct frame frame, dy_frame; /* of x; of dy, for gathering */
    struct convolution turned;    /* gathering as a convolution of its own: only its sizes */
    long stretches, sums_step, rest_start; /* the sums of the last filters come behind the others */
    float *windows, *turned_windows, *packed, *sum, *bias, *frames, *buffers, *between;
    long frames_step, buffers_step, between_step;
};

static int can_gather(const struct convolution *f) {
    for (int axis = 0; axis < 2; axis++) {
        if (f->stride[axis] != 1 || f->dilation[axis] != 1 || f->pad[axis] >= f->kernel[axis]) return 0;
    }
    return 1;
}

int way_of(const struct convolution *f) {
    const long gathered = f->height * f->width * taps(f) * ceil_div(channels_in(f), LANES);
    const long scattered = f->rows * f->columns * ceil_div(taps(f) * channels_in(f), LANES);
    if (!can_gather(f) || f->way == WAY_SCATTER) return WAY_SCATTER;
    return f->way == WAY_GATHER || gathered * 10 <= scattered * 12 ? WAY_GATHER : WAY_SCATTER;
}

/* The convolution that takes dy to dx. */
static struct convolution turned(const struct convolution *f) {
    struct convolution t = *f;
    t.height = f->rows, t.width = f->columns, t.channels = f->filters, t.ldx = f->ldy;
    t.rows = f->height, t.columns = f->width, t.filters = f->channels, t.ldy = f->ldx;
    for (int axis = 0; axis < 2; axis++) t.pad[axis] = f->kernel[axis] - 1 - f->pad[axis];
    return t;
}

static struct backward_memory backward_memory(const struct convolution *f, struct pool *pool) {
    const long terms = taps(f) * channels_in(f);
    struct backward_memory m = {.gather = way_of(f) == WAY_GATHER,
                                .sums = packing_of(terms, filters_in(f) - rest_of(f), f->sum_panels),
                                .frame = frame_of_x(f), .stretches = f->num < f->threads ? f->num : f->threads};
    if (m.gather) {
        m.turned = turned(f);
        m.dy_frame = frame_of_x(&m.turned);
        m.packing = packing_of(taps(f) * filters_in(f), channels_in(f), f->back_panels);
    } else {
        m.packing = packing_of(filters_in(f), terms, f->back_panels);
    }
    m.rest_start = f->groups * packing_floats(&m.sums);
    m.sums_step = ceil_div(m.rest_start + rest_floats(f), 16) * 16;
    m.frames_step = ceil_div(frame_floats(&m.frame), 16) * 16;
    m.buffers_step = ceil_div(m.gather ? frame_floats(&m.dy_frame) : scatter_floats(f), 16) * 16;
    m.between_step = ceil_div(between_floats(f), 16) * 16;
    m.windows = take(pool, windows_floats(f));
    m.turned_windows = take(pool, windows_floats(f));
    m.bias = take(pool, m.stretches * (f->filters + LANES));
    m.packed = take(pool, f->groups * packing_floats(&m.packing));
    m.sum = take(pool, m.stretches * m.sums_step);
    m.frames = take(pool, m.stretches * m.frames_step);
    m.buffers = take(pool, m.stretches * m.buffers_step);
    m.between = take(pool, m.stretches * m.between_step);
    return m;
}

long backward_floats(const struct convolution *f) {
    struct pool pool = {0};
    backward_memory(f, &pool);
    return pool.used;
}

/* Where the neuron of image n lets dy pass, for a vector of outputs, the first of them number `at` of the image. */
INLINE vi passing(const struct convolution *f, long n, long at, const int whole, long part) {
    if (f->passed) {
        const uint8_t *passed = f->passed + n * between_floats(f) + at;
        return (whole ? vi_load_bytes(passed) : vi_load_bytes_part(passed, part)) != (vi){0};
    }
    const float *y = f->y + n * f->rows * f->columns * f->ldy + at;
    return (whole ? vf_load(y) : vf_load_part(y, part)) > (vf){0};
}

/* One vector of filters at all pixels: dy = 0 where y is not positive; returns the sum of dy. */
INLINE vf mask_and_sum(const struct convolution *f, float *dy, long n, long k, const int whole, long part) {
    vf sum = {0};
    for (long p = 0, at = k; p < f->rows * f->columns; p++, at += f->ldy) {
        vf d = whole ? vf_load(dy + at) : vf_load_part(dy + at, part);
        if (f->relu) {
            d = vf_pick(passing(f, n, at, whole, part), d, (vf){0});
            if (whole) vf_store(dy + at, d);
            else vf_store_part(dy + at, d, part);
        }
        sum += d;
    }
    return sum;
}

/* The neuron and the bias at image n: adds the sum of dy to `sum`. */
static void through_neuron(const struct convolution *f, float *dy, long n, float *sum) {
    for (long k = 0; k < f->filters; k += LANES) {
        const long rest = f->filters - k;
        const vf add = rest < LANES ? mask_and_sum(f, dy, n, k, 0, rest) : mask_and_sum(f, dy, n, k, 1, 0);
        vf_store(sum + k, vf_load(sum + k) + add);
    }
}

static void gather(const struct backward_memory *m, const struct windows *w, const float *dy, float *dx, float *frame) {
    const struct convolution *t = &m->turned;
    if (m->dy_frame.copy) fill_frame(&m->dy_frame, frame, dy, 0, t->height);
    for (long g = 0; g < t->groups; g++) {
        const struct product product = {.windows = *w, .packing = m->packing,
                                        .a = m->dy_frame.copy ? frame + g * frame_group(&m->dy_frame) : dy,
                                        .b = m->packed + g * packing_floats(&m->packing),
                                        .c = dx + g * filters_in(t), .ldc = t->ldy};
        for (long panel = 0; panel < m->packing.panels; panel++) convolve(&product, panel, 0, t->rows * t->columns);
    }
}

/* The images of stretch s, one after the other. */
static void stretch_backward(const struct convolution *f, const struct backward_memory *m, const struct windows *w,
                             const struct windows *turned_w, long s) {
    const long begin = stretch_start(f->num, m->stretches, s), end = stretch_start(f->num, m->stretches, s + 1);
    const long image = f->height * f->width * f->ldx, top = f->rows * f->columns * f->ldy;
    float *frame = m->frames + s * m->frames_step, *buffer = m->buffers + s * m->buffers_step;
    float *bias = m->bias + s * (f->filters + LANES), *between = m->between + s * m->between_step;
    memset(bias, 0, (size_t)(f->filters + LANES) * 4);
    for (long n = begin; n < end; n++) {
        const float *x = f->x + n * image;
        float *dy = f->pool ? between : f->dy + n * top;
        if (f->pool) pool_backward(f, dy, n);
        if (f->relu || f->dbias) through_neuron(f, dy, n, bias);
        if (f->dfilter) {
            if (m->frame.copy) fill_frame(&m->frame, frame, x, 0, f->height);
            filter_gradient(f, w, &m->sums, m->frame.copy ? frame : x, frame_group(&m->frame), dy,
                            m->sum + s * m->sums_step, n > begin);
        }
        if (!f->dx) continue;
        if (m->gather) gather(m, turned_w, dy, f->dx + n * image, buffer);
        else scatter(f, &m->packing, m->packed, dy, f->dx + n * image, buffer);
    }
}

static void write_bias(const struct convolution *f, const struct backward_memory *m) {
    for (long k = 0; k < f->filters; k++) {
        float sum = f->add ? f->dbias[k] : 0;
        for (long s = 0; s < m->stretches; s++) sum += m->bias[s * (f->filters + LANES) + k];
        f->dbias[k] = sum;
    }
}

void convolution_backward(const struct convolution *f) {
    struct pool pool = {f->backward_scratch, 0};
    const struct backward_memory m = backward_memory(f, &pool);
    const struct windows w = windows_of(f, m.windows, 0);
    const struct windows turned_w = m.gather ? windows_of(&m.turned, m.turned_windows, 0) : w;
    const long pieces = f->dx ? pack_pieces(f, &m.packing, filters_in(f)) : 0;
    MOCHA_OMP(parallel num_threads(f->threads) if(worth_a_team(f))) {
        MOCHA_OMP(for schedule(static))
        for (long u = 0; u < pieces; u++) {
            if (m.gather) pack_turned(f, &m.packing, m.packed, u);
            else pack_rows(f, &m.packing, m.packed, u);
        }
        MOCHA_OMP(for schedule(static))
        for (long s = 0; s < m.stretches; s++) stretch_backward(f, &m, &w, &turned_w, s);
        MOCHA_OMP(for schedule(static))
        for (long u = 0; u < (f->dfilter ? gradient_pieces(f) : 0); u++) {
            write_gradient(f, &m.sums, m.sum, m.sums_step, m.stretches, u);
        }
    }
    if (f->dfilter && rest_of(f)) write_rest(f, m.sum + m.rest_start, m.sums_step, m.stretches);
    if (f->dbias) write_bias(f, &m);
}
