import Contract
import Kernel

extension IntegrationRoutes {
    /// For those who can manage the thing, and for platform admins.
    public static let listAudit = AuditRoutes.list(
        of: Member(
            "integrationId", "The integration to list entries of.", .plain.naming(.integration)),
        problems: [IntegrationProblems.notManager])
}
