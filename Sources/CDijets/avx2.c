// For AVX2, in registers of eight lanes. All that is included is compiled for it, so that nothing is called across.

#if defined(__x86_64__)

#define ETACAL_HAS_FUSED

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#include "CDijets.h"
#include "common.h"
#include "tables.h"
#include "radiation.h"
#include "scattering.h"
#include "flavours.h"
#include "proposals.h"
#include "measurement.h"
#include "detector.h"
#include "balance.h"
#include "replicas.h"
#include "tracks.h"

struct EtaCalKernels etacal_avx2_kernels(void) {
    return (struct EtaCalKernels){
        density, scatter, radiate, reconstruct, calibrate, choose_dijets, resample, make_tracks};
}

#pragma clang attribute pop

#endif
