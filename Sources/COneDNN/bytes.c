#include "COneDNN.h"

#include <oneapi/dnnl/dnnl.h>

// Of the OpenMP runtime that oneDNN links; clang has no omp.h of its own.
extern void omp_set_num_threads(int count);

int lightbox_byte_product(int64_t rows, int64_t columns, int64_t depth, const int8_t *a,
                          int64_t a_stride, const int8_t *b, int64_t b_stride, int32_t *c,
                          int64_t c_stride) {
  omp_set_num_threads(1);  // of the calling thread
  const int32_t zero = 0;
  return dnnl_gemm_s8s8s32('N', 'T', 'F', rows, columns, depth, 1.0f, a, a_stride, 0, b, b_stride,
                           0, 0.0f, c, c_stride, &zero);
}
