/* Which instruction sets this build has kernels for, and which the processor has. */
#ifndef MOCHA_LEVELS_H
#define MOCHA_LEVELS_H

enum { LEVEL_BASELINE, LEVEL_AVX2, LEVEL_AVX512 };

/* The best level that both this build and this processor have. */
static inline int best_level(void) {
#ifdef MOCHA_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma"))
        return LEVEL_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return LEVEL_AVX2;
#endif
    return LEVEL_BASELINE;
}

/* A family's table of functions at a level: DECLARE_LEVELS(struct pooling, pooling) declares one for each level that
 * is built and `pooling_at(level)`. */
#ifdef MOCHA_X86
#define DECLARE_LEVELS(type, family)                                                                                   \
    extern const type family##_baseline, family##_avx2, family##_avx512;                                               \
    static inline const type *family##_at(int level) {                                                                 \
        return level == LEVEL_AVX512 ? &family##_avx512 : level == LEVEL_AVX2 ? &family##_avx2 : &family##_baseline;   \
    }
#else
#define DECLARE_LEVELS(type, family)                                                                                   \
    extern const type family##_baseline;                                                                               \
    static inline const type *family##_at(int level) {                                                                 \
        (void)level;                                                                                                   \
        return &family##_baseline;                                                                                     \
    }
#endif

#endif
