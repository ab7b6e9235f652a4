import EventLoop
import HTTPCore
import Kernel

/// The URL of a webhook: absolute, http or https.
public struct WebhookURL: Sendable, Hashable {
    /// Characters.
    public static let maximumLength = 2_000

    /// The URL in its normalized form.
    public let text: String
    /// Scheme, host and port.
    public let origin: HTTPOrigin
    /// Path and query.
    let target: String

    /// The same for all spellings of one URL (RFC 3986 §6.2.2): scheme and host in lower case, the
    /// port written out, no escapes that nothing needs, no dot segments, one form of an address.
    public var key: String {
        let target = PercentEncoding.normalize(target)
        let query = target.firstIndex(of: "?") ?? target.endIndex
        return (origin.isSecure ? "https://" : "http://") + place
            + Self.withoutDotSegments(target[..<query]) + target[query...]
    }

    /// The host and its port. An address is the same in all spellings: `127.1`, `0x7f000001`.
    public var place: String {
        let host = HostLookup.number(origin.host)?.text ?? origin.host
        return "\(host.contains(":") ? "[\(host)]" : host):\(origin.port)"
    }

    /// - Throws: 422 at `pointer`.
    public init(_ text: String, pointer: String) throws(Fault) {
        // Only unreserved, reserved and percent-encoded characters (RFC 3986 §2): no fragment,
        // which is never sent, and nothing that a shell, a log or another parser could misread.
        let isPlain =
            text.utf8.count <= Self.maximumLength
            && text.utf8.allSatisfy {
                (0x21...0x7E).contains($0) && !"\"#<>\\^`{|}".utf8.contains($0)
            }
        guard isPlain, let (origin, target) = Self.split(text) else {
            throw .invalid(
                pointer,
                "must be an absolute http or https URL of at most \(Self.maximumLength) ASCII "
                    + "characters, without user information and fragment")
        }
        self.text = text
        self.origin = origin
        self.target = target
    }

    private static func split(_ text: String) -> (HTTPOrigin, target: String)? {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        let rest = text[scheme.upperBound...]
        let end = rest.firstIndex { "/?".contains($0) } ?? rest.endIndex
        guard let origin = HTTPOrigin(String(text[..<end])) else { return nil }
        // curl's `--resolve` misreads a name that begins with a hyphen or ends with a dot.
        let labels = origin.host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy({ !$0.isEmpty && !$0.hasPrefix("-") }) else { return nil }
        let target = String(rest[end...])
        return (origin, target.hasPrefix("/") ? target : "/" + target)
    }

    /// RFC 3986 §5.2.4.
    private static func withoutDotSegments(_ path: Substring) -> String {
        var kept: [Substring] = []
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for segment in segments {
            if segment == ".." {
                _ = kept.popLast()
            } else if segment != "." {
                kept.append(segment)
            }
        }
        if let last = segments.last, last == "." || last == ".." { kept.append("") }
        return "/" + kept.joined(separator: "/")
    }
}
