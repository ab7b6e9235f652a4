import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// An organization's own bucket, from the API to the storage.
@Suite(.serialized, .enabled(if: MotoServer.isInstalled, MotoServer.reason))
struct StorageConfigTests {
    /// The processes, a storage, and an organization with its owner.
    private struct World {
        let stack: LiveStack
        let moto: MotoServer
        let owner: (id: String, token: String)
        let organization: String

        init(_ more: [String: String] = [:], trusting: Bool = false) async throws {
            stack = try await LiveStack()
            moto = try await MotoServer()
            let wrapper = trusting ? PrivateTrust(file: moto.certificate).wrapper : []
            try stack.startOrganizations(through: wrapper, more)
            try await stack.start()
            owner = try await stack.user("ada")
            organization = try await stack.organization(owner.token)
        }

        var path: String { "/api/organizations/\(organization)/storage-config" }

        func get() async throws -> RawResponse {
            try await stack.api.call("GET", path, token: owner.token)
        }

        func post(_ body: String) async throws -> RawResponse {
            // A silent storage is given up after eight seconds.
            try await APIClient(port: stack.gatewayPort).call(
                "POST", path, token: owner.token, body: body)
        }

        /// nil stands for the valid value.
        func use(
            _ user: MotoServer.User = .good, endpoint: String? = nil, bucket: String? = nil,
            id: String? = nil, secret: String? = nil
        ) async throws -> RawResponse {
            let key = moto.key(user)
            return try await post(
                """
                {"mode":"external","external":{"provider":"s3",
                "endpoint":"\(endpoint ?? moto.endpoint)","bucket":"\(bucket ?? moto.bucket)",
                "region":"\(moto.region)","accessKeyId":"\(id ?? key.id)",
                "secretAccessKey":"\(secret ?? key.secret)"}}
                """)
        }

        /// Stops the organizations service as an operator would.
        func stopOrganizations() async {
            stack.organizations?.signal(SIGTERM)
            #expect(await stack.organizations?.ended(within: 15) == 0)
        }
    }

    /// Whether a response refuses `member` with `code`.
    private func expect(
        _ answer: RawResponse, _ code: String, at member: String,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(answer.status == 422, "\(answer.text)", sourceLocation: location)
        #expect(answer.code == code, "\(answer.text)", sourceLocation: location)
        let pointer = answer.json?["errors"]?[0]?["pointer"]?.string
        #expect(pointer == "/external/" + member, "\(answer.text)", sourceLocation: location)
    }

