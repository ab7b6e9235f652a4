import Contract
import HTTPCore
import InvitationsContract
import Kernel
import ServiceKit

/// The link that leads to a page: what its forms send back.
struct PageLink: Sendable {
    /// The two secrets that lead to an invitation.
    enum Kind: String, Sendable {
        /// Of the `accept_url`, which the inviter knows too.
        case token
        /// Only in the e-mail.
        case claim
    }

    let kind: Kind
    let secret: String

    /// Without the prefix of the public URL.
    var path: String {
        switch kind {
        case .token: LinkRoutes.showInvitation.path
        case .claim: LinkRoutes.showClaim.path
        }
    }

    var query: InvitationViewQuery {
        switch kind {
        case .token: InvitationViewQuery(token: secret)
        case .claim: InvitationViewQuery(claim: secret)
        }
    }

    init(kind: Kind, secret: String) {
        self.kind = kind
        self.secret = secret
    }

    /// The link that a request names, in its form or address; nil if there is none.
    init?(_ request: RequestContext) {
        let form = try? WebForm(request)
        for kind in [Kind.token, .claim] {
            let inAddress = try? request.query(kind.rawValue)
            guard let secret = form?[kind.rawValue] ?? inAddress, !secret.isEmpty else { continue }
            self.init(kind: kind, secret: secret)
            return
        }
        return nil
    }

    /// The page's own address.
    var address: String { "\(path)?\(kind.rawValue)=\(PercentEncoding.encode(secret))" }

    /// For forms.
    var field: HTML {
        "<input type=\"hidden\" name=\"\(kind.rawValue)\" value=\"\(secret)\">\n"
    }
}
