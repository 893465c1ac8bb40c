// The softmax of scores (outer, classes, inner), a block or a thread a location: where inner is 1 the classes of a
// location are neighbours, and a block's threads share them; otherwise locations are.

#ifndef MOCHA_SOFTMAX
#define MOCHA_SOFTMAX

#include "reduce.cuh"

INLINE float lowest() { return __uint_as_float(0xff800000u); }  // minus infinity

// One location: class k is at x[k * stride]. `step`, `first`: which classes this thread has.
struct Scores {
  const float* x;
  long long classes, stride;
  int first, step, threads;  // threads: that share the location: one, a warp or a block

  template <class F> INLINE void each(F f) const {
    for (long long k = first; k < classes; k += step) f(k, k * stride);
  }
  template <class Op> INLINE float all(float mine, float none, Op op) const {
    return threads == 1 ? mine : (threads == 32 ? warp_all(mine, op) : block_all(mine, none, op));
  }
  INLINE float sum(float mine) const { return all(mine, 0.0f, Plus()); }
  INLINE float highest() const {
    float best = lowest();
    each([&](long long, long long place) { best = Larger()(best, x[place]); });
    return all(best, lowest(), Larger());
  }
  INLINE float total(float highest) const {
    float mine = 0;
    each([&](long long, long long place) { mine += expf(x[place] - highest); });
    return sum(mine);
  }
};

// The location of this block, or of this thread; false: there is none.
INLINE bool location_of(long long outer, long long inner, long long& location) {
  location = inner == 1 ? blockIdx.x : thread_number();
  return location < outer * inner;
}

INLINE long long start_of(long long location, long long classes, long long inner) {
  return inner == 1 ? location * classes : location / inner * classes * inner + location % inner;
}

INLINE Scores scores_of(const float* x, long long classes, long long inner) {
  return inner == 1 ? Scores{x, classes, 1, int(threadIdx.x), int(blockDim.x), int(blockDim.x)}
                    : Scores{x, classes, inner, 0, 1, 1};
}

// What the loss of a location needs besides its scores.
struct Labels {
  const float *label, *weights;  // weights: of elements, whose numbers wrap around in them; may be missing
  long long period;
  bool ignores;
  float ignored, floor;

  // -w log max(p, e^floor), and 0 for a label that is no class or is to be ignored; share: w. p: the probabilities of
  // all locations; may be missing. Of the threads that share the location the first gets the result.
  INLINE float loss(const Scores& scores, float* p, long long start, long long location, float& share) const {
    const float highest = scores.highest(), total = scores.total(highest);
    if (p) {
      scores.each([&](long long, long long place) { p[start + place] = expf(scores.x[place] - highest) / total; });
    }
    share = 0;
    if (scores.first != 0) return 0;
    const float truth = rintf(label[location]);
    if (!(truth >= 0 && truth <= scores.classes - 1) || (ignores && truth == ignored)) return 0;
    const long long place = (long long)truth * scores.stride;
    share = weights ? weights[(start + place) % period] : 1.0f;
    const float likelihood = scores.x[place] - highest - logf(total);
    return -share * (likelihood < floor ? floor : likelihood);
  }
};

#endif
