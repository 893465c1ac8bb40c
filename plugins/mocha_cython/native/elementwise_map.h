/* How a formula for vectors becomes a function for arrays.
 *
 * MAP(name, inputs, y) defines map_name(m, from, to), which computes elements from ... to - 1: whole vectors, then the
 * rest of them with zeros behind. Each vector of all inputs is read before one is written, so arrays may coincide. The
 * formula reads the vectors a, b, c and the numbers p[0], p[1], p[2].
 */
#ifndef MOCHA_ELEMENTWISE_MAP_H
#define MOCHA_ELEMENTWISE_MAP_H

#include "elementwise.h"
#include "vec.h"

typedef void (*formula)(const float *p, vf a, vf b, vf c, vf *y, vf *z);

INLINE vf read_from(const float *x, long i, long n) {
    return n < LANES ? vf_load_part(x + i, n) : vf_load(x + i);
}

INLINE void write_to(float *x, long i, long n, vf v) {
    if (n < LANES) vf_store_part(x + i, v, n);
    else vf_store(x + i, v);
}

INLINE void step(const struct map *m, int inputs, int outputs, formula f, const float *p, long i, long n) {
    vf a = read_from(m->a, i, n), y, z;
    vf b = inputs > 1 ? read_from(m->b, i, n) : a, c = inputs > 2 ? read_from(m->c, i, n) : a;
    f(p, a, b, c, &y, &z);
    write_to(m->y, i, n, y);
    if (outputs > 1) write_to(m->z, i, n, z);
}

INLINE void sweep(const struct map *map, int inputs, int outputs, formula f, long from, long to) {
    const struct map m = *map; /* local, so that the compiler knows that no store changes it */
    long i = from;
    for (; i + LANES <= to; i += LANES) step(&m, inputs, outputs, f, m.numbers, i, LANES);
    if (i < to) step(&m, inputs, outputs, f, m.numbers, i, to - i);
}

#define MAP(name, inputs, Y) MAP2(name, inputs, 1, Y, vf_all(0))
#define MAP2(name, inputs, outputs, Y, Z)                                                                              \
    INLINE void name##_formula(const float *p, vf a, vf b, vf c, vf *y, vf *z) {                                       \
        (void)p, (void)b, (void)c;                                                                                     \
        *y = (Y);                                                                                                      \
        *z = (Z);                                                                                                      \
    }                                                                                                                  \
    void KERNEL(map_##name)(const struct map *m, long from, long to);                                                  \
    void KERNEL(map_##name)(const struct map *m, long from, long to) {                                                 \
        sweep(m, inputs, outputs, name##_formula, from, to);                                                           \
    }

#endif
