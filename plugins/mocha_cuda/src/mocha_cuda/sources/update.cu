// One update of all parameters of a solver in one launch: a block for each chunk of a parameter. The formulas are those
// of mocha_core/solvers, where their sources are named.

#include "common.cuh"

enum Regularizer { NONE, L2, L1 };

// A chunk of at most MOCHA_CHUNK elements of one parameter; the addresses are those of its first element.
struct Chunk {
  float* weight;
  const float* diff;
  float* first;   // the method's history
  float* second;  // null if it keeps one array only
  long long count;
  int place;        // which parameter
  int regularizer;  // its gradient is decay w, or decay sign(w)
  float decay;
  int unused;
};

// What the host says before each update.
struct Numbers {
  const float* common;  // eight, of the method
  float step;           // of this parameter: what its gradient is multiplied by
  float rate;           // its learning rate
};

struct Element {
  float w, g, r, first, second;  // r: the gradient of the regularizer; g does not contain it
};

struct Sgd {
  INLINE void operator()(Element& e, const Numbers& n) const {
    e.first = n.common[0] * e.first - n.step * (e.g + e.r);
    e.w += e.first;
  }
};

struct Nesterov {
  INLINE void operator()(Element& e, const Numbers& n) const {
    const float before = n.common[0] * e.first;
    e.first = before - n.step * (e.g + e.r);
    e.w = e.w - before + n.common[1] * e.first;
  }
};

INLINE float moments(Element& e, float g, const Numbers& n) {
  e.first = n.common[0] * e.first + n.common[1] * g;
  e.second = n.common[2] * e.second + n.common[3] * (g * g);
  return n.step * e.first / (sqrtf(e.second) + n.common[4]);
}

struct Adam {
  INLINE void operator()(Element& e, const Numbers& n) const { e.w -= moments(e, e.g + e.r, n); }
};

struct AdamW {
  INLINE void operator()(Element& e, const Numbers& n) const { e.w = e.w - n.rate * e.r - moments(e, e.g, n); }
};

struct Adagrad {
  INLINE void operator()(Element& e, const Numbers& n) const {
    const float g = e.g + e.r;
    e.first += g * g;
    e.w -= n.step * g / (sqrtf(e.first) + n.common[0]);
  }
};

struct RmsProp {
  INLINE void operator()(Element& e, const Numbers& n) const {
    const float g = e.g + e.r;
    e.first = n.common[0] * e.first + n.common[1] * (g * g);
    e.w -= n.step * g / (sqrtf(e.first) + n.common[2]);
  }
};

struct Adadelta {
  INLINE void operator()(Element& e, const Numbers& n) const {
    const float g = e.g + e.r;
    e.first = n.common[0] * e.first + n.common[1] * (g * g);
    const float s = sqrtf(e.second + n.common[2]) / sqrtf(e.first + n.common[2]) * g;
    e.second = n.common[0] * e.second + n.common[1] * (s * s);
    e.w -= n.step * s;
  }
};

INLINE float decayed(const Chunk& c, float w) {
  if (c.regularizer == L2) return c.decay * w;
  if (c.regularizer == L1) return w > 0 ? c.decay : w < 0 ? -c.decay : 0 * w;
  return 0;
}

template <class Rule> INLINE void one(const Chunk& c, const Numbers& n, Rule rule, float& w, float g, float& first,
                                      float& second) {
  Element e = {w, g, decayed(c, w), first, second};
  rule(e, n);
  w = e.w;
  first = e.first;
  second = e.second;
}

template <class Rule> INLINE void one(const Chunk& c, const Numbers& n, Rule rule, long long i) {
  float w = c.weight[i], first = c.first[i], second = c.second ? c.second[i] : 0;
  one(c, n, rule, w, c.diff[i], first, second);
  c.weight[i] = w;
  c.first[i] = first;
  if (c.second) c.second[i] = second;
}

template <class Rule> INLINE void four(const Chunk& c, const Numbers& n, Rule rule, long long i) {
  float4 w = load4(c.weight + i), first = load4(c.first + i), second = make_float4(0, 0, 0, 0);
  const float4 g = load4(c.diff + i);
  if (c.second) second = load4(c.second + i);
  one(c, n, rule, w.x, g.x, first.x, second.x);
  one(c, n, rule, w.y, g.y, first.y, second.y);
  one(c, n, rule, w.z, g.z, first.z, second.z);
  one(c, n, rule, w.w, g.w, first.w, second.w);
  store4(c.weight + i, w);
  store4(c.first + i, first);
  if (c.second) store4(c.second + i, second);
}

// table: chunks, by block.   numbers: eight that are common, then step and rate of each parameter.
template <class Rule> INLINE void update(const long long* table, const float* numbers, Rule rule) {
  const Chunk c = ((const Chunk*)table)[blockIdx.x];
  const Numbers n = {numbers, numbers[8 + 2 * c.place], numbers[9 + 2 * c.place]};
  long long done = 0;
  if (aligned(c.weight, c.diff, c.first, c.second)) {
    done = c.count / 4 * 4;
    for (long long i = 4 * threadIdx.x; i < done; i += 4 * blockDim.x) four(c, n, rule, i);
  }
  for (long long i = done + threadIdx.x; i < c.count; i += blockDim.x) one(c, n, rule, i);
}

extern "C" __global__ void sgd(const long long* table, const float* numbers) { update(table, numbers, Sgd()); }

extern "C" __global__ void nesterov(const long long* table, const float* numbers) {
  update(table, numbers, Nesterov());
}

extern "C" __global__ void adam(const long long* table, const float* numbers) { update(table, numbers, Adam()); }

extern "C" __global__ void adamw(const long long* table, const float* numbers) { update(table, numbers, AdamW()); }

extern "C" __global__ void adagrad(const long long* table, const float* numbers) { update(table, numbers, Adagrad()); }

extern "C" __global__ void rmsprop(const long long* table, const float* numbers) { update(table, numbers, RmsProp()); }

extern "C" __global__ void adadelta(const long long* table, const float* numbers) {
  update(table, numbers, Adadelta());
}
