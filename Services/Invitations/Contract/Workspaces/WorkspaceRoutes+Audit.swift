import Contract
import Kernel

extension WorkspaceRoutes {
    /// For those who can manage the thing, and for platform admins.
    public static let listAudit = AuditRoutes.list(
        of: Member(
            "workspaceId", "The workspace to list entries of; a UUID.", .plain.naming(.workspace)),
        problems: [WorkspaceProblems.ownerRequired])
}
