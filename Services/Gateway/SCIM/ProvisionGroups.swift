import Contract
import GatewayContract
import IntegrationsContract
import Kernel
import SCIM
import SQLite
import ServiceKit

/// What an identity provider does with groups, which are teams: those are the integrations
/// context's, which is asked.
struct ProvisionGroups: Sendable {
    let teams: ServiceClient
    /// Of the users, who alone can be members.
    let database: Database
    /// The URL of `/scim/v2`.
    let root: String

    /// How often a change is tried for a team that others change at the same time.
    private static let tries = 10

    // MARK: Reading

    /// - Throws: 404.
    func get(_ id: String, withMembers: Bool, by caller: Caller) async throws -> SCIMGroup {
        try UserPolicy.requireAdmin(caller)
        let found = try await find(.ids([id]), limit: 1, withMembers: withMembers)
        guard let team = found.teams.first else { throw Fault.notFound }
        return SCIMGroup(team: team)
    }

    private func find(
        _ which: ProvisionedTeamsQuery.Which, limit: Int, withMembers: Bool = false
    ) async throws -> ProvisionedTeamsReply {
        try await teams.call(
            ProvisioningRoutes.findTeams,
            ProvisionedTeamsQuery(which, limit: limit, withMembers: withMembers),
            as: ProvisionedTeamsReply.self)
    }

    /// The groups that a query asks for.
    func list(_ query: SCIMQuery, by caller: Caller) async throws -> SCIMPage {
        try UserPolicy.requireAdmin(caller)
        let page = try await page(query)
        guard query.projection.includes("members") else { return page }
        return SCIMPage(try await withMembers(page.resources), total: page.total)
    }

    /// The same groups with their members.
    func withMembers(_ groups: [SCIMObject]) async throws -> [SCIMObject] {
        var resources: [SCIMObject] = []
        let size = ProvisionedTeamsQuery.maximumWithMembers
        for start in stride(from: 0, to: groups.count, by: size) {
            let part = groups[start..<min(start + size, groups.count)]
            let ids = part.compactMap { $0["id"]?.string }
            let found = try await find(.ids(ids), limit: ids.count, withMembers: true).teams
            resources += found.map { SCIMGroup(team: $0).resource(below: root) }
        }
        return resources
    }

    /// Without members.
    private func page(_ query: SCIMQuery) async throws -> SCIMPage {
        guard query.needsSelection else {
            return try await part(from: query.startIndex, count: query.count)
        }
        var selection = SCIMQuery.Selection(query)
        try await gather(query, into: &selection)
        return selection.page
    }

    /// Some of all groups, the oldest first.
    func part(from start: Int, count: Int) async throws -> SCIMPage {
        let found = try await find(.from(start), limit: count)
        let resources = found.teams.map { SCIMGroup(team: $0).resource(below: root) }
        return SCIMPage(resources, total: found.total ?? 0)
    }

    /// Takes the groups that meet the query's filter.
    func gather(_ query: SCIMQuery, into selection: inout SCIMQuery.Selection) async throws {
        var rest = query.filter
        var which: ProvisionedTeamsQuery.Which?
        if let terms = query.filter?.conjuncts,
            let index = terms.firstIndex(where: { Self.places($0) != nil })
        {
            which = Self.places(terms[index])
            // What finds them need not be looked at again.
            let others = terms.enumerated().filter { $0.offset != index }.map(\.element)
            rest = others.reduce(nil) { all, term in all.map { .and($0, term) } ?? term }
        }
        func needsMembers(_ filter: SCIMFilter?) -> Bool {
            let paths = (filter?.paths ?? []) + [query.sortBy].compactMap(\.self)
            return paths.contains { $0.isNamed("members") }
        }
        if let which, !needsMembers(rest) {
            let found = try await find(which, limit: ProvisionedTeamsQuery.maximum)
            for team in found.teams {
                try selection.take(SCIMGroup(team: team).resource(below: root), .group, if: rest)
            }
            return
        }
        // All of them are looked at.
        let withMembers = needsMembers(query.filter)
        let size = withMembers ? ProvisionedTeamsQuery.maximumWithMembers : 1_000
        var last = 0
        while true {
            let found = try await find(.after(last), limit: size, withMembers: withMembers).teams
            for team in found {
                try selection.take(
                    SCIMGroup(team: team).resource(below: root), .group, if: query.filter)
            }
            guard found.count == size, let next = found.last else { return }
            last = next.number
        }
    }

    /// What teams can be found by.
    private static func places(_ term: SCIMFilter) -> ProvisionedTeamsQuery.Which? {
        guard case .compare(let path, .eq, .string(let text)) = term, path.filter == nil else {
            return nil
        }
        return switch (path.name.lowercased(), path.sub?.lowercased()) {
        case ("id", nil): .ids([text])
        case ("externalid", nil): .externalId(Text.composed(text))
        case ("displayname", nil): .name(text)
        case ("members", nil), ("members", "value"): .member(text)
        default: nil
        }
    }

    // MARK: Changing

    /// The conditions of a request.
    struct Conditions: Sendable {
        let isSet: Bool
        /// Holds them against the current tag.
        let check: @Sendable (_ tag: String) throws -> Void
    }

