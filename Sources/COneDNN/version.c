#include "COneDNN.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>

const char *lightbox_onednn_version(void) {
  static char text[32];
  const dnnl_version_t *version = dnnl_version();
  snprintf(text, sizeof text, "%d.%d.%d", version->major, version->minor, version->patch);
  return text;
}