    @Test func `a working bucket is accepted, shown without its secret, and removed again`()
        async throws
    {
        let world = try await World()
        #expect(try await world.get().text == #"{"mode":"managed"}"#)
        let taken = try await world.use()
        #expect(taken.status == 200, "\(taken.text)")
        let external = try #require(taken.json?["external"])
        #expect(external["secretAccessKeySet"] == .bool(true))
        #expect(external["endpoint"]?.string == world.moto.endpoint)
        #expect(external["accessKeyId"]?.string == world.moto.key(.good).id)
        #expect(!taken.text.contains(world.moto.key(.good).secret))
        #expect(!taken.text.contains("\"secretAccessKey\""))
        #expect(try await world.get().json == taken.json)
        #expect(try await world.moto.objects() == [], "the check leaves nothing behind")
        let back = try await world.post(#"{"mode":"managed"}"#)
        #expect(back.status == 200)
        #expect(try await world.get().text == #"{"mode":"managed"}"#)
        #expect(await world.stack.stop())
    }

    @Test func `a bucket that doesn't work is refused, and the former one stays`() async throws {
        let world = try await World()
        #expect(try await world.use(.admin).status == 200)
        let former = try await world.get().text

        let secret = String(world.moto.key(.good).secret.reversed())
        expect(
            try await world.use(secret: secret), "storage_signature_refused", at: "secretAccessKey")
        expect(
            try await world.use(id: "AKIAIOSFODNN7EXAMPLE"), "storage_access_key_unknown",
            at: "accessKeyId")
        expect(
            try await world.use(.admin, bucket: "others"), "storage_bucket_missing", at: "bucket")
        let keeper = try await world.use(.keeper)
        expect(keeper, "storage_permission_missing", at: "accessKeyId")
        #expect(keeper.text.contains("s3:DeleteObject"))
        expect(
            try await world.use(endpoint: "https://storage.invalid"), "storage_dns_failed",
            at: "endpoint")
        // The response doesn't reveal whether the port is open or its certificate trusted.
        for endpoint in [
            "http://127.0.0.1:\(Ports.next())", "https://127.0.0.1:\(Ports.next())",
            world.moto.secureEndpoint,
        ] {
            let refused = try await world.use(endpoint: endpoint)
            expect(refused, "storage_answer_unexpected", at: "endpoint")
            #expect(refused["detail"] == "The endpoint did not respond like S3 storage.")
        }
        #expect(try await world.get().text == former)
        #expect(await world.stack.stop())
    }

    @Test(
        .enabled(if: PrivateDisk.isPossible, "unshare(1) may not lay files over others"))
    func `a bucket over TLS is accepted only with a trusted certificate`() async throws {
        let world = try await World(trusting: true)
        let taken = try await world.use(endpoint: world.moto.secureEndpoint)
        #expect(taken.status == 200, "\(taken.text)")
        expect(
            try await world.use(endpoint: world.moto.otherSecureEndpoint),
            "storage_answer_unexpected",
            at: "endpoint")
        #expect(await world.stack.stop())
    }

    @Test func `no response of a storage crashes or blocks the service`() async throws {
        let world = try await World()
        let process = try #require(world.stack.organizations?.id)
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let answers = [
            "HTTP/1.1 200 OK\r\nX: ", chunked + "0\r\nTrailer: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n", "", "SSH-2.0-x\r\n",
        ]
        for text in answers {
            let server = RawServer { connection, _ in
                _ = try connection.receive(through: "\r\n\r\n")
                try connection.send(text)
            }
            let refused = try await world.use(endpoint: "http://127.0.0.1:\(server.port)")
            #expect(refused.status == 422, "\(text): \(refused.text)")
            #expect(refused.code?.hasPrefix("storage_") == true)
            server.stop()
        }
        let silent = RawServer { connection, _ in
            _ = try connection.receive(through: "\r\n\r\n")
            pauseThread(milliseconds: 12_000)
        }
        // The gateway, which waits for ten seconds, would say 504.
        let late = try await world.use(endpoint: "http://127.0.0.1:\(silent.port)")
        expect(late, "storage_answer_unexpected", at: "endpoint")
        silent.stop()
        #expect(world.stack.organizations?.id == process)
        #expect(world.stack.organizations?.isRunning == true)
        #expect(try await world.get().text == #"{"mode":"managed"}"#)
        // No started process is left.
        let children = "/proc/\(process)/task/\(process)/children"
        let left = try String(contentsOfFile: children, encoding: .utf8)
        #expect(left.isEmpty)
        #expect(await world.stack.stop())
    }

    @Test func `private addresses are refused unless the operator allows them`() async throws {
        let world = try await World(["LATCHKEY_STORAGE_ALLOW_PRIVATE": "false"])
        let port = world.moto.endpoint.split(separator: ":").last ?? ""
        for host in ["127.0.0.1", "localhost", "127.1", "169.254.169.254"] {
            expect(
                try await world.use(endpoint: "http://\(host):\(port)"),
                "storage_address_forbidden", at: "endpoint")
        }
        #expect(try await world.get().text == #"{"mode":"managed"}"#)
        #expect(await world.stack.stop())
    }

    @Test func `a proxy from the environment is not used`() async throws {
        let asked = Mutex(0)
        let proxy = RawServer { _, _ in asked.withLock { $0 += 1 } }
        let url = "http://127.0.0.1:\(proxy.port)"
        let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        let world = try await World(Dictionary(uniqueKeysWithValues: names.map { ($0, url) }))
        #expect(try await world.use().status == 200)
        expect(
            try await world.use(endpoint: world.moto.secureEndpoint), "storage_answer_unexpected",
            at: "endpoint")
        #expect(asked.withLock { $0 } == 0)
        #expect(await world.stack.stop())
    }

    @Test func `no secret appears in logs, audit or, in plain text, in the database`() async throws
    {
        let world = try await World()
        let secret = world.moto.key(.good).secret
        let wrong = String(secret.reversed())
        #expect(try await world.use().status == 200)
        #expect(try await world.use(secret: wrong).status == 422)
        let details = try await world.stack.api.call(
            "GET", "/api/organizations/\(world.organization)", token: world.owner.token)
        let registryKey = try #require(details["npmRegistryKey"])
        #expect(!registryKey.isEmpty)
        let audit = try await world.stack.api.call(
            "GET", "/api/audit?organizationId=\(world.organization)&pageSize=100",
            token: world.owner.token)
        #expect(audit.status == 200)
        #expect(audit.text.contains("storage"), "\(audit.text)")
        #expect(await world.stack.stop())

        let folder = world.stack.dataFolder
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let files = names.filter { $0.hasPrefix("organizations.sqlite") }
        #expect(!files.isEmpty)
        for text in [secret, wrong, registryKey] {
            #expect(!audit.text.contains(text))
            #expect(!world.stack.logs.contains(text))
            for file in files {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
                #expect(bytes.range(of: Data(text.utf8)) == nil, "\(file)")
            }
        }
    }

    @Test func `with another encryption key the service doesn't start, with the right one it does`()
        async throws
    {
        let name = "LATCHKEY_ENCRYPTION_SECRET"
        let right = [name: String(repeating: "r", count: 32)]
        let world = try await World(right)
        #expect(try await world.use().status == 200)
        let kept = try await world.get().text
        await world.stopOrganizations()

        try world.stack.startOrganizations([name: String(repeating: "w", count: 32)])
        #expect(await world.stack.organizations?.ended(within: 15) == 1)
        let lines = world.stack.organizations?.text.split(separator: "\n") ?? []
        #expect(lines.last?.contains(name) == true, "\(lines.suffix(2))")
        #expect(lines.last?.contains("wwww") == false)

        try world.stack.startOrganizations(right)
        try await world.stack.ready()
        #expect(try await world.get().text == kept)
        #expect(await world.stack.stop())
    }
}
