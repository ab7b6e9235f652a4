import HTTPCore
import Kernel
import SQLite

/// The user who signed in on our pages, in this browser.
struct WebSession: Sendable {
    let user: User
    let tokenId: String
    /// The cookie's value.
    private let token: String

    /// nil without a session that is still valid.
    init?(
        _ head: RequestHead, of site: WebSite, in database: Database, at now: Timestamp
    ) throws {
        guard let token = SiteCookie.session(of: site).value(in: head),
            Array(token.utf8).withUnsafeBytes({ APIToken.isWellFormed($0) })
        else { return nil }
        let digest = SHA256.hash(Array(token.utf8))
        let found = try database.read { reader -> (User, String)? in
            guard let grant = try TokenStore.grant(digest: digest, in: reader),
                grant.expiresAt.map({ $0 > now }) ?? true, grant.isSession, !grant.isSuspended,
                let user = try UserStore.find(grant.caller.userId, in: reader)
            else { return nil }
            return (user, grant.caller.tokenId)
        }
        guard let found else { return nil }
        (user, tokenId) = found
        self.token = token
    }

    /// Proves that a form was made for this session and this link: a form without it wasn't sent
    /// from one of our pages.
    func proof(for link: String) -> String {
        let key = HMACSHA256(key: SHA256.hash(Array("latchkey form\n\(token)".utf8)))
        return Base64URL.encode(key.authenticate(Array(link.utf8)))
    }
}
