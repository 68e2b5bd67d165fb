#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The azimuth brought into [−π, π); NaN for what is not finite.
@inlinable @inline(__always)
public func wrappedAzimuth(_ phi: Double) -> Double {
    // By turns, which keeps the bits of angles that need none; far angles at once.
    var angle = abs(phi) < 32 ? phi : phi.remainder(dividingBy: 2 * Double.pi)
    while angle >= Double.pi { angle -= 2 * Double.pi }
    while angle < -Double.pi { angle += 2 * Double.pi }
    return angle
}

/// The absolute azimuthal difference of two angles in [−π, π), in [0, π].
@inlinable @inline(__always)
public func azimuthalDistance(_ first: Double, _ second: Double) -> Double {
    let difference = abs(first - second)
    return difference > Double.pi ? 2 * Double.pi - difference : difference
}

/// The largest transverse momentum that a pair of jets can have when one of them has this pseudorapidity:
/// √s / (2 cosh η), in the unit of `sqrtS`.
public func kinematicLimit(eta: Double, sqrtS: Double) -> Double { sqrtS / (2 * cosh(eta)) }
