import Contract
import Kernel

extension OrganizationRoutes {
    /// For those who can manage the thing, and for platform admins.
    public static let listAudit = AuditRoutes.list(
        of: Member(
            "organizationId", "The organization to list entries of.", .plain.naming(.organization)),
        problems: [OrganizationProblems.notAdmin])
}
