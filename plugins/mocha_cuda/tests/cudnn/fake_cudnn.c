/* A library with the functions of cuDNN that mocha_cuda calls, on the processor and written from the manual alone. Each
   looks at the kind of every descriptor and address that it is given, so an argument in the wrong place is found. */

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, NOT_INITIALIZED = 1001, BAD_PARAM = 2000, NOT_SUPPORTED = 3000 };
enum { HANDLE = 0x48414e44, TENSOR = 0x54454e53, FILTER = 0x46494c54, LINK = 0x4c494e4b };
enum { DEFAULT_MATH = 0, TENSOR_OP = 1, ALLOW_CONVERSION = 2, FMA_MATH = 3 };

typedef struct {
  int kind;
  void* stream;
} Handle;

typedef struct {
  int kind, shape[4];
} Shape;

typedef struct {
  int kind, pad[2], stride[2], dilation[2], groups, math;
} Link;

typedef struct {
  int algorithm, status;
  float time;
  size_t memory;
  int determinism, math, reserved[3];
} Performance;

/* What tests set and read. */
int fake_version = 92800, fake_status, fake_offered = 4, fake_destroyed, fake_measured;
void* fake_stream;

#define CHECK(condition) if (!(condition)) return BAD_PARAM

static int is(const void* object, int kind) { return object && *(const int*)object == kind; }

size_t cudnnGetVersion(void) { return fake_version; }

const char* cudnnGetErrorString(int status) { return status == BAD_PARAM ? "CUDNN_STATUS_BAD_PARAM" : "another"; }

int cudnnCreate(Handle** handle) {
  if (fake_status) return fake_status;
  *handle = calloc(1, sizeof(Handle));
  (*handle)->kind = HANDLE;
  return SUCCESS;
}

int cudnnDestroy(Handle* handle) {
  CHECK(is(handle, HANDLE));
  handle->kind = 0;
  free(handle);
  ++fake_destroyed;
  return SUCCESS;
}

int cudnnSetStream(Handle* handle, void* stream) {
  CHECK(is(handle, HANDLE));
  handle->stream = fake_stream = stream;
  return SUCCESS;
}

static int create(void** made, size_t size, int kind) {
  *made = calloc(1, size);
  *(int*)*made = kind;
  return SUCCESS;
}

static int destroy(void* object, int kind) {
  CHECK(is(object, kind));
  *(int*)object = 0;
  free(object);
  ++fake_destroyed;
  return SUCCESS;
}

int cudnnCreateTensorDescriptor(void** made) { return create(made, sizeof(Shape), TENSOR); }
int cudnnCreateFilterDescriptor(void** made) { return create(made, sizeof(Shape), FILTER); }
int cudnnCreateConvolutionDescriptor(void** made) { return create(made, sizeof(Link), LINK); }
int cudnnDestroyTensorDescriptor(void* object) { return destroy(object, TENSOR); }
int cudnnDestroyFilterDescriptor(void* object) { return destroy(object, FILTER); }
int cudnnDestroyConvolutionDescriptor(void* object) { return destroy(object, LINK); }

static int set_shape(Shape* shape, int n, int c, int h, int w) {
  CHECK(n > 0 && c > 0 && h > 0 && w > 0);
  shape->shape[0] = n, shape->shape[1] = c, shape->shape[2] = h, shape->shape[3] = w;
  return SUCCESS;
}

/* Order and type are both 0 here, so that a test of their places is left to the numbers behind them. */
int cudnnSetTensor4dDescriptor(Shape* tensor, int order, int type, int n, int c, int h, int w) {
  CHECK(is(tensor, TENSOR) && order == 0 && type == 0);
  return set_shape(tensor, n, c, h, w);
}

int cudnnSetFilter4dDescriptor(Shape* filter, int type, int order, int k, int c, int h, int w) {
  CHECK(is(filter, FILTER) && order == 0 && type == 0);
  return set_shape(filter, k, c, h, w);
}

int cudnnSetConvolution2dDescriptor(Link* link, int pad_h, int pad_w, int u, int v, int dilation_h, int dilation_w,
                                    int mode, int type) {
  CHECK(is(link, LINK) && pad_h >= 0 && pad_w >= 0 && u > 0 && v > 0 && dilation_h > 0 && dilation_w > 0);
  CHECK(mode == 1 && type == 0);
  *link = (Link){LINK, {pad_h, pad_w}, {u, v}, {dilation_h, dilation_w}, 1, 0};
  return SUCCESS;
}

