internal import CHDF5

/// The types of numbers that are read and written.
public enum HDF5ElementType: String, CaseIterable, Sendable {
    case int32, uint32, int64, uint64, float32, float64

    /// As it stands in memory.
    var native: hid_t {
        switch self {
        case .int32: etacal_h5_native_int32()
        case .uint32: etacal_h5_native_uint32()
        case .int64: etacal_h5_native_int64()
        case .uint64: etacal_h5_native_uint64()
        case .float32: etacal_h5_native_float()
        case .float64: etacal_h5_native_double()
        }
    }

    /// As it is written: little-endian on every machine.
    var stored: hid_t {
        switch self {
        case .int32: etacal_h5_file_int32()
        case .uint32: etacal_h5_file_uint32()
        case .int64: etacal_h5_file_int64()
        case .uint64: etacal_h5_file_uint64()
        case .float32: etacal_h5_file_float()
        case .float64: etacal_h5_file_double()
        }
    }

    /// The one that holds the same numbers as a type of a file, whatever its byte order; nil when none does.
    init?(of type: hid_t) {
        switch (H5Tget_class(type), H5Tget_size(type)) {
        case (H5T_INTEGER, 4): self = H5Tget_sign(type) == H5T_SGN_NONE ? .uint32 : .int32
        case (H5T_INTEGER, 8): self = H5Tget_sign(type) == H5T_SGN_NONE ? .uint64 : .int64
        case (H5T_FLOAT, 4): self = .float32
        case (H5T_FLOAT, 8): self = .float64
        default: return nil
        }
    }
}

/// A number that a dataset holds.
public protocol HDF5Element: BitwiseCopyable, Sendable {
    static var elementType: HDF5ElementType { get }
}

extension Int32: HDF5Element { public static var elementType: HDF5ElementType { .int32 } }
extension UInt32: HDF5Element { public static var elementType: HDF5ElementType { .uint32 } }
extension Int64: HDF5Element { public static var elementType: HDF5ElementType { .int64 } }
extension UInt64: HDF5Element { public static var elementType: HDF5ElementType { .uint64 } }
extension Float: HDF5Element { public static var elementType: HDF5ElementType { .float32 } }
extension Double: HDF5Element { public static var elementType: HDF5ElementType { .float64 } }
