import Contract
import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// Gives a principal access, or changes the level of its share. Conditions apply to the share
    /// before the write.
    /// - Parameters:
    ///   - name: nil if the request's text isn't the name of a principal.
    ///   - notifies: whether a user who gets access is mailed.
    func shareIntegration(
        _ reference: String, with name: PrincipalName?, _ level: AccessLevel,
        notifies: Bool = true, by caller: Caller
    ) -> PendingWrite<ShareWithUser?, ShareWithUser> {
        write(
            by: caller, admit: admission(of: caller, to: .share, on: reference),
            asking: { [self] _, _ in
                // Only after admission: callers who can't share don't learn which users exist.
                guard let name else {
                    throw Fault.invalid(
                        "/principalId",
                        "must be user:<username> or team:<teamId>, such as user:grace")
                }
                return try await candidate(name, disclosedTo: caller)
            },
            showing: { tx, integration, candidate in
                try candidate.resolve(in: tx).flatMap {
                    try Self.share(of: integration, with: $0, in: tx)
                }
            }
        ) { [self] tx, integration, candidate in
            guard let principal = try candidate.resolve(in: tx) else {
                throw Fault.invalid(
                    "/principalId", "must be an existing user or team, such as user:grace")
            }
            if case .user(let id) = principal.principal {
                try settleOffboarding(of: id, on: integration, in: tx)
            }
            let audience = try integration.owner.audience(in: tx)
            guard let former = try Self.share(of: integration, with: principal, in: tx)?.share
            else {
                try quotas.shares.check(used: integration.shareCount)
                let share = Share(
                    id: ids.make("shr_"), integrationId: integration.id,
                    principal: principal.principal, level: level, createdAt: tx.now,
                    updatedAt: tx.now)
                try ShareStore.insert(share, in: tx)
                try audit.record(.created(share, for: audience), by: caller, in: tx)
                if notifies { try notify(share, by: caller, in: tx) }
                return ShareWithUser(share: share, principal: principal)
            }
            let share = former.giving(level, at: tx.now)
            if share != former {
                try ShareStore.update(share, in: tx)
                try audit.record(
                    .changed(former, share, for: audience), by: caller, in: tx)
            }
            return ShareWithUser(share: share, principal: principal)
        }
    }

    /// Has the gateway mail the user with whom it is shared.
    private func notify(_ share: Share, by caller: Caller, in tx: Transaction) throws {
        guard case .user(let id) = share.principal, id != caller.userId else { return }
        try emit(
            SharedKind.integration.event,
            SharesGiven(
                givenBy: caller.userId, shares: [SharesGiven.Share(id: share.id, userId: id)]),
            in: tx)
    }

    /// Those of some shares that still give access, with what they share.
    func standingShares(_ query: StandingSharesQuery) throws -> StandingSharesReply {
        try query.check()
        return StandingSharesReply(
            shares: try database.read { try ShareStore.standing(query.ids, in: $0) })
    }

    static func share(
        of integration: Integration, with principal: NamedPrincipal, in db: some Queryable
    ) throws -> ShareWithUser? {
        try ShareStore.find(principal.principal, of: integration.id, in: db).map {
            ShareWithUser(share: $0, principal: principal)
        }
    }
}
