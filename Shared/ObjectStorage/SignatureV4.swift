import Kernel

/// AWS Signature Version 4 as S3 uses it
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html): the hash of the
/// body is a field of its own, and paths are percent-encoded once.
struct SignatureV4: Sendable {
    struct Request: Sendable {
        var method: String
        /// Not encoded; begins with a slash.
        var path: String
        /// Not encoded.
        var query: [(name: String, value: String)] = []
        /// All fields to sign, names in lower case; `host` and those that begin with `x-amz-` must
        /// be among them.
        var fields: [(name: String, value: String)]
        var body: [UInt8] = []
    }

    let accessKeyId: String
    let secretAccessKey: String
    let region: String

    /// - Returns: the fields to send: those of the request, hash, date and `authorization`.
    func sign(_ request: Request, at time: Timestamp) -> [(name: String, value: String)] {
        let date = Self.dateTime(time)
        let bodyHash = Self.hex(SHA256.hash(request.body))
        var fields = request.fields
        fields.append(("x-amz-content-sha256", bodyHash))
        fields.append(("x-amz-date", date))
        fields.sort { $0.name < $1.name }
        let names = fields.map(\.name).joined(separator: ";")
        let canonical = [
            request.method, Self.encode(request.path, keeping: "/"), Self.canonical(request.query),
            fields.map { "\($0.name):\(Self.trimmed($0.value))\n" }.joined(), names, bodyHash,
        ].joined(separator: "\n")

        let scope = "\(date.prefix(8))/\(region)/s3/aws4_request"
        let canonicalHash = Self.hex(SHA256.hash(Array(canonical.utf8)))
        let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(canonicalHash)"
        let signature = Self.hex(Self.mac(key(for: String(date.prefix(8))), text))
        let credential = "Credential=\(accessKeyId)/\(scope)"
        let value = "AWS4-HMAC-SHA256 \(credential),SignedHeaders=\(names),Signature=\(signature)"
        return fields + [("authorization", value)]
    }

    private func key(for day: String) -> [UInt8] {
        [day, region, "s3", "aws4_request"].reduce(Array("AWS4\(secretAccessKey)".utf8), Self.mac)
    }

    private static func mac(_ key: [UInt8], _ text: String) -> [UInt8] {
        HMACSHA256(key: key).authenticate(Array(text.utf8))
    }

    /// `20130524T000000Z` (ISO 8601, basic form).
    static func dateTime(_ time: Timestamp) -> String {
        time.rfc3339.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    private static func canonical(_ query: [(name: String, value: String)]) -> String {
        query.map { (encode($0.name), encode($0.value)) }.sorted { $0 < $1 }
            .map { "\($0)=\($1)" }.joined(separator: "&")
    }

    /// Percent-encodes all but the unreserved characters of RFC 3986 §2.3.
    static func encode(_ text: String, keeping others: String = "") -> String {
        var result = ""
        for byte in text.utf8 {
            let isKept =
                byte &- 0x30 < 10 || byte & 0xDF &- 0x41 < 26 || "-._~".utf8.contains(byte)
                || others.utf8.contains(byte)
            result += isKept ? String(UnicodeScalar(byte)) : "%" + hex([byte]).uppercased()
        }
        return result
    }

    /// Trims spaces, and collapses several into one.
    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ").joined(separator: " ")
    }

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
