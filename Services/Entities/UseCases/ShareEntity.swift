import Contract
import EntitiesContract
import GatewayClient
import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// The result for each address.
struct ShareOutcome: Sendable, Equatable {
    var created: [ShareWithUser] = []
    var alreadyHadAccess: [ShareOutcomeBody.Holder] = []
    var invited: [ShareOutcomeBody.Invited] = []
    var notFound: [String] = []
}

/// What a request says besides whom to share with.
struct ShareOptions: Sendable {
    /// Whether those who get access are mailed.
    var notifies = true
    /// Whether unknown addresses are invited.
    var invitesUnknown = false
}

extension EntitiesUseCases {
    /// Gives every addressee access, or none of them.
    ///
    /// The invitations service invites unknown ones first, all or none. If the process is killed
    /// after that, or the caller lost the right, repeating the request finishes it: who is invited
    /// stays so, without another mail.
    func shareEntity(
        _ entityId: String, with addressees: Addressees,
        _ options: ShareOptions = ShareOptions(), by caller: Caller
    ) async throws -> PendingWrite<Void, ShareOutcome> {
        if options.invitesUnknown { try EntityPolicy.authorizeInvitations(caller) }
        let admit = try await admission(
            of: caller, to: options.invitesUnknown ? .invite : .share, on: entityId)
        return write(
            by: caller, admit: admit,
            asking: { [self] _ in
                let profiles = try await directory.profiles(
                    emails: addressees.emails, disclosedTo: caller)
                return Sharing(
                    useCases: self, caller: caller, profiles: profiles,
                    colleagues: try await colleagues(of: caller, among: profiles.values, entityId))
            },
            commanding: { [self] found, sharing in
                let invited =
                    options.invitesUnknown
                    ? try await invite(addressees.emails, to: found, sharing) : []
                return (sharing: sharing, invited: invited)
            }
        ) { [self] tx, found, done in
            var outcome = ShareOutcome(invited: done.invited)
            let invited = Set(done.invited.map(\.email))
            for email in addressees.emails where !invited.contains(email) {
                try done.sharing.share(found, with: email, in: tx, &outcome)
            }
            if options.notifies { try notify(outcome.created.map(\.share), by: caller, in: tx) }
            return outcome
        }
    }

    /// Invites those who are unknown.
    private func invite(
        _ emails: [String], to found: AccessibleEntity, _ sharing: Sharing
    ) async throws -> [ShareOutcomeBody.Invited] {
        let unknown = emails.filter { sharing.profiles[$0] == nil }
        guard !unknown.isEmpty else { return [] }
        // What will be refused is refused before anyone is invited.
        try database.read { try sharing.check(found, emails, in: $0) }
        let entity = found.entity
        let invited = try await collaborators.invite(
            InviteCommand(
                entityId: entity.id, name: entity.name, organizationId: entity.organizationId,
                updatedAt: entity.updatedAt, emails: unknown, actor: EventActor(sharing.caller)))
        faults.reach(.commandDone)
        return invited.map {
            ShareOutcomeBody.Invited(
                email: $0.email, invitationId: $0.invitationId, expiresAt: $0.expiresAt)
        }
    }

    /// Has the gateway mail the recipients of new shares.
    private func notify(_ shares: [Share], by caller: Caller, in tx: Transaction) throws {
        guard !shares.isEmpty else { return }
        try emit(
            SharedKind.entity.event,
            SharesGiven(
                givenBy: caller.userId,
                shares: shares.map { SharesGiven.Share(id: $0.id, userId: $0.userId) }),
            to: notifiers, in: tx)
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

    /// Refuses what `share` would refuse now.
    func check(_ found: AccessibleEntity, _ emails: [String], in db: some Queryable) throws {
        var count = 0
        for profile in emails.compactMap({ profiles[$0] }) where profile.id != caller.userId {
            let query = AccessQuery(entityId: found.entity.id, userId: profile.id)
            guard try GrantStore.step(of: query, in: db) == nil else { continue }
            try EntityPolicy.authorizeShare(
                withStranger: !colleagues.contains(profile.id), caller)
            try useCases.quotas.shares.check(for: caller.userId, besides: count, in: db)
            count += 1
        }
    }

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
