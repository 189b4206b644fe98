// Convolutions, and products of bytes, through oneDNN. Compiles against 2.6 (Debian 12) and 3.x and
// exports only the functions below; no dnnl_* name leaves this folder.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// "2.6.3" and the like, of the library that is loaded.
const char *lightbox_onednn_version(void);

/// The instruction set that kernels are made for: "avx2", "avx512" and so on.
const char *lightbox_onednn_isa(void);

enum {
  LIGHTBOX_FORWARD = 0,         // x, w -> y
  LIGHTBOX_INPUT_GRADIENT = 1,  // dy, w -> dx
  LIGHTBOX_WEIGHT_GRADIENT = 2  // x, dy -> dw
};

enum {
  LIGHTBOX_DIRECT = 0,   // direct, memory layouts chosen by the library
  LIGHTBOX_WINOGRAD = 1  // Winograd's F(4x4, 3x3); 2.6 with AVX-512 has it for 3x3 at stride 1
};

/// Sizes of a convolution, and how to run it.
///
/// Of a volume (input_depth > 0) the arrays are slabs: consecutive planes of larger arrays, whose
/// channels lie input_channel_stride and output_channel_stride numbers apart. front_padding and
/// back_padding are those of the depth, padding that of height and width.
///
/// `frozen`: a forward convolution whose weights serve many calls. Winograd's kernels then take
/// them transformed, which is done once.
typedef struct {
  int64_t batch, input_channels, input_height, input_width;
  int64_t output_channels, kernel_height, kernel_width, stride, padding;
  int64_t direction, algorithm;
  int64_t input_depth, kernel_depth, front_padding, back_padding;
  int64_t input_channel_stride, output_channel_stride;
  int64_t frozen;
} lightbox_convolution_key;

typedef struct lightbox_convolution lightbox_convolution;

/// The prepared convolution for a key, made at the first call and kept for the life of the
/// process; NULL where the library has no implementation. Safe from any thread. Runs on the
/// calling thread alone.
const lightbox_convolution *lightbox_convolution_prepare(const lightbox_convolution_key *key);

/// Bytes of working memory that a run needs.
size_t lightbox_convolution_workspace(const lightbox_convolution *convolution);

/// Runs a prepared convolution on plain NC(D)HW and OI(D)HW arrays, on the calling thread. `first` and
/// `second` are the arguments in the order given with the direction. Returns 0 or a status of the
/// library. `workspace` must be aligned to 64 bytes. `prepared` is NULL or the second argument as
/// `lightbox_convolution_prepare_weights` wrote it.
int lightbox_convolution_run(const lightbox_convolution *convolution, const float *first,
                             const float *second, float *result, void *workspace,
                             const void *prepared);

/// Bytes of the second argument in the layout of the kernel; 0 where that is the plain one.
size_t lightbox_convolution_weights(const lightbox_convolution *convolution);

/// Whether two convolutions want the second argument in the same layout.
int lightbox_convolution_shares_weights(const lightbox_convolution *a,
                                        const lightbox_convolution *b);

/// Writes the second argument in the layout of the kernel, aligned to 64 bytes. Returns 0 or a
/// status of the library.
int lightbox_convolution_prepare_weights(const lightbox_convolution *convolution,
                                         const float *weights, void *prepared);

/// C = A B' of signed bytes [rows, depth] and [columns, depth], row-major, on the calling thread.
/// Returns 0 or a status of the library.
int lightbox_byte_product(int64_t rows, int64_t columns, int64_t depth, const int8_t *a,
                          int64_t a_stride, const int8_t *b, int64_t b_stride, int32_t *c,
                          int64_t c_stride);

#ifdef __cplusplus
}
#endif
