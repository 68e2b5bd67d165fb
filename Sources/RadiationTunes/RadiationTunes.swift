/// The tunes of this folder, compiled in.
public enum RadiationTunes {
    /// Names and texts (YAML) of the built-in tunes, the default first.
    public static let tunes: [(name: String, text: [UInt8])] = [("monash", PackageResources.monash_yaml)]
}
