import EventLoop
import ObjectStorage
import TestSupport
import Testing

@Suite struct ObjectsTests {
    private static var soon: Ticks { Ticks.now.adding(milliseconds: 30_000) }

    private func objects(_ storage: FakeStorage) throws -> S3Objects {
        try S3Objects(Example.bucket(storage), clock: FakeClock())
    }

    private func response(_ status: Int, _ fields: String = "", _ body: String = "") -> String {
        "HTTP/1.1 \(status) X\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test func `an object is read with its tag`() async throws {
        let storage = FakeStorage { _, _ in response(200, "ETag: \"7\"\r\n", "{}") }
        let found = try await blocking { [objects = try objects(storage)] in
            try objects.read("cell/lease.json", until: Self.soon)
        }
        #expect(found == S3Objects.Object(body: "{}", tag: "\"7\""))
        #expect(storage.requests.first?.path == "/things/cell/lease.json")
    }

    @Test func `a missing object is none, and a missing bucket a failure`() async throws {
        let storage = FakeStorage { _, request in
            FakeStorage.error(404, request.path.hasSuffix("a") ? "NoSuchKey" : "NoSuchBucket")
        }
        let objects = try objects(storage)
        let found = try await blocking { try objects.read("a", until: Self.soon) }
        #expect(found == nil)
        let failure = await caught(StorageFailure.self) {
            try await blocking { try objects.read("b", until: Self.soon) }
        }
        #expect(failure == .bucket)
    }

    @Test func `a condition is sent, and a tag comes back only if it holds`() async throws {
        let storage = FakeStorage { _, request in
            if request.path.hasSuffix("new") { return response(200, "ETag: \"8\"\r\n") }
            return FakeStorage.error(request.path.hasSuffix("gone") ? 404 : 412, "NoSuchKey")
        }
        let objects = try objects(storage)
        let tags = try await blocking {
            [
                try objects.write("new", "{}", if: .absent, until: Self.soon),
                try objects.write("new", "{}", if: .unchanged("\"7\""), until: Self.soon),
                try objects.write("old", "{}", if: .unchanged("\"7\""), until: Self.soon),
                try objects.write("gone", "{}", if: .unchanged("\"7\""), until: Self.soon),
            ]
        }
        #expect(tags == ["\"8\"", "\"8\"", nil, nil])
        let heads = storage.requests.map { $0.head.lowercased() }
        #expect(heads[0].contains("\r\nif-none-match: *\r\n"))
        #expect(heads[1].contains("\r\nif-match: \"7\"\r\n"))
        // A proxy must not take it away unnoticed.
        #expect(heads[1].contains("signedheaders=content-type;host;if-match;"))
    }

    @Test func `names are listed after another one`() async throws {
        let storage = FakeStorage { _, _ in
            response(
                200, "",
                """
                <?xml version="1.0"?><ListBucketResult><Contents><Key>c/1/a</Key></Contents>
                <Contents><Key>c/1/b</Key></Contents></ListBucketResult>
                """)
        }
        let objects = try objects(storage)
        let names = try await blocking {
            try objects.names("c/1/", after: "c/1/0", until: Self.soon)
        }
        #expect(names == ["c/1/a", "c/1/b"])
        #expect(
            storage.requests.first?.path
                == "/things?list-type=2&max-keys=100&prefix=c%2F1%2F&start-after=c%2F1%2F0")
    }

    @Test func `a response that is no list is a failure, not an empty one`() async throws {
        let storage = FakeStorage { _, _ in response(200, "", "<html/>") }
        let objects = try objects(storage)
        let failure = await caught(StorageFailure.self) {
            try await blocking { try objects.names("c/", until: Self.soon) }
        }
        #expect(failure == .unexpected(status: 200, code: nil))
    }
}
