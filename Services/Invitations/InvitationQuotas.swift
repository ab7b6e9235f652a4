import Collaboration
import ServiceKit
import Workspaces
import WriteKit

/// How much one user or one entity can have in this context. What a user created counts for them
/// until it is deleted, whoever owns it.
public struct InvitationQuotas: Sendable {
    var workspaces = Quota.workspaces
    var collaborators = Quota.collaborators

    public init() {}

    init(_ settings: inout Settings) {
        workspaces = settings.quota(workspaces)
        collaborators = settings.quota(collaborators)
    }
}
