import Contract
import IntegrationsContract
import Kernel
import SQLite
import WriteKit

/// What an identity provider does with teams, in the name of the platform admin whose token it has.
/// The gateway has admitted the request. What a provider changes it manages from then on.
extension IntegrationsUseCases {
    func provisionedTeams(_ query: ProvisionedTeamsQuery) throws -> ProvisionedTeamsReply {
        let maximum =
            query.withMembers
            ? ProvisionedTeamsQuery.maximumWithMembers : ProvisionedTeamsQuery.maximum
        guard (0...maximum).contains(query.limit) else {
            throw Fault.invalid("/limit", "must be at most \(maximum)")
        }
        let found = try database.read { try ProvisionedTeamStore.find(query, in: $0) }
        return ProvisionedTeamsReply(teams: found.teams, total: found.total)
    }

    func provision(_ command: ProvisionedTeamCommand) async throws -> ProvisionedTeamReply {
        let named = command.members.added.count + command.members.removed.count
        guard named <= ProvisionedTeamCommand.maximumMembers else {
            return ProvisionedTeamReply(refusal: .tooManyMembers)
        }
        do {
            return try await write(by: command.actor.caller) { [self] tx in
                try provision(command, in: tx)
            }.commitWithoutKeepingAnswer()
        } catch let refused as RefusedProvisioning {
            return ProvisionedTeamReply(refusal: refused.why)
        }
    }

    private func provision(
        _ command: ProvisionedTeamCommand, in tx: Transaction
    ) throws -> ProvisionedTeamReply {
        let caller = command.actor.caller
        guard command.action != .create else {
            let team = try create(command, in: tx)
            try changeMembers(of: team, command.members, by: caller, in: tx)
            return try shown(team.id, in: tx)
        }
        guard let id = command.id, let team = try TeamStore.find(id, in: tx),
            let former = try ProvisionedTeamStore.find(id, in: tx)
        else { throw RefusedProvisioning(why: .notFound) }
        if let version = command.version, version != former.version {
            throw RefusedProvisioning(why: .otherVersion)
        }
        guard command.action != .delete else {
            guard try !IntegrationStore.hasAny(of: .team(team.id), in: tx) else {
                throw RefusedProvisioning(why: .ownsIntegrations)
            }
            try remove(team, by: caller, in: tx)
            return ProvisionedTeamReply(nil)
        }
        let changed = try update(team, by: command, in: tx)
        let members = try changeMembers(of: changed, command.members, by: caller, in: tx)
        if changed != team || members > 0 { try TeamStore.touch(id, in: tx) }
        return try shown(id, in: tx)
    }

    private func shown(_ id: String, in tx: Transaction) throws -> ProvisionedTeamReply {
        ProvisionedTeamReply(try ProvisionedTeamStore.find(id, in: tx))
    }

    private func create(
        _ command: ProvisionedTeamCommand, in tx: Transaction
    ) throws -> Team {
        guard let name = command.name else { throw Fault.unexpected("a team without a name") }
        let draft = try TeamDraft(name: name)
        let team = Team(
            id: try Slug.free(for: draft.name) { try TeamStore.isTaken($0, in: tx) },
            name: draft.name, createdAt: tx.now, memberCount: 0,
            externalId: try externalId(of: command, insteadOf: nil, in: tx),
            managedBy: .scim)
        try TeamStore.insert(team, createdBy: nil, in: tx)
        try audit.record(.created(team, for: .platform), by: command.actor.caller, in: tx)
        return team
    }

    private func update(
        _ team: Team, by command: ProvisionedTeamCommand, in tx: Transaction
    ) throws -> Team {
        var changed = team
        if let name = command.name { changed.name = try TeamDraft(name: name).name }
        changed.externalId = try externalId(of: command, insteadOf: team.externalId, in: tx)
        changed.managedBy = .scim
        guard changed != team else { return team }
        try TeamStore.update(changed, in: tx)
        let audience = try Principal.team(team.id).audience(in: tx)
        try audit.record(
            .updated(team, changed, for: audience), by: command.actor.caller, in: tx)
        return changed
    }

    private func externalId(
        of command: ProvisionedTeamCommand, insteadOf former: String?, in tx: Transaction
    ) throws -> String? {
        guard command.changesExternalId, let given = command.externalId else {
            return command.changesExternalId ? nil : former
        }
        let externalId = try ExternalID.check(given, pointer: "/externalId")
        if externalId != former,
            try !TeamStore.externalIds.ids(of: [externalId], in: tx).isEmpty
        {
            throw RefusedProvisioning(why: .externalIdTaken)
        }
        return externalId
    }

    // MARK: Members

    /// - Returns: how many have changed.
    @discardableResult
    private func changeMembers(
        of team: Team, _ members: ProvisionedTeamCommand.Members, by caller: Caller,
        in tx: Transaction
    ) throws -> Int {
        var gone = members.removed
        if members.areAll {
            let kept = Set(members.added)
            gone = try ProvisionedTeamStore.members(of: team.id, in: tx)
                .filter { !kept.contains($0) }
        }
        var count = 0
        for userId in gone {
            guard
                let member = try TeamMemberStore.find(
                    userId, in: team.id, evenIfHidden: true, tx)
            else { continue }
            let audience = try Principal.team(team.id).audience(in: tx)
            try TeamMemberStore.delete(member, in: tx)
            try audit.record(.removed(member, for: audience), by: caller, in: tx)
            count += 1
        }
        let room = quotas.members.limit
        let size = (try TeamStore.find(team.id, in: tx))?.memberCount ?? 0
        var joined = 0
        for userId in members.added {
            // Deleted since the gateway has found the user.
            if try Tombstone.user.contains(userId, in: tx) { continue }
            try settleOffboarding(of: userId, onTeam: team.id, in: tx)
            guard try TeamMemberStore.find(userId, in: team.id, tx) == nil else { continue }
            joined += 1
            guard room == 0 || size + joined <= room else {
                throw RefusedProvisioning(why: .tooManyMembers)
            }
            let member = TeamMember(
                teamId: team.id, userId: userId, role: .member, joinedAt: tx.now)
            try TeamMemberStore.insert(member, in: tx)
            let audience = try Principal.team(team.id).audience(in: tx)
            try audit.record(.added(member, for: audience), by: caller, in: tx)
        }
        return count + joined
    }
}

/// Why a provider's command has no effect.
private struct RefusedProvisioning: Error {
    let why: ProvisionedTeamReply.Refusal
}
