/// Numbers that a loop in C looks up, from the start of a cache line on, so that rows of a power of two do not cross one. Written
/// once, then only read.
public final class AlignedTable<Value: BitwiseCopyable & Sendable>: @unchecked Sendable {
    private let memory: UnsafeMutablePointer<Value>

    public init(_ values: [Value]) {
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: max(values.count, 1) * MemoryLayout<Value>.stride, alignment: 64)
        memory = bytes.bindMemory(to: Value.self, capacity: values.count)
        memory.initialize(from: values, count: values.count)
    }

    deinit { memory.deallocate() }

    /// Of the first number; good as long as the table lives.
    public var address: UnsafePointer<Value> { UnsafePointer(memory) }
}
