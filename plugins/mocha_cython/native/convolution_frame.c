/* Images in a frame of zeros, so that windows need not ask whether they leave the image; also each group by itself. */
#include "convolution_parts.h"

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
