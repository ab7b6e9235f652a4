import Journal
import Kernel
import SQLite

extension IntegrationsUseCases {
    /// Gives a principal access, or changes the level that he has.
    /// - Parameters:
    ///   - name: nil names nobody.
    ///   - expecting: hears of the share that there is.
    func shareIntegration(
        _ reference: String, with name: PrincipalName?, _ level: AccessLevel, by caller: Caller,
        expecting: @escaping Expectation<ListedShare?> = { _ in }
    ) async throws -> Change<ListedShare> {
        // Who may not share learns nothing about who exists.
        try read(.share, on: reference, by: caller) { _, _, _ in }
        guard let name else {
            throw Fault.invalid("/principalId", "must be user:<username> or team:<teamId>")
        }
        let candidate = try await candidate(name, toldTo: caller)
        return change(.share, on: reference, by: caller) { [self] tx, integration, _ in
            guard let principal = try candidate.resolve(in: tx) else {
                throw Fault.invalid("/principalId", "must be a user or a team that exists")
            }
            let former = try ShareStore.find(
                principal.principal, of: integration.id, in: tx)
            try expecting(former.map { ListedShare(share: $0, principal: principal) })
            guard let former else {
                try quotas.shares.check(used: integration.shareCount)
                let share = Share(
                    id: ids.make("shr_"), integrationId: integration.id,
                    principal: principal.principal, level: level, createdAt: tx.now,
                    updatedAt: tx.now)
                try ShareStore.insert(share, in: tx)
                try audit.record(.created(share), by: caller, in: tx)
                return ListedShare(share: share, principal: principal)
            }
            let share = former.giving(level, at: tx.now)
            if share != former {
                try ShareStore.update(share, in: tx)
                try audit.record(.changed(former, share), by: caller, in: tx)
            }
            return ListedShare(share: share, principal: principal)
        }
    }

    /// - Parameters:
    ///   - name: nil names nobody.
    ///   - expecting: hears of the share that there is.
    func unshareIntegration(
        _ reference: String, with name: PrincipalName?, by caller: Caller,
        expecting: @escaping Expectation<ListedShare> = { _ in }
    ) async throws -> Change<Void> {
        try read(.share, on: reference, by: caller) { _, _, _ in }
        guard let name else { throw Fault.notFound }
        let candidate = try await candidate(name, toldTo: nil)
        return change(.share, on: reference, by: caller) { [audit] tx, integration, _ in
            guard let principal = try candidate.resolve(in: tx),
                let share = try ShareStore.find(principal.principal, of: integration.id, in: tx)
            else { throw Fault.notFound }
            try expecting(ListedShare(share: share, principal: principal))
            try ShareStore.delete(share, in: tx)
            try audit.record(.removed(share), by: caller, in: tx)
        }
    }
}
