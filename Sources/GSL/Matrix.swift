internal import CGSL

/// A dense matrix of doubles, owned: freed when the value ends.
public struct Matrix: ~Copyable {
    let pointer: UnsafeMutablePointer<gsl_matrix>

    /// A matrix of zeros. Both dimensions are at least 1.
    public init(rows: Int, columns: Int) {
        precondition(rows > 0 && columns > 0, "a matrix has at least one row and one column")
        prepareGSL()
        guard let pointer = gsl_matrix_calloc(rows, columns) else {
            preconditionFailure("out of memory for a matrix of \(rows) × \(columns)")
        }
        self.pointer = pointer
    }

    /// - Parameter elements: row after row, as many as the matrix has.
    public init(rows: Int, columns: Int, elements: [Double]) {
        precondition(elements.count == rows * columns, "as many elements as the matrix has")
        self.init(rows: rows, columns: columns)
        pointer.pointee.data.update(from: elements, count: elements.count)
    }

    deinit { gsl_matrix_free(pointer) }

    public var rows: Int { pointer.pointee.size1 }
    public var columns: Int { pointer.pointee.size2 }

    public subscript(row: Int, column: Int) -> Double {
        get {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns, "matrix index out of range")
            return pointer.pointee.data[row * pointer.pointee.tda + column]
        }
        set {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns, "matrix index out of range")
            pointer.pointee.data[row * pointer.pointee.tda + column] = newValue
        }
    }

    public borrowing func copy() -> Matrix {
        let other = Matrix(rows: rows, columns: columns)
        gsl_matrix_memcpy(other.pointer, pointer)
        return other
    }

    /// The elements as rows.
    public borrowing func elements() -> [[Double]] {
        let (stored, columns) = (pointer.pointee, columns)
        return (0..<rows).map { row in
            Array(UnsafeBufferPointer(start: stored.data + row * stored.tda, count: columns))
        }
    }
}

/// A vector of doubles for the routines of this module, owned.
struct Vector: ~Copyable {
    let pointer: UnsafeMutablePointer<gsl_vector>

    init(_ values: [Double]) {
        precondition(!values.isEmpty, "a vector has at least one element")
        prepareGSL()
        guard let pointer = gsl_vector_alloc(values.count) else {
            preconditionFailure("out of memory for a vector of \(values.count)")
        }
        self.pointer = pointer
        for index in values.indices { pointer.pointee.data[index * pointer.pointee.stride] = values[index] }
    }

    init(zeros count: Int) { self.init(Array(repeating: 0, count: count)) }

    deinit { gsl_vector_free(pointer) }

    borrowing func elements() -> [Double] {
        var result: [Double] = []
        for index in 0..<pointer.pointee.size { result.append(pointer.pointee.data[index * pointer.pointee.stride]) }
        return result
    }
}
