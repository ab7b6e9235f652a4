import Contract
import GatewayContract
import Kernel
import Leases
import ServiceKit

/// The gateway's directory, over HTTP.
public struct DirectoryClient: Directory {
    private let client: ServiceClient
    private let known: HeldLeases<UserQuestion, Bool>?

    /// - Parameter known: which users exist, as far as was asked; nil to ask each time.
    public init(client: ServiceClient, known: HeldLeases<UserQuestion, Bool>? = nil) {
        self.client = client
        self.known = known
    }

    public func profiles(ids: [String], disclosedTo caller: Caller?) async throws -> [String:
        UserProfile]
    {
        try await ask(ids, for: caller) { DirectoryQuery(ids: $0) }.keyed(by: \.id)
    }

    public func profiles(
        ids: [String], matching search: String
    ) async throws -> [String: UserProfile] {
        try await inParts(ids) { ids in
            try await client.call(
                DirectoryQueries.matchUsers, MatchUsersQuery(ids: ids, search: search),
                as: DirectoryReply.self
            ).users
        }.keyed(by: \.id)
    }

    public func profiles(
        emails: [String], disclosedTo caller: Caller?
    ) async throws -> [String: UserProfile] {
        try await ask(emails, for: caller) { DirectoryQuery(emails: $0) }.keyed(by: \.email)
    }

    public func profiles(
        usernames: [String], disclosedTo caller: Caller?
    ) async throws -> [String: UserProfile] {
        try await ask(usernames, for: caller) { DirectoryQuery(usernames: $0) }
            .keyed(by: \.username)
    }

    public func isKnownToExist(_ id: String) -> Bool {
        known?.answer(to: UserQuestion(id: id)) ?? false
    }

    public func existing(_ ids: Set<String>) async throws -> Set<String> {
        let ids = Array(ids)
        let exist = known?.answers(to: ids.map { UserQuestion(id: $0) })
        let asked = ids.indices.filter { exist?[$0] == nil }.map { ids[$0] }.sorted()
        let found = try await inParts(asked) { ids in
            let reply = try await client.call(
                DirectoryQueries.findExisting, ExistingUsersQuery(ids: ids),
                as: ExistingUsersReply.self)
            known?.keep(reply.ids.lazy.map { (UserQuestion(id: $0), true) }, asOf: reply.mark)
            return reply.ids
        }
        return Set(ids).subtracting(asked).union(found)
    }

    public func isPlatformAdmin(_ userId: String) async throws -> Bool {
        let query = DirectoryQuery(ids: [userId], asksForAdmins: true)
        let reply = try await client.call(
            DirectoryQueries.lookUpUsers, query, as: DirectoryReply.self)
        return reply.admins?.contains(userId) == true
    }

    private func ask(
        _ names: [String], for caller: Caller?, _ query: ([String]) -> DirectoryQuery
    ) async throws -> [UserProfile] {
        try await inParts(names) { try await ask(query($0), for: caller) }
    }

    /// In as many calls as the directory's limit requires.
    private func inParts<Found>(
        _ names: [String], _ ask: ([String]) async throws -> [Found]
    ) async throws -> [Found] {
        try await ServiceClient.asOneQuery {
            var found: [Found] = []
            var rest = names[...]
            while !rest.isEmpty {
                found += try await ask(Array(rest.prefix(DirectoryQuery.maximum)))
                rest = rest.dropFirst(DirectoryQuery.maximum)
            }
            return found
        }
    }

    private func ask(_ query: DirectoryQuery, for caller: Caller?) async throws -> [UserProfile] {
        guard let caller else {
            return try await client.call(
                DirectoryQueries.lookUpUsers, query, as: DirectoryReply.self
            ).profiles
        }
        let reply = try await client.call(
            DirectoryQueries.findUsers, FindUsersQuery(callerId: caller.userId, names: query),
            as: FindUsersReply.self)
        if let seconds = reply.retryAfter { throw Fault.tooManyUnknownUsers(retryAfter: seconds) }
        return reply.users
    }
}

extension [UserProfile] {
    fileprivate func keyed(by key: KeyPath<UserProfile, String>) -> [String: UserProfile] {
        Dictionary(map { ($0[keyPath: key], $0) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Whether there is a user with this id. Only that there is one is kept: so new users change no
/// answer.
public struct UserQuestion: LeaseQuestion {
    public let id: String

    public init(id: String) { self.id = id }

    public func dependsOnAny(_ test: (_ key: String) -> Bool) -> Bool { test(id) }
}
