#include "CJPEG.h"

#include <stdio.h>
#include <turbojpeg.h>

int lightbox_jpeg_header(const uint8_t *bytes, size_t count, int *width, int *height,
                         int *components, char *message, size_t capacity) {
  tjhandle handle = tjInitDecompress();
  int subsampling = 0, space = 0;
  int status = tjDecompressHeader3(handle, bytes, count, width, height, &subsampling, &space);
  if (status != 0) snprintf(message, capacity, "%s", tjGetErrorStr2(handle));
  *components = space == TJCS_GRAY ? 1 : 3;
  tjDestroy(handle);
  return status == 0 ? 0 : -1;
}

int lightbox_jpeg_decode(const uint8_t *bytes, size_t count, int width, int height, int components,
                         uint8_t *pixels, char *message, size_t capacity) {
  tjhandle handle = tjInitDecompress();
  int format = components == 1 ? TJPF_GRAY : TJPF_RGB;
  int status = tjDecompress2(handle, bytes, count, pixels, width, 0, height, format,
                             TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING);
  if (status != 0) snprintf(message, capacity, "%s", tjGetErrorStr2(handle));
  tjDestroy(handle);
  return status == 0 ? 0 : -1;
}
