#pragma once
#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_histogram.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_monte_vegas.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_vector.h>
#include <gsl/gsl_version.h>

/// A Mersenne twister that starts from `seed`, or null without memory. GSL's list of generators is a list of global variables,
/// which Swift does not let pass between threads.
static inline gsl_rng *etacal_rng_alloc(unsigned long seed) {
    gsl_rng *generator = gsl_rng_alloc(gsl_rng_mt19937);
    if (generator) gsl_rng_set(generator, seed);
    return generator;
}

// Levenberg-Marquardt in a trust region. The methods are global variables, which Swift does not let several threads read.
static inline gsl_multifit_nlinear_workspace *etacal_nonlinear_workspace(size_t residuals, size_t parameters) {
    gsl_multifit_nlinear_parameters settings = gsl_multifit_nlinear_default_parameters();
    settings.trs = gsl_multifit_nlinear_trs_lm;
    settings.solver = gsl_multifit_nlinear_solver_svd;
    return gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &settings, residuals, parameters);
}
