/* The last few filters of a group, which would fill a whole vector only to waste it: 2 of 50, where a vector has 16.
 *
 * Their vectors lie along a row of the window instead, which is contiguous in the images:
 *   forward:  LANES pairs of a pixel and a filter have a vector of partial sums each; at the end the LANES vectors are
 *             turned, and added up to one vector of LANES outputs;
 *   gradient: the tile of the transposed product with the factors exchanged: the numbers of dy are spread, the vectors
 *             come from the window.
 * Packed filters, and the sums of the gradient, are [group][filter][run of the window], runs padded to whole vectors.
 */
#include "convolution_parts.h"
#include "turn.h"

/* Of a run of the window: see windows_of. */
static long run_floats(const struct convolution *f) {
    return (f->dilation[1] == 1 ? f->kernel[1] : 1) * channels_in(f);
}

static long runs_floats(const struct convolution *f) { /* of all runs, padded */
    const long run = run_floats(f);
    return taps(f) * channels_in(f) / run * ceil_div(run, LANES) * LANES;
}

static long slots_for(long rest) {
    return rest <= 2 ? rest : 4;
}

/* How many filters of each group are left to this file: at most 4, and none unless that saves much. */
long rest_of(const struct convolution *f) {
    const long rest = filters_in(f) % LANES;
    if (rest == 0 || rest > 4 || filters_in(f) < LANES) return 0;
    return 2 * slots_for(rest) * (runs_floats(f) / LANES + 8) < taps(f) * channels_in(f) ? rest : 0;
}

long rest_floats(const struct convolution *f) {
    return f->groups * slots_for(rest_of(f)) * runs_floats(f);
}

void pack_rest(const struct convolution *f, float *packed) {
    const long channels = channels_in(f), cells = taps(f), filters = filters_in(f), rest = rest_of(f);
    const long run = run_floats(f), padded = ceil_div(run, LANES) * LANES;
    memset(packed, 0, (size_t)rest_floats(f) * 4);
    for (long g = 0; g < f->groups; g++, packed += slots_for(rest) * runs_floats(f)) {
        for (long k = 0; k < rest; k++) {
            const float *filter = f->filter + (g * filters + filters - rest + k) * cells * channels;
            for (long t = 0; t < cells * channels; t++) {
                packed[k * runs_floats(f) + t / run * padded + t % run] = filter[t % channels * cells + t / channels];
            }
        }
    }
}

/* LANES / slots pixels, whose windows begin at x[i]; the outputs [pixel][slot]. */
INLINE vf rest_outputs(const struct windows *w, const float *const *x, const float *packed, long floats,
                       const int slots) {
    const long vectors = ceil_div(w->length, LANES), last = w->length - (vectors - 1) * LANES;
    vf sum[LANES];
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++) sum[i] = (vf){0};
    for (long s = 0; s < w->segments; s++) {
        for (long v = 0; v < vectors; v++, packed += LANES) {
            const long at = w->offset[s] + v * LANES;
            vf b[4];
            for (int k = 0; k < slots; k++) b[k] = vf_load(packed + k * floats);
#pragma GCC unroll 16
            for (int i = 0; i < LANES; i++) {
                if (i >= LANES / slots) break;
                const vf a = v < vectors - 1 ? vf_load(x[i] + at) : vf_load_part(x[i] + at, last);
                for (int k = 0; k < slots; k++) sum[i * slots + k] += a * b[k];
            }
        }
    }
    turn(sum);
    for (int i = 1; i < LANES; i++) sum[0] += sum[i];
    return sum[0];
}

INLINE void rest_pixels(const struct product *a, const float *packed, long floats, long rest, const float *bias,
                        long from, long to, const int slots) {
    const struct windows *w = &a->windows;
    const float *x[LANES];
    for (long first = from; first < to; first += LANES / slots) {
        for (long i = 0; i < LANES / slots; i++) {
            const long p = first + i < to ? first + i : to - 1;
            x[i] = a->a + p / w->columns * w->row_step + p % w->columns * w->column_step;
        }
        const vf out = rest_outputs(w, x, packed, floats, slots);
        for (long i = 0; i < LANES / slots && first + i < to; i++) {
            for (long k = 0; k < rest; k++) {
                const float y = out[i * slots + k] + (bias ? bias[k] : 0);
                a->c[(first + i) * a->ldc + k] = a->relu && y < 0 ? 0 : y;
            }
        }
    }
}

/* The pixels from `from` until `to` of group g of an image; a->c points to the first of the last filters. */
void rest_forward(const struct convolution *f, const struct product *a, const float *packed, long g, long from,
                  long to) {
    const long floats = runs_floats(f), rest = rest_of(f);
    const float *bias = f->bias ? f->bias + (g + 1) * filters_in(f) - rest : NULL;
    packed += g * slots_for(rest) * floats;
    if (rest == 1) rest_pixels(a, packed, floats, rest, bias, from, to, 1);
    else if (rest == 2) rest_pixels(a, packed, floats, rest, bias, from, to, 2);
    else rest_pixels(a, packed, floats, rest, bias, from, to, 4);
}

/* The gradient at one image and group: `x` is its frame, `dy` begins with the first of the last filters. */
void rest_gradient(const struct convolution *f, const struct windows *w, const float *x, const float *dy, float *sum,
                   int add) {
    const long rest = rest_of(f), padded = ceil_div(w->length, LANES) * LANES;
    const struct packing p = packing_of(0, w->length, 0);
    struct tile_tn tile = {.a = dy, .a_segment = w->columns * f->ldy, .a_step = f->ldy, .b_segment = w->row_step,
                           .b_step = w->column_step, .segments = w->rows, .length = w->columns,
                           .ldc = runs_floats(f), .add = add};
    for (long s = 0; s < w->segments; s++) {
        for (long panel = 0; panel < p.panels; panel++) {
            tile.b = x + w->offset[s] + panel_start(&p, panel) * LANES;
            tile.c = sum + s * padded + panel_start(&p, panel) * LANES;
            tile.last = panel_last(&p, panel);
            KERNEL(convolution_tn)[panel_vectors(&p, panel) - 1][rest - 1](&tile);
        }
    }
}

/* dfilter of the last filters of all groups, from the buffers of all stretches. */
void write_rest(const struct convolution *f, const float *sums, long step, long stretches) {
    const long channels = channels_in(f), cells = taps(f), filters = filters_in(f), rest = rest_of(f);
    const long run = run_floats(f), padded = ceil_div(run, LANES) * LANES;
    for (long n = 0; n < f->groups * rest; n++) {
        const long g = n / rest, k = n % rest;
        const float *sum = sums + (g * slots_for(rest) + k) * runs_floats(f);
        float *out = f->dfilter + (g * filters + filters - rest + k) * cells * channels;
        for (long t = 0; t < cells * channels; t++) {
            float *to = out + t % channels * cells + t / channels, total = f->add ? *to : 0;
            for (long s = 0; s < stretches; s++) total += sum[s * step + t / run * padded + t % run];
            *to = total;
        }
    }
}
