import GatewayContract
import HTTPCore

/// A cookie of our pages. With TLS no other host of the domain can set it (RFC 6265bis §4.1.3.2),
/// nor one that is read in its place.
struct SiteCookie: Sendable {
    private let site: WebSite
    private let name: String
    private let seconds: Int64

    /// The session of a user who signed in on one of our pages. The API doesn't read it: it accepts
    /// bearer tokens alone, so no page elsewhere can make a browser call it.
    static func session(of site: WebSite) -> SiteCookie {
        SiteCookie(site, "latchkey_session", seconds: Int64(SignInLimits.sessionDays) * 86_400)
    }

    /// An `OIDCFlow`. A sign-in for the console doesn't end one for an invitation.
    static func flow(of site: WebSite, forConsole: Bool = false) -> SiteCookie {
        SiteCookie(
            site, forConsole ? "latchkey_console_flow" : "latchkey_flow",
            seconds: OIDCFlow.seconds)
    }

    private init(_ site: WebSite, _ name: String, seconds: Int64) {
        self.site = site
        self.name = site.isSecure ? "__Host-\(name)" : name
        self.seconds = seconds
    }

    func field(_ value: String) -> Response.Field { field(value, seconds) }

    /// Removes it from the browser.
    var removal: Response.Field { field("", 0) }

    private func field(_ value: String, _ seconds: Int64) -> Response.Field {
        let secure = site.isSecure ? "; Secure" : ""
        return Response.Field(
            "Set-Cookie",
            "\(name)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax" + secure)
    }

    /// Its value in a request; nil if it isn't there.
    func value(in head: RequestHead) -> String? { head.cookie(named: name) }
}

extension RequestHead {
    /// The first cookie with the name (RFC 6265 §5.4).
    fileprivate func cookie(named name: String) -> String? {
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
