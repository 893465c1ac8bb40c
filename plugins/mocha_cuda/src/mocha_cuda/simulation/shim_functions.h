// Functions that CUDA C++ has and C++ has not, one thread at a time.

#ifndef MOCHA_SHIM_FUNCTIONS
#define MOCHA_SHIM_FUNCTIONS

using std::isfinite;
using std::isinf;
using std::isnan;

template <class A, class B> auto min(A a, B b) -> decltype(a + b) { return b < a ? b : a; }
template <class A, class B> auto max(A a, B b) -> decltype(a + b) { return a < b ? b : a; }
static inline float min(float a, float b) { return fminf(a, b); }
static inline float max(float a, float b) { return fmaxf(a, b); }
static inline double min(double a, double b) { return fmin(a, b); }
static inline double max(double a, double b) { return fmax(a, b); }

static inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
static inline double rsqrt(double x) { return 1.0 / sqrt(x); }
#define __expf expf
#define __exp10f(x) powf(10.0f, x)
#define __logf logf
#define __log2f log2f
#define __powf powf
#define __sinf sinf
#define __cosf cosf
#define __tanf tanf
static inline float __fdividef(float x, float y) { return x / y; }
static inline float __saturatef(float x) { return x > 0 ? (x < 1 ? x : 1.0f) : 0.0f; }
static inline float sinpif(float x) { return float(sin(M_PI * x)); }
static inline float cospif(float x) { return float(cos(M_PI * x)); }
static inline double sinpi(double x) { return sin(M_PI * x); }
static inline double cospi(double x) { return cos(M_PI * x); }
static inline float __fadd_rn(float x, float y) { return x + y; }
static inline float __fsub_rn(float x, float y) { return x - y; }
static inline float __fmul_rn(float x, float y) { return x * y; }
static inline float __fdiv_rn(float x, float y) { return x / y; }
static inline float __fsqrt_rn(float x) { return sqrtf(x); }
static inline float __fmaf_rn(float x, float y, float z) { return fmaf(x, y, z); }
static inline double __dadd_rn(double x, double y) { return x + y; }
static inline double __dmul_rn(double x, double y) { return x * y; }

static inline int __float2int_rn(float x) { return int(rintf(x)); }
static inline int __float2int_rd(float x) { return int(floorf(x)); }
static inline int __float2int_rz(float x) { return int(x); }
static inline unsigned __float2uint_rz(float x) { return unsigned(x); }
static inline float __int2float_rn(int x) { return float(x); }
static inline float __uint2float_rn(unsigned x) { return float(x); }
static inline double __uint2double_rn(unsigned x) { return double(x); }
static inline float __double2float_rn(double x) { return float(x); }
static inline int __float_as_int(float x) { return mocha::of_bits<int>(mocha::bits(x)); }
static inline unsigned __float_as_uint(float x) { return mocha::of_bits<unsigned>(mocha::bits(x)); }
static inline float __int_as_float(int x) { return mocha::of_bits<float>(mocha::bits(x)); }
static inline float __uint_as_float(unsigned x) { return mocha::of_bits<float>(mocha::bits(x)); }
static inline long long __double_as_longlong(double x) { return mocha::of_bits<long long>(mocha::bits(x)); }
static inline double __longlong_as_double(long long x) { return mocha::of_bits<double>(mocha::bits(x)); }

static inline unsigned __umulhi(unsigned x, unsigned y) { return unsigned(uint64_t(x) * y >> 32); }
static inline int __mul24(int x, int y) { return x * y; }
static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline int __clz(int x) { return x ? __builtin_clz(unsigned(x)) : 32; }

template <class T> T __ldg(const T* at) { return *at; }
template <class T> T __ldcs(const T* at) { return *at; }
template <class T> T __ldcg(const T* at) { return *at; }
template <class T> void __stcs(T* at, T value) { *at = value; }
static inline void __threadfence() {}
static inline void __threadfence_block() {}
static inline unsigned __activemask() { return 1u << mocha::lane(); }

template <class T> T mocha_swap(T* at, T value) {
  T old = *at;
  *at = value;
  return old;
}
#define MOCHA_ATOMIC(NAME, T, NEW) \
  static inline T NAME(T* at, T value) { return mocha_swap(at, static_cast<T>(NEW)); }
#define MOCHA_ATOMICS(T)                              \
  MOCHA_ATOMIC(atomicMin, T, value < *at ? value : *at) \
  MOCHA_ATOMIC(atomicMax, T, value > *at ? value : *at) \
  MOCHA_ATOMIC(atomicOr, T, *at | value)              \
  MOCHA_ATOMIC(atomicAnd, T, *at & value)             \
  MOCHA_ATOMIC(atomicXor, T, *at ^ value)
MOCHA_ATOMICS(int)
MOCHA_ATOMICS(unsigned)
MOCHA_ATOMICS(unsigned long long)
MOCHA_ATOMICS(long long)
MOCHA_ATOMIC(atomicAdd, int, *at + value)
MOCHA_ATOMIC(atomicAdd, unsigned, *at + value)
MOCHA_ATOMIC(atomicAdd, unsigned long long, *at + value)
MOCHA_ATOMIC(atomicAdd, float, *at + value)
MOCHA_ATOMIC(atomicAdd, double, *at + value)
MOCHA_ATOMIC(atomicSub, int, *at - value)
MOCHA_ATOMIC(atomicSub, unsigned, *at - value)
MOCHA_ATOMIC(atomicExch, int, value)
MOCHA_ATOMIC(atomicExch, unsigned, value)
MOCHA_ATOMIC(atomicExch, float, value)
MOCHA_ATOMIC(atomicExch, unsigned long long, value)
static inline int atomicCAS(int* at, int old, int value) { return mocha_swap(at, *at == old ? value : *at); }
static inline unsigned atomicCAS(unsigned* at, unsigned old, unsigned value) {
  return mocha_swap(at, *at == old ? value : *at);
}
static inline unsigned long long atomicCAS(unsigned long long* at, unsigned long long old, unsigned long long value) {
  return mocha_swap(at, *at == old ? value : *at);
}
static inline unsigned atomicInc(unsigned* at, unsigned last) { return mocha_swap(at, *at >= last ? 0u : *at + 1); }
#endif
