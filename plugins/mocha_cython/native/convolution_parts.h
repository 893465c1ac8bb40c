/* What the sources of the convolution share: windows on an image, packed factors, and the functions between them. */
#ifndef MOCHA_CONVOLUTION_PARTS_H
#define MOCHA_CONVOLUTION_PARTS_H

#include "convolution.h"
#include "team.h"
#include "tile.h"

extern const tile_nn_function KERNEL(convolution_nn)[TILE_VECTORS][TILE_ROWS];
extern const tile_tn_function KERNEL(convolution_tn)[TILE_VECTORS][TILE_ROWS];

/* Output pixels, a rectangle, whose windows leave the image by the same taps: of their windows the runs from `segment`
 * on count, `segments` of them, and of a run the `length` floats from `at` on. The rest of the window sees zeros. */
struct region {
    long row, column, rows, columns;
    long segment, segments, at, length;
};

/* Windows on one image of one group whose channels lie together: the window of pixel (r, q) begins at
 * r row_step + q column_step - origin and consists of `segments` runs of `length` floats, run s at offset[s]. */
struct windows {
    long rows, columns, row_step, column_step, origin, segments, length;
    const long *offset;
    const struct region *region;
    long regions;
};

/* A factor of `terms` rows and `columns` columns, cut into `panels` of at most TILE_VECTORS vectors. Panel p holds the
 * vectors from panel_start(p) on; its rows lie one after the other, zeros in the columns that are lacking. */
struct packing {
    long terms, columns, vectors, panels;
};

INLINE long ceil_div(long a, long b) {
    return (a + b - 1) / b;
}

INLINE struct packing packing_of(long terms, long columns, long panels) {
    const long vectors = ceil_div(columns, LANES), least = ceil_div(vectors, TILE_VECTORS);
    return (struct packing){terms, columns, vectors, panels < least ? least : panels > vectors ? vectors : panels};
}

INLINE long packing_floats(const struct packing *p) {
    return p->terms * p->vectors * LANES;
}

INLINE long panel_start(const struct packing *p, long panel) {
    return stretch_start(p->vectors, p->panels, panel);
}

INLINE long panel_vectors(const struct packing *p, long panel) {
    return panel_start(p, panel + 1) - panel_start(p, panel);
}

/* Columns of the panel's last vector that exist. */
INLINE long panel_last(const struct packing *p, long panel) {
    return panel < p->panels - 1 ? LANES : p->columns - (p->vectors - 1) * LANES;
}

INLINE long channels_in(const struct convolution *f) { /* of a group */
    return f->channels / f->groups;
}

INLINE long filters_in(const struct convolution *f) { /* of a group */
    return f->filters / f->groups;
}

INLINE long taps(const struct convolution *f) {
    return f->kernel[0] * f->kernel[1];
}

INLINE long between_floats(const struct convolution *f) { /* of an image between convolution and pooling */
    return f->pool ? f->rows * f->columns * f->filters : 0;
}

INLINE int worth_a_team(const struct convolution *f) { /* enough products for a second thread */
    return 1.0 * f->num * f->rows * f->columns * f->filters * taps(f) * channels_in(f) > 200000;
}

INLINE long gradient_pieces(const struct convolution *f) { /* how many calls of write_gradient make dfilter */
    return f->groups * ceil_div(taps(f) * channels_in(f), LANES);
}

/* An image surrounded by zeros, group by group: [groups][height + 2 pad][width + 2 pad][channels of a group]. */
struct frame {
    long height, width, pad[2], groups, channels, pitch; /* pitch: from pixel to pixel of the plain image */
    int copy;                                            /* 0: the plain image serves as it is */
};

INLINE long frame_width(const struct frame *a) {
    return a->width + 2 * a->pad[1];
}

INLINE long frame_group(const struct frame *a) { /* floats of one group */
    return (a->height + 2 * a->pad[0]) * frame_width(a) * a->channels;
}

INLINE long frame_floats(const struct frame *a) {
    return a->copy ? a->groups * frame_group(a) : 0;
}

INLINE struct frame frame_of(long height, long width, long channels, long pitch, long groups, long pad0, long pad1) {
    const int copy = pad0 || pad1 || groups > 1 || pitch != channels;
    return (struct frame){height, width, {pad0, pad1}, groups, channels / groups, pitch, copy};
}

