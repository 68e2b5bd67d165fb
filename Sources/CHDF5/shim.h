#pragma once
// What older interfaces of the library called otherwise is not wanted: names with a number at the end are stable.
#include <hdf5.h>

// HDF5's constants are macros that open the library and then read a global variable. Swift sees neither.

static inline unsigned etacal_h5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned etacal_h5_truncate(void) { return H5F_ACC_TRUNC; }

static inline hid_t etacal_h5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t etacal_h5_file_create(void) { return H5P_FILE_CREATE; }
static inline hid_t etacal_h5_group_create(void) { return H5P_GROUP_CREATE; }
static inline hid_t etacal_h5_dataset_access(void) { return H5P_DATASET_ACCESS; }
static inline hid_t etacal_h5_dataset_create(void) { return H5P_DATASET_CREATE; }

static inline hid_t etacal_h5_text(void) { return H5T_C_S1; }
static inline size_t etacal_h5_variable(void) { return H5T_VARIABLE; }

/// In memory.
static inline hid_t etacal_h5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t etacal_h5_native_uint32(void) { return H5T_NATIVE_UINT32; }
static inline hid_t etacal_h5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t etacal_h5_native_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t etacal_h5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t etacal_h5_native_double(void) { return H5T_NATIVE_DOUBLE; }

/// In files, the same on every machine.
static inline hid_t etacal_h5_file_int32(void) { return H5T_STD_I32LE; }
static inline hid_t etacal_h5_file_uint32(void) { return H5T_STD_U32LE; }
static inline hid_t etacal_h5_file_int64(void) { return H5T_STD_I64LE; }
static inline hid_t etacal_h5_file_uint64(void) { return H5T_STD_U64LE; }
static inline hid_t etacal_h5_file_float(void) { return H5T_IEEE_F32LE; }
static inline hid_t etacal_h5_file_double(void) { return H5T_IEEE_F64LE; }

/// The library prints each error unless told not to. Where it was built for threads, each thread has to be told.
static inline void etacal_h5_be_quiet(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

static herr_t etacal_h5_keep_text(unsigned number, const H5E_error2_t *error, void *text) {
    (void)number;
    *(const char **)text = error->desc;
    return 0;
}

/// What the innermost of the calls that failed says of it, or null. Valid until the next call.
static inline const char *etacal_h5_reason(void) {
    const char *text = NULL;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, etacal_h5_keep_text, &text);
    return text;
}

// Names are visited in the library's own order. Asked for a sorted list, HDF5 1.10 frees what it never had where a group is damaged.
struct etacal_h5_visit {
    void (*visit)(void *context, const char *name);
    void *context;
};

static herr_t etacal_h5_visit_link(hid_t group, const char *name, const H5L_info_t *info, void *visit) {
    (void)group, (void)info;
    ((struct etacal_h5_visit *)visit)->visit(((struct etacal_h5_visit *)visit)->context, name);
    return 0;
}

static herr_t etacal_h5_visit_attribute(hid_t object, const char *name, const H5A_info_t *info, void *visit) {
    (void)object, (void)info;
    ((struct etacal_h5_visit *)visit)->visit(((struct etacal_h5_visit *)visit)->context, name);
    return 0;
}

static inline herr_t etacal_h5_each_link(hid_t group, struct etacal_h5_visit *visit) {
    return H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, etacal_h5_visit_link, visit);
}

static inline herr_t etacal_h5_each_attribute(hid_t object, struct etacal_h5_visit *visit) {
    return H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, etacal_h5_visit_attribute, visit);
}
