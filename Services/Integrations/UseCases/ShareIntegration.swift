import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// Gives a principal access, or changes the level that he has.
    /// - Parameter name: nil names nobody.
    /// - Returns: a change that shows the share that there is before it.
    func shareIntegration(
        _ reference: String, with name: PrincipalName?, _ level: AccessLevel, by caller: Caller
    ) -> PendingWrite<ShareWithUser?, ShareWithUser> {
        PendingWrite(
            in: database, admit: admission(of: caller, to: .share, on: reference),
            asking: { [self] _, _ in
                // Only after admission: who can't share learns nothing about who exists.
                guard let name else {
                    throw Fault.invalid(
                        "/principalId", "must be user:<username> or team:<teamId>")
                }
                return try await candidate(name, toldTo: caller)
            },
            showing: { tx, integration, candidate in
                try candidate.resolve(in: tx).flatMap {
                    try Self.share(of: integration, with: $0, in: tx)
                }
            }
        ) { [self] tx, integration, candidate in
            guard let principal = try candidate.resolve(in: tx) else {
                throw Fault.invalid("/principalId", "must be a user or a team that exists")
            }
            guard let former = try Self.share(of: integration, with: principal, in: tx)?.share
            else {
                try quotas.shares.check(used: integration.shareCount)
                let share = Share(
                    id: ids.make("shr_"), integrationId: integration.id,
                    principal: principal.principal, level: level, createdAt: tx.now,
                    updatedAt: tx.now)
                try ShareStore.insert(share, in: tx)
                try audit.record(.created(share), by: caller, in: tx)
                return ShareWithUser(share: share, principal: principal)
            }
            let share = former.giving(level, at: tx.now)
            if share != former {
                try ShareStore.update(share, in: tx)
                try audit.record(.changed(former, share), by: caller, in: tx)
            }
            return ShareWithUser(share: share, principal: principal)
        }
    }

    /// - Parameter name: nil names nobody.
    func unshareIntegration(
        _ reference: String, with name: PrincipalName?, by caller: Caller
    ) async throws -> PendingWrite<ShareWithUser, Void> {
        let admit = admission(of: caller, to: .share, on: reference)
        _ = try database.read { try admit($0) }
        guard let name else { throw Fault.notFound }
        let candidate = try await candidate(name, toldTo: nil)
        let find: Admission<ShareWithUser> = { db in
            let integration = try admit(db)
            guard let principal = try candidate.resolve(in: db),
                let listed = try Self.share(of: integration, with: principal, in: db)
            else { throw Fault.notFound }
            return listed
        }
        return PendingWrite(in: database, admit: find) { [audit] tx, listed in
            try ShareStore.delete(listed.share, in: tx)
            try audit.record(.removed(listed.share), by: caller, in: tx)
        }
    }

    private static func share(
        of integration: Integration, with principal: NamedPrincipal, in db: some Queryable
    ) throws -> ShareWithUser? {
        try ShareStore.find(principal.principal, of: integration.id, in: db).map {
            ShareWithUser(share: $0, principal: principal)
        }
    }
}