INLINE struct frame frame_of_x(const struct convolution *f) {
    return frame_of(f->height, f->width, f->channels, f->ldx, f->groups, f->pad[0], f->pad[1]);
}

/* Memory handed out piece by piece, each on a cache line; only counted if there is no base. */
struct pool {
    float *base;
    long used;
};

INLINE float *take(struct pool *pool, long floats) {
    float *piece = pool->base ? pool->base + pool->used : NULL;
    pool->used += (floats + 15) / 16 * 16;
    return piece;
}

/* The tops of one image and one group: C = A B + bias over the windows of A; see convolution_forward.c. */
struct product {
    struct windows windows;
    struct packing packing;
    const float *a, *b, *bias;
    float *c;
    long ldc;
    int relu;
};

#define convolve KERNEL(convolution_convolve)
#define windows_floats KERNEL(convolution_windows_floats)
#define tap_range KERNEL(convolution_tap_range)
#define windows_of KERNEL(convolution_windows_of)
#define kept_windows KERNEL(convolution_kept_windows)
#define pack_pieces KERNEL(convolution_pack_pieces)
#define pack_filters KERNEL(convolution_pack_filters)
#define pack_turned KERNEL(convolution_pack_turned)
#define pack_rows KERNEL(convolution_pack_rows)
#define fill_frame KERNEL(convolution_fill_frame)
#define filter_gradient KERNEL(convolution_filter_gradient)
#define write_gradient KERNEL(convolution_write_gradient)
#define rest_of KERNEL(convolution_rest_of)
#define rest_floats KERNEL(convolution_rest_floats)
#define pack_rest KERNEL(convolution_pack_rest)
#define rest_forward KERNEL(convolution_rest_forward)
#define rest_gradient KERNEL(convolution_rest_gradient)
#define write_rest KERNEL(convolution_write_rest)
#define scatter_floats KERNEL(convolution_scatter_floats)
#define scatter KERNEL(convolution_scatter)
#define convolution_forward KERNEL(convolution_forward_all)
#define convolution_backward KERNEL(convolution_backward_all)
#define forward_floats KERNEL(convolution_forward_floats)
#define backward_floats KERNEL(convolution_backward_floats)
#define way_of KERNEL(convolution_way_of)
#define pool_forward KERNEL(convolution_pool_forward)
#define pool_backward KERNEL(convolution_pool_backward)

/* From the first tap whose input lies in the image to behind the last, for one output coordinate. */
struct range {
    long from, to;
};

struct range tap_range(const struct convolution *f, int axis, long out);
long windows_floats(const struct convolution *f);
struct windows windows_of(const struct convolution *f, float *memory, int bare);
struct windows kept_windows(const float *memory);
void convolve(const struct product *a, long panel, long from, long to);
long pack_pieces(const struct convolution *f, const struct packing *to, long count);
void pack_filters(const struct convolution *f, const struct packing *to, float *packed, long n);
void pack_turned(const struct convolution *f, const struct packing *to, float *packed, long n);
void pack_rows(const struct convolution *f, const struct packing *to, float *packed, long n);
void fill_frame(const struct frame *frame, float *to, const float *image, long from, long until);
void filter_gradient(const struct convolution *f, const struct windows *w, const struct packing *p, const float *a,
                     long group_step, const float *dy, float *sum, int add);
void write_gradient(const struct convolution *f, const struct packing *p, const float *sums, long step, long stretches,
                    long piece);
long rest_of(const struct convolution *f);
long rest_floats(const struct convolution *f);
void pack_rest(const struct convolution *f, float *packed);
void rest_forward(const struct convolution *f, const struct product *a, const float *packed, long g, long from,
                  long to);
void rest_gradient(const struct convolution *f, const struct windows *w, const float *x, const float *dy, float *sum,
                   int add);
void write_rest(const struct convolution *f, const float *sums, long step, long stretches);
long scatter_floats(const struct convolution *f);
void scatter(const struct convolution *f, const struct packing *p, const float *packed, const float *dy, float *dx,
             float *buffer);
int way_of(const struct convolution *f);
void pool_forward(const struct convolution *f, const float *between, long n, long piece, long pieces);
void pool_backward(const struct convolution *f, float *between, long n);
long forward_floats(const struct convolution *f);
long backward_floats(const struct convolution *f);
void convolution_forward(const struct convolution *f);
void convolution_backward(const struct convolution *f);

#endif
