import Kernel

/// That a route is going to end. Its responses, errors included, say so in fields that clients and
/// proxies can watch for: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a `Link` to a page.
public struct Deprecation: Sendable, Hashable {
    /// From when on clients should use something else.
    public let since: Timestamp
    /// When the route stops working; nil where that is not decided.
    public let sunset: Timestamp?
    /// A URL, or a path of ours such as `/docs/versioning`, that says what to use in its place.
    public let guide: String

    public init(since: Timestamp, sunset: Timestamp?, guide: String) {
        self.since = since
        self.sunset = sunset
        self.guide = guide
    }
}
