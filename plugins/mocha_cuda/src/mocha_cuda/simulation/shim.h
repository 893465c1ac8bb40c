// CUDA C++ for a processor: one block after the other, and in a block one thread after the other.
//
// A worker (a fiber with a stack of its own) runs thread after thread. When its thread has to wait for others, the
// worker keeps it, and the next worker goes on with the next thread; so kernels without barriers cost no switch.
// Stricter than a GPU: all threads of a block must meet at the same barrier, and all lanes that a mask names must come.

#ifndef MOCHA_SHIM
#define MOCHA_SHIM
#define MOCHA_SIMULATED 1

#include <cfloat>
#include <climits>
#include <cmath>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ucontext.h>
#include <utility>

#include "shim_language.h"

extern "C" {
// The bounds of the section with all shared memory; absent (null) where a source has none.
extern char __start_mocha_shared[] __attribute__((weak, visibility("hidden")));
extern char __stop_mocha_shared[] __attribute__((weak, visibility("hidden")));
}

namespace mocha {

constexpr int kThreads = 1024, kLanes = 32, kWarps = kThreads / kLanes;
constexpr size_t kStack = 128 * 1024, kShared = 48 * 1024;

struct Warp {
  unsigned waiting, named, lanes, unread[2];
  int turn, line;
  uint64_t values[2][kLanes];
};

struct Worker {
  ucontext_t start;
  jmp_buf at;
  char* stack;
  bool begun;
  int thread;  // that it keeps while waiting; -1: none
};

alignas(256) static char dynamic_memory[kShared];
static Worker workers[kThreads + 1];
static Warp warps[kWarps];
static bool exited[kThreads];
static int at_barrier, barrier_line, barrier_turn, barrier_sum[2], next_thread, threads, current;
static size_t dynamic_bytes;
static bool backwards;  // the last block, and in a block the last thread, goes first
static long long moves;  // how often a thread got on; a round of turns in which none does is a deadlock
static jmp_buf scheduler;
static char failure[256];
static void (*body)(void*);
static void* arguments;

inline void place(int thread) {
  current = thread;
  threadIdx.x = thread % blockDim.x;
  threadIdx.y = thread / blockDim.x % blockDim.y;
  threadIdx.z = thread / (blockDim.x * blockDim.y);
}

static Worker* running;

// Leave the thread that runs; come back when somebody resumes its worker.
static __attribute__((noinline)) void leave() {
  running->thread = current;
  if (_setjmp(running->at) == 0) _longjmp(scheduler, 1);
}

[[noreturn]] static void fail(const char* text, int line) {
  snprintf(failure, sizeof failure, "%s (line %d, thread %d of block (%u, %u, %u))", text, line, current, blockIdx.x,
           blockIdx.y, blockIdx.z);
  _longjmp(scheduler, 2);
}

static void work() {
  for (;;) {
    while (next_thread < threads) {
      int mine = next_thread++;
      place(backwards ? threads - 1 - mine : mine);
      body(arguments);
      exited[current] = true;
      ++moves;
    }
    running->thread = -1;
    if (_setjmp(running->at) == 0) _longjmp(scheduler, 1);
  }
}

static __attribute__((noinline)) void resume(Worker* worker) {
  running = worker;
  if (worker->thread >= 0) place(worker->thread);
  if (worker->begun) _longjmp(worker->at, 1);
  worker->begun = true;
  worker->stack = static_cast<char*>(malloc(kStack));
  getcontext(&worker->start);
  worker->start.uc_stack.ss_sp = worker->stack;
  worker->start.uc_stack.ss_size = kStack;
  worker->start.uc_link = nullptr;
  makecontext(&worker->start, work, 0);
  setcontext(&worker->start);
}

// 0: the worker waits or has nothing to do; 2: the kernel failed.
static __attribute__((noinline)) int turn_of(Worker* worker) {
  int how = _setjmp(scheduler);
  if (how == 0) resume(worker);
  return how == 2 ? 2 : 0;
}

static void begin_block() {
  next_thread = at_barrier = barrier_turn = 0;
  barrier_sum[0] = barrier_sum[1] = 0;
  memset(exited, 0, sizeof exited);
  memset(warps, 0, sizeof warps);
  for (int t = 0; t < threads; ++t) warps[t / kLanes].lanes |= 1u << t % kLanes;
  memset(dynamic_memory, 0xFF, dynamic_bytes);
  if (__start_mocha_shared) memset(__start_mocha_shared, 0xFF, __stop_mocha_shared - __start_mocha_shared);
}

static bool run_block() {
  begin_block();
  int used = 0;
  do {
    if (turn_of(&workers[used++])) return false;
  } while (next_thread < threads);
  for (;;) {
    bool waits = false;
    long long before = moves;
    for (int turn = 0; turn < used; ++turn) {
      int w = backwards ? used - 1 - turn : turn;
      if (workers[w].thread < 0) continue;
      waits = true;
      if (turn_of(&workers[w])) return false;
    }
    if (!waits) return true;
    if (moves == before) {
      int gone = 0;
      for (int t = 0; t < threads; ++t) gone += exited[t];
      snprintf(failure, sizeof failure,
               "threads of block (%u, %u, %u) wait at a barrier or for lanes of their warp that never come: %d of %d "
               "have left the kernel, %d wait at the barrier in line %d",
               blockIdx.x, blockIdx.y, blockIdx.z, gone, threads, at_barrier, barrier_line);
      return false;
    }
  }
}

static int barrier(int line, int predicate = 0) {
  if (at_barrier == 0) barrier_line = line;
  if (barrier_line != line) fail("threads of one block wait at different barriers", line);
  int turn = barrier_turn;
  barrier_sum[turn & 1] += predicate;
  ++moves;
  if (++at_barrier == threads) {
    at_barrier = 0;
    barrier_sum[++barrier_turn & 1] = 0;
  } else {
    while (barrier_turn == turn) leave();
    ++moves;
  }
  return barrier_sum[turn & 1];
}

// Lanes named by `mask` meet; the row that is returned holds what each brings, for those that read it at once.
static uint64_t* meet(int line, unsigned mask, uint64_t mine) {
  int lane = current % kLanes;
  unsigned self = 1u << lane;
  Warp& warp = warps[current / kLanes];
  mask &= warp.lanes;
  if (!(mask & self)) fail("a lane is not in its own mask", line);
  for (int other = 0, first = current - lane; other < kLanes; ++other)
    if ((mask >> other & 1) && exited[first + other]) fail("a mask names a lane that has left the kernel", line);
  while (warp.waiting ? warp.named != mask : warp.unread[warp.turn & 1] != 0) leave();  // until others are done
  int row = warp.turn & 1;
  if (!warp.waiting) {
    warp.named = mask;
    warp.line = line;
    memset(warp.values[row], 0xFF, sizeof warp.values[row]);
  }
  if (warp.line != line) fail("lanes of one warp meet at different lines", line);
  warp.values[row][lane] = mine;
  warp.waiting |= self;
  ++moves;
  if (warp.waiting == mask) {
    warp.waiting = 0;
    warp.unread[row] = mask;
    ++warp.turn;
  }
  while (!(warp.unread[row] & self)) leave();
  warp.unread[row] &= ~self;
  ++moves;
  return warp.values[row];
}

template <class T> uint64_t bits(T value) {
  static_assert(sizeof(T) <= 8, "lanes exchange at most 8 bytes");
  uint64_t held = 0;
  memcpy(&held, &value, sizeof value);
  return held;
}
template <class T> T of_bits(uint64_t held) {
  T value;
  memcpy(&value, &held, sizeof value);
  return value;
}
template <class T> T exchange(int line, unsigned mask, T value, int other, bool inside) {
  uint64_t* row = meet(line, mask, bits(value));
  return inside ? of_bits<T>(row[other]) : value;
}
inline int lane() { return current % kLanes; }
template <class T> T down(int line, unsigned mask, T value, unsigned by, int width = kLanes) {
  return exchange(line, mask, value, lane() + by, lane() % width + by < unsigned(width));
}
template <class T> T up(int line, unsigned mask, T value, unsigned by, int width = kLanes) {
  return exchange(line, mask, value, lane() - by, unsigned(lane() % width) >= by);
}
template <class T> T across(int line, unsigned mask, T value, int with, int width = kLanes) {
  return exchange(line, mask, value, lane() ^ with, (lane() ^ with) / width <= lane() / width);
}
template <class T> T from(int line, unsigned mask, T value, int other, int width = kLanes) {
  return exchange(line, mask, value, lane() / width * width + (other & (width - 1)), true);
}
inline unsigned ballot(int line, unsigned mask, int predicate) {
  uint64_t* row = meet(line, mask, predicate != 0);
  unsigned all = 0;
  for (int other = 0; other < kLanes; ++other)
    if (mask >> other & 1) all |= unsigned(row[other] == 1) << other;
  return all;
}
inline void sync_warp(int line, unsigned mask = 0xFFFFFFFFu) { meet(line, mask, 0); }
inline void* dynamic_shared() { return dynamic_memory; }

// null, or what went wrong.
inline const char* launch(void (*kernel)(void*), void* all, const long long* grid, const long long* block,
                          long long shared, long long order) {
  body = kernel;
  arguments = all;
  dynamic_bytes = shared;
  backwards = order != 0;
  gridDim = {unsigned(grid[0]), unsigned(grid[1]), unsigned(grid[2])};
  blockDim = {unsigned(block[0]), unsigned(block[1]), unsigned(block[2])};
  threads = int(block[0] * block[1] * block[2]);
  const long long blocks = grid[0] * grid[1] * grid[2];
  for (long long turn = 0; turn < blocks; ++turn) {
    const long long block = backwards ? blocks - 1 - turn : turn;
    blockIdx = {unsigned(block % grid[0]), unsigned(block / grid[0] % grid[1]), unsigned(block / grid[0] / grid[1])};
    if (!run_block()) {
      for (Worker& worker : workers) {  // those of a failed block are in the middle of their threads
        free(worker.stack);
        worker = Worker{};
      }
      return failure;
    }
  }
  return nullptr;
}

template <class... A, size_t... I> void call(void (*kernel)(A...), void** all, std::index_sequence<I...>) {
  kernel(*static_cast<A*>(all[I])...);
}
template <class... A> void call(void (*kernel)(A...), void* all) {
  call(kernel, static_cast<void**>(all), std::index_sequence_for<A...>{});
}

}  // namespace mocha

