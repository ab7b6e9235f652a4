import HTTPCore
import Kernel

/// Establishes who asks. One for each loop, used on it alone.
public protocol Authenticator: AnyObject {
    /// - Throws: 401 (`unauthenticated`, `invalid_token`), or why it can't be known now.
    func user(_ head: RequestHead) throws(Fault) -> Caller
    /// Demands that another service of ours calls.
    func service(_ head: RequestHead) throws(Fault)
}

extension Fault {
    /// A request without credentials.
    public static let unauthenticated = Fault(
        .unauthenticated, code: "unauthenticated", "This needs a token: Authorization: Bearer …")

    /// Credentials that are no good; which way is nobody's business.
    public static let invalidToken = Fault(
        .unauthenticated, code: "invalid_token",
        "The token is malformed, unknown, expired or revoked.")
}
