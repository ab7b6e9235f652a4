import GatewayContract
import HTTPCore
import Kernel
import Presentation
import ServiceKit

/// The page behind the link that stops mails about shares (RFC 8058). A GET changes nothing, so
/// that link previews and mail scanners can follow it; a POST needs no page, no cookie and no
/// sign-in, as mail programs send it.
struct UnsubscribePages: Sendable {
    let unsubscribing: Unsubscribing
    let site: WebSite

    var routes: [Route] {
        [
            .later(NotificationRoutes.showUnsubscribe) { try show($0) },
            .later(NotificationRoutes.unsubscribe) { try await unsubscribe($0) },
        ]
    }

    private func show(_ request: RequestContext) throws -> Response {
        let token = try request.query("token") ?? ""
        let user = try unsubscribing.user(of: token)
        guard let user else { return notFound(request) }
        guard user.emailNotifications else { return done(user, request) }
        let texts = language(user, request).texts
        return page(
            texts.notifications,
            """
            <h1>\(texts.notifications)</h1>
            <p>\(texts.notified(user.email).html)</p>
            <form method="post" action="\(site.path(Unsubscribing.path(token)))">
            <input type="hidden" name="List-Unsubscribe" value="One-Click">
            <button>\(texts.stopNotifications)</button>
            </form>

            """, user, request)
    }

    /// The form of a mail program or of the page; what it contains changes nothing.
    private func unsubscribe(_ request: RequestContext) async throws -> Response {
        let token = try request.query("token") ?? ""
        let user = try await unsubscribing.unsubscribe(token, requestId: request.requestId)
        guard let user else { return notFound(request) }
        return done(user, request)
    }

    private func done(_ user: User, _ request: RequestContext) -> Response {
        let texts = language(user, request).texts
        return page(
            texts.unsubscribed,
            """
            <h1>\(texts.unsubscribed)</h1>
            <p>\(texts.unsubscribedNote(user.email).html)</p>
            \(site.leadOn(in: texts) ?? "")
            """, user, request)
    }

    /// Also for the token of a user who was deleted since.
    private func notFound(_ request: RequestContext) -> Response {
        let texts = language(nil, request).texts
        return page(
            texts.unknownLink,
            """
            <h1>\(texts.unknownLink)</h1>
            <p>\(texts.unknownLinkNote.html)</p>
            \(site.leadOn(in: texts) ?? "")
            """, nil, request, status: 404)
    }

    private func page(
        _ title: String, _ content: HTML, _ user: User?, _ request: RequestContext,
        status: Int = 200
    ) -> Response {
        WebPage(title: title, content: content, status: status)
            .response(of: site, in: language(user, request))
    }

    private func language(_ user: User?, _ request: RequestContext) -> Language {
        Language.choose(
            [user?.locale], accepting: request.acceptedLanguages, else: site.brand.language)
    }
}
