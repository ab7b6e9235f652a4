import GatewayContract
import Kernel
import ServiceKit
import Synchronization

/// What a browser keeps while its user signs in at the identity provider: sealed, so that nobody
/// else on the same host learns or makes one. A redirect that comes back to another browser finds
/// none (login CSRF).
struct OIDCFlow: Sendable, Equatable, Codable {
    static let seconds: Int64 = 600

    let state: String
    let nonce: String
    /// Of PKCE (RFC 7636 §4.1).
    let verifier: String
    /// Where the user goes afterwards.
    let purpose: Purpose
    let startedAt: Timestamp

    enum Purpose: Sendable, Equatable, Codable {
        /// To the page of an invitation; `token` is its secret.
        case invitation(token: String, email: String)
        /// To the console, which holds the verifier of `challenge`.
        case console(challenge: String)
    }

    init(to purpose: Purpose, random: any RandomSource, at now: Timestamp) {
        func secret() -> String { Base64URL.encode(random.bytes(32)) }
        state = secret() + purpose.mark
        nonce = secret()
        verifier = secret()
        self.purpose = purpose
        startedAt = now
    }

    /// Whether a state is one of the console's flows. It is no secret, and proves nothing: a
    /// redirect whose flow is over leads to where it began.
    static func isOfConsole(_ state: String?) -> Bool { state?.hasSuffix(consoleMark) == true }

    fileprivate static let consoleMark = ".console"

    func isOpen(at now: Timestamp) -> Bool {
        // The clock may be set back.
        startedAt <= now && now < startedAt.adding(seconds: Self.seconds)
    }
}

extension OIDCFlow.Purpose {
    fileprivate var mark: String {
        switch self {
        case .invitation: ""
        case .console: OIDCFlow.consoleMark
        }
    }
}

/// Seals flows, and lets each come back once.
final class OIDCFlows: Sendable {
    private static let context = "sign-in flow"
    private static let maximumUsed = 100_000

    private let keys: SealingKeys
    private let random: any RandomSource
    /// The states that have come back, and when their flows end by themselves.
    private let used = Mutex<[String: Timestamp]>([:])

    init(_ secrets: SecretList, random: any RandomSource) {
        keys = SealingKeys(secrets, purpose: "latchkey sign-in flows")
        self.random = random
    }

    func begin(_ purpose: OIDCFlow.Purpose, at now: Timestamp) -> (OIDCFlow, sealed: String) {
        let flow = OIDCFlow(to: purpose, random: random, at: now)
        let sealed = keys.seal(JSON.encode(flow), for: Self.context, random: random)
        return (flow, Base64URL.encode(sealed))
    }

    /// The flow of a browser's cookie; nil for none, and if it is too old.
    func open(_ sealed: String?, at now: Timestamp) -> OIDCFlow? {
        guard let sealed, let bytes = Base64URL.decode(Array(sealed.utf8)[...]),
            let plain = keys.open(bytes, for: Self.context),
            let flow = try? JSON.decode(OIDCFlow.self, plain), flow.isOpen(at: now)
        else { return nil }
        return flow
    }

    /// The flow that has come back; nil if it is not this browser's, too old, or has come before.
    func end(_ sealed: String?, state: String?, at now: Timestamp) -> OIDCFlow? {
        guard let state, let flow = open(sealed, at: now),
            constantTimeEquals(Array(flow.state.utf8), Array(state.utf8))
        else { return nil }
        let isFirst = used.withLock { used in
            if used.count >= Self.maximumUsed { used = used.filter { $0.value > now } }
            // Full of flows that have just come back: none is let through twice.
            guard used.count < Self.maximumUsed else { return false }
            let end = flow.startedAt.adding(seconds: OIDCFlow.seconds)
            return used.updateValue(end, forKey: flow.state) == nil
        }
        return isFirst ? flow : nil
    }
}
