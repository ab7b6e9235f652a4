import ServiceKit
import WriteKit

/// How much one user or one entity can have in this context. What a user created counts for them
/// until it is deleted, whoever owns it.
public struct InvitationQuotas: Sendable {
    var workspaces = Quota(
        "workspaces", "workspaces created by one user", limit: 1_000,
        relief: "Delete some that you created")
    var collaborators = Quota(
        "collaborators", "collaborators of one entity, pending invitations included", limit: 10_000,
        relief: "Remove some of them or revoke invitations")

    public init() {}

    init(_ settings: inout Settings) {
        workspaces = settings.quota(workspaces)
        collaborators = settings.quota(collaborators)
    }
}
