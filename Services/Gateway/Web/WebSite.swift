import Contract
import GatewayContract
import HTTPCore
import Kernel
import Presentation
import ServiceKit

/// The address of the pages, from LATCHKEY_PUBLIC_URL, and their look.
struct WebSite: Sendable {
    let brand: Brand
    let style: PageStyle
    private let publicURL: PublicURL?
    private let hasConsole: Bool

    init(_ publicURL: PublicURL?, _ brand: Brand, hasConsole: Bool = false) {
        self.publicURL = publicURL
        self.brand = brand
        self.hasConsole = hasConsole
        style = PageStyle(brand.accent)
    }

    init(_ settings: GatewaySettings) {
        self.init(
            settings.common.publicURL, settings.brand, hasConsole: settings.consoleFolder != nil)
    }

    /// Whether browsers must send cookies over TLS alone.
    var isSecure: Bool { publicURL?.isSecure == true }

    /// One of our paths as browsers must request it.
    func path(_ path: String) -> String { (publicURL?.path ?? "") + path }

    /// The same with its origin, where that is known.
    func address(_ path: String) -> String { (publicURL?.text ?? "") + path }

    /// Where the product is: as configured, or else the console; nil without either.
    var productURL: String? {
        brand.appURL ?? (hasConsole ? path(ConsoleRoutes.start.path) : nil)
    }

    /// Refuses a form of another site: 403 `foreign_form`.
    ///
    /// Browsers send the form's site in `Origin`, also over plain http, where they leave out
    /// `Sec-Fetch-Site` (Fetch, §3.1; Fetch Metadata, §2). A program that sends neither has only
    /// its own cookie.
    func requireOwnForm(_ head: RequestHead) throws(Fault) {
        guard isOwnRequest(head) else { throw Fault(GatewayProblems.foreignForm) }
    }

    /// Whether one of our own pages made a request, or the user by an address.
    func isOwnRequest(_ head: RequestHead) -> Bool {
        let sites = head.fields.values(named: "sec-fetch-site")
        return sites.allSatisfy { $0 == "same-origin" || $0 == "none" }
            && origins(of: head).allSatisfy { isOwn($0, head) }
    }

    private func origins(of head: RequestHead) -> [String] {
        head.fields.fields.filter { $0.name == .origin }.map { head.fields.value(of: $0) }
    }

    /// Without a configured address, `Host` is the one that the browser requested.
    private func isOwn(_ origin: String, _ head: RequestHead) -> Bool {
        if let publicURL { return origin == publicURL.origin }
        guard let host = head.fields[.host] else { return false }
        return ["http://\(host)", "https://\(host)"].contains(origin)
    }
}
