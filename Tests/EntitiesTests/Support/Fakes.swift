import Contract
import EntitiesContract
import InvitationsContract
import Kernel
import OrganizationsContract
import Synchronization

@testable import Entities

struct NeighbourIsDown: Error {}

/// A fake of the organizations service. It counts calls.
final class FakeOrganizations: Organizations {
    struct State {
        /// External id → organization.
        var externalIds: [String: String] = [:]
        /// Organization → members.
        var members: [String: Set<String>] = [:]
        /// The number of the current membership of users who rejoined.
        var terms: [String: Int] = [:]
        /// Entity → the users who have access through a store of their organization.
        var stores: [String: Set<String>] = [:] { didSet { recordChanges() } }
        /// Entities in public stores.
        var publicEntities: Set<String> = [] { didSet { recordChanges() } }
        /// The public entities that are only in stores that are being deleted.
        var closing: Set<String> = [] { didSet { recordChanges() } }
        /// What stores have besides, each with whether it is public.
        var publications: [StorePlace: Bool] = [:] { didSet { recordChanges() } }
        /// Organizations that are being deleted.
        var closingOrganizations: Set<String> = []
        /// Identifies the database.
        var epoch = "first"
        var changesAtOnce = 1_000
        fileprivate(set) var version = 0
        fileprivate(set) var changes: [StorePlace: (isPublic: Bool?, version: Int)] = [:]
        var isDown = false
        var calls = 0
        /// Runs once, before grants are returned, and returns the change.
        var beforeGrants: (@Sendable () -> (inout State) -> Void)?
    }

    private let state = Mutex(State())

    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
    var calls: Int { state.withLock(\.calls) }

    private func ask<T: Sendable>(_ question: (State) -> T) throws -> T {
        try state.withLock { state in
            state.calls += 1
            if state.isDown { throw NeighbourIsDown() }
            return question(state)
        }
    }

    func ids(ofOrganizations externalIds: [String]) throws -> [String: String] {
        try ask { state in state.externalIds.filter { externalIds.contains($0.key) } }
    }

    func colleagues(of userId: String, among others: [String]) throws -> Set<String> {
        try ask { state in
            let organizations = state.members.values.filter { $0.contains(userId) }
            return Set(others).intersection(organizations.reduce(into: []) { $0.formUnion($1) })
        }
    }

    func membership(of userId: String, in organizationId: String) throws -> String? {
        try ask { state in
            guard state.members[organizationId]?.contains(userId) == true else { return nil }
            let term = state.terms[userId].map { "_\($0)" } ?? ""
            return "mem_\(organizationId)_\(userId)\(term)"
        }
    }

    func storeAccess(_ queries: [AccessQuery]) throws -> [AccessSteps] {
        try ask { state in
            queries.map { query in
                var steps: AccessSteps = []
                if state.stores[query.entityId]?.contains(query.userId) == true {
                    steps.insert(.organizationStore)
                }
                if state.publicEntities.subtracting(state.closing).contains(query.entityId) {
                    steps.insert(.publicStore)
                }
                return steps
            }
        }
    }

    /// As of two stores: one of an organization, and a public one of another.
    func storeGrants(to entityId: String, of userIds: [String]) throws -> StoreGrantsReply {
        let meanwhile = state.withLock { state in
            defer { state.beforeGrants = nil }
            return state.beforeGrants
        }
        if let meanwhile { set(meanwhile()) }
        return try ask { state in
            let publicOnes = state.publicEntities.subtracting(state.closing)
            return StoreGrantsReply(
                users: userIds.map { userId in
                    state.stores[entityId]?.contains(userId) == true ? [.inside] : []
                }, publicOnes: publicOnes.contains(entityId) ? [.open] : [])
        }
    }

    func members(_ range: PeopleRange) throws -> [String] {
        try ask { state in
            range.first(of: state.stores[range.entityId, default: []])
        }
    }

    /// The changes since a mark, some at a time, as the organizations service returns them.
    func storeEntities(
        for userId: String, since mark: StoreMark?
    ) throws -> StoreEntitiesReply {
        try ask { state in
            let known = mark.flatMap { $0.epoch == state.epoch ? $0.version : nil }
            let changes = state.changes.sorted { $0.value.version < $1.value.version }.filter {
                $0.value.version > known ?? 0
            }
            let returned = changes.prefix(state.changesAtOnce)
            let isComplete = returned.count == changes.count
            return StoreEntitiesReply(
                organizationIds: state.organizations(of: userId), startsOver: known == nil,
                changes: returned.map {
                    StoreEntitiesReply.Change(
                        organizationId: $0.key.organization, entityId: $0.key.entity,
                        isPublic: $0.value.isPublic)
                },
                mark: StoreMark(
                    epoch: state.epoch,
                    version: isComplete ? state.version : returned.last?.value.version ?? 0),
                isComplete: isComplete, closing: ["org_closing"] + state.closingOrganizations)
        }
    }
}

/// An entity in a store.
struct StorePlace: Hashable {
    let organization: String
    let entity: String
}

