import Contract
import GatewayContract
import Kernel
import ServiceKit

/// The gateway's directory, over HTTP.
public struct DirectoryClient: Directory {
    private let client: ServiceClient

    public init(client: ServiceClient) { self.client = client }

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
    private func inParts(
        _ names: [String], _ ask: ([String]) async throws -> [UserProfile]
    ) async throws -> [UserProfile] {
        try await ServiceClient.asOneQuery {
            var profiles: [UserProfile] = []
            var rest = names[...]
            while !rest.isEmpty {
                profiles += try await ask(Array(rest.prefix(DirectoryQuery.maximum)))
                rest = rest.dropFirst(DirectoryQuery.maximum)
            }
            return profiles
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
