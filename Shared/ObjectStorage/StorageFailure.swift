/// Why a bucket can't be used with what was given, one case for each cause that people can do
/// something about. No text of it holds a secret or what a server said in its own words.
public enum StorageFailure: Error, Codable, Sendable, Hashable {
    public enum Step: String, Codable, Sendable, CaseIterable {
        case write
        case read
        case delete
    }

    /// The endpoint is no address of a server.
    case endpoint
    /// Its name has no address.
    case dns
    /// One of its addresses is not for us to connect to (`AddressPolicy`).
    case forbiddenAddress
    /// Nobody listens, there is no way there, or the connection was lost.
    case unreachable
    case timeout
    /// The certificate or the handshake.
    case tls
    /// The secret does not belong to the access key.
    case signature
    /// The server does not know the access key.
    case accessKey
    /// There is no bucket of that name.
    case bucket
    /// The bucket is in another region.
    case region
    /// The key may not do one of the three things that storing needs.
    case permission(Step)
    /// The server says that our clock is wrong.
    case clock
    /// No answer of an S3 server, or one that does not fit. `code` is one of S3's (see `S3Code`).
    case unexpected(status: Int?, code: String?)
    /// As many checks run as may.
    case busy
    /// No check can be made, for a reason of ours: curl is missing.
    case unavailable

    /// Stable, for programs.
    public enum Code: String, Sendable, CaseIterable {
        case endpoint = "storage_endpoint_invalid"
        case dns = "storage_dns_failed"
        case forbiddenAddress = "storage_address_forbidden"
        case unreachable = "storage_unreachable"
        case timeout = "storage_timeout"
        case tls = "storage_tls_failed"
        case signature = "storage_signature_refused"
        case accessKey = "storage_access_key_unknown"
        case bucket = "storage_bucket_missing"
        case region = "storage_region_wrong"
        case permission = "storage_permission_missing"
        case clock = "storage_clock_skewed"
        case unexpected = "storage_answer_unexpected"
        case busy = "storage_check_busy"
        case unavailable = "storage_check_unavailable"
    }

    /// A `Code`.
    public var code: String { kind.rawValue }

    private var kind: Code {
        switch self {
        case .endpoint: .endpoint
        case .dns: .dns
        case .forbiddenAddress: .forbiddenAddress
        case .unreachable: .unreachable
        case .timeout: .timeout
        case .tls: .tls
        case .signature: .signature
        case .accessKey: .accessKey
        case .bucket: .bucket
        case .region: .region
        case .permission: .permission
        case .clock: .clock
        case .unexpected: .unexpected
        case .busy: .busy
        case .unavailable: .unavailable
        }
    }

    /// What is told of it if the server is at a private address.
    var ofPrivate: StorageFailure {
        switch self {
        case .unreachable, .timeout, .tls, .unexpected: .unexpected(status: nil, code: nil)
        case .endpoint, .dns, .forbiddenAddress, .signature, .accessKey, .bucket, .region,
            .permission, .clock, .busy, .unavailable:
            self
        }
    }

    /// The value to change (JSON Pointer, RFC 6901); nil if no value is at fault.
    public var field: String? {
        switch self {
        case .endpoint, .dns, .forbiddenAddress, .unreachable, .timeout, .tls, .unexpected:
            "/external/endpoint"
        case .signature: "/external/secretAccessKey"
        case .accessKey, .permission: "/external/accessKeyId"
        case .bucket: "/external/bucket"
        case .region: "/external/region"
        case .clock, .busy, .unavailable: nil
        }
    }

    /// One sentence for people.
    public var detail: String {
        switch self {
        case .endpoint: "The endpoint must be http:// or https:// with a host and perhaps a port."
        case .dns: "The endpoint's name could not be resolved."
        case .forbiddenAddress:
            "The endpoint must have an address on the internet, and no private, loopback, "
                + "link-local or reserved one."
        case .unreachable: "The endpoint could not be reached."
        case .timeout: "The storage did not answer in time."
        case .tls: "No secure connection: the endpoint's certificate or its TLS is not acceptable."
        case .signature: "The secret access key does not belong to the access key."
        case .accessKey: "The storage does not know the access key."
        case .bucket: "There is no bucket of that name."
        case .region: "The bucket is not in that region."
        case .permission(let step): Self.detail(step)
        case .clock: "The storage says that this server's clock is wrong."
        case .unexpected(let status, let code): Self.detail(status, code)
        case .busy: "Too many storage checks are running; try again in a moment."
        case .unavailable: "Storage can't be checked at the moment."
        }
    }

    private static func detail(_ step: Step) -> String {
        switch step {
        case .write: "The access key may not write objects (s3:PutObject)."
        case .read: "The access key may not read objects (s3:GetObject)."
        case .delete:
            "The access key may not delete objects (s3:DeleteObject); the one that was written to "
                + "check it, below .latchkey-check/, remains."
        }
    }

    private static func detail(_ status: Int?, _ code: String?) -> String {
        let parts = [status.map { "status \($0)" }, code].compactMap { $0 }
        let reason = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
        return "The endpoint did not answer as S3 storage does\(reason)."
    }
}
