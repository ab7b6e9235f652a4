import Contract

/// Where an organization's packages and assets are kept.
public struct StorageConfigBody: Codable, Sendable, Equatable {
    /// `managed` or `external`.
    public let mode: String
    /// Where `mode` is `external`.
    public let external: ExternalStorageBody?

    public init(mode: String, external: ExternalStorageBody? = nil) {
        self.mode = mode
        self.external = external
    }
}

/// A bucket, without the secret that opens it.
public struct ExternalStorageBody: Codable, Sendable, Equatable {
    public let provider: String
    public let endpoint: String
    public let bucket: String
    public let region: String
    public let accessKeyId: String
    /// The secret itself is never answered.
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
    public let mode: String
    public let external: NewExternalStorageBody?

    public init(mode: String, external: NewExternalStorageBody? = nil) {
        self.mode = mode
        self.external = external
    }
}

/// A bucket to be used.
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
