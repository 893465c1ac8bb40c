// One tile of a product of matrices that are gathered while they are read: out(i, j) = sum over k of a(i, k) b(k, j).
//
// A block makes MT x NT results. Of each KT steps along k both operands are first brought into shared memory, the next
// ones into registers meanwhile. A thread has 4 RM x 4 RN results; per step it reads RM + RN vectors from shared memory
// for 16 RM RN products. SLICES groups of threads share the steps and add what they have at the end, in a fixed order:
// more warps on a processor where there are few tiles. Shared memory: 4 KT (MT + NT + 8) bytes, and
// 64 RM RN bytes a thread for all slices but one.
//
// An operand says with ALONG_K whether neighbours in memory lie along k. `fix` is told the coordinate that neighbouring
// threads differ in (k if ALONG_K, else i or j), `at` gives the number at the other one; beyond the edge both are 0.

#ifndef MOCHA_TILE
#define MOCHA_TILE

#include "common.cuh"

#ifndef SLICES
#define MT 32
#define NT 64
#define KT 16
#define RM 1
#define RN 1
#define SLICES 2
#endif

constexpr int kAcross = NT / (4 * RN), kGroup = kAcross * (MT / (4 * RM)), kThreads = kGroup * SLICES;
static_assert(kThreads % KT == 0 && kThreads % MT == 0 && kThreads % NT == 0, "each thread fetches along one line");
static_assert(MT * KT % kThreads == 0 && NT * KT % kThreads == 0, "all threads fetch equally many");
static_assert(KT % SLICES == 0, "all slices have equally many steps");

// What a thread brings of one operand, `LINES` lines wide, for KT steps.
template <int LINES, class Operand> struct Fetch {
  static constexpr int kCount = LINES * KT / kThreads;
  Operand operand;
  long long first;
  float held[kCount];

  INLINE Fetch(Operand of, long long line) : operand(of), first(line) {
    if (!Operand::ALONG_K) operand.fix(first + threadIdx.x % LINES);
  }

  INLINE void bring(long long k, long long end) {
    if (Operand::ALONG_K) {
      const long long mine = k + threadIdx.x % KT;
      if (mine < end) operand.fix(mine);
#pragma unroll
      for (int r = 0; r < kCount; ++r)
        held[r] = mine < end ? operand.at(first + threadIdx.x / KT + r * (kThreads / KT)) : 0.0f;
    } else {
#pragma unroll
      for (int r = 0; r < kCount; ++r) {
        const long long mine = k + threadIdx.x / LINES + r * (kThreads / LINES);
        held[r] = mine < end ? operand.at(mine) : 0.0f;
      }
    }
  }

  INLINE void put(float4 (*shared)[LINES / 4 + 1]) {
#pragma unroll
    for (int r = 0; r < kCount; ++r) {
      const int step = Operand::ALONG_K ? threadIdx.x % KT : threadIdx.x / LINES + r * (kThreads / LINES);
      const int line = Operand::ALONG_K ? threadIdx.x / KT + r * (kThreads / KT) : threadIdx.x % LINES;
      ((float*)shared[step])[line] = held[r];
    }
  }
};

INLINE void add_products(float4& sum, float a, float4 b) {
  sum.x += a * b.x;
  sum.y += a * b.y;
  sum.z += a * b.z;
  sum.w += a * b.w;
}

INLINE void add_steps(float4 (&sums)[4 * RM][RN], float4 (*left)[MT / 4 + 1], float4 (*right)[NT / 4 + 1], int slice,
                      int down, int across) {
#pragma unroll
  for (int k = 0; k < KT; k += SLICES) {
    float4 b[RN];
#pragma unroll
    for (int n = 0; n < RN; ++n) b[n] = right[k + slice][n * kAcross + across];
#pragma unroll
    for (int m = 0; m < RM; ++m) {
      const float4 a = left[k + slice][m * (MT / 4 / RM) + down];
#pragma unroll
      for (int n = 0; n < RN; ++n) {
        add_products(sums[4 * m][n], a.x, b[n]);
        add_products(sums[4 * m + 1][n], a.y, b[n]);
        add_products(sums[4 * m + 2][n], a.z, b[n]);
        add_products(sums[4 * m + 3][n], a.w, b[n]);
      }
    }
  }
}

// The first slice gets the sums of all.
INLINE void add_slices(float4 (&sums)[4 * RM][RN], int slice, int member) {
#if SLICES > 1
  __shared__ float4 others[SLICES - 1][4 * RM * RN][kGroup];
  if (slice > 0) {
#pragma unroll
    for (int p = 0; p < 4 * RM * RN; ++p) others[slice - 1][p][member] = sums[p / RN][p % RN];
  }
  __syncthreads();
  if (slice > 0) return;
#pragma unroll
  for (int s = 0; s < SLICES - 1; ++s) {
#pragma unroll
    for (int p = 0; p < 4 * RM * RN; ++p) add_products(sums[p / RN][p % RN], 1.0f, others[s][p][member]);
  }
#endif
}

// Steps k ... end - 1 of the tile whose first result is (i, j). `result.fix(j)` is told the first of four columns,
// `result.put(i, four)` gets what they are in row i.
template <class A, class B, class Result>
INLINE void tile_product(long long i, long long j, long long k, long long end, A a, B b, Result result) {
  __shared__ float4 left[KT][MT / 4 + 1], right[KT][NT / 4 + 1];
  const int slice = threadIdx.x / kGroup, member = threadIdx.x % kGroup;
  const int down = member / kAcross, across = member % kAcross;
  Fetch<MT, A> lefts(a, i);
  Fetch<NT, B> rights(b, j);
  float4 sums[4 * RM][RN] = {};
  lefts.bring(k, end);
  rights.bring(k, end);
  for (; k < end; k += KT) {
    lefts.put(left);
    rights.put(right);
    __syncthreads();
    lefts.bring(k + KT, end);
    rights.bring(k + KT, end);
    add_steps(sums, left, right, slice, down, across);
    __syncthreads();
  }
  add_slices(sums, slice, member);
  if (slice > 0) return;
#pragma unroll
  for (int n = 0; n < RN; ++n) {
    result.fix(j + 4 * (n * kAcross + across));
#pragma unroll
    for (int m = 0; m < RM; ++m) {
#pragma unroll
      for (int u = 0; u < 4; ++u) result.put(i + m * (MT / RM) + 4 * down + u, sums[4 * m + u][n]);
    }
  }
}

#endif
