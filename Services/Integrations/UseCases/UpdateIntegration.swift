import Journal
import Kernel
import SQLite

extension IntegrationsUseCases {
    func updateIntegration(
        _ reference: String, _ wanted: IntegrationChange, by caller: Caller,
        expecting: @escaping Expectation<ListedIntegration> = { _ in }
    ) async throws -> ListedIntegration {
        try await naming(reference, for: .update, by: caller) { [self] names in
            change(.update, on: reference, by: caller) { [self] tx, integration, _ in
                try names.check(integration)
                try expecting(integration.listed(names))
                let changed = wanted.applied(to: integration, at: tx.now)
                if changed.slug != integration.slug,
                    try IntegrationStore.isSlugTaken(changed.slug, in: tx)
                {
                    throw Slug.taken
                }
                if changed != integration {
                    try IntegrationStore.update(changed, in: tx)
                    try audit.record(.updated(integration, changed), by: caller, in: tx)
                }
                return changed.listed(names)
            }
        }
    }

    /// Commits a change that shows the integration's owner: with his name asked for beforehand, and
    /// again if another has become the owner meanwhile.
    func naming<T>(
        _ reference: String, for action: IntegrationAction, by caller: Caller,
        _ make: (Names) -> Change<T>
    ) async throws -> T {
        while true {
            let names = try read(action, on: reference, by: caller) { reader, integration, _ in
                try Names(of: [integration.owner], in: reader)
            }
            do {
                return try await make(try await complete(names)).commit()
            } catch is Names.OwnerIsAnother {
                // Each round is somebody else's hand-over: there are not many.
                continue
            }
        }
    }
}

extension Names {
    struct OwnerIsAnother: Error {}

    /// - Throws: `OwnerIsAnother` unless the owner was among those who were asked for.
    func check(_ integration: Integration) throws(OwnerIsAnother) {
        guard wereAsked(for: integration.owner) else { throw OwnerIsAnother() }
    }
}
