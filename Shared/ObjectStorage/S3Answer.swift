/// A server's response, as far as it was read.
struct S3Answer: Sendable {
    var status: Int
    /// Names in lower case.
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []

    /// The failure of `step`; nil if it succeeded.
    func failure(at step: StorageFailure.Step) -> StorageFailure? {
        if (200...299).contains(status) { return nil }
        let code = S3Code.find(in: body)
        if let code, let known = S3Code.meaning(code, at: step) { return known }
        let isElsewhere = fields.contains { $0.name == "x-amz-bucket-region" }
        if (300...399).contains(status), isElsewhere { return .region }
        return .unexpected(
            status: status, code: code.flatMap { S3Code.known.contains($0) ? $0 : nil })
    }
}

/// The codes of S3's errors (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
enum S3Code {
    /// The content of the first `<Code>` of an XML document; nil if that is not a plain word. Scans
    /// the bytes instead of parsing: the document is untrusted, and nothing else of it matters.
    static func find(in body: [UInt8]) -> String? {
        let body = body.prefix(8_192)
        let open = Array("<Code>".utf8)
        guard var end = body.indices.first(where: { body[$0...].starts(with: open) }) else {
            return nil
        }
        end += open.count
        let word = body[end...].prefix(65).prefix {
            $0 &- 0x30 < 10 || $0 & 0xDF &- 0x41 < 26
        }
        guard (1...64).contains(word.count), body[word.endIndex...].starts(with: "</Code>".utf8)
        else { return nil }
        return String(decoding: word, as: UTF8.self)
    }

    static func meaning(_ code: String, at step: StorageFailure.Step) -> StorageFailure? {
        switch code {
        case "SignatureDoesNotMatch": .signature
        case "InvalidAccessKeyId", "InvalidToken", "ExpiredToken", "InvalidSecurity", "NotSignedUp":
            .accessKey
        case "NoSuchBucket", "InvalidBucketName": .bucket
        case "PermanentRedirect", "TemporaryRedirect", "Redirect", "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException":
            .region
        case "AccessDenied", "AllAccessDisabled", "AccountProblem", "Unauthorized":
            .permission(step)
        case "RequestTimeTooSkewed": .clock
        default: nil
        }
    }

    /// Other codes that are shown to users; a server's other text is not repeated.
    static let known: Set<String> = [
        "BadDigest", "EntityTooLarge", "InsufficientStorage", "InternalError", "InvalidArgument",
        "InvalidRequest", "MalformedXML", "MethodNotAllowed", "MissingContentLength",
        "NoSuchKey", "NotImplemented", "OperationAborted", "QuotaExceeded", "RequestTimeout",
        "ServiceUnavailable", "SlowDown", "XAmzContentSHA256Mismatch", "XMinioStorageFull",
    ]
}
