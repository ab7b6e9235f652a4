import EventLoop

/// A place for objects that speaks Amazon's S3 protocol, and the credentials for it.
public struct S3Bucket: Sendable, Equatable {
    /// `http://` or `https://`, host and, if it is another one, port; no path.
    public let endpoint: String
    public let bucket: String
    public let region: String
    public let accessKeyId: String
    /// A secret: shown nowhere, not even in the text of this value.
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

    /// What can't be put into a request as it is; nil if all can. Servers may want more.
    var fault: StorageFailure? {
        if HTTPOrigin(endpoint) == nil { return .endpoint }
        // Dot segments would be taken for a path, and the older rule for names allows the rest.
        if !Self.isText(bucket, 1...255, "._-") || bucket == "." || bucket == ".." {
            return .bucket
        }
        if !Self.isText(region, 1...64, "._-") { return .region }
        // It becomes part of a header field: no line ends, and none of the field's separators.
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
    public var customMirror: Mirror { Mirror(self, children: []) }
}
