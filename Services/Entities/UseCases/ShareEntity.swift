import Contract
import EntitiesContract
import GatewayClient
import Kernel
import SQLite
import WriteKit

/// The result for each address.
struct ShareOutcome: Sendable, Equatable {
    var created: [ShareWithUser] = []
    var alreadyHadAccess: [ShareOutcomeBody.Holder] = []
    var notFound: [String] = []
}

extension EntitiesUseCases {
    /// Gives every addressee access, or none of them.
    func shareEntity(
        _ entityId: String, with addressees: Addressees, by caller: Caller
    ) async throws -> PendingWrite<AccessibleEntity, ShareOutcome> {
        let admit = try await admission(of: caller, to: .share, on: entityId)
        return write(
            by: caller, admit: admit,
            asking: { [self] _ in
                let profiles = try await directory.profiles(
                    emails: addressees.emails, disclosedTo: caller)
                return Sharing(
                    useCases: self, caller: caller, profiles: profiles,
                    colleagues: try await colleagues(of: caller, among: profiles.values, entityId))
            }
        ) { tx, found, sharing in
            var outcome = ShareOutcome()
            for email in addressees.emails {
                try sharing.share(found, with: email, in: tx, &outcome)
            }
            return outcome
        }
    }

    /// The caller's colleagues among the users who would need a share; not queried if the token can
    /// share with anybody. A user who loses access after this check counts as a stranger.
    private func colleagues(
        of caller: Caller, among profiles: some Sequence<UserProfile>, _ entityId: String
    ) async throws -> Set<String> {
        guard !caller.has(scope: EntityPolicy.shareExternal) else { return [] }
        let candidates = try database.read { reader in
            try profiles.map(\.id).filter { id in
                let query = AccessQuery(entityId: entityId, userId: id)
                return try id != caller.userId && GrantStore.step(of: query, in: reader) == nil
            }
        }
        guard !candidates.isEmpty else { return [] }
        return try await organizations.colleagues(of: caller.userId, among: candidates.sorted())
    }
}

/// The input of the transaction.
private struct Sharing: Sendable {
    let useCases: EntitiesUseCases
    let caller: Caller
    let profiles: [String: UserProfile]
    let colleagues: Set<String>

    func share(
        _ found: AccessibleEntity, with email: String, in tx: Transaction,
        _ outcome: inout ShareOutcome
    ) throws {
        let entity = found.entity
        guard let profile = profiles[email], try !Tombstone.user.contains(profile.id, in: tx)
        else {
            outcome.notFound.append(email)
            return
        }
        let query = AccessQuery(entityId: entity.id, userId: profile.id)
        let isSelf = profile.id == caller.userId
        if let via = try GrantStore.step(of: query, in: tx) ?? (isSelf ? found.via : nil) {
            outcome.alreadyHadAccess.append(
                ShareOutcomeBody.Holder(email: email, userId: profile.id, via: via))
            return
        }
        let isStranger = !colleagues.contains(profile.id)
        try EntityPolicy.authorizeShare(withStranger: isStranger, caller)
        try useCases.quotas.shares.check(for: caller.userId, in: tx)
        try useCases.settleOffboarding(of: profile.id, on: entity.id, in: tx)
        let share = Share(
            id: useCases.ids.make("shr_"), entityId: entity.id, userId: profile.id,
            createdBy: caller.userId, createdAt: tx.now)
        try ShareStore.insert(share, in: tx)
        try useCases.audit.record(
            .created(share, for: entity.audience), by: caller, in: tx)
        outcome.created.append(ShareWithUser(share: share, user: profile, entity: nil))
    }
}
