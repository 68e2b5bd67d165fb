#include "CDijets.h"
#include "common.h"
#include "radiation.h"
#include "scattering.h"
#include "measurement.h"
#include "detector.h"

struct EtaCalKernels etacal_portable_kernels(void) { return (struct EtaCalKernels){density, scatter, radiate, reconstruct}; }
