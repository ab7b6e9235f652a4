import Contract

/// Who runs an organization's storage.
public enum StorageMode: String, CaseIterable, Codable, Sendable {
    /// We do.
    case managed
    /// It is a bucket of the organization's own.
    case external
}

/// Where an organization's packages and assets are stored.
public struct StorageConfigBody: Codable, Sendable, Equatable {
    public let mode: StorageMode
    /// Present if `mode` is `external`.
    public let external: ExternalStorageBody?

    public init(mode: StorageMode, external: ExternalStorageBody? = nil) {
        self.mode = mode
        self.external = external
    }
}

/// A bucket, without its secret.
public struct ExternalStorageBody: Codable, Sendable, Equatable {
    public let provider: String
    public let endpoint: String
    public let bucket: String
    public let region: String
    public let accessKeyId: String
    /// Always true: the secret itself is never returned.
    public let secretAccessKeySet: Bool

    public init(
        provider: String, endpoint: String, bucket: String, region: String, accessKeyId: String,
        secretAccessKeySet: Bool
    ) {
        self.provider = provider
        self.endpoint = endpoint
        self.bucket = bucket
        self.region = region
        self.accessKeyId = accessKeyId
        self.secretAccessKeySet = secretAccessKeySet
    }
}

/// `POST /api/organizations/{id}/storage-config`
public struct NewStorageConfigBody: Codable, Sendable {
    /// A `StorageMode`.
    public let mode: String
    public let external: NewExternalStorageBody?

    public init(mode: String, external: NewExternalStorageBody? = nil) {
        self.mode = mode
        self.external = external
    }
}

/// A new bucket.
public struct NewExternalStorageBody: Codable, Sendable {
    public let provider: String
    public let endpoint: String
    public let bucket: String
    public let region: String
    public let accessKeyId: String
    public let secretAccessKey: String

    public init(
        provider: String, endpoint: String, bucket: String, region: String, accessKeyId: String,
        secretAccessKey: String
    ) {
        self.provider = provider
        self.endpoint = endpoint
        self.bucket = bucket
        self.region = region
        self.accessKeyId = accessKeyId
        self.secretAccessKey = secretAccessKey
    }
}
