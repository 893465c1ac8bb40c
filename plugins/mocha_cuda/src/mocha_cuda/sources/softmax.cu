// Softmax, its loss with labels, and accuracy. Bound by memory: scores are read once from it (and again from the cache).

#include "softmax.cuh"

extern "C" __global__ void softmax(float* y, const float* x, long long outer, long long classes, long long inner) {
  long long location;
  if (!location_of(outer, inner, location)) return;
  const long long start = start_of(location, classes, inner);
  const Scores scores = scores_of(x + start, classes, inner);
  const float highest = scores.highest(), total = scores.total(highest);
  scores.each([&](long long, long long place) { y[start + place] = expf(x[start + place] - highest) / total; });
}

// dx = (dy - sum dy y) y
extern "C" __global__ void softmax_backward(float* dx, const float* y, const float* dy, long long outer,
                                            long long classes, long long inner) {
  long long location;
  if (!location_of(outer, inner, location)) return;
  const long long start = start_of(location, classes, inner);
  const Scores scores = scores_of(y + start, classes, inner);
  float mine = 0;
  scores.each([&](long long, long long place) { mine += dy[start + place] * y[start + place]; });
  const float along = scores.sum(mine);
  scores.each([&](long long, long long place) {
    dx[start + place] = (dy[start + place] - along) * y[start + place];
  });
}

// terms, shares: of each location the loss and what it weighs; see `Labels`.
extern "C" __global__ void softmax_loss(float* terms, float* shares, float* p, const float* x, const float* label,
                                        const float* weights, long long period, long long outer, long long classes,
                                        long long inner, long long ignores, long long ignored, float floor) {
  long long location;
  if (!location_of(outer, inner, location)) return;
  const long long start = start_of(location, classes, inner);
  const Scores scores = scores_of(x + start, classes, inner);
  float share;
  const float term = Labels{label, weights, period, ignores != 0, float(ignored), floor}.loss(scores, p, start,
                                                                                             location, share);
  if (scores.first != 0) return;
  terms[location] = term;
  shares[location] = share;
}

// The same where there are few, and inner is 1: by one block, a warp a location; loss = factor * the sum of the terms.
extern "C" __global__ void softmax_loss_at_once(float* loss, float* shares, float* p, const float* x,
                                                const float* label, const float* weights, long long period,
                                                long long outer, long long classes, long long ignores,
                                                long long ignored, float floor, float factor) {
  const Labels labels = {label, weights, period, ignores != 0, float(ignored), floor};
  const int lane = threadIdx.x % 32;
  float sum = 0;
  for (long long location = threadIdx.x / 32; location < outer; location += blockDim.x / 32) {
    const long long start = location * classes;
    float share;
    sum += labels.loss({x + start, classes, 1, lane, 32, 32}, p, start, location, share);
    if (lane == 0) shares[location] = share;
  }
  sum = block_sum(sum);
  if (threadIdx.x == 0) *loss = factor * sum;
}

// dx = rate w (p - onehot); items: how many labels count, where the rate is divided by that; may be missing.
extern "C" __global__ void softmax_loss_backward(float* dx, const float* p, const float* label, const float* shares,
                                                 const float* items, long long n, long long classes, long long inner,
                                                 float rate) {
  const long long i = thread_number();
  if (i >= n) return;
  const long long row = i / inner, outer = row / classes, location = outer * inner + i % inner;
  const float hit = rintf(label[location]) == row - outer * classes ? 1.0f : 0.0f;
  dx[i] = (items ? rate / max(*items, 1.0f) : rate) * shares[location] * (p[i] - hit);
}

// hits: 1 for each location whose label is among the `top` highest scores, of equal ones the first; a NaN is the
// highest of all, as in NumPy's argmax, where one score counts, and stands before everything where more do.
extern "C" __global__ void accuracy(float* hits, const float* x, const float* label, long long outer,
                                    long long classes, long long inner, long long top) {
  long long location;
  if (!location_of(outer, inner, location)) return;
  const long long start = start_of(location, classes, inner);
  const Scores scores = scores_of(x + start, classes, inner);
  const float truth = rintf(label[location]);
  const bool valid = truth >= 0 && truth <= classes - 1;
  const long long mine = valid ? (long long)truth : 0;
  const float score = scores.x[mine * scores.stride];
  float before = 0;
  scores.each([&](long long k, long long place) {
    const float v = scores.x[place];
    const bool behind = v < score || (v == score && k > mine);
    const bool first = top == 1 && score != score && (v == v || k > mine);
    if (k == mine ? top > 1 && score != score : !behind && !first) before += 1;
  });
  before = scores.sum(before);
  if (scores.first == 0) hits[location] = valid && before < top ? 1.0f : 0.0f;
}

// 1 for each label that is not the ignored one.
extern "C" __global__ void heard(float* counts, const float* label, long long n, long long ignored) {
  map(counts, n, [=](float v) { return rintf(v) == ignored ? 0.0f : 1.0f; }, label);
}
