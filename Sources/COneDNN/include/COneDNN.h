// Convolution through oneDNN. Compiles against 2.6 (Debian 12) and 3.x and exports only the
// functions below; no dnnl_* name leaves this folder.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// "2.6.3" and the like, of the library that is loaded.
const char *lightbox_onednn_version(void);

#ifdef __cplusplus
}
#endif
