import Kernel
import ServiceKit
import TestSupport

/// The users of the goldens, and the field lines with their identities.
enum Cast {
    static let secret = String(repeating: "s", count: 32)
    /// The only user in the gateway's directory.
    static let ada = Caller(userId: "usr_01KF0000000000000000000001")
    /// The actor of the events.
    static let grace = Caller(
        userId: "usr_01KF0000000000000000000002", tokenId: "tok_01KF0000000000000000000004")
    /// The subject of queries to other contexts. Can share with colleagues only.
    static let bob = Caller(
        userId: "usr_01KF0000000000000000000009",
        scopes: [
            "entities:share", "entities:share_store", "entities:write", "invitations:write",
            "org:write", "workspaces:write",
        ])
    /// The request that causes the events.
    static let request = "X-Request-Id: request-1"

    static let entity = "ent_01KF0000000000000000000005"
    static let otherEntity = "ent_01KF0000000000000000000006"
    static let organization = "org_01KF0000000000000000000007"
    static let otherOrganization = "org_01KF000000000000000000000M"
    static let membership = "mem_01KF0000000000000000000008"
    static let successorMembership = "mem_01KF000000000000000000000K"
    static let integration = "int_01KF000000000000000000000G"
    static let invitation = "inv_01KF000000000000000000000H"
    static let publication = "pub_01KF000000000000000000000L"
    static let workspace = "019f7d9e-5bd8-7f02-9d34-6a1c0e8b2f57"
    static let workspaceInvitation = "019f7d9e-5d3c-7c61-8a52-3f0de2b7c914"

    static func identity(of caller: Caller, for service: String) -> String {
        let signer = IdentitySigner(
            issuer: "gateway", secret: Array(secret.utf8), clock: FakeClock())
        return "Latchkey-Identity: \(signer.user(caller, audience: service))"
    }

    /// A service's identity for another.
    static func identity(of name: String, for service: String) -> String {
        let signer = IdentitySigner(issuer: name, secret: Array(secret.utf8), clock: FakeClock())
        return "Latchkey-Identity: \(signer.service(audience: service))"
    }
}
