import Contract
import HTTPCore
import HTTPServer
import Kernel

/// What a port asks of every request besides what its route says, and what it adds to the answer,
/// whatever that will be. Used by all loops at once.
public protocol Gate: Sendable {
    /// For every request, before anything of it is decided. `admit` may replace them.
    func fields(for head: RequestHead) -> (any AnswerFields)?
    /// For a request that a route will take.
    /// - Parameter session: nil on open routes, and if the credentials are none: that he is
    ///   refused for it (401) follows, unless this throws.
    /// - Returns: what is to be kept until the request has been answered.
    /// - Throws: 429 `rate_limited`, `too_many_requests_in_flight`.
    func admit(
        _ session: (any Session)?, to endpoint: Endpoint, _ exchange: Exchange
    ) throws(Fault) -> AnyObject?
    /// For a request that no route takes.
    /// - Throws: 429 `rate_limited`.
    func admitUnmatched(_ exchange: Exchange) throws(Fault)
    /// For bytes that are no request.
    /// - Throws: 429 `rate_limited`.
    func admitRefused(_ head: RequestHead?, from peer: Peer) throws(Fault)
    /// The client, which may not be the peer.
    func client(of exchange: Exchange) -> Peer
    /// More fields for the answer to OPTIONS on a path that allows the methods `allow`.
    func options(_ head: RequestHead, allow: String) -> [Response.Field]
}
