import Kernel
import TestSupport

@testable import HTTPCore
@testable import ServiceKit

extension FuzzTarget {
    /// No bytes but a signed identity's own are one. The first four change a genuine one at a
    /// place; the rest stand in place of it where there are any.
    static let identity = FuzzTarget(name: "identity") { bytes in
        let clock = FakeClock()
        let keys = ServiceKeys(SecretList(Array("a secret of thirty-two bytes or more".utf8)))
        let signer = IdentitySigner(issuer: "gateway", keys: keys, clock: clock)
        let genuine = Array(
            signer.user(Caller(userId: "usr_1", scopes: ["*"]), audience: "entities").utf8)
        var token = genuine
        if bytes.count > 4 {
            token = Array(bytes[4...])
        } else if bytes.count == 4 {
            let place = (Int(bytes[0]) << 8 | Int(bytes[1])) % token.count
            token[place] ^= bytes[2]
            if bytes[3] & 1 == 1 { token.removeLast(Int(bytes[3] >> 1) % token.count) }
        }
        let line = Array("GET / HTTP/1.1\r\nHost: a\r\nLatchkey-Identity: ".utf8)
        var parser = RequestParser(limits: HTTPLimits())
        let all = line + token + Array("\r\n\r\n".utf8)
        guard case .head(let head) = all.withUnsafeBytes({ parser.next($0).event }) else { return }
        let authenticator = IdentityAuthenticator(
            audience: "entities", keys: keys, clock: clock)
        let session = try? authenticator.user(head)
        require((session != nil) == (token == genuine), "genuine or nothing")
        require((try? authenticator.service(head)) == nil, "a user's is no service's")
    }
}
