import EventLoop

/// A bucket with Amazon's S3 protocol, and its credentials.
public struct S3Bucket: Sendable, Equatable {
    /// `http://` or `https://`, host and, unless it is the default, port; no path.
    public let endpoint: String
    /// The bucket's name.
    public let bucket: String
    /// The region of the signature.
    public let region: String
    /// Identifies the secret key; not secret itself.
    public let accessKeyId: String
    /// Secret: not shown, not even in this value's description.
    public let secretAccessKey: String

    public init(
        endpoint: String, bucket: String, region: String, accessKeyId: String,
        secretAccessKey: String
    ) {
        self.endpoint = endpoint
        self.bucket = bucket
        self.region = region
        self.accessKeyId = accessKeyId
        self.secretAccessKey = secretAccessKey
    }

    /// The value that can't be sent in a request; nil if all can. Servers can have more rules.
    var fault: StorageFailure? {
        if HTTPOrigin(endpoint) == nil { return .endpoint }
        // Dot segments would change the path; the older rule for names allows the rest.
        if !Self.isText(bucket, 1...255, "._-") || bucket == "." || bucket == ".." {
            return .bucket
        }
        if !Self.isText(region, 1...64, "._-") { return .region }
        // It becomes part of a header field: no line breaks, and none of the field's separators.
        if !Self.isText(accessKeyId, 1...128, "._-+=:@") { return .accessKey }
        return secretAccessKey.isEmpty ? .signature : nil
    }

    /// Whether a text has an allowed length and only ASCII letters, digits and `others`.
    private static func isText(_ text: String, _ length: ClosedRange<Int>, _ others: String) -> Bool
    {
        length.contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte &- 0x30 < 10 || byte & 0xDF &- 0x41 < 26 || others.utf8.contains(byte)
            }
    }
}

extension S3Bucket: CustomStringConvertible, CustomReflectable {
    public var description: String { "S3Bucket(\(bucket) at \(endpoint))" }
    /// Hides the secret key from logs and dumps.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
