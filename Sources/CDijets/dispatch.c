#include "CDijets.h"

#if defined(__x86_64__)
struct EtaCalKernels etacal_avx2_kernels(void);
#endif

struct EtaCalKernels etacal_kernels(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return etacal_avx2_kernels();
#endif
    return etacal_portable_kernels();
}
