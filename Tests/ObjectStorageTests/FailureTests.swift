import EventLoop
import Testing

@testable import ObjectStorage

@Suite struct FailureTests {
    private static let documents: [(String, String?)] = [
        ("<Error><Code>NoSuchBucket</Code>", "NoSuchBucket"), ("<a/><Code>A1</Code><Code>B", "A1"),
        ("<Code></Code>", nil), ("<Code>No Such</Code>", nil), ("<Code>é</Code>", nil),
        ("<Code>Cut", nil), ("<Code>Cut<", nil), ("<Code>", nil), ("<code>x</code>", nil),
        ("<Code><![CDATA[x]]></Code>", nil), ("", nil),
        ("<Code>\(word)</Code>", word), ("<Code>\(word)a</Code>", nil),
        (String(repeating: " ", count: 8_192) + "<Code>Late</Code>", nil),
    ]
    private static let word = String(repeating: "a", count: 64)

    @Test(arguments: documents)
    func `an S3 code is a plain word between its tags`(document: String, code: String?) {
        #expect(S3Code.find(in: Array(document.utf8)) == code)
    }

    @Test(arguments: [
        (403, "SignatureDoesNotMatch", StorageFailure.signature),
        (403, "InvalidAccessKeyId", .accessKey), (400, "ExpiredToken", .accessKey),
        (404, "NoSuchBucket", .bucket), (400, "InvalidBucketName", .bucket),
        (301, "PermanentRedirect", .region), (400, "AuthorizationHeaderMalformed", .region),
        (403, "AccessDenied", .permission(.read)), (403, "RequestTimeTooSkewed", .clock),
        (503, "SlowDown", .unexpected(status: 503, code: "SlowDown")),
        (404, "NoSuchKey", .unexpected(status: 404, code: "NoSuchKey")),
        (400, "MyOwnWords", .unexpected(status: 400, code: nil)),
        (302, "", .unexpected(status: 302, code: nil)),
        (403, "", .unexpected(status: 403, code: nil)),
    ]) func `S3 codes map to failures`(status: Int, code: String, failure: StorageFailure) {
        let answer = S3Answer(status: status, body: Array("<Code>\(code)</Code>".utf8))
        #expect(answer.failure(at: .read) == failure)
    }

    @Test(arguments: [
        (60, nil, S3Connection.Failure.tls), (35, nil, .tls), (51, nil, .tls), (77, nil, .tls),
        (7, nil, .unreachable), (6, nil, .unreachable), (28, nil, .timeout), (28, 200, .timeout),
        (52, nil, .lost), (56, nil, .lost), (55, nil, .lost), (1, nil, .garbage(status: nil)),
        (8, nil, .garbage(status: nil)), (18, 200, .garbage(status: 200)),
        (56, 200, .garbage(status: 200)), (2, nil, .notTried),
    ]) func `curl's exit codes map to failures`(
        code: Int, status: Int?, failure: S3Connection.Failure
    ) {
        #expect(S3Connection.failure(code, status: status) == failure)
    }

    @Test func `a response is the first non-informational head and what follows`() {
        let text =
            "HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 200\r\nX-Amz-A:  b\r\n\r\nbody\r\n\r\n\n"
        let answer = S3Answer(curl: Array(text.utf8))
        #expect(answer?.status == 200 && answer?.body == Array("body\r\n\r\n\n".utf8))
        #expect(answer?.fields.first.map { $0 == ("x-amz-a", "b") } == true)
        for none in ["", "HTTP/1.1 200 OK\r\n", "SSH-2.0\r\n\r\n", "HTTP/1.1 100\r\n\r\n"] {
            #expect(S3Answer(curl: Array(none.utf8)) == nil, "\(none)")
        }
    }

    @Test func `a redirect with a bucket region is a wrong region`() {
        let answer = S3Answer(status: 307, fields: [("x-amz-bucket-region", "eu-west-1")])
        #expect(answer.failure(at: .write) == .region)
        #expect(S3Answer(status: 204).failure(at: .delete) == nil)
    }

    @Test func `no description of a bucket contains its secret`() {
        let bucket = Example.bucket("http://127.0.0.1")
        var text = "\(bucket) \(String(reflecting: bucket)) \([bucket]) \(Optional(bucket) as Any)"
        dump(bucket, to: &text)
        #expect(!text.contains(bucket.secretAccessKey))
        #expect(text.contains("things"))
    }
}

@Suite struct EndpointTests {
    @Test(arguments: [
        (
            "https://s3.eu-west-1.amazonaws.com", "https://s3.eu-west-1.amazonaws.com:443",
            "s3.eu-west-1.amazonaws.com"
        ),
        ("HTTP://MinIO:9000/", "http://minio:9000", "minio:9000"),
        ("http://a_b.example:80", "http://a_b.example:80", "a_b.example"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]:443", "[2001:db8::1]"),
        ("http://[::ffff:10.0.0.1]:1", "http://[::ffff:10.0.0.1]:1", "[::ffff:10.0.0.1]:1"),
        ("http://localhost.", "http://localhost.:80", "localhost."),
    ]) func `an endpoint consists of scheme, host and port`(
        text: String, origin: String, authority: String
    ) throws {
        let endpoint = try #require(HTTPOrigin(text))
        #expect(endpoint.text == origin)
        #expect(endpoint.authority == authority)
    }

    @Test(arguments: [
        "", "s3.example", "ftp://s3.example", "http://", "http:///", "http://a/b", "http://a//",
        "http://a?b", "http://a#b", "http://u@a", "http://u:p@a", "http://a:0", "http://a:65536",
        "http://a:+1", "http://a:", "http://a:1:2", "http://[::1", "http://[::1]x",
        "http://[1.2.3.4]",
        "http://[fe80::1%25lo]", "http://a b", "http://a\r\nX: y", "http://ä.example",
        "\u{212A}ttp://a",
        "http://a\\b", "http://.a", "http://a\u{0}", "file:///etc/passwd",
        "http://" + String(repeating: "a", count: 254),
    ]) func `an invalid endpoint is refused`(_ text: String) {
        #expect(HTTPOrigin(text) == nil)
    }

    @Test(arguments: [
        ("..", "r", "k", "s", StorageFailure.bucket), (".", "r", "k", "s", .bucket),
        ("", "r", "k", "s", .bucket), ("a/b", "r", "k", "s", .bucket),
        ("a?b", "r", "k", "s", .bucket), ("b", "", "k", "s", .region),
        ("b", "r/s", "k", "s", .region), ("b", "r", "", "s", .accessKey),
        ("b", "r", "k\r\nX: y", "s", .accessKey), ("b", "r", "k,", "s", .accessKey),
        ("b", "r", "k/", "s", .accessKey), ("b", "r", "k", "", .signature),
    ]) func `values that can't be sent unchanged are refused`(
        bucket: String, region: String, key: String, secret: String, failure: StorageFailure
    ) {
        let bucket = S3Bucket(
            endpoint: "http://a", bucket: bucket, region: region, accessKeyId: key,
            secretAccessKey: secret)
        #expect(bucket.fault == failure)
    }
}
