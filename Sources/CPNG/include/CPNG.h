// PNG decoding and encoding through libpng's full interface, with every error as a message.
//
// The simplified interface converts samples by the gamma in the file; this one hands over the
// sample values as stored, and its longjmp error handling stays on this side of the border.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a PNG holds once palettes and transparency are expanded.
typedef struct {
  uint32_t width, height;
  /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
  int channels;
  /// 8 or 16 bits a sample, native byte order.
  int bits;
} lightbox_png_info;

/// Reads the chunks before the pixels. Returns 0, or -1 with `message` filled.
int lightbox_png_header(const uint8_t *bytes, size_t count, lightbox_png_info *info,
                        char *message, size_t capacity);

/// Decodes rows top to bottom into `pixels` of width x height x channels samples, unchanged in
/// value; 1-, 2- and 4-bit grey is stretched to 0...255. Returns 0, or -1 with `message` filled.
int lightbox_png_decode(const uint8_t *bytes, size_t count, void *pixels, char *message,
                        size_t capacity);

/// Encodes samples in native byte order with text chunks (keys and values alternating, UTF-8,
/// `texts` pairs). On success returns 0 and `*output` holds `*size` bytes, to be given to
/// `lightbox_png_free`; else returns -1 with `message` filled.
int lightbox_png_encode(const void *pixels, lightbox_png_info info, const char *const *text,
                        int texts, uint8_t **output, size_t *size, char *message,
                        size_t capacity);

void lightbox_png_free(uint8_t *bytes);

#ifdef __cplusplus
}
#endif
