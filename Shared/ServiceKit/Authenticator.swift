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
    /// Demands that another service of ours calls.
    func service(_ head: RequestHead) throws(Fault)
}
