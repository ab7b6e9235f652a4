import HTTPCore
import Kernel
import ServiceKit

/// Where the caller isn't known here: at an edge gateway, without a lease or with a token that it
/// hasn't seen lately.
extension BearerAuthenticator {
    /// Finds the user for whom the token acts, if it acts for one.
    /// - Returns: false if they have to be asked for.
    func findActedFor(_ head: RequestHead, _ session: Known) -> Bool {
        guard let name = nameToAsk(head, session), session.actedFor[name] == nil else {
            return true
        }
        guard let decoded = Self.decoded(name) else { return true }
        do throws(Fault) {
            guard case .known(let user) = try source.user(named: decoded) else { return false }
            keep(.success(try self.session(session, actingFor: user)), for: name, in: session)
        } catch {
            keep(.failure(error), for: name, in: session)
        }
        return true
    }

    /// Whom the token acts for; nil if `acting` can decide without.
    private func nameToAsk(_ head: RequestHead, _ session: Known) -> String? {
        guard head.fields.count(of: .latchkeyUser) == 1,
            session.caller.has(scope: Self.actingScope)
        else { return nil }
        return head.fields[.latchkeyUser]
    }

    /// The session is this request's alone. What the answer may be kept for, leases decide: the
    /// next request finds it there.
    func ask(_ head: RequestHead) async throws(Fault) -> any Session {
        let digest = try digest(head)
        let session: Known
        if let jwts = jwtSource(head) {
            session = try await ask(forJWT: head, digest, jwts)
        } else {
            let found = try await source.askForGrant(of: digest)
            session = try self.session(found, of: digest, source.clock.now())
        }
        guard let name = nameToAsk(head, session), let decoded = Self.decoded(name) else {
            return session
        }
        let user = try await source.askForUser(named: decoded)
        do throws(Fault) {
            keep(.success(try self.session(session, actingFor: user)), for: name, in: session)
        } catch {
            keep(.failure(error), for: name, in: session)
        }
        return session
    }
}
