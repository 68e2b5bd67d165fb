// For any processor, eight lanes in as many registers as it takes.

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

struct EtaCalKernels etacal_portable_kernels(void) {
    return (struct EtaCalKernels){
        density, scatter, radiate, reconstruct, calibrate, choose_dijets, resample, make_tracks};
}