int cudnnSetConvolutionGroupCount(Link* link, int groups) {
  CHECK(is(link, LINK) && groups > 0);
  link->groups = groups;
  return SUCCESS;
}

int cudnnSetConvolutionMathType(Link* link, int math) {
  CHECK(is(link, LINK) && math >= 0 && math <= FMA_MATH);
  link->math = math;
  return SUCCESS;
}

static int side(const Link* link, const Shape* image, const Shape* filter, int axis) {
  int span = (filter->shape[2 + axis] - 1) * link->dilation[axis] + 1;
  return (image->shape[2 + axis] + 2 * link->pad[axis] - span) / link->stride[axis] + 1;
}

int cudnnGetConvolution2dForwardOutputDim(Link* link, Shape* image, Shape* filter, int* n, int* c, int* h, int* w) {
  CHECK(is(link, LINK) && is(image, TENSOR) && is(filter, FILTER));
  *n = image->shape[0], *c = filter->shape[0], *h = side(link, image, filter, 0), *w = side(link, image, filter, 1);
  return SUCCESS;
}

/* Whether the three shapes belong together. */
static int fits(const Link* link, const Shape* image, const Shape* filter, const Shape* result) {
  return is(link, LINK) && is(image, TENSOR) && is(filter, FILTER) && is(result, TENSOR) &&
         image->shape[1] == link->groups * filter->shape[1] && image->shape[0] == result->shape[0] &&
         result->shape[1] == filter->shape[0] && result->shape[2] == side(link, image, filter, 0) &&
         result->shape[3] == side(link, image, filter, 1);
}

static size_t memory_of(const Shape* filter) { return 4 * (size_t)filter->shape[0]; }

/* The best is not deterministic, the second rounds too much, the third failed; the fourth may be taken. */
static int offer(int first, const Link* link, const Shape* filter, int wanted, int* count, Performance* found) {
  Performance all[4] = {
      {first, SUCCESS, 0.1f, 0, 0, link->math, {0}},
      {first + 1, SUCCESS, 0.2f, 0, 1, ALLOW_CONVERSION, {0}},
      {first + 2, NOT_SUPPORTED, -1, 0, 1, link->math, {0}},
      {first + 3, SUCCESS, 0.4f, memory_of(filter), 1, link->math == FMA_MATH ? FMA_MATH : TENSOR_OP, {0}},
  };
  *count = wanted < fake_offered ? wanted : fake_offered;
  memcpy(found, all, *count * sizeof(Performance));
  return SUCCESS;
}

enum { FORWARD = 10, DATA = 20, WEIGHT = 30 };

int cudnnGetConvolutionForwardAlgorithm_v7(Handle* handle, Shape* image, Shape* filter, Link* link, Shape* result,
                                           int wanted, int* count, Performance* found) {
  CHECK(is(handle, HANDLE) && fits(link, image, filter, result));
  return offer(FORWARD, link, filter, wanted, count, found);
}

int cudnnGetConvolutionBackwardDataAlgorithm_v7(Handle* handle, Shape* filter, Shape* dresult, Link* link,
                                                Shape* dimage, int wanted, int* count, Performance* found) {
  CHECK(is(handle, HANDLE) && fits(link, dimage, filter, dresult));
  return offer(DATA, link, filter, wanted, count, found);
}

int cudnnGetConvolutionBackwardFilterAlgorithm_v7(Handle* handle, Shape* image, Shape* dresult, Link* link,
                                                  Shape* dfilter, int wanted, int* count, Performance* found) {
  CHECK(is(handle, HANDLE) && fits(link, image, dfilter, dresult));
  return offer(WEIGHT, link, dfilter, wanted, count, found);
}

int cudnnFindConvolutionForwardAlgorithm(Handle* handle, Shape* image, Shape* filter, Link* link, Shape* result,
                                         int wanted, int* count, Performance* found) {
  ++fake_measured;
  return cudnnGetConvolutionForwardAlgorithm_v7(handle, image, filter, link, result, wanted, count, found);
}

int cudnnFindConvolutionBackwardDataAlgorithm(Handle* handle, Shape* filter, Shape* dresult, Link* link, Shape* dimage,
                                              int wanted, int* count, Performance* found) {
  ++fake_measured;
  return cudnnGetConvolutionBackwardDataAlgorithm_v7(handle, filter, dresult, link, dimage, wanted, count, found);
}

