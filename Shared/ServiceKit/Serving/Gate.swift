import Contract
import HTTPCore
import HTTPServer
import Kernel

/// Checks of every request on a port, besides those of its route, and fields of every response.
/// Used by all loops at once.
public protocol Gate: Sendable {
    /// For every request, before anything else. `admit` can replace them.
    func fields(for head: RequestHead) -> (any AnswerFields)?
    /// For a request that has a route.
    /// - Parameter session: nil on open routes, and for invalid credentials: the request is
    ///   then refused with 401, unless this throws.
    /// - Returns: an object to hold until the response is complete.
    /// - Throws: 429 `rate_limited`, `too_many_requests_in_flight`.
    func admit(
        _ session: (any Session)?, to endpoint: Endpoint, _ exchange: Exchange
    ) throws(Fault) -> AnyObject?
    /// For a request without a route.
    /// - Throws: 429 `rate_limited`.
    func admitUnmatched(_ exchange: Exchange) throws(Fault)
    /// For bytes that are not a request.
    /// - Throws: 429 `rate_limited`.
    func admitRefused(_ head: RequestHead?, from peer: Peer) throws(Fault)
    /// Whether anybody can call the port: nothing that requests say of their trace is believed.
    var isPublic: Bool { get }
    /// The client, which may not be the peer.
    func client(of exchange: Exchange) -> Peer
    /// More fields for the answer to OPTIONS on a path that allows the methods `allow`.
    func options(_ head: RequestHead, allow: String) -> [Response.Field]
}
