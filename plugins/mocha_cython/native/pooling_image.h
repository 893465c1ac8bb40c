/* Pooling of one image, or of some rows of it; a convolution may call this for the image it has just made.
 *
 * Both ways run over pixels (forward: over windows) and within them over vectors of channels. The last vector of a
 * pixel is moved back so that it ends with the pixel: it repeats some channels, and writes the same again. Fewer
 * channels than a vector are loaded and stored in part.
 */
#ifndef MOCHA_POOLING_IMAGE_H
#define MOCHA_POOLING_IMAGE_H

#include "pooling_max.h"
#include "pooling_mean.h"

/* Windows of rows first ... last - 1. places: NULL, or [rows][columns][channels] to write where the maxima are. */
static inline void pooling_forward_image(const struct pooling_shape *s, const float *x, float *y, void *places,
                                         int first, int last) {
    if (s->mean)
        mean_forward(s, x, y, first, last);
    else
        max_forward(s, x, y, places, first, last);
}

/* Rows first ... last - 1 of dx, all of it written. The maximum needs the places of forward, a mean with ReLU its y. */
static inline void pooling_backward_image(const struct pooling_shape *s, const float *y, const void *places,
                                          const float *dy, float *dx, int first, int last) {
    if (s->mean)
        mean_backward(s, y, dy, dx, first, last);
    else
        max_backward(s, places, dy, dx, first, last);
}

#endif
