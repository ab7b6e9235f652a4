import Contract
import Kernel

extension EntityRoutes {
    /// For those who can manage the thing, and for platform admins.
    public static let listAudit = AuditRoutes.list(
        of: Member(
            "entityId", "The entity to list entries of; at most one of the four ids.",
            .id(like: "ent_").naming(.entity)),
        problems: [EntityProblems.notPublisher, EntityProblems.accessUnknown])
}
