import EventLoop
import Kernel

/// Small objects of one bucket, which belongs to the operator: read, written on a condition, and
/// listed. Each call blocks until its deadline at the latest.
public final class S3Objects: Sendable {
    /// An object with its entity tag.
    public struct Object: Sendable, Equatable {
        /// Text.
        public let body: String
        /// As the server sent it, with its quotes.
        public let tag: String

        public init(body: String, tag: String) {
            self.body = body
            self.tag = tag
        }
    }

    /// When an object is written (RFC 9110 §13.1,
    /// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
    public enum Condition: Sendable, Equatable {
        /// It doesn't exist (`If-None-Match: *`).
        case absent
        /// It has this entity tag (`If-Match`).
        case unchanged(String)
    }

    private let bucket: S3Bucket
    private let endpoint: HTTPOrigin
    private let clock: any Clock
    private let lookUp: @Sendable (String) -> [IPAddress]

    /// - Parameter lookUp: the addresses of a name; can block.
    /// - Throws: what can't be sent.
    public init(
        _ bucket: S3Bucket, clock: any Clock = SystemClock(),
        lookUp: @escaping @Sendable (String) -> [IPAddress] = HostLookup.addresses
    ) throws(StorageFailure) {
        if let fault = bucket.fault { throw fault }
        guard let endpoint = HTTPOrigin(bucket.endpoint) else { throw .endpoint }
        self.bucket = bucket
        self.endpoint = endpoint
        self.clock = clock
        self.lookUp = lookUp
    }

    /// The object, nil if there is none.
    public func read(_ key: String, until deadline: Ticks) throws(StorageFailure) -> Object? {
        let answer = try exchange("GET", key, until: deadline)
        let isMissing = answer.status == 404 && S3Code.find(in: answer.body) != "NoSuchBucket"
        if isMissing { return nil }
        if let failure = answer.failure(at: .read) { throw failure }
        guard let tag = answer.tag else { throw .unexpected(status: answer.status, code: nil) }
        return Object(body: String(decoding: answer.body, as: UTF8.self), tag: tag)
    }

    /// Writes the object if the condition holds.
    /// - Returns: its entity tag; nil if the condition doesn't hold, or others write it as well.
    /// - Throws: what has failed. It may have been written all the same, or may yet be.
    public func write(
        _ key: String, _ body: String, if condition: Condition, until deadline: Ticks
    ) throws(StorageFailure) -> String? {
        let field =
            switch condition {
            case .absent: (name: "if-none-match", value: "*")
            case .unchanged(let tag): (name: "if-match", value: tag)
            }
        let answer = try exchange("PUT", key, body, [field], until: deadline)
        // 409: another write came meanwhile; 404: the one to replace was deleted.
        let isRefused = answer.status == 412 || answer.status == 409
        let isMissing = answer.status == 404 && S3Code.find(in: answer.body) == "NoSuchKey"
        if isRefused || isMissing { return nil }
        if let failure = answer.failure(at: .write) { throw failure }
        guard let tag = answer.tag else { throw .unexpected(status: answer.status, code: nil) }
        return tag
    }

    /// The most names that are listed by one request.
    public static let namesAtOnce = 100

    /// The names of objects that begin with `prefix` and come after `start`, in their order;
    /// `namesAtOnce` at most.
    public func names(
        _ prefix: String, after start: String = "", until deadline: Ticks
    ) throws(StorageFailure) -> [String] {
        var query = [
            (name: "list-type", value: "2"), ("max-keys", "\(Self.namesAtOnce)"),
            ("prefix", prefix),
        ]
        if !start.isEmpty { query.append(("start-after", start)) }
        let answer = try exchange("GET", "", query: query, until: deadline)
        if let failure = answer.failure(at: .read) { throw failure }
        let text = String(decoding: answer.body, as: UTF8.self)
        guard text.contains("<ListBucketResult") else {
            throw .unexpected(status: answer.status, code: nil)
        }
        // Names of ours have no characters that XML escapes.
        return text.components(between: "<Key>", and: "</Key>")
    }

    private func exchange(
        _ method: String, _ key: String, _ body: String = "",
        _ conditions: [(name: String, value: String)] = [],
        query: [(name: String, value: String)] = [], until deadline: Ticks
    ) throws(StorageFailure) -> S3Answer {
        let addresses = lookUp(endpoint.host)
        guard !addresses.isEmpty else { throw .dns }
        let path = key.isEmpty ? "/\(bucket.bucket)" : "/\(bucket.bucket)/\(key)"
        var fields = [(name: "host", value: endpoint.authority)] + conditions
        if !body.isEmpty { fields.append(("content-type", "application/json")) }
        let signer = SignatureV4(
            accessKeyId: bucket.accessKeyId, secretAccessKey: bucket.secretAccessKey,
            region: bucket.region)
        let request = SignatureV4.Request(
            method: method, path: path, query: query, fields: fields, body: Array(body.utf8))
        let target = SignatureV4.encode(path, keeping: "/")
        do throws(S3Connection.Failure) {
            return try S3Connection(endpoint, addresses: addresses).exchange(
                method, path: query.isEmpty ? target : target + "?" + Self.text(query),
                fields: signer.sign(request, at: clock.now()), body: body, until: deadline)
        } catch {
            throw error.cause
        }
    }

    private static func text(_ query: [(name: String, value: String)]) -> String {
        query.map { "\($0.name)=\(SignatureV4.encode($0.value))" }.joined(separator: "&")
    }
}

extension S3Answer {
    fileprivate var tag: String? { fields.first { $0.name == "etag" }?.value }
}

extension String {
    fileprivate func components(between open: String, and close: String) -> [String] {
        var (rest, found): (Substring, [String]) = (self[...], [])
        while let start = rest.firstRange(of: open),
            let end = rest[start.upperBound...].firstRange(of: close)
        {
            found.append(String(rest[start.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return found
    }
}
