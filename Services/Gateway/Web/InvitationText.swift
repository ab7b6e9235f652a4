import HTTPCore
import InvitationsContract
import Kernel
import ServiceKit

/// What the pages of invitations say.
struct InvitationText: Sendable {
    static let acceptPath = "/invitations/accept"
    static let claimPath = "/invitations/claim"

    let site: WebSite

    /// What nobody can accept any more, and why.
    /// - Parameter isHis: who looks at it is who was invited.
    func ended(_ view: InvitationView, isHis: Bool) -> WebPage {
        let name = view.name
        switch view.status {
        case "accepted" where !isHis:
            return WebPage(
                title: "Accepted",
                content: """
                    <h1>This invitation was accepted already</h1>
                    <p>It is good for one use. If it was not you, tell \(inviter(view)).</p>
                    """)
        case "accepted":
            return WebPage(
                title: "You are in",
                content: """
                    <h1>You are in</h1>
                    <p>You have joined <strong>\(name)</strong>. You can close this page.</p>
                    """)
        case "expired":
            return WebPage(
                title: "Expired",
                content: """
                    <h1>This invitation has expired</h1>
                    <p>Ask \(inviter(view)) for another.</p>
                    """, status: 410)
        case _ where view.isDeclined:
            return WebPage(
                title: "Declined",
                content: """
                    <h1>You have declined</h1>
                    <p>Nobody was let in. If that was a mistake, ask \(inviter(view)) for \
                    another invitation.</p>
                    """)
        default:
            return WebPage(
                title: "Withdrawn",
                content: """
                    <h1>This invitation was withdrawn</h1>
                    <p>It can't be accepted any more. If you expected it, ask \
                    \(inviter(view)) for another.</p>
                    """, status: 410)
        }
    }

    func signedOut(
        _ view: InvitationView, _ token: String, as other: String?, notice: String?
    ) -> WebPage {
        let wrong: HTML =
            other.map {
                """
                <p class="wrong" role="alert">You are signed in as \($0). This invitation is for \
                \(view.email).</p>

                """
            } ?? ""
        let note: HTML = notice.map { "<p class=\"wrong\" role=\"alert\">\($0)</p>\n" } ?? ""
        return WebPage(
            title: "Invitation",
            content: """
                \(head(view))\(wrong)\(note)<p>To answer, show that the mailbox of \
                <strong>\(view.email)</strong> is yours.</p>
                <form method="post" action="\(site.path(Self.acceptPath))">
                <input type="hidden" name="token" value="\(token)">
                <button name="action" value="code">E-mail me a code</button>
                </form>
                """)
    }

    func code(_ view: InvitationView, _ token: String, isWrong: Bool) -> WebPage {
        let wrong: HTML =
            isWrong
            ? """
            <p class="wrong" role="alert" id="wrong">That is not the code, or it is good no more. \
            After five tries, have a new one mailed.</p>

            """ : ""
        let described: HTML =
            isWrong ? #" aria-invalid="true" aria-describedby="wrong""# : ""
        return WebPage(
            title: isWrong ? "Wrong code" : "Your code",
            content: """
                \(head(view))\(wrong)<p>We have mailed a code to \
                <strong>\(view.email)</strong>.</p>
                <form method="post" action="\(site.path(Self.acceptPath))">
                <input type="hidden" name="token" value="\(token)">
                <label for="code">Code</label>
                <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" \
                required autofocus maxlength="16"\(described)>
                <button name="action" value="enter">Sign in</button>
                <button class="second" name="action" value="code" formnovalidate>Mail a new \
                one</button>
                </form>
                """, status: isWrong ? 422 : 200)
    }

    func answer(_ view: InvitationView, _ token: String, proof: String) -> WebPage {
        WebPage(
            title: "Invitation",
            content: """
                \(head(view))<form method="post" action="\(site.path(Self.acceptPath))">
                <input type="hidden" name="token" value="\(token)">
                <input type="hidden" name="proof" value="\(proof)">
                <button name="action" value="accept">Accept</button>
                <button class="second" name="action" value="decline">Decline</button>
                </form>
                <p class="soft">You are signed in as \(view.email).</p>
                """)
    }

    /// - Parameter showing: tells this showing of the page from every other.
    func claim(_ view: InvitationView, _ claim: String, showing: String) -> WebPage {
        WebPage(
            title: "Invitation",
            content: """
                \(head(view))<form method="post" action="\(site.path(Self.claimPath))">
                <input type="hidden" name="claim" value="\(claim)">
                <input type="hidden" name="showing" value="\(showing)">
                <button>Accept</button>
                </form>
                <p class="soft">You will be signed in as \(view.email).</p>
                """)
    }

    func refused(_ fault: Fault) -> Response {
        let problem = Problem(fault)
        let title = problem.status == 404 ? "This link leads nowhere" : "This did not work"
        let detail =
            problem.status == 404
            ? "It may be incomplete, or the invitation is gone. Open it from the mail again."
            : fault.detail
        var response = WebPage(
            title: title, content: "<h1>\(title)</h1>\n<p>\(detail)</p>", status: problem.status
        ).response
        if let seconds = fault.retryAfter { response.add("Retry-After", "\(seconds)") }
        return response
    }

    /// His name; he may be gone.
    private func inviter(_ view: InvitationView) -> String {
        view.inviterName.isEmpty ? "the owner" : view.inviterName
    }

    private func head(_ view: InvitationView) -> HTML {
        let inviter = view.inviterName.isEmpty ? "Somebody" : view.inviterName
        let what =
            switch view.role {
            case "viewer": "look at"
            case "read": "look into the workspace"
            case "write": "work in the workspace"
            default: "work on"
            }
        let message: HTML =
            view.message.map { "<blockquote>\($0)</blockquote>\n" } ?? ""
        return """
            <h1>\(inviter) invites you to \(what) \(view.name)</h1>
            \(message)
            """
    }
}
