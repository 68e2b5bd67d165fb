/// The detector cards of this folder, compiled in.
public enum Geometry {
    /// Names and texts (YAML) of the built-in cards, the default first.
    public static let cards: [(name: String, text: [UInt8])] = [
        ("cms-like", PackageResources.cms_like_yaml),
        ("atlas-like", PackageResources.atlas_like_yaml),
        ("uniform", PackageResources.uniform_yaml),
        ("stress", PackageResources.stress_yaml),
    ]
}
