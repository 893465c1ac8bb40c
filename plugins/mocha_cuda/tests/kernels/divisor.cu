#include "../../src/mocha_cuda/sources/common.cuh"

// quotients[i] = numbers[i] / by
extern "C" __global__ void divide(int* quotients, const int* numbers, long long n, long long by) {
  const long long i = thread_number();
  if (i < n) quotients[i] = Divisor(int(by)).quotient(numbers[i]);
}
