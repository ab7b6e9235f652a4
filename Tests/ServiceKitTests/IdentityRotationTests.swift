import HTTPCore
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

/// Identities while the secret behind their keys is being replaced.
@Suite struct IdentityRotationTests {
    private let clock = FakeClock()
    private let caller = Caller(userId: "usr_1", scopes: ["x"], tokenId: "tok_1")

    private func keys(_ places: [Int]) -> ServiceKeys {
        let secrets = places.map { [UInt8](repeating: UInt8($0), count: 32) }
        return ServiceKeys(SecretList(secrets[0], Array(secrets.dropFirst())))
    }

    private func request(_ identity: String) throws -> RequestHead {
        try head("/", ["Latchkey-Identity: \(identity)"])
    }

    @Test func `a service believes what any of its keys signed, and nothing else`() throws {
        let lists = [[1], [2], [3], [1, 2], [2, 1], [1, 2, 3], [3, 2, 1], [2, 3, 1]]
        for signing in lists {
            let signer = IdentitySigner(issuer: "gateway", keys: keys(signing), clock: clock)
            for verifying in lists {
                let authenticator = IdentityAuthenticator(
                    audience: "entities", keys: keys(verifying), clock: clock)
                let isKnown = verifying.contains(signing[0])
                let user = try request(signer.user(caller, audience: "entities"))
                let found = try? authenticator.user(user).caller
                #expect(found == (isKnown ? caller : nil), "\(signing) \(verifying)")
                let service = try request(signer.service(audience: "entities"))
                let refused = fault { try authenticator.service(service) }
                #expect((refused == nil) == isKnown, "\(signing) \(verifying)")
            }
        }
    }

    @Test func `each step of a rotation lets all services work together`() throws {
        // Between two steps, some services have the former list and some the next.
        let steps = [[1], [1, 2], [2, 1], [2]]
        for (former, next) in zip(steps, steps.dropFirst()) {
            for (signing, verifying) in [(former, next), (next, former)] {
                let identity = IdentitySigner(
                    issuer: "gateway", keys: keys(signing), clock: clock
                ).user(caller, audience: "entities")
                let authenticator = IdentityAuthenticator(
                    audience: "entities", keys: keys(verifying), clock: clock)
                #expect(try authenticator.user(request(identity)).caller == caller)
            }
        }
    }

    @Test func `requests that an older key verified are counted, with the time of the last`()
        throws
    {
        let keys = keys([2, 1])
        let authenticator = IdentityAuthenticator(
            audience: "entities", keys: keys, clock: clock)
        func metrics() -> [Substring] {
            var text = MetricsText()
            keys.writeMetrics(of: "entities", &text)
            return text.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        }
        #expect(metrics().count == 6 && metrics().allSatisfy { $0.hasSuffix(" 0") })
        let current = IdentitySigner(issuer: "gateway", keys: self.keys([2]), clock: clock)
        _ = try authenticator.user(request(current.user(caller, audience: "entities")))
        try authenticator.service(request(current.service(audience: "entities")))
        #expect(metrics().allSatisfy { $0.hasSuffix(" 0") })
        let older = IdentitySigner(issuer: "gateway", keys: self.keys([1]), clock: clock)
        let user = try request(older.user(caller, audience: "entities"))
        let service = try request(older.service(audience: "entities"))
        // The second of each is compared with the first and not verified again.
        for _ in 0..<2 {
            _ = try authenticator.user(user)
            clock.advance(seconds: 1)
            try authenticator.service(service)
        }
        let seconds = clock.now().milliseconds / 1_000
        let labels = #"{issuer="gateway",key="2"}"#
        #expect(metrics().contains("latchkey_identity_older_key_requests_total\(labels) 4"))
        #expect(metrics().contains("latchkey_identity_older_key_last_seconds\(labels) \(seconds)"))
        #expect(metrics().count { $0.hasSuffix(" 0") } == 4)
    }

    @Test func `without an older key there is nothing to count`() {
        var text = MetricsText()
        keys([1]).writeMetrics(of: "entities", &text)
        #expect(text.text.isEmpty)
    }
}
