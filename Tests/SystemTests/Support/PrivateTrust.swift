/// Trusted certificates for one process: mounted over those of the machine in the process's own
/// namespace.
struct PrivateTrust {
    /// The file of the certificates (PEM).
    let file: String

    /// A command that creates the namespace and then becomes the program whose name follows.
    var wrapper: [String] {
        [
            "unshare", "--map-root-user", "--mount", "sh", "-c",
            "mount --bind \"$0\" /etc/ssl/certs/ca-certificates.crt && exec \"$@\"", file,
        ]
    }
}
