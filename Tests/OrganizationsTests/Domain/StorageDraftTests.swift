import Kernel
import OrganizationsContract
import TestSupport
import Testing

@testable import Organizations

/// The rules of a bucket's fields.
@Suite struct StorageDraftTests {
    private func draft(_ body: NewExternalStorageBody?, mode: String = "external") throws
        -> StorageDraft
    {
        try StorageDraft(mode: mode, external: body)
    }

    private func pointers(_ body: NewExternalStorageBody?, mode: String = "external") -> [String] {
        fault { try draft(body, mode: mode) }?.fields.map(\.pointer) ?? []
    }

    private func bucket(_ body: NewExternalStorageBody) throws -> Bucket {
        guard case .external(let bucket, _) = try draft(body) else { throw Fault.notFound }
        return bucket
    }

    @Test func `mode external needs a bucket, mode managed refuses one`() throws {
        guard case .managed = try draft(nil, mode: "managed") else {
            Issue.record("managed is something else")
            return
        }
        #expect(pointers(bucketBody(), mode: "managed") == ["/external"])
        #expect(pointers(nil) == ["/external"])
        for mode in ["", "Managed", "s3"] {
            #expect(pointers(nil, mode: mode) == ["/mode"])
            #expect(pointers(bucketBody(), mode: mode) == ["/mode"])
        }
    }

    @Test func `valid values are used unchanged`() throws {
        guard case .external(let bucket, let secret) = try draft(bucketBody(secret: "s/+=")) else {
            Issue.record("external is something else")
            return
        }
        #expect(
            bucket
                == Bucket(
                    provider: "s3", endpoint: "https://s3.example.com", name: "acme-assets",
                    region: "eu-west-1", accessKeyId: "AKIA"))
        #expect(secret == "s/+=")
    }

    @Test(arguments: [
        "https://s3.example.com", "http://minio.internal:9000", "HTTPS://S3.EXAMPLE.COM",
        "https://10.0.0.1", "https://[2001:db8::1]:9000", "https://a.b:1", "https://a.b:65535",
    ])
    func `an endpoint can be a host with or without a port`(_ endpoint: String) throws {
        #expect(try bucket(bucketBody(endpoint: endpoint)).endpoint == endpoint)
        // A trailing slash is dropped.
        #expect(try bucket(bucketBody(endpoint: endpoint + "/")).endpoint == endpoint)
    }

    @Test(arguments: [
        "", "s3.example.com", "//s3.example.com", "ftp://s3.example.com", "https://", "https:///",
        "https://s3.example.com/path", "https://s3.example.com//", "https://s3.example.com?",
        "https://s3.example.com/?a=b", "https://s3.example.com#a", "https://user@s3.example.com",
        "https://user:word@s3.example.com", "https://:word@s3.example.com", "https://s3 .example",
        " https://s3.example.com", "https://s3.example.com\n", "https://b\u{FC}cher.example",
        "https://s3.example.com:", "https://s3.example.com:0", "https://s3.example.com:65536",
        "https://s3.example.com:18446744073709551617", "https://a,b", "https://*.example",
        "https://a@b", "https://[::1]x", "https://s3.example.com:-1", "https://s3.example.com:abc",
        "https://%41.example",
        "https://[::1", "javascript:alert(1)", "file:///etc/passwd",
    ])
    func `other endpoints are refused`(_ endpoint: String) {
        #expect(pointers(bucketBody(endpoint: endpoint)) == ["/external/endpoint"])
    }

    @Test func `an endpoint has at most 2048 characters`() {
        // Labels of 63 characters, joined by dots.
        let host = String(repeating: String(repeating: "a", count: 63) + ".", count: 40)
        let longest = "https://" + String(host.prefix(2040))
        #expect(pointers(bucketBody(endpoint: longest)).isEmpty)
        #expect(pointers(bucketBody(endpoint: longest + "a")) == ["/external/endpoint"])
    }

    @Test func `bucket names follow the provider's rules`() {
        let longest = String(repeating: "a", count: 63)
        for name in ["abc", "a-b", "a.b.c", "1-2", "a--b", longest] {
            #expect(pointers(bucketBody(bucket: name)).isEmpty, "\(name)")
        }
        for name in [
            "", "ab", longest + "a", "Abc", "a_b", "-abc", "abc-", ".abc", "abc.", "a..b", "a/b",
            "a b", "\u{E9}bc", "a%2fb", "abc\n",
        ] {
            #expect(pointers(bucketBody(bucket: name)) == ["/external/bucket"], "\(name)")
        }
    }

    @Test func `a region has 1 to 50 lower-case letters, digits and hyphens`() {
        let longest = String(repeating: "a", count: 50)
        for region in ["auto", "eu-west-1", "a", longest] {
            #expect(pointers(bucketBody(region: region)).isEmpty, "\(region)")
        }
        for region in ["", longest + "a", "EU", "eu west", "eu/1", "\u{E9}", "eu\n"] {
            #expect(pointers(bucketBody(region: region)) == ["/external/region"], "\(region)")
        }
    }

    @Test func `keys are visible ASCII of bounded length`() {
        func id(_ text: String) -> [String] { pointers(bucketBody(accessKeyId: text)) }
        func secret(_ text: String) -> [String] { pointers(bucketBody(secret: text)) }
        #expect(id(String(repeating: "!", count: 128)).isEmpty)
        #expect(id(String(repeating: "!", count: 129)) == ["/external/accessKeyId"])
        #expect(secret(String(repeating: "~", count: 256)).isEmpty)
        #expect(secret(String(repeating: "~", count: 257)) == ["/external/secretAccessKey"])
        // Line breaks would inject header fields into requests.
        for text in ["", "a b", "a\r\nb", "a\u{0}", "\u{E9}", "a\u{7F}"] {
            #expect(id(text) == ["/external/accessKeyId"])
            #expect(secret(text) == ["/external/secretAccessKey"])
        }
    }

    @Test func `an unknown provider is refused`() {
        for provider in ["", "S3", "gcs"] {
            #expect(pointers(bucketBody(provider: provider)) == ["/external/provider"])
        }
    }

    @Test func `all errors are reported at once, without the secret`() {
        let secret = "a secret with spaces"
        let wrong = bucketBody(
            provider: "", endpoint: "", bucket: "", region: "", accessKeyId: "", secret: secret)
        let fault = fault { try draft(wrong) }
        #expect(
            fault?.fields.map(\.pointer) == [
                "/external/provider", "/external/endpoint", "/external/bucket", "/external/region",
                "/external/accessKeyId", "/external/secretAccessKey",
            ])
        #expect(fault.map { !"\($0)".contains(secret) } == true)
    }
}
