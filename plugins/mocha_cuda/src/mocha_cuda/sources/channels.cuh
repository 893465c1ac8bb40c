// Reductions of arrays (outer, channels, inner) to one result a channel, in two stages: each block makes the result of
// a piece, along `outer`, of some channels; whoever needs them all adds the pieces up in their order.
//
// inner > 1 (channels first): a block has one channel, its threads are neighbours along `inner`.
// inner = 1 (rows of channels): a block has 32 channels, as many as a warp has lanes; its warps share the rows.
// Grid: channels, or 32s of them, along x; pieces along y.

#ifndef MOCHA_CHANNELS
#define MOCHA_CHANNELS

#include "reduce.cuh"

struct Pair {
  float first, second;
  INLINE Pair operator+(Pair other) const { return {first + other.first, second + other.second}; }
};

INLINE Pair partner(Pair v, int step) { return {partner(v.first, step), partner(v.second, step)}; }

struct Piece {
  long long outer, channels, inner, begin, end, channel;

  INLINE Piece(long long outer_, long long channels_, long long inner_)
      : outer(outer_), channels(channels_), inner(inner_) {
    const long long share = (outer + gridDim.y - 1) / gridDim.y;
    begin = min(blockIdx.y * share, outer);
    end = min(begin + share, outer);
    channel = inner > 1 ? blockIdx.x : blockIdx.x * 32LL + threadIdx.x % 32;
  }

  INLINE long long size() const { return (end - begin) * inner; }

  // f(i) for each element i of this thread.
  template <class F> INLINE void each(F f) const {
    if (inner > 1) {
      for (long long e = threadIdx.x; e < size(); e += blockDim.x) {
        const long long row = size() <= MOCHA_NARROW ? unsigned(e) / unsigned(inner) : e / inner;
        f(((begin + row) * channels + channel) * inner + e - row * inner);
      }
    } else if (channel < channels) {
      for (long long row = begin + threadIdx.x / 32; row < end; row += blockDim.x / 32) f(row * channels + channel);
    }
  }

  // Of all threads with this channel; true for the one that gets the result.
  template <class T, class Op> INLINE bool all(T& value, T none, Op op) const {
    if (inner > 1) {
      value = block_all(value, none, op);
      return threadIdx.x == 0;
    }
    __shared__ T lines[32][32];
    lines[threadIdx.x / 32][threadIdx.x % 32] = value;
    __syncthreads();
    if (threadIdx.x >= 32 || channel >= channels) return false;
    for (int k = 1; k < blockDim.x / 32; ++k) value = op(value, lines[k][threadIdx.x]);
    return true;
  }
};

#endif
