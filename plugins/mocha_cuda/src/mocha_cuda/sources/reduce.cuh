// Reductions over a warp and over a block, in an order that never changes. Blocks are whole warps.

#ifndef MOCHA_REDUCE
#define MOCHA_REDUCE

#include "common.cuh"

struct Plus {
  template <class T> INLINE T operator()(T a, T b) const { return a + b; }
};

// The larger; NaN is larger than everything.
struct Larger {
  INLINE float operator()(float a, float b) const { return b > a || b != b ? b : a; }
};

INLINE float partner(float value, int step) { return __shfl_xor_sync(0xffffffffu, value, step); }

// Every lane gets the result.
template <class T, class Op> INLINE T warp_all(T value, Op op) {
  for (int step = 16; step > 0; step /= 2) value = op(value, partner(value, step));
  return value;
}

// Every thread gets the result. `none`: what changes nothing.
template <class T, class Op> INLINE T block_all(T value, T none, Op op) {
  __shared__ T parts[32];
  value = warp_all(value, op);
  if (blockDim.x <= 32) return value;
  __syncthreads();  // an earlier result has been read by all
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = value;
  __syncthreads();
  return warp_all(threadIdx.x % 32 < blockDim.x / 32 ? parts[threadIdx.x % 32] : none, op);
}

INLINE float block_sum(float value) { return block_all(value, 0.0f, Plus()); }

#endif
