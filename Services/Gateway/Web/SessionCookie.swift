import GatewayContract
import HTTPCore

/// The session of a user who signed in on one of our pages. The API doesn't read it: it accepts
/// bearer tokens alone, so no page elsewhere can make a browser call it.
struct SessionCookie: Sendable {
    private static let name = "latchkey_session"

    private let site: WebSite

    init(of site: WebSite) { self.site = site }

    func field(_ token: String) -> Response.Field {
        field(token, seconds: SignInLimits.sessionDays * 86_400)
    }

    /// Removes it from the browser.
    var ended: Response.Field { field("", seconds: 0) }

    private func field(_ value: String, seconds: Int) -> Response.Field {
        let secure = site.isSecure ? "; Secure" : ""
        let path = site.path("/invitations")
        return Response.Field(
            "Set-Cookie",
            "\(Self.name)=\(value); Path=\(path); Max-Age=\(seconds); HttpOnly; SameSite=Lax"
                + secure)
    }

    /// The token in a request (RFC 6265 §5.4); nil if there is none.
    static func token(in head: RequestHead) -> String? { head.cookie(named: name) }
}

extension RequestHead {
    /// The first cookie with the name (RFC 6265 §5.4).
    func cookie(named name: String) -> String? {
        for pair in (fields.joined(.cookie) ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmingSpaces == name[...] else { continue }
            return String(parts[1].trimmingSpaces)
        }
        return nil
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var text = self.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