// What `mocha_launch_NAME` is for each entry point NAME; written behind the source.
#define MOCHA_ENTRY(NAME)                                                                                          \
  extern "C" __attribute__((visibility("default"))) const char* mocha_launch_##NAME(                              \
      const long long* grid, const long long* block, long long shared, void** all, long long order) {             \
    return mocha::launch([](void* given) { mocha::call(NAME, given); }, all, grid, block, shared, order);          \
  }

#define __syncthreads() mocha::barrier(__LINE__)
#define __syncthreads_count(predicate) mocha::barrier(__LINE__, (predicate) != 0)
#define __syncthreads_or(predicate) (mocha::barrier(__LINE__, (predicate) != 0) != 0)
#define __syncthreads_and(predicate) (mocha::barrier(__LINE__, (predicate) == 0) == 0)
#define __shfl_down_sync(...) mocha::down(__LINE__, __VA_ARGS__)
#define __shfl_up_sync(...) mocha::up(__LINE__, __VA_ARGS__)
#define __shfl_xor_sync(...) mocha::across(__LINE__, __VA_ARGS__)
#define __shfl_sync(...) mocha::from(__LINE__, __VA_ARGS__)
#define __ballot_sync(mask, predicate) mocha::ballot(__LINE__, mask, predicate)
#define __any_sync(mask, predicate) (mocha::ballot(__LINE__, mask, predicate) != 0)
#define __all_sync(mask, predicate) (mocha::ballot(__LINE__, mask, !(predicate)) == 0)
#define __syncwarp(...) mocha::sync_warp(__LINE__ __VA_OPT__(, ) __VA_ARGS__)

#include "shim_functions.h"
#endif
