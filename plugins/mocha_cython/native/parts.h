/* Runs of floats whose last vector is shorter. */
#ifndef MOCHA_PARTS_H
#define MOCHA_PARTS_H

#include "vec.h"

/* Before a statement: runs it for each vector of n floats from c on; the last one may be shorter than LANES. */
#define EACH_PART(c, n, count)                                                                                         \
    for (long c = 0, n; n = (count)-c < LANES ? (count)-c : LANES, c < (count); c += LANES)

INLINE vf some(const float *p, long n) {
    return __builtin_expect(n == LANES, 1) ? vf_load(p) : vf_load_part(p, n);
}

INLINE void put_some(float *p, vf v, long n) {
    if (__builtin_expect(n == LANES, 1))
        vf_store(p, v);
    else
        vf_store_part(p, v, n);
}

#endif
