import Foundation
import TestSupport
import Testing

/// Raw HTTP/1.1 cases that servers and proxies are known to get wrong, against the real processes.
/// The cases stand beside the checkout; without them the tests are skipped.
@Suite(.serialized, .enabled(if: Corpus.runner != nil)) struct CorpusTests {
    @Test func `a service passes every case`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        try await run(
            "--port", "\(stack.entitiesPort)", "--prefix-path", "/healthz", "--body-path",
            "/api/entities")
        await stack.killAll()
    }

    @Test func `the gateway as a server passes every case`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        try await run(
            "--port", "\(stack.gatewayPort)", "--prefix-path", "/healthz", "--body-path",
            "/api/tokens", "--body-read", "--bearer", stack.adminToken, "--skip", withoutBody)
        await stack.killAll()
    }

    @Test func `the gateway before an upstream that checks every byte passes every case`()
        async throws
    {
        let stack = try await LiveStack()
        try stack.startGateway()
        let isAlive = await eventually(within: 20_000) {
            (try? await stack.api.call("GET", "/healthz").status) == 200
        }
        #expect(isAlive)
        try await run(
            "--port", "\(stack.gatewayPort)", "--upstream-port", "\(stack.entitiesPort)",
            "--gateway-adds", "Latchkey-Identity", "--prefix-path", "/api/entities", "--bearer",
            stack.adminToken)
        await stack.killAll()
    }

    @Test func `the whole stack passes every case`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        try await run(
            "--port", "\(stack.gatewayPort)", "--gateway", "--prefix-path", "/api/entities",
            "--skip", withoutBody,
            // The runner makes its requests differ by a parameter that no operation knows.
            "--bearer", stack.adminToken + "\r\nPrefer: handling=lenient")
        await stack.killAll()
    }

    @Test func `slow clients are disconnected`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        try await run(
            "--port", "\(stack.gatewayPort)", "--prefix-path", "/healthz", "--slow", "--only",
            "slow")
        await stack.killAll()
    }

    /// Well-formed requests without a body, which the cases want no application to answer with 400:
    /// operations that need one do (`body_missing`). An upstream that takes them is tested above.
    private let withoutBody = "base-post-nolen,te-underscore-nocl,chunk-empty-then-pipe"

    private func run(_ arguments: String...) async throws {
        let (status, text) = try await Program.run(
            "python3", [Corpus.runner?.path ?? ""] + arguments + ["--strict"])
        #expect(status == 0, "\(text)")
        #expect(text.contains(" 0 failed"), "\(text)")
    }
}

private enum Corpus {
    static let runner: URL? = {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let script = root.deletingLastPathComponent()
            .appendingPathComponent("shared/tools/http_corpus/http_corpus.py")
        return FileManager.default.fileExists(atPath: script.path) ? script : nil
    }()
}
