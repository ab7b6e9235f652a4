import HTTPCore
import Kernel
import ServiceKit

/// Where people reach the pages, as LATCHKEY_PUBLIC_URL says.
struct WebSite: Sendable {
    private let publicURL: PublicURL?

    init(_ publicURL: PublicURL?) { self.publicURL = publicURL }

    /// Whether browsers send cookies over TLS alone.
    var isSecure: Bool { publicURL?.isSecure == true }

    /// A path of ours as browsers have to ask for it.
    func path(_ path: String) -> String { (publicURL?.path ?? "") + path }

    /// Refuses a form that another site shows or sends: 403 `foreign_form`.
    ///
    /// Browsers say where a form stands in `Origin`, also on plain http where they leave
    /// `Sec-Fetch-Site` out (Fetch, §3.1; Fetch Metadata, §2). A program that sends neither has no
    /// cookie but its own.
    func requireOwnForm(_ head: RequestHead) throws(Fault) {
        let sites = head.fields.values(named: "sec-fetch-site")
        guard sites.allSatisfy({ $0 == "same-origin" || $0 == "none" }),
            origins(of: head).allSatisfy({ isOwn($0, head) })
        else {
            throw .forbidden(
                "foreign_form",
                "This form was sent from another site. Open the link from the e-mail again.")
        }
    }

    private func origins(of head: RequestHead) -> [String] {
        head.fields.fields.filter { $0.name == .origin }.map { head.fields.value(of: $0) }
    }

    /// Where nobody has said what our address is, a browser's `Host` is what it has asked for.
    private func isOwn(_ origin: String, _ head: RequestHead) -> Bool {
        if let publicURL { return origin == publicURL.origin }
        guard let host = head.fields[.host] else { return false }
        return ["http://\(host)", "https://\(host)"].contains(origin)
    }
}
