import EventLoop
import Glibc
import Kernel
import ObjectStorage
import Synchronization
import TestSupport
import Testing

enum Example {
    static func bucket(_ endpoint: String) -> S3Bucket {
        S3Bucket(
            endpoint: endpoint, bucket: "things", region: "eu-west-1", accessKeyId: "key",
            secretAccessKey: "do/not+tell")
    }

    static func bucket(_ storage: FakeStorage) -> S3Bucket {
        bucket("http://127.0.0.1:\(storage.port)")
    }
}

/// A check's failure; nil if it succeeds.
func failure(_ proof: BucketProof, _ bucket: S3Bucket) async -> StorageFailure? {
    do throws(StorageFailure) {
        try await proof.prove(bucket)
        return nil
    } catch {
        return error
    }
}

@Suite(.serialized) struct ProofTests {
    private func proof(
        deadline: Int = 30_000, limit: Int = 16, allowsPrivate: Bool = true,
        hidesPrivate: Bool = false,
        _ lookUp: @escaping @Sendable (String) -> [IPAddress] = HostLookup.addresses
    ) -> BucketProof {
        var options = BucketProof.Options()
        options.allowsPrivate = allowsPrivate
        // Other settings have their own tests.
        options.hidesPrivate = hidesPrivate
        options.deadlineMilliseconds = deadline
        options.limit = limit
        return BucketProof(
            options, clock: FakeClock(), random: SeededRandom(seed: 3), lookUp: lookUp)
    }

    @Test func `a check writes, reads and deletes an object`() async throws {
        let storage = FakeStorage()
        #expect(await failure(proof(), Example.bucket(storage)) == nil)
        #expect(storage.methods == ["PUT", "GET", "DELETE"])
        #expect(storage.objects == [])
        let put = try #require(storage.requests.first)
        #expect(put.path.hasPrefix("/things/.latchkey-check/"))
        #expect(Set(storage.requests.map(\.path)).count == 1)
        #expect(put.body.count == 32)
        let head = put.head.lowercased()
        #expect(head.contains("\r\nuser-agent: latchkey\r\n"))
        #expect(head.contains("\r\nhost: 127.0.0.1:\(storage.port)\r\n"))
        #expect(head.contains("\r\nx-amz-date: 20260115t090000z\r\n"))
        #expect(!head.contains("expect:"))
        #expect(!storage.requests.contains { $0.head.contains("do/not+tell") })
    }

    @Test func `a failing step is reported and the object is deleted`() async {
        let steps = [("PUT", "write"), ("GET", "read"), ("DELETE", "delete")]
        for (method, step) in steps {
            let storage = FakeStorage { _, request in
                request.method == method ? FakeStorage.error(403, "AccessDenied") : nil
            }
            let found = await failure(proof(), Example.bucket(storage))
            #expect(found == StorageFailure.Step(rawValue: step).map { .permission($0) })
            // After a certain refusal there is nothing to delete.
            #expect(storage.methods.contains("DELETE") == (method != "PUT"))
            #expect(storage.objects.isEmpty == (method != "DELETE"))
        }
    }

    @Test func `an object that may exist is deleted`() async {
        let ending: [@Sendable (RawClient) throws -> String] = [
            { _ in FakeStorage.error(500, "InternalError") },
            { connection in
                connection.reset()
                return ""
            },
        ]
        for end in ending {
            let storage = FakeStorage { connection, request in
                request.method == "PUT" ? try end(connection) : nil
            }
            #expect(await failure(proof(), Example.bucket(storage)) != nil)
            #expect(storage.methods == ["PUT", "DELETE"])
        }
    }

    @Test func `reading other content is a failure`() async {
        let storage = FakeStorage { _, request in
            request.method == "GET" ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" : nil
        }
        let found = await failure(proof(), Example.bucket(storage))
        #expect(found == .unexpected(status: 200, code: nil))
        #expect(storage.methods.last == "DELETE")
    }

    @Test func `a redirect is not followed`() async {
        let other = FakeStorage()
        let storage = FakeStorage { _, _ in
            FakeStorage.error(307, nil, "Location: http://127.0.0.1:\(other.port)/\r\n")
        }
        let found = await failure(proof(), Example.bucket(storage))
        #expect(found == .unexpected(status: 307, code: nil))
        #expect(other.requests.isEmpty)
    }

    @Test(arguments: ["Basic realm=\"a\"", "Digest realm=\"a\"", "Basic", "Bearer", "="])
    func `a server that requests a password fails at once`(_ challenge: String) async {
        let storage = FakeStorage { _, _ in
            FakeStorage.error(401, nil, "WWW-Authenticate: \(challenge)\r\n")
        }
        let begin = Ticks.now
        let found = await failure(proof(), Example.bucket(storage))
        #expect(found == .unexpected(status: 401, code: nil))
        #expect(Ticks.now.seconds(since: begin) < 5)
        #expect(storage.requests.count == 1)
    }

