import Kernel
import Testing

@testable import ObjectStorage

/// The examples of AWS's documentation
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
@Suite struct SignatureTests {
    private let signer = SignatureV4(
        accessKeyId: "AKIAIOSFODNN7EXAMPLE",
        secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", region: "us-east-1")
    private let host = (name: "host", value: "examplebucket.s3.amazonaws.com")

    private func sign(_ request: SignatureV4.Request) throws -> [String: String] {
        let time = try #require(Timestamp(rfc3339: "2013-05-24T00:00:00Z"))
        return Dictionary(uniqueKeysWithValues: signer.sign(request, at: time).map { ($0, $1) })
    }

    private func authorization(_ names: String, _ signature: String) -> String {
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            + "SignedHeaders=\(names),Signature=\(signature)"
    }

    @Test func `a ranged GET is signed as in AWS's example`() throws {
        let fields = try sign(
            .init(method: "GET", path: "/test.txt", fields: [("range", "bytes=0-9"), host]))
        #expect(fields["x-amz-date"] == "20130524T000000Z")
        #expect(
            fields["x-amz-content-sha256"]
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            fields["authorization"]
                == authorization(
                    "host;range;x-amz-content-sha256;x-amz-date",
                    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"))
    }

    @Test func `a PUT of a name that needs encoding is signed as in AWS's example`() throws {
        let fields = try sign(
            .init(
                method: "PUT", path: "/test$file.text",
                fields: [
                    ("date", "Fri, 24 May 2013 00:00:00 GMT"), host,
                    ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
                ], body: Array("Welcome to Amazon S3.".utf8)))
        #expect(
            fields["authorization"]
                == authorization(
                    "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"))
    }

    @Test(arguments: [
        (
            [("lifecycle", "")],
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        ),
        (
            [("prefix", "J"), ("max-keys", "2")],
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        ),
    ]) func `a GET with a query is signed as in AWS's example`(
        query: [(String, String)], signature: String
    ) throws {
        let fields = try sign(
            .init(
                method: "GET", path: "/", query: query.map { (name: $0, value: $1) },
                fields: [host]))
        #expect(
            fields["authorization"]
                == authorization("host;x-amz-content-sha256;x-amz-date", signature))
    }

    @Test func `all but unreserved characters are encoded once`() {
        #expect(SignatureV4.encode("AZaz09-._~") == "AZaz09-._~")
        #expect(SignatureV4.encode("/a b+ü%2F", keeping: "/") == "/a%20b%2B%C3%BC%252F")
        #expect(SignatureV4.encode("/") == "%2F")
    }
}
