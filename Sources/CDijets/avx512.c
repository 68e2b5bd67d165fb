// For AVX-512, in registers of sixteen lanes.

#if defined(__x86_64__)

#define ETACAL_LANES 16
#define ETACAL_HAS_FUSED

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl"))), apply_to = function)

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

struct EtaCalKernels etacal_avx512_kernels(void) {
    return (struct EtaCalKernels){
        density, scatter, radiate, reconstruct, calibrate, choose_dijets, resample, make_tracks};
}

#pragma clang attribute pop

#endif
