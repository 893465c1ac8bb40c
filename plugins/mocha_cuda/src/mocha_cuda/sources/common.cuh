// Loops over elements, and index arithmetic.
//
// Of all pointers those to const are read only; each other is written, and only where a comment says so also read.

#ifndef MOCHA_COMMON
#define MOCHA_COMMON

#define INLINE __device__ __forceinline__

#ifndef MOCHA_NARROW
#define MOCHA_NARROW 0x7fffffffLL  // up to here indices are 32 bits wide: a division costs a quarter of that of 64 bits
#endif

INLINE long long thread_number() { return blockIdx.x * (long long)blockDim.x + threadIdx.x; }

template <class... P> INLINE bool aligned(P... pointers) { return ((... | (unsigned long long)pointers) & 15) == 0; }

INLINE float4 load4(const float* x) { return *(const float4*)x; }
INLINE void store4(float* y, float4 v) { *(float4*)y = v; }

template <class F, class... V> INLINE float4 apply4(F f, V... v) {
  return make_float4(f(v.x...), f(v.y...), f(v.z...), f(v.w...));
}

template <class F, class... V> INLINE float4 apply4_at(long long i, F f, V... v) {
  return make_float4(f(i, v.x...), f(i + 1, v.y...), f(i + 2, v.z...), f(i + 3, v.w...));
}

// y[i] = f(x[i], ...), four neighbours a thread. All is read before y is written, so y may lie on any x.
template <class F, class... X> INLINE void map(float* y, long long n, F f, X... x) {
  const long long first = 4 * thread_number();
  if (first + 4 <= n && aligned(y, x...)) {
    store4(y + first, apply4(f, load4(x + first)...));
  } else {
    for (long long i = first; i < n && i < first + 4; ++i) y[i] = f(x[i]...);
  }
}

// The same for f(i, x[i], ...), which knows where it is.
template <class F, class... X> INLINE void map_at(float* y, long long n, F f, X... x) {
  const long long i = 4 * thread_number();
  if (i + 4 <= n && aligned(y, x...)) {
    store4(y + i, apply4_at(i, f, load4(x + i)...));
  } else {
    for (long long k = i; k < n && k < i + 4; ++k) y[k] = f(k, x[k]...);
  }
}

// Division of what is not negative by one number, as an inner loop can afford it: up to 2^20 the product with the inverse
// is off by less than 2^-22 of the quotient, so half a step beside the multiples it rounds down to the right number.
struct Divisor {
  int by;
  float inverse;
  INLINE explicit Divisor(int number) : by(number), inverse(1.0f / number) {}
  INLINE int quotient(int x) const { return x < 1 << 20 ? int((x + 0.5f) * inverse) : x / by; }
};

// Where element `number` of an array (outer, rows, columns, inner) lies.
template <class I> struct Place {
  I outer, row, column, inner;
  INLINE Place(I number, I rows, I columns, I width) {
    I rest = number / width;
    inner = number - rest * width;
    I above = rest / columns;
    column = rest - above * columns;
    outer = above / rows;
    row = above - outer * rows;
  }
};

#endif