extension FakeOrganizations.State {
    /// Each user has an organization of their own, and there are a public one and one that is
    /// being deleted.
    private var contents: [StorePlace: Bool] {
        var contents = publications
        for (entity, users) in stores {
            for user in users {
                contents[StorePlace(organization: "org_of_\(user)", entity: entity)] = false
            }
        }
        for entity in publicEntities {
            let organization = closing.contains(entity) ? "org_closing" : "org_open"
            contents[StorePlace(organization: organization, entity: entity)] = true
        }
        return contents
    }

    fileprivate mutating func recordChanges() {
        let contents = contents
        for place in Set(contents.keys).union(changes.keys).sorted(by: { $0.entity < $1.entity })
        where changes[place]?.isPublic != contents[place] {
            version += 1
            changes[place] = (contents[place], version)
        }
    }

    fileprivate func organizations(of userId: String) -> [String] {
        let all = members.filter { $0.value.contains(userId) }.map(\.key)
        return ["org_of_\(userId)"] + Set(all).subtracting(closingOrganizations)
    }
}

extension StoreGrantsReply.Publication {
    static let inside = Self(
        id: "pub_inside", organizationId: "org_inside", publishedBy: "usr_inside",
        publishedAt: Timestamp(milliseconds: 1_000))
    static let open = Self(
        id: "pub_open", organizationId: "org_open", publishedBy: "usr_open",
        publishedAt: Timestamp(milliseconds: 2_000))
}

/// A fake of the invitations service.
final class FakeCollaborators: Collaborators {
    struct State {
        var collaborations: Set<AccessQuery> = []
        /// Received, oldest first.
        var commands: [EndCollaborationCommand] = []
        var invites: [InviteCommand] = []
        /// Refuses to invite.
        var refusal: Fault?
        /// Runs before it invites.
        var meanwhile: @Sendable () async -> Void = {}
        /// Newest first.
        var audit: [(about: String, entry: AuditEntryBody)] = []
        var isDown = false
    }

    private let state = Mutex(State())

    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    func collaborations(among queries: [AccessQuery]) throws -> [Int] {
        try state.withLock { state in
            if state.isDown { throw NeighbourIsDown() }
            return queries.indices.filter { state.collaborations.contains(queries[$0]) }
        }
    }

    /// All invited by one user at one time.
    func grants(
        to entityId: String, of userIds: [String]
    ) throws -> [CollaboratorGrantsReply.Collaborator] {
        try state.withLock { state in
            if state.isDown { throw NeighbourIsDown() }
            return userIds.filter {
                state.collaborations.contains(AccessQuery(entityId: entityId, userId: $0))
            }.map {
                .init(userId: $0, addedBy: "usr_inviter", addedAt: Timestamp(milliseconds: 3_000))
            }
        }
    }

    func people(_ range: PeopleRange) throws -> [String] {
        try state.withLock { state in
            if state.isDown { throw NeighbourIsDown() }
            return range.first(
                of: state.collaborations.filter { $0.entityId == range.entityId }.map(\.userId))
        }
    }

    func end(
        _ command: EndCollaborationCommand
    ) throws -> CollaboratorGrantsReply.Collaborator? {
        let ended = try grants(to: command.entityId, of: [command.userId]).first
        state.withLock { state in
            state.commands.append(command)
            state.collaborations.remove(
                AccessQuery(entityId: command.entityId, userId: command.userId))
        }
        return ended
    }

    var invites: [InviteCommand] { state.withLock(\.invites) }

    /// The same invitation for the same address.
    func invite(_ command: InviteCommand) async throws -> [InviteReply.Invited] {
        await state.withLock(\.meanwhile)()
        return try state.withLock { state in
            if state.isDown { throw NeighbourIsDown() }
            if let refusal = state.refusal { throw refusal }
            state.invites.append(command)
            return command.emails.map {
                InviteReply.Invited(
                    email: $0, invitationId: "inv_\($0)",
                    expiresAt: Timestamp(milliseconds: 604_800_000))
            }
        }
    }

    var commands: [EndCollaborationCommand] { state.withLock(\.commands) }

    func entities(for userId: String) throws -> Set<String> {
        try state.withLock { state in
            if state.isDown { throw NeighbourIsDown() }
            return Set(state.collaborations.filter { $0.userId == userId }.map(\.entityId))
        }
    }

    func auditTail(_ query: AuditTailQuery) throws -> AuditTail {
        try state.withLock { state in
            if state.isDown { throw NeighbourIsDown() }
            let entries = state.audit.filter { $0.about == query.filter.about }.map(\.entry)
            let rest = entries.drop { entry in
                query.before.map { (entry.at, entry.id) >= ($0.at, $0.id) } ?? false
            }
            return AuditTail(
                entries: Array(rest.prefix(min(query.limit, AuditLimits.answer))),
                total: min(entries.count, AuditTailQuery.maximumDepth))
        }
    }
}

extension PeopleRange {
    fileprivate func first(of ids: some Sequence<String>) -> [String] {
        Array(ids.filter { $0 > after }.sorted().prefix(limit))
    }
}

extension Elsewhere {
    /// Without a mark: for reads that don't ask whether the copy is up to date.
    init(
        collaborations: Set<String> = [], in organizationIds: [String] = [],
        closing: [String] = []
    ) {
        self.init(
            collaborations: collaborations,
            stores: VisibleStores(
                organizationIds: organizationIds, closing: closing,
                mark: StoreMark(epoch: "", version: 0)))
    }
}