int cudnnFindConvolutionBackwardFilterAlgorithm(Handle* handle, Shape* image, Shape* dresult, Link* link,
                                                Shape* dfilter, int wanted, int* count, Performance* found) {
  ++fake_measured;
  return cudnnGetConvolutionBackwardFilterAlgorithm_v7(handle, image, dresult, link, dfilter, wanted, count, found);
}

static size_t size_of(const Shape* s) { return (size_t)s->shape[0] * s->shape[1] * s->shape[2] * s->shape[3]; }

/* Calls that do the work: what is added up where. */
typedef struct {
  const float *x, *w, *y;
  float* to;
  float factor;
} Work;

static void begin(float* to, const Shape* shape, float keep) {
  for (size_t i = 0; i < size_of(shape); ++i) to[i] = keep == 0 ? 0 : keep * to[i];
}

static void walk(const Link* link, const Shape* image, const Shape* filter, const Shape* result, Work work) {
  const int *x = image->shape, *w = filter->shape, *y = result->shape, filters = w[0] / link->groups;
  for (int n = 0; n < y[0]; ++n)
    for (int k = 0; k < y[1]; ++k)
      for (int i = 0; i < y[2]; ++i)
        for (int j = 0; j < y[3]; ++j)
          for (int c = 0; c < w[1]; ++c)
            for (int p = 0; p < w[2]; ++p)
              for (int q = 0; q < w[3]; ++q) {
                int row = i * link->stride[0] - link->pad[0] + p * link->dilation[0];
                int column = j * link->stride[1] - link->pad[1] + q * link->dilation[1];
                if (row < 0 || row >= x[2] || column < 0 || column >= x[3]) continue;
                size_t at_x = (((size_t)n * x[1] + k / filters * w[1] + c) * x[2] + row) * x[3] + column;
                size_t at_w = (((size_t)k * w[1] + c) * w[2] + p) * w[3] + q;
                size_t at_y = (((size_t)n * y[1] + k) * y[2] + i) * y[3] + j;
                if (!work.y) work.to[at_y] += work.factor * work.x[at_x] * work.w[at_w];
                else if (!work.x) work.to[at_x] += work.factor * work.w[at_w] * work.y[at_y];
                else work.to[at_w] += work.factor * work.x[at_x] * work.y[at_y];
              }
}

/* All of the memory to work in is written over, as the library would. */
static int ready(Handle* handle, const Link* link, int algorithm, int expected, const Shape* filter, float* room,
                 size_t bytes) {
  CHECK(is(handle, HANDLE) && algorithm == expected + 3 && bytes == memory_of(filter) && room);
  CHECK(link->math == FMA_MATH || link->math == TENSOR_OP);
  memset(room, 0xFF, bytes);
  return SUCCESS;
}

int cudnnConvolutionForward(Handle* handle, const float* alpha, Shape* image, const float* x, Shape* filter,
                            const float* w, Link* link, int algorithm, void* room, size_t bytes, const float* beta,
                            Shape* result, float* y) {
  CHECK(fits(link, image, filter, result));
  CHECK(ready(handle, link, algorithm, FORWARD, filter, room, bytes) == SUCCESS);
  begin(y, result, *beta);
  walk(link, image, filter, result, (Work){x, w, NULL, y, *alpha});
  return SUCCESS;
}

int cudnnConvolutionBackwardData(Handle* handle, const float* alpha, Shape* filter, const float* w, Shape* dresult,
                                 const float* dy, Link* link, int algorithm, void* room, size_t bytes,
                                 const float* beta, Shape* dimage, float* dx) {
  CHECK(fits(link, dimage, filter, dresult));
  CHECK(ready(handle, link, algorithm, DATA, filter, room, bytes) == SUCCESS);
  begin(dx, dimage, *beta);
  walk(link, dimage, filter, dresult, (Work){NULL, w, dy, dx, *alpha});
  return SUCCESS;
}

int cudnnConvolutionBackwardFilter(Handle* handle, const float* alpha, Shape* image, const float* x, Shape* dresult,
                                   const float* dy, Link* link, int algorithm, void* room, size_t bytes,
                                   const float* beta, Shape* dfilter, float* dw) {
  CHECK(fits(link, image, dfilter, dresult));
  CHECK(ready(handle, link, algorithm, WEIGHT, dfilter, room, bytes) == SUCCESS);
  begin(dw, dfilter, *beta);
  walk(link, image, dfilter, dresult, (Work){x, NULL, dy, dw, *alpha});
  return SUCCESS;
}
