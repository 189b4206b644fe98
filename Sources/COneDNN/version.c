#include "COneDNN.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>

const char *lightbox_onednn_version(void) {
  static char text[32];
  const dnnl_version_t *version = dnnl_version();
  snprintf(text, sizeof text, "%d.%d.%d", version->major, version->minor, version->patch);
  return text;
}

const char *lightbox_onednn_isa(void) {
  dnnl_cpu_isa_t isa = dnnl_get_effective_cpu_isa();
  if (isa < dnnl_cpu_isa_avx) return "sse41";
  if (isa < dnnl_cpu_isa_avx2) return "avx";
  if ((isa & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core) return "avx512";
  return "avx2";
}
