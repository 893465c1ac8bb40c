/* The maximum of several vectors, one after the other, and which of them it was; NaN is only noticed.
 *
 * NaN would cost a second comparison in the chain from one step to the next, so what comes after NaN is wrong here, and
 * the caller, when told, does such vectors once more by another way. AVX-512 keeps the results of comparisons in mask
 * registers, which the compiler reaches from vectors by detours only, hence the instructions by name.
 */
#ifndef MOCHA_RUNNING_MAX_H
#define MOCHA_RUNNING_MAX_H

#include "bytes.h"

#if defined(__AVX512F__) && LANES == 16

typedef __mmask16 vm;

/* best = the larger of both; which = number where that is v. Of equals the earlier stays. */
INLINE void keep_larger(vf v, vi number, vf *best, vi *which) {
    const vm larger = _mm512_cmp_ps_mask((__m512)v, (__m512)*best, _CMP_GT_OQ);
    *best = (vf)_mm512_max_ps((__m512)v, (__m512)*best);
    *which = (vi)_mm512_mask_mov_epi32((__m512i)*which, larger, (__m512i)number);
}

INLINE vf larger_of(vf v, vf best) {
    return (vf)_mm512_max_ps((__m512)v, (__m512)best);
}

/* Where a or b is NaN. */
INLINE vm nan_among(vf a, vf b) {
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_UNORD_Q);
}

INLINE int vm_any(vm mask) {
    return mask != 0;
}

#else

typedef vi vm;

INLINE void keep_larger(vf v, vi number, vf *best, vi *which) {
    const vi larger = v > *best;
    *best = vf_pick(larger, v, *best);
    *which = (number & larger) | (*which & ~larger);
}

INLINE vf larger_of(vf v, vf best) {
    return vf_max(v, best);
}

INLINE vm nan_among(vf a, vf b) {
    return (a != a) | (b != b);
}

INLINE int vm_any(vm mask) {
    int any = 0;
    for (int i = 0; i < LANES; i++) any |= mask[i];
    return any;
}

#endif

#endif
