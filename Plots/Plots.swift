/// The gnuplot templates of this folder, compiled in.
public enum Plots {
    /// What every figure starts with.
    public static let style: [UInt8] = PackageResources.style_gp

    /// Templates by the name of their figure.
    public static let templates: [String: [UInt8]] = [
        "response-map": PackageResources.response_map_gp,
        "constants-eta": PackageResources.constants_eta_gp,
        "closure-eta": PackageResources.closure_eta_gp,
    ]
}
