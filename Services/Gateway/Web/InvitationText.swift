import HTTPCore
import InvitationsContract
import Kernel
import ServiceKit

/// The texts of the invitation pages.
struct InvitationText: Sendable {
    static let acceptPath = "/invitations/accept"
    static let claimPath = "/invitations/claim"

    let site: WebSite

    /// An invitation that can no longer be accepted, and why.
    /// - Parameter isInvitee: the visitor is signed in as the invitee.
    func ended(_ view: ShownInvitation, isInvitee: Bool) -> WebPage {
        switch view.status {
        case .accepted where !isInvitee:
            return WebPage(
                title: "Accepted",
                content: """
                    <h1>This invitation has already been accepted</h1>
                    <p>If that was you, sign in. Otherwise let \(inviter(view)) know.</p>
                    """)
        case .accepted:
            return WebPage(
                title: "Accepted",
                content: """
                    <h1>You now have access to \(view.name)</h1>
                    <p>You can close this page.</p>
                    """)
        case .expired:
            return WebPage(
                title: "Expired",
                content: """
                    <h1>This invitation has expired</h1>
                    <p>Ask \(inviter(view)) for a new one.</p>
                    """, status: 410)
        case .revoked where view.isDeclined:
            return WebPage(
                title: "Declined",
                content: """
                    <h1>You declined this invitation</h1>
                    <p>You haven't been added. If that was a mistake, ask \(inviter(view)) for \
                    a new invitation.</p>
                    """)
        case .pending, .revoked:
            return WebPage(
                title: "Revoked",
                content: """
                    <h1>This invitation was revoked</h1>
                    <p>It can no longer be accepted. If you expected it, ask \
                    \(inviter(view)) for a new one.</p>
                    """, status: 410)
        }
    }

    func signedOut(
        _ view: ShownInvitation, _ token: String, as other: String?, notice: String?
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
                \(head(view))\(wrong)\(note)<p>To respond, confirm that \
                <strong>\(view.email)</strong> is your address.</p>
                <form method="post" action="\(site.path(Self.acceptPath))">
                <input type="hidden" name="token" value="\(token)">
                <button name="action" value="code">E-mail me a code</button>
                </form>
                """)
    }

    func code(_ view: ShownInvitation, _ token: String, isWrong: Bool) -> WebPage {
        let wrong: HTML =
            isWrong
            ? """
            <p class="wrong" role="alert" id="wrong">That code is wrong or has expired. Try again, \
            or send a new code.</p>

            """ : ""
        let described: HTML =
            isWrong ? #" aria-invalid="true" aria-describedby="wrong""# : ""
        return WebPage(
            title: isWrong ? "Wrong code" : "Enter your code",
            content: """
                \(head(view))\(wrong)<p>We sent a code to \
                <strong>\(view.email)</strong>.</p>
                <form method="post" action="\(site.path(Self.acceptPath))">
                <input type="hidden" name="token" value="\(token)">
                <label for="code">Code</label>
                <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" \
                required autofocus maxlength="16"\(described)>
                <button name="action" value="enter">Sign in</button>
                <button class="second" name="action" value="code" formnovalidate>Send a new \
                code</button>
                </form>
                """, status: isWrong ? 422 : 200)
    }

    func answer(_ view: ShownInvitation, _ token: String, proof: String) -> WebPage {
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

    /// - Parameter showing: identifies this display of the page.
    func claim(_ view: ShownInvitation, _ claim: String, showing: String) -> WebPage {
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
        let title = problem.status == 404 ? "We can't find this invitation" : "Something went wrong"
        let detail =
            problem.status == 404
            ? "The link may be incomplete: open it again from the e-mail."
            : fault.detail
        var response = WebPage(
            title: title, content: "<h1>\(title)</h1>\n<p>\(detail)</p>", status: problem.status
        ).response
        if let seconds = fault.retryAfter { response.add("Retry-After", "\(seconds)") }
        return response
    }

    /// The inviter may be deleted, and then has no name.
    private func inviter(_ view: ShownInvitation) -> String {
        view.inviterName ?? "the owner"
    }

    private func head(_ view: ShownInvitation) -> HTML {
        let what =
            switch view.role {
            case .viewer: "view"
            case .read: "view the workspace"
            case .write: "work in the workspace"
            case .collaborator: "work on"
            }
        let message: HTML =
            view.message.map { "<blockquote>\($0)</blockquote>\n" } ?? ""
        return """
            <h1>\(view.inviterName ?? "Someone") invites you to \(what) \(view.name)</h1>
            \(message)
            """
    }
}
