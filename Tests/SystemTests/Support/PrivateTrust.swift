/// The certificates that a process trusts, other ones than this machine's: laid over them in a
/// namespace that the process has to itself.
struct PrivateTrust {
    /// Of the certificates (PEM).
    let file: String

    /// What makes the namespace and then becomes the program whose name follows.
    var wrapper: [String] {
        [
            "unshare", "--map-root-user", "--mount", "sh", "-c",
            "mount --bind \"$0\" /etc/ssl/certs/ca-certificates.crt && exec \"$@\"", file,
        ]
    }
}
