import Foundation
import HTTPCore
import HTTPServer
import Kernel
import TestSupport
import Testing

@testable import Gateway

/// An identity provider: describes itself, publishes keys and signs tokens.
final class FakeIssuer: Sendable {
    /// How it answers.
    enum Mood: Sendable {
        case well
        /// With this status.
        case failing(Int)
        /// With this body.
        case wrong(String)
        /// Never.
        case silent
    }

    private struct State {
        var keys: [String]
        var mood = Mood.well
        var asked: [String] = []
        /// In place of the usual description.
        var description: String?
    }

    /// The key that the tests sign with, unless they name another.
    static let keyId = "2026-11"

    private let log: Log<State>
    private let server: UpstreamUnderTest
    let port: UInt16

    init() async throws {
        let log = Log(State(keys: [TestSigner.p256.jwk(Self.keyId)]))
        self.log = log
        server = try await UpstreamUnderTest { exchange in Self.answer(exchange, log) }
        port = server.port
    }

    func stop() async { await server.stop() }

    var name: String { "http://127.0.0.1:\(port)/realm" }
    var keys: [String] {
        get { log.value.keys }
        set { log.change { $0.keys = newValue } }
    }

    func set(keys: [String]) { log.change { $0.keys = keys } }
    func set(_ mood: Mood) { log.change { $0.mood = mood } }
    func set(description: String) { log.change { $0.description = description } }
    /// The paths of requests so far.
    var asked: [String] { log.value.asked }
    /// How often it was asked for its keys.
    var fetches: Int { asked.count { $0.hasSuffix("/jwks") } }

    private static func answer(_ exchange: Exchange, _ log: Log<State>) {
        let path = exchange.head.pathText
        var state = log.value
        log.change { log in
            log.asked.append(path)
            state = log
        }
        let base = "http://\(exchange.head.fields[.host] ?? "")/realm"
        switch state.mood {
        case .failing(let status): exchange.respond(Response(status))
        case .wrong(let text): exchange.respond(Response(200, body: Array(text.utf8)))
        case .silent: break
        case .well where path == "/realm/.well-known/openid-configuration":
            let usual = #"{"issuer":"\#(base)","jwks_uri":"\#(base)/jwks"}"#
            exchange.respond(Response(200, body: Array((state.description ?? usual).utf8)))
        case .well where path == "/realm/jwks":
            let set = "{\"keys\":[\(state.keys.joined(separator: ","))]}"
            exchange.respond(Response(200, body: Array(set.utf8)))
        case .well: exchange.respond(Response(404))
        }
    }

    // MARK: Tokens

    /// The claims of a token for `api`, as JSON.
    /// - Parameter change: nil removes a claim.
    func claims(
        _ subject: String, at now: Timestamp, _ change: [String: String?] = [:]
    ) -> String {
        let seconds = now.milliseconds / 1_000
        var claims: [String: String?] = [
            "iss": "\"\(name)\"", "sub": "\"\(subject)\"", "aud": "\"api\"",
            "iat": "\(seconds)", "exp": "\(seconds + 300)",
        ]
        claims.merge(change) { $1 }
        let members = claims.sorted { $0.key < $1.key }.compactMap { name, value in
            value.map { "\"\(name)\":\($0)" }
        }
        return "{\(members.joined(separator: ","))}"
    }

    func token(
        _ subject: String, at now: Timestamp, _ change: [String: String?] = [:],
        by signer: TestSigner = .p256, kid: String = keyId, type: String? = "at+jwt"
    ) -> String {
        signer.token(claims(subject, at: now, change), kid: kid, type: type)
    }
}

/// Runs `test` with a gateway that accepts the JWTs of an identity provider.
/// - Parameters:
///   - options: of the issuer, behind the audience.
///   - ticks: by which its keys age.
func withIssuer(
    _ options: String = "", mood: FakeIssuer.Mood = .well, throughEdge: Bool = false,
    loops: Int = 2, extra: [String: String] = [:], ticks: FakeTicks? = nil,
    _ test: (GatewayWorld, FakeIssuer) async throws -> Void
) async throws {
    let issuer = try await FakeIssuer()
    issuer.set(mood)
    try await ending(with: issuer.stop) {
        let setting = ["LATCHKEY_JWT_ISSUERS": "\(issuer.name);audience=api\(options)"]
        try await withGateway(
            loops: loops, extra: setting.merging(extra) { $1 }, throughEdge: throughEdge,
            providerTicks: ticks
        ) { world in
            // Nobody waits for the end of a test.
            try await ending(with: { ticks?.end() }, after: { try await test(world, issuer) })
        }
    }
}

extension GatewayWorld {
    /// A user whom the identity provider names so.
    @discardableResult
    func user(external: String, role: String = "member") async throws -> String {
        let body = """
            {"email": "\(external)@example.com", "username": "\(external)",
             "displayName": "\(external)", "externalId": "\(external)", "role": "\(role)"}
            """
        let made = try await api.call("POST", "/api/users", token: adminToken, body: body)
        return try #require(made["id"], "\(made.text)")
    }

    func me(_ token: String) async throws -> RawResponse {
        try await api.call("GET", "/api/me", token: token)
    }

    /// A sample of the gateway that verifies.
    func sample(_ line: String) async throws -> Double? {
        let port = edge?.service.internalPort ?? service.internalPort
        let metrics = try await APIClient(port: port).call("GET", "/metrics").text
        return metrics.split(separator: "\n").first { $0.hasPrefix(line + " ") }
            .flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
    }
}
