/// Why a bucket can't be used with the given values, one case for each cause that a user can fix.
/// Holds neither a secret nor a server's own text.
public enum StorageFailure: Error, Hashable {
    /// The request that failed.
    public enum Step: String, Sendable, CaseIterable {
        case write
        case read
        case delete
    }

    /// The endpoint is not a server's address.
    case endpoint
    /// The endpoint's name has no address.
    case dns
    /// `AddressPolicy` forbids one of the endpoint's addresses.
    case forbiddenAddress
    /// Nothing listens, there is no route, or the connection was lost.
    case unreachable
    case timeout
    /// The certificate or the handshake.
    case tls
    /// The secret does not belong to the access key.
    case signature
    /// The server does not know the access key.
    case accessKey
    /// The bucket does not exist.
    case bucket
    /// The bucket is in another region.
    case region
    /// The access key lacks one of the three permissions that storing needs.
    case permission(Step)
    /// The server says that our clock is wrong.
    case clock
    /// The response is not one of S3, or not the right one. `code` is one of `S3Code.known`.
    case unexpected(status: Int?, code: String?)
    /// Too many checks are running.
    case busy
    /// Checks are impossible here: curl is missing.
    case unavailable

    /// What is revealed if the server has a private address.
    var ofPrivate: StorageFailure {
        switch self {
        case .unreachable, .timeout, .tls, .unexpected: .unexpected(status: nil, code: nil)
        case .endpoint, .dns, .forbiddenAddress, .signature, .accessKey, .bucket, .region,
            .permission, .clock, .busy, .unavailable:
            self
        }
    }
}