    func create(_ body: SCIMValue, by caller: Caller) async throws -> SCIMGroup {
        try UserPolicy.requireAdmin(caller)
        let resource = try SCIMSchema.group.read(body)
        let name = try Self.name(of: resource)
        let externalId = try ExternalID.checkIfPresent(
            resource["externalId"]?.string, pointer: "externalId")
        return try await change(
            ProvisionedTeamCommand(
                .create, by: EventActor(caller), name: name,
                externalId: externalId.map { .value($0) } ?? .unchanged,
                members: try known(ProvisionedTeamCommand.Members(of: resource))))
    }

    /// PUT.
    func replace(
        _ id: String, by body: SCIMValue, _ caller: Caller, _ conditions: Conditions
    ) async throws -> SCIMGroup {
        try UserPolicy.requireAdmin(caller)
        let resource = try SCIMSchema.group.read(body)
        let name = try Self.name(of: resource)
        let externalId = try ExternalID.checkIfPresent(
            resource["externalId"]?.string, pointer: "externalId")
        let members = try known(ProvisionedTeamCommand.Members(of: resource))
        return try await trying(id, by: caller, conditions, reads: true) { former, version in
            // A provider that begins to manage a team takes nothing away that it doesn't name.
            let none: Patch<String> = former?.team.isManaged == true ? .null : .unchanged
            return ProvisionedTeamCommand(
                .change, id: id, by: EventActor(caller), version: version, name: name,
                externalId: externalId.map { .value($0) } ?? none, members: members)
        }
    }

    /// PATCH.
    func patch(
        _ id: String, _ body: SCIMValue, by caller: Caller, _ conditions: Conditions
    ) async throws -> SCIMGroup {
        try UserPolicy.requireAdmin(caller)
        let patch = try SCIMGroupPatch(try SCIMPatch(body))
        let members = try known(patch.members)
        return try await trying(id, by: caller, conditions, reads: patch.others != nil) {
            former, version in
            var name: String?
            var externalId = Patch<String>.unchanged
            if let others = patch.others, let former {
                let resource = try others.applied(to: former.resource(below: root), .group)
                name = try Self.name(of: resource)
                let given = try ExternalID.checkIfPresent(
                    resource["externalId"]?.string, pointer: "externalId")
                externalId = given.map { .value($0) } ?? .null
            }
            return ProvisionedTeamCommand(
                .change, id: id, by: EventActor(caller), version: version, name: name,
                externalId: externalId, members: members)
        }
    }

    func delete(_ id: String, by caller: Caller, _ conditions: Conditions) async throws {
        try UserPolicy.requireAdmin(caller)
        _ = try await trying(id, by: caller, conditions, reads: false) { _, version in
            ProvisionedTeamCommand(.delete, id: id, by: EventActor(caller), version: version)
        }
    }

    /// Reads the team where that is needed, and changes it as it was then.
    private func trying(
        _ id: String, by caller: Caller, _ conditions: Conditions, reads: Bool,
        _ command: (SCIMGroup?, _ version: Int?) throws -> ProvisionedTeamCommand
    ) async throws -> SCIMGroup {
        let isConditional = conditions.isSet
        for _ in 0..<Self.tries {
            var former: SCIMGroup?
            if reads || isConditional {
                let group = try await get(id, withMembers: false, by: caller)
                try conditions.check(group.version)
                former = group
            }
            let version = former?.team.version
            do {
                return try await change(try command(former, version))
            } catch is ChangedMeanwhile {
                continue
            }
        }
        throw Fault(ProblemType.overloaded, retryAfter: 1)
    }

    private func change(_ command: ProvisionedTeamCommand) async throws -> SCIMGroup {
        let reply = try await teams.call(
            ProvisioningRoutes.changeTeam, command, as: ProvisionedTeamReply.self)
        if let team = reply.team { return SCIMGroup(team: team) }
        switch reply.refusal {
        case nil: return SCIMGroup(team: .deleted)
        case .notFound: throw Fault.notFound
        case .otherVersion: throw ChangedMeanwhile()
        case .externalIdTaken: throw Fault(ProblemType.externalIdTaken).scim(.uniqueness)
        case .ownsIntegrations: throw Fault(IntegrationProblems.teamOwnsIntegrations)
        case .tooManyMembers:
            throw Fault.scim(.invalidValue, "The group would have more members than a team can.")
        }
    }

    private static func name(of resource: SCIMObject) throws(Fault) -> String {
        guard let name = resource["displayName"]?.string else {
            throw .scim(.invalidValue, "displayName is required.")
        }
        return try Text.name(name, pointer: "displayName")
    }

    /// The members, if they exist.
    /// - Throws: `invalidValue` for others.
    private func known(
        _ members: ProvisionedTeamCommand.Members
    ) throws -> ProvisionedTeamCommand.Members {
        guard !members.added.isEmpty else { return members }
        let found = try database.read {
            Set(try DirectoryStore.profiles(ids: members.added, in: $0).map(\.id))
        }
        guard let unknown = members.added.first(where: { !found.contains($0) }) else {
            return members
        }
        throw Fault.scim(.invalidValue, "There is no user \(unknown.prefix(100)).")
    }
}

/// The team is another version than the one that was read.
private struct ChangedMeanwhile: Error {}

extension ProvisionedTeam {
    /// What is left of a deleted one.
    fileprivate static let deleted = ProvisionedTeam(
        id: "", number: 0, name: "", externalId: nil, createdAt: Timestamp(milliseconds: 0),
        updatedAt: Timestamp(milliseconds: 0), version: 0, isManaged: true, memberIds: nil)
}
