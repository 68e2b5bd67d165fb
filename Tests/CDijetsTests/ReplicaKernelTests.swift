import CDijets
import Testing

/// Sums of replicas, on every instruction set that this processor has, against plain Swift: to the bit.
struct ReplicaKernelTests {
    @Test func sumsAreThoseOfAPlainLoop() {
        let (subSamples, replicas) = (37, 48)
        let counts = (0..<subSamples * replicas).map { Double(($0 * 7 + $0 / 5) % 4) }
        let numbers = (0..<20).map { Int32((3 * $0 + 1) % subSamples) }
        let weights = numbers.map { 1 / (1.7 + Double($0)) }
        let asymmetries = numbers.map { 0.1 * Double($0 % 5) - 0.2 / (1 + Double($0)) }
        var (expectedWeights, expectedAsymmetries) = (
            Array(repeating: 0.0, count: replicas), Array(repeating: 0.0, count: replicas)
        )
        for (place, number) in numbers.enumerated() {
            for replica in 0..<replicas {
                let count = counts[Int(number) * replicas + replica]
                expectedWeights[replica] += count * weights[place]
                expectedAsymmetries[replica] += count * asymmetries[place]
            }
        }
        for set in [EtaCalPortable, EtaCalAVX2, EtaCalAVX512] where etacal_has(set) {
            var found = (Array(repeating: -1.0, count: replicas), Array(repeating: -1.0, count: replicas))
            numbers.withUnsafeBufferPointer { numbers in
                weights.withUnsafeBufferPointer { weights in
                    asymmetries.withUnsafeBufferPointer { asymmetries in
                        var sums = EtaCalSubSamples(
                            numbers: numbers.baseAddress, one: weights.baseAddress, other: asymmetries.baseAddress,
                            count: numbers.count)
                        etacal_kernels(set).resample(&sums, counts, replicas, &found.0, &found.1)
                    }
                }
            }
            #expect(found.0 == expectedWeights && found.1 == expectedAsymmetries)
        }
    }
}
