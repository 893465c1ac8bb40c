/* Threads: one team for a call, and how work is split so that results do not depend on who does what.
 *
 * Loops over independent pieces run with schedule(static), so a thread gets the same images, or the same rows of a few,
 * in each layer, and finds in its own cache what it wrote in the layer before: measured against schedule(dynamic), a
 * sixth of a CIFAR-10 step. What that loses where another process takes a core is won back by crowding.py.
 * What is summed over pieces is first summed over fixed stretches of them, as many as `threads`, then in order.
 * A team may turn out smaller than asked for, so who does what is left to `omp for`, never to thread numbers.
 */
#ifndef MOCHA_TEAM_H
#define MOCHA_TEAM_H

#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#else
static inline int omp_get_thread_num(void) { return 0; }
static inline void omp_set_max_active_levels(int levels) { (void)levels; }
#endif

#define MOCHA_STRINGS(x) #x
#define MOCHA_OMP(directive) _Pragma(MOCHA_STRINGS(omp directive))

/* Ends the threads that wait for the calling thread's next loop; that loop starts new ones. */
static inline void dissolve_team(void) {
#ifdef _OPENMP
    omp_pause_resource_all(omp_pause_soft);
#endif
}

/* Where stretch s of `stretches` begins in a range of n; that of s + 1 is its end. */
static inline long stretch_start(long n, long stretches, long s) {
    return n / stretches * s + (s < n % stretches ? s : n % stretches);
}

/* y = x, `images` of so many floats, each thread those that it will compute with. */
static inline void copy_images(float *y, const float *x, long images, long floats, int threads) {
    MOCHA_OMP(parallel for schedule(static) num_threads(threads))
    for (long s = 0; s < threads; s++) {
        const long from = stretch_start(images, threads, s), to = stretch_start(images, threads, s + 1);
        memcpy(y + from * floats, x + from * floats, (size_t)((to - from) * floats) * sizeof *y);
    }
}

#endif
