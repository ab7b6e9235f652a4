/// The version of this product; all executables share one.
public enum Version {
    /// Semantic version of the release.
    public static let text = "0.1.0"
}
