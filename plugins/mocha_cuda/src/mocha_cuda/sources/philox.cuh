// The generator of all random numbers, Philox 4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as
// 1, 2, 3", SC 2011), as in mocha_core.random: the same words for the same key, call and index.

#ifndef MOCHA_PHILOX
#define MOCHA_PHILOX

#include "common.cuh"

// The four words of counter (index, call).
INLINE uint4 philox(unsigned long long index, unsigned long long call, unsigned key0, unsigned key1) {
  unsigned c0 = index, c1 = index >> 32, c2 = call, c3 = call >> 32;
#pragma unroll
  for (int round = 0; round < 10; ++round) {
    const unsigned long long p0 = 0xD2511F53ull * c0, p1 = 0xCD9E8D57ull * c2;
    c0 = (unsigned)(p1 >> 32) ^ c1 ^ key0;
    c1 = p1;
    c2 = (unsigned)(p0 >> 32) ^ c3 ^ key1;
    c3 = p0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return make_uint4(c0, c1, c2, c3);
}

// A number in the open interval (0, 1): 23 bits of the word and a half, exact in float.
INLINE float uniform_of(unsigned word) { return ((word >> 9) + 0.5f) * 0x1p-23f; }

#endif
