internal import CHDF5
internal import Foundation

/// The library keeps global tables and need not be built for threads, so that one call at a time goes into it. Recursive, since
/// handles that end inside of a call are closed by one.
private let lock = NSRecursiveLock()

/// Links into other files are not followed: a table that somebody sent has no business with the files of who reads it.
private let prepared: Void = {
    // What could not be written for want of room is not to be tried again when the program ends: the library crashes then.
    H5dont_atexit()
    H5open()
    H5Lunregister(H5L_TYPE_EXTERNAL)
}()

/// Every call of the library stands inside of this.
func locked<Value: ~Copyable>(_ body: () throws(HDF5Error) -> Value) throws(HDF5Error) -> Value {
    lock.lock()
    defer { lock.unlock() }
    prepared
    etacal_h5_be_quiet()
    // So that what it is after a failure is of this call.
    errno = 0
    return try body()
}

/// An identifier of the library, owned: closed when the value ends.
struct Handle: ~Copyable, Sendable {
    let id: hid_t
    private let close: @Sendable (hid_t) -> herr_t

    /// - Returns: nil when the library gave no identifier.
    init?(_ id: hid_t, _ close: @escaping @Sendable (hid_t) -> herr_t) {
        guard id >= 0 else { return nil }
        self.id = id
        self.close = close
    }

    deinit {
        lock.lock()
        defer { lock.unlock() }
        _ = close(id)
    }
}

extension HDF5Place {
    /// A handle that has to be there.
    func owned(
        _ id: hid_t, _ action: String, close: @escaping @Sendable (hid_t) -> herr_t
    ) throws(HDF5Error) -> Handle {
        let code = errno
        guard let handle = Handle(id, close) else { throw failure(action, code) }
        return handle
    }

    /// - Parameter status: what the library returned; below 0 it has failed.
    @discardableResult
    func check<Status: SignedInteger>(_ status: Status, _ action: String) throws(HDF5Error) -> Status {
        let code = errno
        guard status >= 0 else { throw failure(action, code) }
        return status
    }

    private func failure(_ action: String, _ code: Int32) -> HDF5Error {
        let reason = etacal_h5_reason().map { String(cString: $0) } ?? "the library does not say why"
        return HDF5Error(.failed, self, "\(action) failed: \(reason)", systemCode: code)
    }
}
