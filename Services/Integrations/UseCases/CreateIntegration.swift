import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// The caller becomes its owner.
    func createIntegration(
        _ draft: IntegrationDraft, by caller: Caller
    ) -> PendingWrite<Void, IntegrationWithOwner> {
        let owner = Principal.user(caller.userId)
        return write(
            by: caller, admit: { _ in }, asking: { [self] in try await names([owner]) }
        ) { [self] tx, _, names in
            try quotas.integrations.check(for: caller.userId, in: tx)
            try IntegrationStore.externalIds.check(draft.externalId, by: caller, in: tx)
            let integration = Integration(
                id: ids.make("int_"), slug: try Self.slug(for: draft, in: tx), name: draft.name,
                description: draft.description, owner: owner, createdAt: tx.now,
                updatedAt: tx.now, shareCount: 0, externalId: draft.externalId)
            try settleOffboarding(of: caller.userId, on: integration, in: tx)
            try IntegrationStore.insert(integration, createdBy: caller.userId, in: tx)
            try audit.record(
                .created(integration, for: EventAudience(owner: caller.userId)), by: caller, in: tx)
            return integration.withOwner(names)
        }
    }

    private static func slug(for draft: IntegrationDraft, in tx: Transaction) throws -> String {
        guard let slug = draft.slug else {
            return try Slug.free(for: draft.name) { try IntegrationStore.isSlugTaken($0, in: tx) }
        }
        if try IntegrationStore.isSlugTaken(slug, in: tx) { throw Fault(.slugTaken) }
        return slug
    }
}
