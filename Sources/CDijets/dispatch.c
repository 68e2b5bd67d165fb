#include "CDijets.h"

struct EtaCalKernels etacal_portable_kernels(void);
#if defined(__x86_64__)
struct EtaCalKernels etacal_avx2_kernels(void);
struct EtaCalKernels etacal_avx512_kernels(void);
#endif

bool etacal_has(enum EtaCalInstructionSet set) {
    switch (set) {
    case EtaCalPortable: return true;
#if defined(__x86_64__)
    case EtaCalAVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case EtaCalAVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
    default: return false;
    }
}

struct EtaCalKernels etacal_kernels(enum EtaCalInstructionSet set) {
    switch (set) {
#if defined(__x86_64__)
    case EtaCalAVX2: return etacal_avx2_kernels();
    case EtaCalAVX512: return etacal_avx512_kernels();
#endif
    default: return etacal_portable_kernels();
    }
}