    @Test func `checks leave no file open`() async {
        let storage = FakeStorage()
        let redirecting = FakeStorage { _, _ in
            FakeStorage.error(307, nil, "Location: http://127.0.0.1/\r\n")
        }
        let proof = proof()
        #expect(await failure(proof, Example.bucket(storage)) == nil)
        // Other suites have files open for a moment too.
        let before = openFiles()
        for _ in 0..<20 { #expect(await failure(proof, Example.bucket(storage)) == nil) }
        for _ in 0..<10 { #expect(await failure(proof, Example.bucket(redirecting)) != nil) }
        #expect(await eventually { openFiles() < before + 10 }, "\(before), now \(openFiles())")
    }

    private func openFiles() -> Int {
        (0..<1_024).count { fcntl($0, F_GETFD) >= 0 }
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n" + String(repeating: "x", count: 70_000),
        "HTTP/1.1 307 X\r\nLocation: /\r\nContent-Length: 70000\r\n\r\n"
            + String(repeating: "x", count: 70_000),
        "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 140_000),
    ]) func `a response that isn't S3's is unexpected`(_ bytes: String) async {
        let storage = FakeStorage { connection, _ in
            try connection.send(bytes)
            throw RawFailure.ended
        }
        guard case .unexpected = await failure(proof(), Example.bucket(storage)) else {
            Issue.record("something else")
            return
        }
    }

    @Test func `a closed port is unreachable and a silent server times out`() async {
        let unused = Example.bucket("http://127.0.0.1:\(Ports.next())")
        #expect(await failure(proof(), unused) == .unreachable)
        let mute = FakeStorage { connection, _ in
            connection.close()
            throw RawFailure.ended
        }
        #expect(await failure(proof(), Example.bucket(mute)) == .unreachable)
        let plain = RawServer { connection, _ in try connection.send("HTTP/1.1 400 X\r\n\r\n") }
        let secure = Example.bucket("https://127.0.0.1:\(plain.port)")
        #expect(await failure(proof(), secure) == .tls)
    }

    @Test func `a slow or silent server has until the deadline`() async {
        // Three quarters of the time are for writing: much, as other tests may keep all cores busy.
        async let silent = isTimeout { _, _ in
            pauseThread(milliseconds: 60_000)
            return ""
        }
        async let slow = isTimeout { connection, _ in
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while true {
                try connection.send("x")
                pauseThread(milliseconds: 500)
            }
        }
        #expect(await silent)
        #expect(await slow)
    }

    /// Whether a check at a server ends in time, as one of a server that is too slow, and deletes.
    private func isTimeout(_ script: @escaping FakeStorage.Script) async -> Bool {
        let storage = FakeStorage(script)
        let begin = Ticks.now
        let found = await failure(proof(deadline: 12_000), Example.bucket(storage))
        #expect(found == .timeout)
        #expect(Ticks.now.seconds(since: begin) < 40)
        #expect(await eventually { storage.methods == ["PUT", "DELETE"] })
        return found == .timeout
    }

    // MARK: Private targets

    @Test func `a private server reveals only whether it is storage`() async {
        let plain = RawServer { connection, _ in try connection.send("HTTP/1.1 400 X\r\n\r\n") }
        let answers = FakeStorage { _, _ in FakeStorage.error(418, nil) }
        let silent = FakeStorage { connection, _ in
            pauseThread(milliseconds: 60_000)
            return ""
        }
        let endpoints = [
            "http://127.0.0.1:\(Ports.next())", "https://127.0.0.1:\(plain.port)",
            "http://127.0.0.1:\(answers.port)", "http://127.0.0.1:\(silent.port)",
        ]
        var failures: Set<StorageFailure?> = []
        for endpoint in endpoints {
            let proof = proof(deadline: 8_000, hidesPrivate: true)
            failures.insert(await failure(proof, Example.bucket(endpoint)))
        }
        #expect(failures == [.unexpected(status: nil, code: nil)])
        let refusing = FakeStorage { _, _ in FakeStorage.error(403, "SignatureDoesNotMatch") }
        #expect(await failure(proof(hidesPrivate: true), Example.bucket(refusing)) == .signature)
    }

    @Test func `internal names are not revealed`() async {
        for addresses in [[], ["10.0.0.1"], ["169.254.169.254"], ["192.0.32.1", "10.0.0.1"]] {
            let proof = proof(allowsPrivate: false, hidesPrivate: true) { _ in
                addresses.compactMap { IPAddress($0) }
            }
            let found = await failure(proof, Example.bucket("http://inner.example"))
            #expect(found == .forbiddenAddress)
        }
    }

    // MARK: Names and addresses

    @Test func `TLS connects to the checked address, whatever the name resolves to`() async {
        // No name server knows it, so a second lookup would fail.
        let heard = Mutex<[Bool]>([])
        let server = RawServer { connection, _ in
            let hello = try connection.receive(exactly: 240)
            let name = Array("storage.invalid".utf8)
            heard.withLock { $0.append(hello.firstRange(of: name) != nil) }
        }
        let proof = proof { _ in [IPAddress("127.0.0.1")].compactMap { $0 } }
        let found = await failure(proof, Example.bucket("https://storage.invalid:\(server.port)"))
        #expect(found == .tls || found == .unreachable)
        // The ClientHello has the name, for the certificate.
        #expect(heard.withLock { $0 } == [true])
    }

    @Test func `IPv6 addresses work`() async {
        let closed = Example.bucket("http://[::1]:\(Ports.next())")
        #expect(await failure(proof(), closed) == .unreachable)
    }

    @Test func `a request keeps the name and uses the checked address`() async {
        let storage = FakeStorage()
        let asked = Mutex<[String]>([])
        let proof = proof { name in
            asked.withLock { $0.append(name) }
            return [IPAddress("127.0.0.1")].compactMap { $0 }
        }
        let bucket = Example.bucket("http://Storage.example:\(storage.port)/")
        #expect(await failure(proof, bucket) == nil)
        let hosts = storage.requests.map { $0.head.contains("storage.example:\(storage.port)\r\n") }
        #expect(hosts == [true, true, true])
        #expect(asked.withLock { $0 } == ["storage.example"], "asked again, it could say otherwise")
    }

    @Test func `one reachable address of several is enough`() async {
        let storage = FakeStorage()
        let proof = proof { _ in ["::1", "127.0.0.2", "127.0.0.1"].compactMap { IPAddress($0) } }
        #expect(await failure(proof, Example.bucket("http://a.example:\(storage.port)")) == nil)
    }

    @Test func `one forbidden address among allowed ones is refused`() async {
        let proof = proof(allowsPrivate: false) { _ in
            ["192.0.32.1", "127.0.0.1"].compactMap { IPAddress($0) }
        }
        #expect(await failure(proof, Example.bucket("http://a.example")) == .forbiddenAddress)
    }

    @Test(arguments: [
        "127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "[::ffff:127.0.0.1]",
        "[::1]", "localhost", "localhost.", "169.254.169.254", "0", "[::]", "[64:ff9b::7f00:1]",
    ]) func `no spelling of a loopback address is allowed`(_ host: String) async {
        let storage = FakeStorage()
        let bucket = Example.bucket("http://\(host):\(storage.port)")
        let found = await failure(proof(allowsPrivate: false), bucket)
        #expect(found == .forbiddenAddress || found == .dns, "\(String(describing: found))")
        #expect(storage.requests.isEmpty)
    }

    @Test(arguments: ["127.1", "2130706433", "[::ffff:127.0.0.1]", "localhost"])
    func `all spellings of a loopback address work if it is allowed`(_ host: String) async {
        let storage = FakeStorage()
        let found = await failure(proof(), Example.bucket("http://\(host):\(storage.port)"))
        #expect(found == nil, "after \(storage.methods)")
    }

    @Test func `a name without an address and a silent name server fail`() async {
        #expect(await failure(proof { _ in [] }, Example.bucket("http://a.example")) == .dns)
        let hasAnswered = Atomic(false)
        let proof = proof(deadline: 200, limit: 1) { _ in
            blockUntil { hasAnswered.load(ordering: .acquiring) }
            return []
        }
        #expect(await failure(proof, Example.bucket("http://a.example")) == .dns)
        // Threads that wait for a name server count as checks.
        #expect(await failure(proof, Example.bucket("http://a.example")) == .busy)
        hasAnswered.store(true, ordering: .releasing)
        let isFree = await eventually {
            await failure(proof, Example.bucket("http://a.example")) == .dns
        }
        #expect(isFree)
    }

    @Test func `concurrent checks are limited, and a finished one makes room`() async {
        let storage = FakeStorage { connection, _ in
            pauseThread(milliseconds: 100)
            return nil
        }
        let proof = proof(limit: 2)
        let bucket = Example.bucket(storage)
        let found = await withTaskGroup(of: StorageFailure?.self) { group in
            for _ in 0..<6 { group.addTask { await failure(proof, bucket) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(found.count { $0 == nil } == 2)
        #expect(found.count { $0 == .busy } == 4)
        #expect(await failure(proof, bucket) == nil)
    }
}
