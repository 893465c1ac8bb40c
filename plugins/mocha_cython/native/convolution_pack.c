/* Copies before and after the arithmetic: filters into panels, images into frames of zeros.
 *
 * filter[k][c][i][j] becomes a factor B whose columns are
 *   pack_filters: the filters,  rows (i, j, c): y = window x B;
 *   pack_turned:  the channels, rows (i, j, k), i and j counted from the end: dx = window of dy x B;
 *   pack_rows:    (i, j, c),    rows k:        the share of dx in a window = pixel of dy x B.
 * One call packs one panel of one group, so that a team can share the work.
 */
#include "convolution_parts.h"

INLINE float *panel_of(const struct packing *to, float *packed, long group, long panel) {
    return packed + group * packing_floats(to) + panel_start(to, panel) * LANES * to->terms;
}

void pack_filters(const struct convolution *f, const struct packing *to, float *packed, long group, long panel) {
    const long channels = channels_in(f), cells = taps(f), width = panel_vectors(to, panel) * LANES;
    const long start = panel_start(to, panel) * LANES;
    float *b = panel_of(to, packed, group, panel);
    for (long k = 0; k < width; k++) {
        const int exists = start + k < to->columns;
        const float *filter = f->filter + (exists ? group * filters_in(f) + start + k : 0) * cells * channels;
        for (long c = 0; c < channels; c++) {
            for (long tap = 0; tap < cells; tap++) {
                b[(tap * channels + c) * width + k] = exists ? filter[c * cells + tap] : 0;
            }
        }
    }
}

void pack_turned(const struct convolution *f, const struct packing *to, float *packed, long group, long panel) {
    const long channels = channels_in(f), filters = filters_in(f), cells = taps(f);
    const long width = panel_vectors(to, panel) * LANES, start = panel_start(to, panel) * LANES;
    float *b = panel_of(to, packed, group, panel);
    for (long k = 0; k < filters; k++) {
        const float *filter = f->filter + (group * filters + k) * cells * channels;
        for (long c = 0; c < width; c++) {
            const int exists = start + c < to->columns;
            for (long tap = 0; tap < cells; tap++) {
                b[((cells - 1 - tap) * filters + k) * width + c] = exists ? filter[(start + c) * cells + tap] : 0;
            }
        }
    }
}

void pack_rows(const struct convolution *f, const struct packing *to, float *packed, long group, long panel) {
    const long channels = channels_in(f), filters = filters_in(f), cells = taps(f);
    const long width = panel_vectors(to, panel) * LANES, start = panel_start(to, panel) * LANES;
    float *b = panel_of(to, packed, group, panel);
    for (long v = 0; v < width; v++) {
        const int exists = start + v < to->columns;
        const long tap = (start + v) / channels, c = (start + v) % channels;
        const float *filter = f->filter + group * filters * cells * channels + c * cells + tap;
        for (long k = 0; k < filters; k++) b[k * width + v] = exists ? filter[k * cells * channels] : 0;
    }
}

/* The rows from `from` until `until` of the image, and the zeros beside them; the first and last also bring those
 * above and below. */
void fill_frame(const struct frame *frame, float *to, const float *image, long from, long until) {
    const long channels = frame->channels, row = frame_width(frame) * channels, side = frame->pad[1] * channels;
    const long border = frame->pad[0] * row;
    for (long g = 0; g < frame->groups; g++, to += frame_group(frame)) {
        if (from == 0) memset(to, 0, (size_t)border * 4);
        for (long r = from; r < until; r++) {
            float *out = to + border + r * row;
            const float *in = image + r * frame->width * frame->pitch + g * channels;
            memset(out, 0, (size_t)side * 4);
            memset(out + row - side, 0, (size_t)side * 4);
            out += side;
            if (frame->pitch == channels) {
                memcpy(out, in, (size_t)(frame->width * channels) * 4);
                continue;
            }
            for (long q = 0; q < frame->width; q++, out += channels, in += frame->pitch) {
                memcpy(out, in, (size_t)channels * 4);
            }
        }
        if (until == frame->height) memset(to + border + frame->height * row, 0, (size_t)border * 4);
    }
}
