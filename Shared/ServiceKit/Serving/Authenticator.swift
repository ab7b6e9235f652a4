import HTTPCore
import Kernel

/// An authenticated caller, with the authenticator's state. Belongs to a loop.
public protocol Session: AnyObject, Sendable {
    var caller: Caller { get }
}

/// Authenticates callers. One for each loop, used on it alone.
public protocol Authenticator: AnyObject {
    /// - Throws: 401 (`unauthenticated`, `invalid_token`), or why it can't be known now.
    func user(_ head: RequestHead) throws(Fault) -> any Session
    /// Who the request counts as: the user of the token, or the one that it acts for.
    /// - Throws: 403, 422 if the token can't act for whom the request names.
    func acting(_ session: any Session, _ head: RequestHead) throws(Fault) -> any Session
    /// Whether the caller is still authenticated after a part of the body has arrived: a body can
    /// take minutes, and the token may have been revoked meanwhile.
    func again(_ head: RequestHead, _ session: any Session) throws(Fault) -> any Session
    /// Requires that another service of ours calls.
    func service(_ head: RequestHead) throws(Fault)
    /// As `user`; nil if the caller isn't known here and has to be asked for (`ask`).
    func userNow(_ head: RequestHead) throws(Fault) -> (any Session)?
    /// As `again`; nil likewise.
    func againNow(_ head: RequestHead, _ session: any Session) throws(Fault) -> (any Session)?
    /// As `user`, by asking the process that knows the callers.
    func ask(_ head: RequestHead) async throws(Fault) -> any Session
}

extension Authenticator {
    /// All callers are known here.
    public func userNow(_ head: RequestHead) throws(Fault) -> (any Session)? { try user(head) }

    /// All callers are known here.
    public func againNow(
        _ head: RequestHead, _ session: any Session
    ) throws(Fault) -> (any Session)? { try again(head, session) }

    /// All callers are known here.
    public func ask(_ head: RequestHead) async throws(Fault) -> any Session { try user(head) }

    /// Nobody acts for anybody.
    public func acting(_ session: any Session, _ head: RequestHead) -> any Session { session }
}
