import Contract
import HTTPServer
import Kernel
import Mail
import Presentation
import ServiceKit

/// What the gateway needs to mail users what was shared with them.
struct Notifications: Sendable {
    let notices: ShareNotices
    let worker: NoticeWorker
    let pages: UnsubscribePages

    init(
        _ settings: GatewaySettings, _ users: Users, _ upstreams: [Upstream],
        _ signer: IdentitySigner, _ mailWorker: MailWorker, _ runtime: Runtime
    ) throws {
        let publicURL =
            settings.common.publicURL?.text
            ?? "http://127.0.0.1:\(settings.common.server.port)"
        notices = ShareNotices(
            database: users.database, ids: users.ids, random: runtime.random,
            clock: runtime.clock, outbox: mailWorker.outbox, sender: try settings.requiredSender,
            letters: ShareLetters(
                look: MailLook(settings.brand, publicURL: publicURL),
                language: settings.brand.language,
                appURL: settings.brand.appURL ?? "\(publicURL)/console/", publicURL: publicURL),
            delay: settings.shareMailDelay,
            contexts: Self.contexts(upstreams, signer, runtime))
        worker = NoticeWorker(notices: notices, mailed: mailWorker.wake)
        pages = UnsubscribePages(
            unsubscribing: Unsubscribing(users: users),
            site: WebSite(settings))
    }

    /// The services that have shares.
    private static func contexts(
        _ upstreams: [Upstream], _ signer: IdentitySigner, _ runtime: Runtime
    ) -> [SharedKind: ShareNotices.Ask] {
        let kinds = ["entities": SharedKind.entity, "integrations": .integration]
        var contexts: [SharedKind: ShareNotices.Ask] = [:]
        for upstream in upstreams {
            guard let kind = kinds[upstream.name] else { continue }
            let client = ServiceClient(
                upstream.name, at: upstream.url, signer: signer, in: runtime)
            contexts[kind] = { query in
                try await client.call(
                    ShareNoticeRoutes.standing, query, as: StandingSharesReply.self)
            }
        }
        return contexts
    }
}

extension GatewaySettings {
    /// The sender of our mails.
    var requiredSender: Mailbox {
        get throws {
            guard let mailSender else {
                throw StartFailure("LATCHKEY_EMAIL_FROM must be an e-mail address")
            }
            return mailSender
        }
    }
}
