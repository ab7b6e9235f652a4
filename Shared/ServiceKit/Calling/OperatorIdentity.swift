import HTTPCore
import Kernel

/// Makes identities of a service's operator: of whoever sits at its machine and can read what the
/// service itself is configured with. They are for that service alone.
public struct OperatorSigner: Sendable {
    private let service: String
    private let issuer: Identity.Issuer
    private let clock: any Clock

    /// - Parameters:
    ///   - service: its name.
    ///   - keys: all keys of the service.
    public init(of service: String, keys: ServiceKeys, clock: any Clock) {
        self.service = service
        self.clock = clock
        issuer = Identity.Issuer(operatorOf: service, keys)
    }

    /// A value of `Latchkey-Identity`. It may be sent for 20 seconds.
    public func identity() -> String {
        let now = clock.now().milliseconds / 1000
        return Identity.sign(
            Identity.Claims(
                iss: service, aud: service, sub: service, iat: now, nbf: now,
                exp: now + Identity.life), issuer)
    }
}

/// Authenticates the operator in place of users, and the services as before. One for each loop.
public final class OperatorAuthenticator: Authenticator {
    private final class Operator: Session {
        let caller = Caller.operator
    }

    private let service: String
    private let issuers: [Identity.Issuer]
    private let services: IdentityAuthenticator
    private let clock: any Clock
    private let session = Operator()

    public init(of service: String, keys: ServiceKeys, clock: any Clock) {
        self.service = service
        self.clock = clock
        issuers = [Identity.Issuer(operatorOf: service, keys)]
        services = IdentityAuthenticator(audience: service, keys: keys, clock: clock)
    }

    /// - Throws: 401 unless the operator signed the request.
    public func user(_ head: RequestHead) throws(Fault) -> any Session {
        guard isOperator(head) else { throw .unauthenticated }
        return session
    }

    /// An identity is valid for the request it came with.
    public func again(_ head: RequestHead, _ session: any Session) -> any Session { session }

    /// - Throws: 401 unless the operator signed it, or a service that can call this one.
    public func service(_ head: RequestHead) throws(Fault) {
        if isOperator(head) { return }
        try services.service(head)
    }

    private func isOperator(_ head: RequestHead) -> Bool {
        guard head.fields.count(of: .latchkeyIdentity) == 1 else { return false }
        let now = clock.now()
        return head.fields.withValue(.latchkeyIdentity) { bytes in
            guard bytes.starts(with: issuers[0].header) else { return false }
            return Identity.verify(Array(bytes), by: issuers, audience: service, now: now) != nil
        } ?? false
    }
}
