import HTTPCore
import Kernel

/// A caller, and whatever his authenticator keeps about him. Belongs to a loop.
public protocol Session: AnyObject, Sendable {
    var caller: Caller { get }
}

/// Establishes who asks. One for each loop, used on it alone.
public protocol Authenticator: AnyObject {
    /// - Throws: 401 (`unauthenticated`, `invalid_token`), or why it can't be known now.
    func user(_ head: RequestHead) throws(Fault) -> any Session
    /// Whether the caller still is who he was, now that (a part of) his body has come: a body may
    /// take minutes, and his token may have been revoked meanwhile.
    func again(_ head: RequestHead, _ session: any Session) throws(Fault) -> any Session
    /// Demands that another service of ours calls.
    func service(_ head: RequestHead) throws(Fault)
}
